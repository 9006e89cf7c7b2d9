"""The rolling deploy: releases one after the other, by chance, while people visit.

A release is published from one place, from where it goes to a store that all share; then the application
servers are started one after the other from an image of it. A rollback makes the store go back to a release
that was current not long ago, and the servers to its image. What the store holds is asked through a front,
which is the host of ``STATIC_URL``.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Sequence
from itertools import count
from pathlib import Path
from random import Random
from typing import NamedTuple

from tests.processes import wait_until
from tests.rolling import sources
from tests.rolling.fleet import Fleet, fleet
from tests.rolling.fronts import Front
from tests.rolling.scenes import Scene, Settings
from tests.rolling.visitors import Problem, Visitors, visiting

_PROJECT = Path(__file__).parent / "project"
_NEVER_WITH_IMAGE = shutil.ignore_patterns(".stator-cache", "__pycache__")
_ROLLED_BACK_TO = 2  # the newest so many releases before the current one
_COMMAND = 3  # seconds from deciding on a command to what it takes for the present


class Course(NamedTuple):
    """How a run goes: so many deploys, with rollbacks among them, and visitors at once.

    ``latest`` is how many seconds after its page the files are loaded, at the most; ``age`` how many a
    release is kept; ``pace`` how many there are, at the least, from the beginning of a deploy to the next.
    """

    deploys: int
    rollbacks: int
    visitors: int
    latest: float
    age: int
    pace: float = 0.0
    seed: int = 6

    @property
    def retention(self) -> Settings:
        """The setting ``RETENTION`` that keeps what visitors may ask for, and what is rolled back to."""
        return {"releases": _ROLLED_BACK_TO, "age": self.age}

    def steps(self, chance: Random) -> list[bool]:
        """Return for each step if it is a rollback. The first two never are."""
        rest = [True] * self.rollbacks + [False] * (self.deploys - 2)
        chance.shuffle(rest)
        return [False, False, *rest]


class Outcome(NamedTuple):
    """What a run has come to, in the words of ``Visitors``.

    ``gone`` is how many digested addresses have been loaded and are not there any more at the end.
    """

    releases: int
    rollbacks: int
    pages: int
    harmed: int
    files: int
    latest: float
    gone: int
    seconds: float
    problems: Sequence[Problem]

    def count(self, kind: str) -> int:
        """Return how many problems there are of a kind."""
        return Counter(problem.kind for problem in self.problems)[kind]


class Release(NamedTuple):
    """A release that was published: what it is made from, its hash, and the image that servers start from."""

    site: sources.Site
    hash: str
    image: Path


def run(scene: Scene, course: Course, folder: Path) -> Outcome:
    """Let a course of deploys go by; ``folder`` is for what is written besides the store."""
    with fleet(folder) as servers:
        upstream = ("--upstream", "{}:{}".format(*servers.places[0]))

        def configuration(port: int) -> str:
            settings = {**scene.served, "STATIC_URL": f"http://127.0.0.1:{port}/static/"}
            words = [word.format(port=port) for word in (*scene.server, *upstream)]
            return _manage(_project(folder / "front", settings), "stator", "serverconfig", *words)

        with scene.front(configuration) as front:
            url = "http://{}:{}/static/".format(*front.address)
            project = _project(folder / "project", {**scene.settings, "STATIC_URL": url})
            return _Deploying(scene, course, project, folder / "images", servers, front).run()


class _Deploying:
    def __init__(
        self, scene: Scene, course: Course, project: Path, images: Path, servers: Fleet, front: Front
    ) -> None:
        self._scene = scene
        self._course = course
        self._project = project
        self._images = images
        self._numbers = count()
        self._servers = servers
        self._front = front
        self._chance = Random(course.seed)
        self._visitors = Visitors(lambda: servers.serving, course.latest, course.seed)
        self._releases: dict[str, Release] = {}  # by hash, as they were current last, and the one that is
        self._superseded: dict[str, float] = {}  # by hash, since when a release is not current

    def run(self) -> Outcome:
        started = begun = time.monotonic()
        steps = self._course.steps(self._chance)
        self._deploy(self._published(sources.first()))
        with visiting(self._visitors, self._course.visitors):
            for revision, is_rollback in enumerate(steps, start=1):
                time.sleep(max(0.0, begun + self._course.pace - time.monotonic()))
                wait_until(self._nothing_open_goes, "visits of long ago end")
                begun = time.monotonic()
                self._deploy(self._rolled_back() if is_rollback else self._next(revision))
        seen, holds = self._visitors, self._scene.holds()
        gone = [one for one in seen.addresses() if one.partition("/static/")[2] not in holds]
        return Outcome(
            len(self._releases),
            sum(steps),
            seen.pages,
            seen.harmed,
            seen.files,
            seen.latest,
            len(gone),
            time.monotonic() - started,
            seen.problems,
        )

    def _nothing_open_goes(self) -> bool:
        """Say whether all that open pages refer to is still promised to stand; a slow machine takes time."""
        horizon = time.time() + _COMMAND - self._course.age
        return all(self._superseded.get(one, horizon + 1) > horizon for one in self._visitors.open_pages())

    def _next(self, revision: int) -> Release:
        """Publish an edit of the sources that are current, or of those that were before."""
        base = self._chance.choice(list(self._releases.values())[-2:])
        return self._published(sources.edited(base.site, revision, self._chance))

    def _rolled_back(self) -> Release:
        release = self._chance.choice(list(self._releases.values())[-1 - _ROLLED_BACK_TO : -1])
        if not self._scene.roll_back:
            return self._published(release.site)
        self._supersede()
        _manage(self._project, *self._scene.roll_back, release.hash)
        return release

    def _published(self, site: sources.Site) -> Release:
        self._supersede()
        sources.put(site, self._project / "sources")
        _manage(self._project, *self._scene.publish)
        image = self._images / str(next(self._numbers))
        shutil.copytree(self._project, image, ignore=_NEVER_WITH_IMAGE)
        return Release(site, json.loads(self._scene.manifest(image).read_text())["hash"], image)

    def _supersede(self) -> None:
        if self._releases:
            self._superseded[next(reversed(self._releases))] = time.time()

    def _deploy(self, release: Release) -> None:
        self._superseded.pop(release.hash, None)
        self._releases.pop(release.hash, None)
        self._releases[release.hash] = release
        self._front.forget()
        for _ in self._servers.deploy(release.image):
            self._front.forget()


def _project(folder: Path, settings: Settings) -> Path:
    shutil.copytree(_PROJECT, folder, ignore=_NEVER_WITH_IMAGE)
    (folder / "sources").mkdir()
    (folder / "deployment.json").write_text(json.dumps(settings))
    return folder


def _manage(project: Path, *words: str) -> str:
    environ = {**os.environ, "PYTHONPATH": str(project), "DJANGO_SETTINGS_MODULE": "settings"}
    command = [sys.executable, "-m", "django", *words]
    done = subprocess.run(command, env=environ, cwd=project, capture_output=True, text=True, check=False)
    assert done.returncode == 0, f"{words}: {done.stdout}{done.stderr}"
    return done.stdout
