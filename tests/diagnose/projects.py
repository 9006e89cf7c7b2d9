"""Projects as values, for checks that are tested without settings and templates."""

from __future__ import annotations

from pathlib import Path

from stator.diagnose.facts.project import Project, Published
from stator.diagnose.facts.setup import Setup
from stator.diagnose.scan.request import Asked, Fault, Kind, Request
from stator.findings import Places
from tests.sites import Files, compiled, found, origin, write

STORAGE = "stator.django.storage.StatorStorage"
USUAL = Setup(static_url="/static/", media_url="/media/", storages={"staticfiles": STORAGE})


def project(folder: Path, files: Files, *requests: Request, faults: tuple[Fault, ...] = ()) -> Project:
    """Return a project with these files in its one folder of static files, and what is asked of them."""
    static = origin(write(folder / "static", files), "STATICFILES_DIRS[0]")
    load_path = found(static)
    asked = Asked(requests, faults=faults)
    return Project(USUAL, load_path, (static,), compiled(load_path), Published(), asked)


def request(
    name: str, kind: Kind = Kind.TAG, *, package: bool = False, file: str = "page.html", exact: bool = True
) -> Request:
    """Return a request for a name, as it would be read in a file that has nothing else."""
    content = name.encode()
    return Request(name, kind, Places(file, content).at(0, len(content)), package, exact)
