"""Each check has a search that it must speak up for; for a file that nobody has, all must stay silent."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from stator.config import Options
from stator.live import not_found
from stator.live.blame import CHECKS, reasons
from stator.live.search import Folder, Search
from tests.sites import found, origin, write


def search(project: Path, name: str, path: str = "", **known: object) -> Search:
    """Return a search in a project with an app, a prefixed folder, and files in all the wrong places."""
    write(project, {
        "shop/static/css/app.css": "",
        "shop/css/forgotten.css": "",
        "assets/img/logo.png": "",
        "assets/secret/key.txt": "",
        "docs_static/guide.css": "",
        "stray/only.css": "",
        "basket/static/basket.css": "",
        "root/published.css": "",
        "outside/linked.css": "",
        "assets/.hidden/a.css": "",
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
    load_path = found(*folders, options=options)
    return Search(path or f"/static/{name}", name, "/static/", load_path, **{**facts, **known})  # type: ignore[arg-type]


@pytest.mark.parametrize(("name", "said", "mend"), [
    ("css/", "is a folder", "a file in it"),
    ("css", "", ""),
    ("/css/app.css", "a slash too many", "{% static 'css/app.css' %}"),
    ("css/app.0123456789ab.css", "looks like a name with a digest", "/static/css/app.css now"),
    ("gone.0123456789ab.css", "looks like a name with a digest", "Reload the page."),
    ("linked.css", "leads out of its source folder", "FOLLOW_SYMLINKS"),
    ("secret/key.txt", "pattern 'secret' in STATOR['IGNORE']", "Take the pattern out"),
    (".hidden/a.css", "pattern '.*'", "Rename"),
    ("CSS/app.css", "is called 'css/app.css'", "Write the name as the file has it"),
    ("guide.css", "are below docs/", "Ask for docs/guide.css."),
    ("assets/img/logo.png", "the folder that is searched itself", "Ask for img/logo.png."),
    ("css/forgotten.css", "in its own folder", "shop/static/css/forgotten.css"),
    ("only.css", "is not in STATICFILES_DIRS", "BASE_DIR / 'stray'"),
    ("basket.css", "'basket' is not in INSTALLED_APPS", "Add 'basket' to INSTALLED_APPS"),
    ("stray/only.css", "is beside", "Move the file"),
    ("published.css", "in STATIC_ROOT only", "static/ folder of an app"),
])  # fmt: skip
def test_what_is_to_blame(tmp_path: Path, name: str, said: str, mend: str) -> None:
    given = reasons(search(tmp_path, name))
    if said:
        assert any(said in reason.what and mend in reason.mend for reason in given), given
    else:
        assert given == []


def test_an_address_that_is_relative_to_the_page(tmp_path: Path) -> None:
    (reason,) = reasons(search(tmp_path, "css/app.css", path="/books/static/css/app.css"))
    assert "relative to the page" in reason.what


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


@pytest.mark.parametrize(("by_apps", "mend"), [(True, "Restart"), (False, "AppDirectoriesFinder")])
def test_a_folder_of_an_app_that_is_not_searched(tmp_path: Path, by_apps: bool, mend: str) -> None:
    apps = (Folder("basket", str(tmp_path / "basket")),)
    given = reasons(search(tmp_path, "basket.css", apps=apps, by_apps=by_apps))
    assert any("is not searched" in reason.what and mend in reason.mend for reason in given)


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.__name__)
@pytest.mark.parametrize("name", [
    "nothing/like/it.css",
    "",
    "../shop/settings.py",
    "..%2f",
    "a\0b",
    "x" * 5000,
    "\udcff",
    "//",
])  # fmt: skip
def test_silent_about_what_nobody_has(tmp_path: Path, check: Callable[[Search], object], name: str) -> None:
    given = list(check(search(tmp_path, name)))  # type: ignore[call-overload]
    assert not given or check.__name__ == "_folder"


def test_silent_where_nothing_is_known(tmp_path: Path) -> None:
    assert reasons(Search("/static/a.css", "a.css", "/static/", found(tmp_path))) == []


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
