"""Projects whose sources are on disk, found, built and looked into, for checks of what is in them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from stator.diagnose.check import Found
from stator.diagnose.doctor import OF_CONTENTS, OF_PROJECT
from stator.diagnose.facts.contents import look_into
from stator.diagnose.facts.project import Project, Published, own_files
from stator.diagnose.facts.setup import Setup
from stator.diagnose.scan.request import Asked
from stator.load_path import load_path, walk
from tests.sites import Files, compiled, origin, write

NOTHING = Setup()


def project(folder: Path, files: Files, setup: Setup = NOTHING, **more: Any) -> Project:
    """Return a project in a folder with these files, hidden ones too, in its one static folder."""
    static = origin(write(folder / "static", files), "STATICFILES_DIRS[0]")
    found = load_path(walk(static, lambda _: False, lambda _: False))
    facts = {"published": Published(), "asked": Asked(), "contents": look_into(own_files(found)), **more}
    return Project(setup._replace(project=str(folder)), found, (static,), compiled(found), **facts)


def told(id: str, found: Project) -> list[Found]:
    """Return what a check says of a project."""
    return list({**OF_CONTENTS, **OF_PROJECT}[id].find(found))
