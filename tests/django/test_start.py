"""``python -m stator`` from outside of a project, whose settings may not load. The sites have each kind."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.sites import write

MANAGE = 'import os\n\nos.environ.setdefault("DJANGO_SETTINGS_MODULE", "shop.settings")\n'
SETTINGS = """\
INSTALLED_APPS = ["stator.django", "django.contrib.staticfiles"]
STORAGES = {"staticfiles": {"BACKEND": "stator.django.storage.StatorStorage"}}
STATIC_URL = "static/"
STATIC_ROOT = "published"
SECRET_KEY = "for tests"
"""


def stator(folder: Path, *arguments: str, **environ: str) -> subprocess.CompletedProcess[str]:
    ours = {name: value for name, value in os.environ.items() if name != "DJANGO_SETTINGS_MODULE"}
    return subprocess.run(
        [sys.executable, "-m", "stator", *arguments],
        cwd=folder,
        env={**ours, **environ},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    return write(tmp_path, {"manage.py": MANAGE, "shop/__init__.py": "", "shop/settings.py": SETTINGS})


def test_a_verb_runs_with_the_settings_that_manage_py_names(shop: Path) -> None:
    write(shop, {"shop/static/a.css": ""})
    done = stator(shop, "doctor", "--format", "json")
    assert json.loads(done.stdout)["findings"] is not None, done.stderr
    assert "settings" not in done.stderr


@pytest.mark.parametrize("chosen", ["option", "variable"])
def test_other_settings_can_be_chosen(shop: Path, chosen: str) -> None:
    write(shop, {"shop/other.py": "from shop.settings import *\n\nraise ValueError('the other')\n"})
    if chosen == "option":
        done = stator(shop, "doctor", "--settings", "shop.other")
    else:
        done = stator(shop, "doctor", DJANGO_SETTINGS_MODULE="shop.other")
    assert "shop/other.py:3:1: error: The settings cannot be loaded: ValueError: the other" in done.stdout
    assert done.returncode == 1


def test_a_wrong_name_in_manage_py_is_marked_to_be_replaced(shop: Path) -> None:
    write(shop, {"manage.py": MANAGE.replace("settings", "setings")})
    done = stator(shop, "doctor", "--format", "json")
    (finding,) = json.loads(done.stdout)["findings"]
    assert (finding["id"], finding["file"]) == ("settings-not-found", str(shop / "manage.py"))
    assert finding["mend"] == {"how": "replace", "text": "shop.settings"}
    start = finding["column"] - 1
    assert MANAGE.replace("settings", "setings").splitlines()[2][start:].startswith("shop.setings")


def test_a_folder_without_a_project_is_told(tmp_path: Path) -> None:
    done = stator(tmp_path, "doctor")
    assert "[settings-not-found]" in done.stdout
    assert done.returncode == 1


def test_other_verbs_end_with_one_error(shop: Path) -> None:
    write(shop, {"shop/settings.py": f"{SETTINGS}X = (\n"})
    done = stator(shop, "why", "a.css")
    assert done.stderr.startswith("shop/settings.py:6:5: error: The settings cannot be loaded: SyntaxError: ")
    assert "Traceback" not in done.stderr
    assert (done.returncode, done.stdout) == (2, "")


def test_what_is_found_goes_to_a_file_by_choice(shop: Path) -> None:
    write(shop, {"shop/settings.py": "import nowhere\n"})
    done = stator(shop, "doctor", "--format", "json", "-o", "found.json")
    assert (done.returncode, done.stdout) == (1, "")
    assert json.loads((shop / "found.json").read_text())["findings"][0]["id"] == "settings-broken"


@pytest.mark.parametrize(
    ("line", "said"),
    [
        (
            "INSTALLED_APPS = 'x'",
            "settings.py:6:1: error: The settings cannot be loaded: ImproperlyConfigured",
        ),
        ("INSTALLED_APPS += ['shop.apps.ShopConfig']", "hint: Did you mean 'shop'?"),
        ("INSTALLED_APPS += ['shpo']", "hint: Did you mean 'shop'?"),
        ("INSTALLED_APPS += ['storages']", "names 'storages', which cannot be found"),
        ("INSTALLED_APPS += ['shop', 'broken']", "broken/models.py:1:1: error: The apps cannot be loaded: "),
        ("LOGGING = {'version': 2}", "The settings cannot be loaded: ValueError: Unsupported version: 2"),
        ("raise ValueError('postgres://u:PW@h')", "ValueError: postgres://…@h [settings-broken]"),
        ("import sys; sys.exit(0)", "settings.py:6:13: error: The settings cannot be loaded: SystemExit: 0"),
        (
            "INSTALLED_APPS += ['leaving']",
            "leaving/__init__.py:1:1: error: The apps cannot be loaded: SystemExit",
        ),
        (
            "ROOT_URLCONF = 'leaving.urls'",
            "leaving/__init__.py:1:1: error: The URL patterns cannot be loaded: ",
        ),
        ("MIDDLEWARE = ['leaving.Middleware']", "which cannot be imported: SystemExit: bye"),
        ("STATIC_URL = 5", "settings.py:6:1: error: STATIC_URL has to be a text"),
        (f"X = {'-' * 200_000}1", "settings.py: error: The settings cannot be loaded: MemoryError"),
    ],
)
def test_why_it_did_not_start(shop: Path, line: str, said: str) -> None:
    write(shop, {"shop/settings.py": f"{SETTINGS}{line}\n", "broken/__init__.py": ""})
    write(shop, {"broken/models.py": "import nowhere\n", "leaving/__init__.py": "raise SystemExit('bye')\n"})
    done = stator(shop, "doctor")
    assert said in done.stdout, done.stderr
    assert done.returncode == 1


def test_help_needs_no_project(tmp_path: Path) -> None:
    assert "VERB" in stator(tmp_path, "--help").stdout
    wrong = stator(tmp_path, "doctor", "--nothing")
    assert (wrong.returncode, "--nothing" in wrong.stderr) == (2, True)


def test_a_manage_py_that_is_no_file_is_not_waited_for(shop: Path) -> None:
    (shop / "manage.py").unlink()
    os.mkfifo(shop / "manage.py")
    assert "[settings-not-found]" in stator(shop, "doctor").stdout


@pytest.mark.parametrize(
    ("module", "said"),
    [
        ("os", ": error: stator.django is not in INSTALLED_APPS."),
        ("..x", ": error: The settings cannot be loaded: TypeError: "),
        ("\x1b[31mx", r": error: DJANGO_SETTINGS_MODULE says that the settings are in \x1b[31mx; "),
    ],
)
def test_settings_without_a_file_are_told_at_the_folder(shop: Path, module: str, said: str) -> None:
    assert stator(shop, "doctor", DJANGO_SETTINGS_MODULE=module).stdout.startswith(f"{shop}{said}")
