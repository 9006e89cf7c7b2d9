"""Each check has a search that it must speak up for; for a file that nobody has, all must stay silent."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from stator.config import Options
from stator.diagnose.missing import misplaced
from stator.diagnose.missing.mistakes import BY_NAME, CERTAIN, GUESSES, reasons
from stator.diagnose.missing.reason import COLLECT, Check
from stator.diagnose.missing.search import Folder, Search
from stator.findings import Finding, How, Level, Mend, Place
from stator.live import not_found
from stator.load_path import LoadPath
from stator.nearest import Names
from tests.sites import found, origin, write


def search(project: Path, name: str, path: str = "", **known: object) -> Search:
    """Return a search in a project with an app, a prefixed folder, and files in all the wrong places."""
    write(project, {
        "shop/static/css/app.css": "",
        "shop/static/shop/app.css": "",
        "shop/static/root.css": "",
        "shop/css/forgotten.css": "",
        "shop/beside.css": "",
        "shop/templates/shop/page.css": "",
        "shop/views.py": "",
        "mysite/settings.py": "",
        "mysite/style.css": "",
        "deep/inner/tool.py": "",
        "deep/deep.css": "",
        "templates/whole.css": "",
        "manage.py": "",
        "assets/img/logo.png": "",
        "assets/secret/key.txt": "",
        "docs_static/guide.css": "",
        "stray/only.css": "",
        "public/open.css": "",
        "basket/static/basket.css": "",
        "cart/__init__.py": "",
        "cart/static/cart.css": "",
        "root/published.css": "",
        "outside/linked.css": "",
        "assets/.hidden/a.css": "",
        "assets/backup.css~": "",
    })  # fmt: skip
    link = project / "assets/linked.css"
    if not link.is_symlink():
        link.symlink_to(project / "outside/linked.css")
    folders = (
        origin(project / "assets", "STATICFILES_DIRS[0]"),
        origin(project / "docs_static", "STATICFILES_DIRS[1]", prefix="docs"),
        origin(project / "shop/static", "app 'shop'"),
    )
    options = Options(ignore=("secret",))
    facts: dict[str, object] = {
        "origins": folders,
        "configured": (str(project / "assets"),),
        "apps": (Folder("shop", str(project / "shop")),),
        "project": str(project),
        "static_root": str(project / "root"),
        "ignored": options.ignore,
    }
    return among(found(*folders, options=options), name, path)._replace(**{**facts, **known})


def among(load_path: LoadPath, name: str, path: str = "") -> Search:
    """Return the search of those who know nothing but the names that there are."""
    near = Names(load_path.files)
    return Search(path or f"/static/{name}", name, "/static/", load_path.files, near, load_path.findings)


@pytest.mark.parametrize(("name", "said", "hint"), [
    ("css/", "is a folder", "Ask for a file in it"),
    ("css", "is a folder", "Ask for a file in it"),
    ("shop", "is a folder", "Ask for a file in it"),
    ("cs", "", ""),
    ("/css/app.css", "a slash in front of the name", "Write 'css/app.css'"),
    ("css/app.0123456789ab.css", "looks like a name with a digest", "Write 'css/app.css'"),
    ("gone.0123456789ab.css", "looks like a name with a digest", "Reload the page."),
    ("linked.css", "leads out of its source folder", "FOLLOW_SYMLINKS"),
    ("secret/key.txt", "pattern 'secret' in STATOR['IGNORE']", "Take the pattern out"),
    (".hidden/a.css", "begin with a dot", "without the dot"),
    ("backup.css~", "pattern '*~'", "Rename"),
    ("gone.css~", "", ""),
    ("CSS/app.css", "is called 'css/app.css'", "Write 'css/app.css', which is /static/css/app.css;"),
    ("guide.css", "are below docs/", "Write 'docs/guide.css'"),
    ("assets/img/logo.png", "names are those below that", "Write 'img/logo.png'"),
    ("css/forgotten.css", "in its own folder", "shop/static/css/forgotten.css."),
    ("shop/beside.css", "in its own folder", "shop/static/shop/beside.css."),
    ("basket/beside.css", "", ""),
    ("shop/page.css", "in its folder of templates", "shop/static/shop/page.css."),
    ("page.css", "", ""),
    ("shop/root.css", "without a folder for the app", "Write 'root.css', which is /static/root.css;"),
    ("basket/root.css", "The nearest name is 'root.css'", ""),
    ("static/nothing.css", "", ""),
    ("style.css", "mysite has the file", "mysite/static/style.css and add "),
    ("deep.css", "deep has the file", "Move it to"),
    ("whole.css", "templates has the file", "Move it to"),
    ("only.css", "stray has the file, and is not searched", "Move it to"),
    ("open.css", "public has the file, and is not searched", "Add the folder public to STATICFILES_DIRS."),
    ("basket.css", "basket/static has the file, and is not searched", "Add the folder basket/static to"),
    ("cart.css", "'cart' is not in INSTALLED_APPS", "Add 'cart' to INSTALLED_APPS"),
    ("stray/only.css", "is beside", "Move it to"),
    ("published.css", "in STATIC_ROOT only", "static/ folder of an app"),
])  # fmt: skip
def test_what_is_to_blame(tmp_path: Path, name: str, said: str, hint: str) -> None:
    given = reasons(search(tmp_path, name))
    if said:
        assert any(said in reason.what and hint in reason.hint for reason in given), given
    else:
        assert given == []


def test_an_address_that_is_relative_to_the_page(tmp_path: Path) -> None:
    (reason,) = reasons(search(tmp_path, "css/app.css", path="/books/static/css/app.css"))
    assert "relative to the page" in reason.what


@pytest.mark.parametrize(
    ("name", "built", "told"),
    [
        ("cart/css/ap.css", False, True),
        ("cart/root.css", True, False),
        ("cartoons/a.css", False, False),
        ("css/ap.css", False, False),
        ("cart/.env", False, False),
    ],
)
def test_nothing_of_a_front_end_is_there_before_it_is_built(
    tmp_path: Path, name: str, built: bool, told: bool
) -> None:
    output = tmp_path / "cart/dist"
    unbuilt = Finding(
        "frontend-not-built", Level.ERROR, "it is not built", Place(str(output)), "Build.", "cart"
    )
    asked = search(tmp_path, name, findings=(unbuilt,))
    if built:  # by what watches it
        asked = asked._replace(origins=(*asked.origins, origin(output, "front end 'cart'", "cart")))
    given = [reason.hint for reason in reasons(asked)]
    hint = "Build; to work on it: python manage.py stator frontend dev cart"
    assert (given == [hint]) if told else hint not in given


def test_a_file_that_cannot_be_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    asked = search(tmp_path, "img/logo.png")
    assert not any("cannot be read" in reason.what for reason in reasons(asked))
    monkeypatch.setattr("os.access", lambda *_: False)  # root may read everything
    assert any("cannot be read" in reason.what for reason in reasons(asked))


def test_a_folder_of_the_settings_that_is_not_there(tmp_path: Path) -> None:
    given = reasons(search(tmp_path, "nothing.css", configured=(str(tmp_path / "nowhere"),)))
    assert [reason.what for reason in given] == [
        f"STATICFILES_DIRS names {tmp_path}/nowhere, which is not there."
    ]


@pytest.mark.parametrize(("by_apps", "hint"), [(True, "Restart"), (False, "AppDirectoriesFinder")])
def test_a_folder_of_an_app_that_is_not_searched(tmp_path: Path, by_apps: bool, hint: str) -> None:
    apps = (Folder("basket", str(tmp_path / "basket")),)
    given = reasons(search(tmp_path, "basket.css", apps=apps, by_apps=by_apps))
    assert any("is not searched" in reason.what and hint in reason.hint for reason in given)


@pytest.mark.parametrize(("name", "said"), [
    ("static/shop/app.css", ["The name begins with static/"]),
    ("static/css/app.css", ["The name begins with static/"]),
    ("static/basket.css", []),
    ("assets/img/logo.png", ["The name begins with assets/"]),
    ("shop/beside.css", ["The app 'shop' has the file in its own folder"]),
])  # fmt: skip
def test_a_file_in_a_static_folder_or_an_app_is_not_said_to_be_elsewhere(
    tmp_path: Path, name: str, said: list[str]
) -> None:
    given = [reason.what for reason in reasons(search(tmp_path, name))]
    assert len(given) == len(said)
    assert all(map(str.startswith, given, said)), given


def test_a_name_that_begins_with_the_folder_of_the_project_is_told_once(tmp_path: Path) -> None:
    folder = origin(write(tmp_path, {"static/a.css": ""}) / "static")
    asked = search(tmp_path, "static/a.css", origins=(folder,))
    (reason,) = reasons(asked._replace(files=found(folder).files))
    assert reason.mend == Mend(How.REPLACE, "a.css")


@pytest.mark.parametrize("name", ["style.css", "deep.css", "whole.css", "settings.py", "mysite/style.css"])
def test_no_advice_would_publish_python_or_templates(tmp_path: Path, name: str) -> None:
    given = reasons(search(tmp_path, name))
    assert not any(reason.id == "folder-not-configured" or reason.mend for reason in given), given


def test_a_folder_with_too_much_to_look_through_is_not_recommended(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("stator.diagnose.missing.misplaced._MOST_FOLDERS", 20)
    asked = search(tmp_path, "open.css")
    assert any(reason.id == "folder-not-configured" for reason in reasons(asked))
    write(tmp_path, {f"public/{number}/b.css": "" for number in range(20)})
    assert not any(reason.id == "folder-not-configured" for reason in reasons(asked))


def test_a_folder_inside_another_is_recommended_with_its_whole_path(tmp_path: Path) -> None:
    write(tmp_path, {"apps/public/loose.css": ""})
    apps = (Folder("apps.cart", str(tmp_path / "apps/cart")),)
    (reason,) = reasons(search(tmp_path, "loose.css", apps=apps))
    assert reason.hint == "Add the folder apps/public to STATICFILES_DIRS."


@pytest.mark.parametrize(("by_apps", "then"), [(True, "restart the server"), (False, "STATICFILES_DIRS")])
def test_an_app_without_a_static_folder_is_told_how_that_comes_to_be_searched(
    tmp_path: Path, by_apps: bool, then: str
) -> None:
    write(tmp_path, {"fresh/fresh.css": ""})
    apps = (Folder("fresh", str(tmp_path / "fresh")),)
    (reason,) = reasons(search(tmp_path, "fresh/fresh.css", apps=apps, by_apps=by_apps))
    assert reason.hint.startswith(f"Move it to {tmp_path}/fresh/static/fresh/fresh.css and ")
    assert then in reason.hint


@pytest.mark.parametrize(
    "check", [*BY_NAME, *CERTAIN, *misplaced.CHECKS, *GUESSES], ids=lambda check: check.__name__
)
def test_silent_about_what_nobody_has(tmp_path: Path, check: Check) -> None:
    assert list(check(search(tmp_path, "nothing/like/it.css"))) == []


UNUSABLE = (
    "../shop/views.py", "shop/../shop/beside.css", "./css/app.css", "css//app.css", "//", "/etc/passwd",
    "a\0b", "a\\b", "a\nb", "\udcff", "x" * 5000, ".stator/a.css",
)  # fmt: skip


@pytest.mark.parametrize("name", UNUSABLE)
def test_a_name_that_is_never_published_is_told_so_and_nothing_else(tmp_path: Path, name: str) -> None:
    (reason,) = reasons(search(tmp_path, name))
    assert reason.what.startswith("No file is ever published under this name: it ")


PRIVATE = (
    "settings.py",
    "mysite/settings.py",
    "views.PY",
    "shop/views.py",
    "manage.py",
    ".env",
    ".hidden/a.css",
)


@pytest.mark.parametrize("name", [*UNUSABLE, *PRIVATE, "", "css/", "/css/app.css"])
def test_the_disk_is_not_searched_for_what_is_never_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    asked = search(tmp_path, name)
    touched = []
    for module, does in [
        (os, "stat"), (os, "lstat"), (os, "access"), (os, "scandir"), (os, "walk"),
        (os.path, "isfile"), (os.path, "isdir"), (os.path, "islink"),
    ]:  # fmt: skip
        monkeypatch.setattr(module, does, lambda *a, **_: touched.append(a))
    try:
        not_found.as_html(asked)
        not_found.as_text(asked)
    finally:
        monkeypatch.undo()
    assert touched == []


@pytest.mark.parametrize("name", PRIVATE)
def test_nothing_differs_for_hidden_files_and_python_that_are_there(tmp_path: Path, name: str) -> None:
    write(tmp_path, {f"assets/{name}": "", f"shop/{name}": "", name: ""})
    there = reasons(search(tmp_path, name))
    assert there == reasons(among(found(tmp_path / "empty"), name))


def test_silent_where_nothing_is_known(tmp_path: Path) -> None:
    assert reasons(among(found(tmp_path), "a.css")) == []


def test_the_answer_says_what_was_asked_where_it_was_looked_for_and_what_is_near(tmp_path: Path) -> None:
    asked = search(tmp_path, "css/ap.css", others=("shop.finders.Bucket",))
    text = not_found.as_text(asked)
    places = [
        f"STATICFILES_DIRS[0]\n    {tmp_path}/assets/css/ap.css",
        "STATICFILES_DIRS[1]\n    only names that begin with docs/",
        f"app 'shop'\n    {tmp_path}/shop/static/css/ap.css",
        "shop.finders.Bucket\n",
    ]
    assert "'css/ap.css'" in text
    assert "/static/css/app.css" in text
    assert [text.index(place) for place in places] == sorted(text.index(place) for place in places)


@pytest.mark.parametrize("name", ["<script>alert(1)</script>.css", '"><img src=x>', "\udcff\n.css"])
def test_the_page_is_escaped(tmp_path: Path, name: str) -> None:
    page = not_found.as_html(search(tmp_path, name, path=f"/static/{name}"))
    assert "<script>" not in page
    assert "<img" not in page
    assert page.encode()
    assert not_found.as_text(search(tmp_path, name)).encode()


@pytest.mark.parametrize(
    ("name", "shown"), [("a\nb.css", r"a\nb.css"), ("a\0b", r"a\x00b"), ("a\\b", r"a\b")]
)
def test_control_characters_are_shown_in_one_way(tmp_path: Path, name: str, shown: str) -> None:
    asked = search(tmp_path, name, path=f"/static/{name}")
    assert not_found.as_text(asked).startswith(f"There is no static file '{shown}'.\n")
    assert f"<code>{shown}</code></h1>" in not_found.as_html(asked)


@pytest.mark.parametrize("name", ["", "css/", "/etc/passwd", "../a.css", "a\0b"])
def test_no_places_are_listed_for_a_name_that_no_folder_can_have(tmp_path: Path, name: str) -> None:
    text = not_found.as_text(search(tmp_path, name))
    assert "Where it was looked for" not in text
    assert "only names that begin with" not in text


@pytest.mark.parametrize(("name", "to"), [
    ("css/forgotten.css", "shop/static/css/forgotten.css"),
    ("shop/page.css", "shop/static/shop/page.css"),
    ("css/it's here.css", "shop/static/css/it's here.css"),
])  # fmt: skip
def test_a_command_puts_the_file_where_it_is_looked_for(tmp_path: Path, name: str, to: str) -> None:
    write(tmp_path, {"shop/css/it's here.css": ""})
    reason = reasons(search(tmp_path, name))[0]
    assert reason.mend
    assert reason.mend.how is How.RUN
    subprocess.run(["sh", "-eu", "-c", reason.mend.text], cwd=tmp_path, check=True)
    assert (tmp_path / to).is_file()


@pytest.mark.parametrize(("name", "configured", "line"), [
    ("basket.css", (), 'STATICFILES_DIRS = [f"{BASE_DIR}/basket/static"]'),
    ("open.css", (), 'STATICFILES_DIRS = [f"{BASE_DIR}/public"]'),
    ("open.css", ("assets",), 'STATICFILES_DIRS = [*STATICFILES_DIRS, f"{BASE_DIR}/public"]'),
    ("cart.css", (), 'INSTALLED_APPS = [*INSTALLED_APPS, "cart"]'),
])  # fmt: skip
def test_a_command_adds_to_the_settings(
    tmp_path: Path, name: str, configured: tuple[str, ...], line: str
) -> None:
    settings = tmp_path / "mysite/settings.py"
    folders = tuple(str(tmp_path / folder) for folder in configured)
    reason = reasons(search(tmp_path, name, settings=str(settings), configured=folders))[0]
    assert reason.mend
    settings.write_text("DEBUG = True")  # without an end of line
    subprocess.run(["sh", "-eu", "-c", reason.mend.text], cwd=tmp_path, check=True)
    assert settings.read_text() == f"DEBUG = True\n{line}\n"


@pytest.mark.parametrize(("written", "to"), [
    (("STATICFILES_DIRS", "BASE_DIR"), "lists.py"),
    (("BASE_DIR",), "base.py"),
    ((), "settings.py"),
])  # fmt: skip
def test_the_command_adds_to_the_module_that_has_the_setting(
    tmp_path: Path, written: tuple[str, ...], to: str
) -> None:
    files = {"STATICFILES_DIRS": "lists.py", "BASE_DIR": "base.py"}
    known = {name: str(tmp_path / files[name]) for name in written}
    reason = reasons(search(tmp_path, "open.css", settings=str(tmp_path / "settings.py"), written=known))[0]
    assert reason.mend
    assert reason.mend.text.endswith(f" >> {to}")


def test_no_command_changes_a_module_outside_of_the_project(tmp_path: Path) -> None:
    settings, usual = str(tmp_path / "site/settings.py"), str(tmp_path / "shared.py")
    known = {"INSTALLED_APPS": usual, "BASE_DIR": usual}
    reason = reasons(search(tmp_path / "site", "cart.css", settings=settings, written=known))[0]
    assert reason.mend
    assert reason.mend.text.endswith(" >> settings.py")


@pytest.mark.parametrize("name", ["basket.css", "open.css"])
def test_no_command_where_the_settings_are_not_known(tmp_path: Path, name: str) -> None:
    assert reasons(search(tmp_path, name))[0].mend is None


def test_in_production_it_says_what_is_not_collected_yet(tmp_path: Path) -> None:
    (reason,) = reasons(search(tmp_path, "img/logo.png", files=("other.css",), published=True))
    assert reason.id == "not-collected-name"
    (reason,) = reasons(search(tmp_path, "secret/key.txt", files=("other.css",), published=True))
    assert reason.id == "name-ignored"
    reason = reasons(search(tmp_path, "img/logo.png", files=(), published=True))[0]
    assert (reason.id, reason.mend) == ("not-collected", COLLECT)


@pytest.mark.parametrize(("asked", "there", "speaks"), [
    ("jquery-3.6.0.min.js", "jquery-3.7.1.min.js", True),
    ("lib/v1.2/app.js", "lib/v1.10.3/app.js", True),
    ("chart@4.4.js", "chart@4.5.js", True),
    ("jquery-3.6.0.min.js", "chart-3.7.1.min.js", False),
    ("photo-1.jpg", "photo-2.jpg", False),
])  # fmt: skip
def test_another_version(tmp_path: Path, asked: str, there: str, speaks: bool) -> None:
    known = reasons(among(found(write(tmp_path, {there: ""})), asked))
    assert (known[:1] != [] and known[0].id == "other-version") is speaks


@pytest.mark.parametrize(("asked", "there", "speaks"), [
    ("main-CQ7p2mYt.css", ("main-BX3k9dQz.css",), True),
    ("main.1a2b3c4d.chunk.js", ("main.9f8e7d6c.chunk.js",), True),
    ("main-CQ7p2mYt.css", ("main-BX3k9dQz.js",), False),
    ("main-CQ7p2mYt.css", ("main-BX3k9dQz.css", "main-Dr5t6yUi.css"), False),
    ("main-settings.css", ("main-BX3k9dQz.css",), False),
])  # fmt: skip
def test_what_a_bundler_has_built_anew(
    tmp_path: Path, asked: str, there: tuple[str, ...], speaks: bool
) -> None:
    known = reasons(among(found(write(tmp_path, dict.fromkeys(there, ""))), asked))
    assert (known[:1] != [] and known[0].id == "other-version") is speaks


def test_a_script_is_not_near_to_a_style_sheet(tmp_path: Path) -> None:
    there = found(write(tmp_path, {"src/main.js": "", "src/logo.jpg": ""}))
    assert reasons(among(there, "src/main.css")) == []
    assert [reason.id for reason in reasons(among(there, "src/logo.png"))] == ["name-misspelt"]


@pytest.mark.parametrize("name", [
    "products/x.png", "media/products/x.png", "uploads/products/x.png", "/media/products/x.png",
    "/media/gone.png",
])  # fmt: skip
def test_an_upload_is_never_moved_nor_published(tmp_path: Path, name: str) -> None:
    write(tmp_path, {"uploads/products/x.png": ""})
    asked = search(tmp_path, name, media_root=str(tmp_path / "uploads"), media_url="/media/")
    (reason,) = reasons(asked)
    assert (reason.id, reason.mend) == ("name-of-upload", None)


def test_what_is_no_upload_is_not_called_one(tmp_path: Path) -> None:
    write(tmp_path, {"uploads/img/logo.png": "", "assets/media/hero.png": ""})
    for name in ("img/logo.png", "/media/hero.png", "media/gone.png"):
        asked = search(tmp_path, name, media_root=str(tmp_path / "uploads"), media_url="/media/")
        assert not any(reason.id == "name-of-upload" for reason in reasons(asked))
    around = search(tmp_path, "stray/only.css", media_root=str(tmp_path))
    assert not any(reason.id == "name-of-upload" for reason in reasons(around))


@pytest.mark.parametrize("name", [
    "db.sqlite3", "page.html", "shop/mail.txt", "invoices/a.pdf", "secrets.json", "dump.sql",
])  # fmt: skip
def test_nothing_is_said_of_what_is_no_static_file(tmp_path: Path, name: str) -> None:
    write(tmp_path, {name: "", f"templates/{name}": "", f"shop/templates/{name}": "", f"stray/{name}": ""})
    assert reasons(search(tmp_path, name)) == []


@pytest.mark.parametrize(("beside", "is_listed"), [
    ("open.js", True), ("package.json", False), ("deep/code.py", False), ("node_modules/x/x.js", False),
    ("db.sqlite3", False), (".env", False), ("staticfiles.json", False), ("uploads/x.png", False),
])  # fmt: skip
def test_only_a_folder_of_files_for_visitors_is_listed(tmp_path: Path, beside: str, is_listed: bool) -> None:
    write(tmp_path, {f"public/{beside}": ""})
    uploads = str(tmp_path / "public/uploads") if beside.startswith("uploads") else ""
    given = reasons(search(tmp_path, "open.css", media_root=uploads))
    assert any(reason.id == "folder-not-configured" for reason in given) is is_listed


@pytest.mark.parametrize(("file", "name", "hint"), [
    ("node_modules/htmx.org/dist/htmx.js", "htmx.org/dist/htmx.js",
     "Add ('htmx.org', 'node_modules/htmx.org') to STATICFILES_DIRS"),
    ("node_modules/@hotwired/turbo/turbo.js", "node_modules/@hotwired/turbo/turbo.js",
     "Add ('node_modules/@hotwired/turbo', 'node_modules/@hotwired/turbo') to STATICFILES_DIRS"),
    ("frontend/node_modules/htmx.org/htmx.js", "node_modules/htmx.org/htmx.js",
     "Add ('node_modules/htmx.org', 'frontend/node_modules/htmx.org') to STATICFILES_DIRS"),
    ("frontend/src/main.js", "src/main.js", "It is a source of the front end"),
    ("frontend/src/main.js", "frontend/src/main.js", "It is a source of the front end"),
])  # fmt: skip
def test_of_a_front_end_no_more_is_listed_than_is_asked_for(
    tmp_path: Path, file: str, name: str, hint: str
) -> None:
    write(tmp_path, {file: "", "frontend/package.json": "{}"})
    reason = reasons(search(tmp_path, name))[0]
    assert reason.hint.startswith(hint)
    assert reason.mend is None


def test_a_folder_that_is_listed_and_not_looked_into(tmp_path: Path) -> None:
    (reason,) = reasons(search(tmp_path, "open.css", configured=(str(tmp_path / "public"),)))
    assert (reason.id, reason.mend) == ("finder-missing", None)
    assert "FileSystemFinder" in reason.hint


@pytest.mark.parametrize("project", ["", "mysite"])
def test_a_mistaken_path_of_the_settings_is_told_with_the_folder_that_has_the_file(
    tmp_path: Path, project: str
) -> None:
    write(tmp_path, {"mysite/__init__.py": ""})
    folder = str(tmp_path / project) if project else ""
    settings, configured = str(tmp_path / "mysite/settings.py"), (str(tmp_path / "mysite/public"),)
    asked = search(tmp_path, "open.css", settings=settings, configured=configured)
    (reason,) = reasons(asked._replace(project=folder))
    assert (reason.id, reason.mend) == ("static-dir-missing", None)
    assert f"{tmp_path}/public has the file" in reason.what


def test_a_folder_beside_the_settings_is_found_without_the_folder_of_the_project(tmp_path: Path) -> None:
    asked = search(tmp_path, "open.css", settings=str(tmp_path / "settings.py"))._replace(project="")
    assert [reason.id for reason in reasons(asked)] == ["folder-not-configured"]


def test_a_front_end_that_is_not_built(tmp_path: Path) -> None:
    write(tmp_path, {"frontend/package.json": '{"scripts": {"build": "vite build"}}', "root/main.js": ""})
    configured = (str(tmp_path / "frontend/dist"),)
    for name, id in [("main.js", "only-published"), ("gone.js", "static-dir-missing")]:
        reason = reasons(search(tmp_path, name, configured=configured))[0]
        assert reason.id == id
        assert reason.hint.endswith(": cd frontend && npm run build.")


def test_a_file_in_a_folder_that_is_a_link_out(tmp_path: Path) -> None:
    write(tmp_path, {"outside/a.css": "", "assets/own.css": ""})
    (tmp_path / "assets/linked").symlink_to(tmp_path / "outside")
    (reason,) = reasons(search(tmp_path, "linked/a.css"))
    assert (reason.id, reason.mend) == ("symlink-outside", None)


def test_a_folder_of_an_app_with_nearly_the_right_name(tmp_path: Path) -> None:
    write(tmp_path, {"shop/statics/near.css": ""})
    (reason,) = reasons(search(tmp_path, "near.css"))
    assert reason.what.startswith("The app 'shop' has the file in its folder statics, not in its static ")


def test_what_two_folders_offer_is_only_not_collected(tmp_path: Path) -> None:
    write(tmp_path, {"assets/both.css": "a", "shop/static/both.css": "b"})
    (reason,) = reasons(search(tmp_path, "both.css", files=("other.css",), published=True))
    assert reason.id == "not-collected-name"
