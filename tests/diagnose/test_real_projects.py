"""The doctor has nothing to warn of in projects that are right.

The projects are those that the documentation of Django and of well known packages tells to make, and the
example site, each with Stator turned on as the README has it. A script in ``real`` makes one in an empty
folder, and ``real/<name>.txt`` is all that the doctor says of it: as it was made, with ``DEBUG`` on; before
it is deployed, with ``DEBUG`` off; and when it was collected. ``STATOR_WRITE_EXPECTED=1`` writes those files
anew, to be read before they are committed.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from tests.parts import DJANGO_61, REAL_PROJECTS, TESTS

REAL = Path(__file__).parent / "real"
EXAMPLE = TESTS.parent / "examples" / "library"


class Project(NamedTuple):
    """A project to make: by which script, in which environment, and where its settings are.

    ``local`` is the file of the settings that is read last.
    """

    script: str
    environment: Path
    settings: str
    local: str


MYSITE, TUTORIAL = "mysite/settings.py", "tutorial/settings.py"
PROJECTS = {
    "fresh-django-5.2": Project("fresh.sh", REAL_PROJECTS, MYSITE, MYSITE),
    "fresh-django-6.1": Project("fresh.sh", DJANGO_61, MYSITE, MYSITE),
    "wagtail": Project("wagtail.sh", REAL_PROJECTS, "mysite/settings/base.py", "mysite/settings/local.py"),
    "unfold": Project("unfold.sh", REAL_PROJECTS, MYSITE, MYSITE),
    "rest-framework": Project("rest-framework.sh", REAL_PROJECTS, TUTORIAL, TUTORIAL),
    "debug-toolbar": Project("debug-toolbar.sh", REAL_PROJECTS, MYSITE, MYSITE),
}
NEEDS = {REAL_PROJECTS: "real projects", DJANGO_61: "Django 6.1"}

TURNED_ON = """
STATIC_URL = "static/"
STATIC_ROOT = BASE_DIR / "static_root"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "stator.django.storage.StatorStorage"},
}
"""
DEBUG_OFF = """
DEBUG = False
ALLOWED_HOSTS = ["www.example.com"]
"""
COMMIT = """
printf '%s\\n' __pycache__/ /static_root/ /.stator-cache/ /media/ /db.sqlite3 >.gitignore
git init --quiet
git add .
git -c user.name=Somebody -c user.email=somebody@example.com commit --quiet --message "All of it"
"""
COLLECT = "python manage.py collectstatic --noinput --verbosity 0"
AS_MADE, BEFORE, COLLECTED = "As it was made", "Before it is deployed", "When it was collected"


class Site(NamedTuple):
    """A project that was made: its folder, and the Python that runs it."""

    folder: Path
    python: Path

    def run(self, script: str) -> subprocess.CompletedProcess[str]:
        """Run a script where ``python`` is that of the site."""
        environ = {
            **{
                name: value
                for name, value in os.environ.items()
                if not name.startswith(("DJANGO_", "PYTHON"))
            },
            "PATH": f"{self.python.parent}{os.pathsep}{os.environ['PATH']}",
            "GIT_CONFIG_GLOBAL": os.devnull,
            "GIT_CONFIG_SYSTEM": os.devnull,
        }
        command = ["sh", "-eu", "-c", script]
        return subprocess.run(
            command, cwd=self.folder, env=environ, capture_output=True, text=True, check=False
        )

    def change(self, script: str) -> None:
        """Run a script that must end well."""
        done = self.run(script)
        assert done.returncode == 0, f"{script}\n{done.stdout}{done.stderr}"

    def diagnosed(self) -> list[dict[str, Any]]:
        """Return what the doctor finds."""
        done = self.run("python -m stator doctor --format json")
        assert done.stdout, done.stderr
        return list(json.loads(done.stdout)["findings"])


def made(project: Project, folder: Path) -> Site:
    """Make a project as its documentation tells, and turn Stator on as the README does."""
    site = Site(folder, project.environment / "bin" / "python")
    site.change((REAL / project.script).read_text())
    settings = folder / project.settings
    text, apps = re.subn(
        r"INSTALLED_APPS = \[\n", r'\g<0>    "stator.django",\n', settings.read_text(), count=1
    )
    text, middleware = re.subn(
        r".django\.middleware\.security\.SecurityMiddleware.,\n",
        r'\g<0>    "stator.django.middleware.StatorMiddleware",\n',
        text,
    )
    assert (apps, middleware) == (1, 1)
    settings.write_text(text + TURNED_ON)
    return site


def listed(findings: list[dict[str, Any]], folder: Path) -> Iterator[str]:
    """Yield the findings as lines, with no folder of this machine in them."""
    for one in findings:
        file = re.sub(r"^.*/(?:site-packages|src)/", "", one["file"])
        line = f":{one['line']}" if one["line"] and not one["package"] else ""
        yield f"{one['level']} {file}{line}: {one['message']} [{one['id']}]".replace(f"{folder}/", "")
    if not findings:
        yield "nothing"


def is_true(when: str, finding: dict[str, Any]) -> bool:
    """Say whether a finding is no false alarm, though nothing is wrong with the project."""
    return (when, finding["id"]) == (BEFORE, "not-collected")


def holds(name: str, said: dict[str, list[dict[str, Any]]], folder: Path) -> None:
    """See that nothing is worth a warning, and that nothing is told but what is expected."""
    expected = REAL / f"{name}.txt"
    lines = [line for when in said for line in (f"# {when}", *listed(said[when], folder))]
    told = "".join(f"{line}\n" for line in lines)
    if os.environ.get("STATOR_WRITE_EXPECTED"):
        expected.write_text(told)
    alarms = [one for when in said for one in said[when] if one["level"] != "info" and not is_true(when, one)]
    assert not alarms, "\n".join(listed(alarms, folder))
    assert told == expected.read_text()


@pytest.mark.other_programs
@pytest.mark.parametrize(
    "name",
    [pytest.param(name, marks=pytest.mark.needs(NEEDS[PROJECTS[name].environment])) for name in PROJECTS],
)
def test_a_project_as_its_documentation_makes_it(name: str, tmp_path: Path) -> None:
    project = PROJECTS[name]
    site = made(project, tmp_path)
    said = {AS_MADE: site.diagnosed()}
    with (tmp_path / project.local).open("a") as local:
        local.write(DEBUG_OFF)
    site.change(COMMIT)
    said[BEFORE] = site.diagnosed()
    site.change(COLLECT)
    said[COLLECTED] = site.diagnosed()
    holds(name, said, tmp_path)


def test_the_example_site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FRONTENDS", "0")
    left_out = shutil.ignore_patterns("static_root", ".stator-cache", "media", "db.sqlite3", "__pycache__")
    folder = shutil.copytree(EXAMPLE, tmp_path / "library", ignore=left_out)
    site = Site(folder, Path(sys.executable))
    site.change(COMMIT)
    said = {BEFORE: site.diagnosed()}
    site.change(COLLECT)
    said[COLLECTED] = site.diagnosed()
    holds("example", said, folder)
