"""``stator init`` in projects as they are made. tests/starting has what is proposed for which settings."""

from __future__ import annotations

import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from tests.parts import DJANGO_61, REAL_PROJECTS
from tests.sites import write

VERSIONS = [
    pytest.param(Path(sys.executable), id="this Django"),
    pytest.param(DJANGO_61 / "bin/python", id="Django 6.1", marks=pytest.mark.needs("Django 6.1")),
]
MANAGE = """\
import os
import sys

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.local")
from django.core.management import execute_from_command_line

execute_from_command_line(sys.argv)
"""
SETTINGS = """\
from pathlib import Path

BASE_DIR = Path(__file__).parent.parent.parent
SECRET_KEY = "for tests"
DJANGO_APPS = [
    "django.contrib.contenttypes",
    "django.contrib.staticfiles",  # the files
]
LOCAL_APPS = []
INSTALLED_APPS = DJANGO_APPS + LOCAL_APPS
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "django.middleware.common.CommonMiddleware",
]
STATIC_ROOT = str(BASE_DIR / "staticfiles")
STATIC_URL = "/static/"
"""
LOCAL = """\
import os

from .base import *

SECRET_KEY = os.environ["SECRET_KEY"]
INSTALLED_APPS = ["django.contrib.auth", *INSTALLED_APPS]
"""
PRODUCTION = """\
from .base import *

STORAGES = {"staticfiles": {"BACKEND": "django.core.files.storage.InMemoryStorage"}}
"""
CONFIGURED = """\
import sys

from django.conf import settings

settings.configure(INSTALLED_APPS=["stator.django"])
from django.core.management import execute_from_command_line

execute_from_command_line(sys.argv)
"""
STORED = """\
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "stator.django.storage.StatorStorage"},
}
"""


def run(
    folder: Path, *words: str, python: Path | str = sys.executable, stdin: int = subprocess.DEVNULL
) -> tuple[int, str]:
    """Run Python in a folder; return the exit code and all that was said."""
    ours = {name: value for name, value in os.environ.items() if name != "DJANGO_SETTINGS_MODULE"}
    done = subprocess.run(
        [python, *words],
        cwd=folder,
        env={**ours, "SECRET_KEY": "for tests"},
        stdin=stdin,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
        check=False,
    )
    return done.returncode, done.stdout


def init(
    folder: Path, *words: str, python: Path | str = sys.executable, stdin: int = subprocess.DEVNULL
) -> tuple[int, str]:
    return run(folder, "-m", "stator", "init", *words, python=python, stdin=stdin)


def contents(folder: Path) -> dict[str, bytes]:
    files = (file for file in folder.rglob("*") if file.is_file() and "__pycache__" not in file.parts)
    return {str(file.relative_to(folder)): file.read_bytes() for file in files}


@pytest.fixture
def split(tmp_path: Path) -> Path:
    """A project whose settings are in several modules, and take the secret key from the environment."""
    return write(
        tmp_path,
        {
            "manage.py": MANAGE,
            "config/__init__.py": "",
            "config/settings/__init__.py": "",
            "config/settings/base.py": SETTINGS,
            "config/settings/local.py": LOCAL,
            "config/settings/production.py": PRODUCTION,
        },
    )


@pytest.mark.parametrize("python", VERSIONS)
def test_a_project_that_was_just_started(tmp_path: Path, python: Path) -> None:
    assert run(tmp_path, "-m", "django", "startproject", "mysite", ".", python=python) == (0, "")
    before = contents(tmp_path)

    code, said = init(tmp_path, "--yes", "--patch", "stator.patch", python=python)
    assert code == 0, said
    assert "+    'stator.django',\n" in said.replace('"', "'")
    assert "Wrote mysite/settings.py." in said
    assert run(tmp_path, "manage.py", "stator", "init", python=python) == (
        0,
        "There is nothing to do: the settings have all that is needed.\n",
    )

    undone = subprocess.run(["git", "apply", "-R", "stator.patch"], cwd=tmp_path, check=False)
    assert undone.returncode == 0
    assert contents(tmp_path).items() >= before.items()


@pytest.mark.needs("real projects")
def test_a_project_of_wagtails(tmp_path: Path) -> None:
    python = REAL_PROJECTS / "bin/python"
    run(tmp_path, "-m", "wagtail.bin.wagtail", "start", "mysite", ".", python=python)
    code, said = init(tmp_path, "--yes", python=python)
    assert code == 0, said
    assert "Wrote mysite/settings/base.py." in said
    assert "mysite/settings/production.py was not loaded, and has its own STORAGES: look at it too." in said


def test_settings_in_several_modules(split: Path) -> None:
    code, said = init(split, "--yes")
    assert code == 0, said
    base = SETTINGS.replace('    "django.contrib.static', '    "stator.django",\n    "django.contrib.static')
    security = '    "django.middleware.security.SecurityMiddleware",\n'
    base = base.replace(security, f'{security}    "stator.django.middleware.StatorMiddleware",\n')
    assert (split / "config/settings/base.py").read_text() == base + STORED
    assert (split / "config/settings/local.py").read_text() == LOCAL
    assert "config/settings/production.py was not loaded, and has its own STORAGES" in said


@pytest.mark.parametrize(("answer", "is_written"), [(b"y\n", True), (b"\n", False), (b"\x04", False)])
def test_who_sits_at_a_terminal_is_asked(split: Path, answer: bytes, is_written: bool) -> None:
    keyboard, terminal = os.openpty()
    os.write(keyboard, answer)
    code, said = init(split, stdin=terminal)
    os.close(keyboard)
    os.close(terminal)
    assert (code, "Write this? [y/N]" in said) == (0, True), said
    assert ("Nothing was written." not in said) is is_written
    assert ((split / "config/settings/base.py").read_text() != SETTINGS) is is_written


@pytest.mark.parametrize(("words", "code", "told"), [
    ([], 2, "Add --yes, or --dry-run."),
    (["--dry-run"], 0, '+    "stator.django",\n'),
    (["--dry-run", "--settings", "config.settings.production"], 1, "STATOR['DESTINATION']"),
    (["--dry-run", "--settings", "config.settings.lost"], 2, "there is no such module"),
])  # fmt: skip
def test_what_writes_nothing(split: Path, words: list[str], code: int, told: str) -> None:
    before = contents(split)
    done, said = init(split, *words)
    assert (done, told in said) == (code, True), said
    assert contents(split) == before


def test_settings_that_do_not_load_are_left_alone(split: Path) -> None:
    write(split, {"config/settings/local.py": "from .base import *\n\nraise ValueError('no key')\n"})
    code, said = init(split, "--yes")
    assert code == 2
    assert "config/settings/local.py:3:1: error: The settings cannot be loaded: ValueError: no key" in said


@pytest.mark.parametrize(("after", "told"), [
    ("assert 'stator.django' not in INSTALLED_APPS, 'not here'\n", "AssertionError: not here"),
    ("MIDDLEWARE = MIDDLEWARE[:1]\n", "Something that is loaded later sets the same settings again."),
    ("if 'stator.django' in INSTALLED_APPS: STATIC_URL = 'static'\n", "A check fails that did not fail"),
])  # fmt: skip
def test_what_does_not_work_is_put_back(split: Path, after: str, told: str) -> None:
    write(split, {"config/settings/local.py": f"{LOCAL}{after}"})
    before = contents(split)
    code, said = init(split, "--yes")
    assert (code, told in said) == (2, True), said
    assert "Every file has its old content back." in said
    assert contents(split) == before


def test_modules_of_the_project_may_print_anything_and_look_for_modules_anywhere(split: Path) -> None:
    noise = """
import atexit, sys
sys.path.append(BASE_DIR)  # no text: Python passes it over
sys.stdout.buffer.write(b"{}\\xff")
sys.stderr.buffer.write(b"\\xff")
atexit.register(print, "bye")
"""
    write(split, {"config/settings/local.py": f"{LOCAL}{noise}"})
    code, said = init(split, "--yes")
    assert code == 0, said


def test_settings_that_dynaconf_has_taken_over(split: Path) -> None:
    taken_over = """
STORAGES = {"default": {"BACKEND": "django.core.files.storage.InMemoryStorage"}}
SETTINGS_MODULE = ["settings.py", "settings.toml"]
from django.conf import Settings
Settings.is_overridden = lambda self, name: False
"""
    write(split, {"config/settings/local.py": f"{LOCAL}{taken_over}"})
    code, said = init(split, "--yes")
    assert code == 0, said
    written = (split / "config/settings/local.py").read_text()
    assert written.count("STORAGES") == 1
    assert '"django.core.files.storage.InMemoryStorage"}, "staticfiles": {' in written


def test_settings_that_are_in_no_file_of_the_project(tmp_path: Path) -> None:
    write(tmp_path, {"app.py": CONFIGURED, "site-packages/made.py": "SECRET_KEY = 'for tests'\n"})
    code, said = run(tmp_path, "app.py", "stator", "init", "--yes")
    assert (code, "are in no module" in said) == (2, True), said
    there = "import sys; sys.path.append('site-packages'); from stator.__main__ import run; sys.exit(run())"
    code, said = run(tmp_path, "-c", there, "init", "--settings=made")
    assert (code, "made is a module of an installed package." in said) == (2, True), said


def test_it_is_undone_from_a_folder_below(split: Path) -> None:
    before = contents(split)
    below = split / "docs/en"
    below.mkdir(parents=True)
    there = "import sys; sys.path.append('../..'); from stator.__main__ import run; sys.exit(run())"
    code, said = run(below, "-c", there, "init", "--settings=config.settings.local", "--yes", "--patch=../p")
    assert (code, "patch -R -p1 -d ../.. < ../p" in said) == (0, True), said
    with open(split / "docs/p", "rb") as kept:
        subprocess.run(["patch", "-R", "-p1", "-d", "../.."], cwd=below, stdin=kept, check=True)
    (split / "docs/p").unlink()
    assert contents(split) == before


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() != 0, reason="only root gives files away")
def test_who_owns_the_settings_goes_on_owning_them(split: Path) -> None:
    file = split / "config/settings/base.py"
    os.chown(file, 12345, 12345)
    assert init(split, "--yes")[0] == 0
    assert (file.stat().st_uid, file.stat().st_gid) == (12345, 12345)


def test_what_somebody_writes_meanwhile_is_not_lost(split: Path) -> None:
    script = """
import os
os.environ["DJANGO_SETTINGS_MODULE"] = "config.settings.local"
from stator.django.verbs.init import Streams, install

def ask(question):
    with open("config/settings/base.py", "a") as file:
        file.write("MINE = 1\\n")
    return "y"

install(dict.fromkeys(["yes", "dry_run", "patch", "replace_whitenoise"]), Streams(print, ask))
"""
    code, said = run(split, "-c", script)
    assert (code, "The settings were changed while the question stood." in said) == (1, True), said
    assert (split / "config/settings/base.py").read_text() == f"{SETTINGS}MINE = 1\n"


def test_permissions_and_links_stay(split: Path) -> None:
    file, real = split / "config/settings/base.py", split / "shared.py"
    file.rename(real)
    real.chmod(0o640)
    file.symlink_to(real)
    assert init(split, "--yes")[0] == 0
    assert file.is_symlink()
    assert stat.S_IMODE(real.stat().st_mode) == 0o640
    assert b"stator.django" in real.read_bytes()


def test_whitenoise_goes_only_where_that_is_asked_for(split: Path) -> None:
    write(
        split,
        {
            "whitenoise/__init__.py": "",
            "whitenoise/runserver_nostatic/__init__.py": "",
            "config/settings/local.py": LOCAL.replace(
                '["django.contrib.auth"', '["whitenoise.runserver_nostatic"'
            ),
        },
    )
    before = contents(split)
    code, said = init(split, "--yes")
    assert (code, "--replace-whitenoise" in said) == (1, True), said
    assert contents(split) == before
    code, said = init(split, "--yes", "--replace-whitenoise")
    assert code == 0, said
    assert "INSTALLED_APPS = [*INSTALLED_APPS]" in (split / "config/settings/local.py").read_text()


@pytest.mark.parametrize(("stator", "code"), [('{"ROOT_FILES": WHITENOISE_ROOT}', 0), ("{}", 1)])
def test_files_at_the_root_are_not_lost_with_whitenoise(split: Path, stator: str, code: int) -> None:
    with (split / "config/settings/local.py").open("a") as opened:
        opened.write(f"WHITENOISE_ROOT = str(BASE_DIR)\nSTATOR = {stator}\n")
    got, said = init(split, "--yes")
    assert (got, '"ROOT_FILES": WHITENOISE_ROOT' in said) == (code, code == 1), said
