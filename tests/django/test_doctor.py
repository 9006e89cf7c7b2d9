"""``stator doctor`` as a command: what it prints in which form, and how it exits."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from tests.diagnose.sites import Said, doctor
from tests.processes import free_port
from tests.sites import write

SETTINGS = """
from pathlib import Path

from usual_settings import *

BASE_DIR = Path(__file__).parent
STATIC_ROOT = BASE_DIR / "static_root"
STATICFILES_DIRS = [BASE_DIR / "assets", BASE_DIR / "more"]
"""
# One error, one warning, one that is worth knowing; that it is not collected is another matter.
BROKEN = {
    "assets/css/app.css": "a { background: url(../img/lgo.png) }\n",
    "assets/img/logo.png": "x",
    "assets/twice.txt": "first",
    "more/twice.txt": "second",
    "assets/app.js": "import(name);\n",
}


@pytest.fixture
def site(tmp_path: Path) -> Path:
    return write(tmp_path, {"settings.py": SETTINGS, **BROKEN})


LOOKED_AT = r"in \d+ static files, \d+ templates and modules that ask for \d+ names"
OTHERS = ["not-collected", "unreferenced"]  # which are not what these tests are about


def said(site: Path, *arguments: str, suppress: object = None) -> Said:
    chosen = suppress if isinstance(suppress, dict) else dict.fromkeys(suppress or (), "*")
    setting = {"SUPPRESS": {**dict.fromkeys(OTHERS, "*"), **chosen}}
    write(site, {"settings.py": f"{SETTINGS}STATOR = {setting!r}\n"})
    return doctor(site, *arguments)


def test_text_is_for_people(site: Path) -> None:
    told = said(site, "--format", "text")
    error, warning = told.output.rstrip("\n").split("\n\n")
    assert error == (
        "assets/css/app.css:1:21: error: url() '../img/lgo.png' means 'img/lgo.png', which does not exist "
        "[missing-reference]\n"
        "    a { background: url(../img/lgo.png) }\n"
        "                        ^~~~~~~~~~~~~~\n"
        "    hint: Did you mean 'img/logo.png'?\n"
        "    write: ../img/logo.png"
    )
    assert warning.startswith("more/twice.txt: warning:")
    assert told.code == 1
    assert re.fullmatch(
        rf"CommandError: 1 error, 1 warning, 1 to know, 3 suppressed {LOOKED_AT}; -v 2 shows all\.",
        told.errors.strip(),
    )


def test_all_is_shown_to_who_asks_for_it(site: Path) -> None:
    told = said(site, "--format", "text", "-v", "2")
    assert "computed-reference" in told.output
    assert "-v 2" not in told.errors


def test_json_is_for_programs(site: Path) -> None:
    told = said(site, "--format", "json")
    document = json.loads(told.output)
    assert [one["id"] for one in document["findings"]] == [
        "missing-reference",
        "shadowed",
        "computed-reference",
    ]
    assert document["suppressed"] == 3


def test_sarif_is_for_code_hosts(site: Path) -> None:
    told = said(site, "--format", "sarif")
    run = json.loads(told.output)["runs"][0]
    assert run["results"][0]["ruleId"] == "missing-reference"


@pytest.mark.parametrize(
    ("level", "suppress", "code"),
    [
        ("error", [], 1),
        ("error", ["missing-reference"], 0),
        ("warning", ["missing-reference"], 1),
        ("warning", ["missing-*", "shadowed"], 0),
        ("warning", {"missing-*": "css/*", "shadowed": ["more/*"]}, 0),
        ("warning", {"*": "elsewhere/*"}, 1),
        ("info", ["missing-*", "shadowed"], 1),
        ("info", ["*"], 0),
    ],
)
def test_the_exit_code_tells_what_was_found(site: Path, level: str, suppress: object, code: int) -> None:
    assert said(site, "--fail-on", level, suppress=suppress).code == code


def test_what_is_suppressed_is_counted(site: Path) -> None:
    told = said(site, "--format", "text", suppress=["missing-*", "shadowed"])
    assert re.fullmatch(
        rf"0 errors, 0 warnings, 1 to know, 5 suppressed {LOOKED_AT}; -v 2 shows all\.", told.output.strip()
    )


def test_it_can_be_written_to_a_file(site: Path) -> None:
    told = said(site, "--format", "json", "--output", str(site / "found.json"))
    assert told.output == ""
    assert len(json.loads((site / "found.json").read_text())["findings"]) == 3


def test_nothing_is_written_beside(site: Path) -> None:
    before = {file: file.stat().st_mtime_ns for file in site.rglob("*") if "__pycache__" not in file.parts}
    said(site)
    write(site, {"settings.py": SETTINGS})
    after = {file for file in site.rglob("*") if "__pycache__" not in file.parts}
    assert after == before.keys()


@pytest.mark.parametrize(
    ("setting", "id"),
    [
        ("STATOR = {'KEEP': 1}", "bad-option"),
        ("STATICFILES_DIRS = BASE_DIR / 'assets'", "static-dirs-no-list"),
        ("STATICFILES_DIRS = str(BASE_DIR)", "static-dirs-no-list"),
        ("STATICFILES_FINDERS = ['no.such.Finder']", "setting-not-importable"),
        ("STATIC_URL = MEDIA_URL = '/files/'", "static-and-media-url"),
    ],
)
def test_settings_that_keep_it_from_looking_are_told(site: Path, setting: str, id: str) -> None:
    write(site, {"settings.py": f"{SETTINGS}{setting}\n"})
    assert doctor(site).ids[0] == id


def test_a_running_site_is_looked_at_instead(site: Path) -> None:
    told = doctor(site, "--live", f"http://127.0.0.1:{free_port()}/")
    assert (told.code, told.ids) == (1, ["live-unreachable"])


def test_what_makes_it_fail_is_shown(site: Path) -> None:
    told = said(site, "--format", "text", "--fail-on", "info", suppress=["missing-*", "shadowed"])
    assert (told.code, "computed-reference" in told.output) == (1, True)


def test_of_one_kind_in_one_file_not_more_are_told_than_anybody_reads(site: Path) -> None:
    write(site, {"assets/css/many.css": "".join(f"a{{b:url(x{number}.png)}}\n" for number in range(150))})
    told = [one for one in said(site).findings if one["file"].endswith("many.css")]
    assert len(told) == 100
    assert told[-1]["message"].endswith("There are 50 more of this kind in the file.")


def test_json_can_be_written_to_any_terminal(site: Path) -> None:
    write(site, {"assets/css/ü.css": "a{b:url(ö.png)}"})
    told = said(site, "--format", "json")
    assert told.output.isascii()
    assert any(one["path"] == "css/ü.css" for one in told.findings)
