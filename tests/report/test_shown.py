from __future__ import annotations

import pytest

from stator.findings import Finding, How, Level, Mend, Place
from stator.report.shown import Shown

SITE = Shown("/srv/library")
PACKAGES = "/srv/library/.venv/lib/python3.11/site-packages"


@pytest.mark.parametrize(
    ("file", "shown"),
    [
        ("/srv/library/static/app.css", "static/app.css"),
        ("/srv/library", "."),
        ("/srv/shared/theme.css", "../shared/theme.css"),
        ("/srv/library-old/app.css", "../library-old/app.css"),
        (f"{PACKAGES}/django/contrib/admin/base.css", "django: contrib/admin/base.css"),
        ("/usr/lib/python3/dist-packages/django/base.css", "django: base.css"),
        ("/srv/library/node_modules/htmx.org/dist/htmx.js", "htmx.org: dist/htmx.js"),
        ("/srv/library/node_modules/@alpinejs/csp/dist/cdn.js", "@alpinejs/csp: dist/cdn.js"),
        ("/srv/library/node_modules/a/node_modules/b/c.js", "b: c.js"),
        ("in memory.html", "in memory.html"),
        ("shop.storage.Remote:css/app.css", "shop.storage.Remote:css/app.css"),
        ("", ""),
    ],
)
def test_a_file_is_told_from_the_project_or_its_package(file: str, shown: str) -> None:
    assert SITE.file(file) == shown


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("It is in /srv/library/static.", "It is in static."),
        ("'/srv/library/static/a b.css', and more", "'static/a b.css', and more"),
        ("BASE_DIR (/srv/library) holds all", "BASE_DIR (.) holds all"),
        ("cd /srv/library && make", "cd . && make"),
        ("It is in /srv/library-old/static.", "It is in /srv/library-old/static."),
        ("It is in /mnt/srv/library/static.", "It is in /mnt/srv/library/static."),
        (f"{PACKAGES}/django/base.css loses", "django/base.css loses"),
        ("url(/static/site.css) is written out", "url(/static/site.css) is written out"),
        ("nothing of the kind", "nothing of the kind"),
    ],
)
def test_paths_in_texts_are_too(text: str, shown: str) -> None:
    assert SITE.text(text) == shown


def found(file: str) -> Finding:
    mend = Mend(How.RUN, "rm /srv/library/x")
    place = Place(file, 3, 5, "TOKEN = 'secret'", length=6)
    return Finding("some-id", Level.ERROR, "No /srv/library/x", place, "Make /srv/library/x.", mend=mend)


def test_a_finding_names_no_folder_of_this_machine() -> None:
    told = SITE.finding(found("/srv/library/static/app.css"))
    assert (told["file"], told["line"], told["source"], told["length"]) == (
        "static/app.css", 3, "TOKEN = 'secret'", 6
    )  # fmt: skip
    assert (told["message"], told["hint"]) == ("No x", "Make x.")
    assert told["mend"] == {"how": "run", "text": "rm x"}


@pytest.mark.parametrize("file", ["conf/settings.py", "conf/secrets.py", "shop/views.py"])
def test_a_line_of_a_module_is_not_shown(file: str) -> None:
    told = SITE.finding(found(f"/srv/library/{file}"))
    assert (told["file"], told["line"], told["source"], told["length"]) == (file, 3, "", 0)
