"""The rolling deploy: how many files visitors miss while releases come and go, with Stator and with Django.

    python -m benchmarks.rolling                               all of it, to benchmarks/rolling.md
    python -m benchmarks.rolling --only bucket --deploys 10 --latest 5

Three application servers are deployed to one after the other, again and again, with rollbacks among it, and
visitors load a page of whichever, wait up to ``--latest`` seconds, and then load all that the page refers to.
``tests/rolling`` has how. The whole takes twenty minutes, most of which is waiting. It needs what the tests
need: SeaweedFS, Varnish and nginx.
"""

from __future__ import annotations

import argparse
import os
import platform
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import NamedTuple

import django

from benchmarks.report import as_table
from tests.rolling import deploys, scenes
from tests.rolling.deploys import Course, Outcome
from tests.rolling.fleet import SERVERS
from tests.rolling.scenes import Scene
from tests.stores import seaweedfs

RESULTS = Path(__file__).with_suffix(".md")
VISITORS = 100
DEPLOYS = 50
LATEST = 60
FOR_SERVERS = 30  # seconds that a release is kept longer: until all servers have been started anew, and more
SHOWN = 5  # problems of a scene that are told while it runs


class Contender(NamedTuple):
    """A scene by its title, and what sets it."""

    title: str
    setting: Callable[[Course], AbstractContextManager[Scene]]


@contextmanager
def _in_bucket(course: Course) -> Iterator[Scene]:
    with seaweedfs() as buckets:
        yield scenes.bucket(buckets(), course.retention)


@contextmanager
def _in_folder(course: Course) -> Iterator[Scene]:
    with scenes.shared() as folder:
        yield scenes.shared_folder(folder, course.retention)


@contextmanager
def _with_django(_: Course) -> Iterator[Scene]:
    with scenes.shared() as folder:
        yield scenes.django(folder)


CONTENDERS: Mapping[str, Contender] = {
    "bucket": Contender("`stator publish` to SeaweedFS, Varnish before it", _in_bucket),
    "folder": Contender("`stator publish` to a shared folder, nginx before it", _in_folder),
    "django": Contender("Django's `collectstatic --clear` to a shared folder, nginx before it", _with_django),
}


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument(
        "--only", choices=CONTENDERS, action="append", metavar="SCENE", help=f"of {', '.join(CONTENDERS)}"
    )
    parser.add_argument("--deploys", type=int, help=f"instead of {DEPLOYS}; a fifth as many are rolled back")
    parser.add_argument("--latest", type=int, help=f"seconds, instead of {LATEST}")
    parser.add_argument("--seed", type=int, help="for other edits")
    chosen = parser.parse_args()
    course = course_of(chosen.deploys or DEPLOYS, chosen.latest or LATEST, chosen.seed or 1)
    outcomes = {name: _run(CONTENDERS[name], course) for name in chosen.only or CONTENDERS}
    text = report(course, outcomes)
    print(text)
    if not any(vars(chosen).values()):
        RESULTS.write_text(text, encoding="utf-8")


def course_of(count: int, latest: int, seed: int) -> Course:
    """Return a course in which a page may be as old as several deploys."""
    return Course(
        deploys=count,
        rollbacks=count // 5,
        visitors=VISITORS,
        latest=latest,
        age=latest + FOR_SERVERS,
        pace=latest / 12,
        seed=seed,
    )


def _run(contender: Contender, course: Course) -> Outcome:
    print(f"{contender.title} …", file=sys.stderr)
    with tempfile.TemporaryDirectory(prefix="stator-bench-") as folder, contender.setting(course) as scene:
        outcome = deploys.run(scene, course, Path(folder))
    for problem in outcome.problems[:SHOWN]:
        print(f"  {problem.kind}: {problem.what}", file=sys.stderr)
    return outcome


def report(course: Course, outcomes: Mapping[str, Outcome]) -> str:
    """Return what was found, in words."""
    return "\n\n".join([_heading(course), _rows(outcomes)]) + "\n"


def _rows(outcomes: Mapping[str, Outcome]) -> str:
    rows: Mapping[str, Callable[[Outcome], str]] = {
        "releases, and rollbacks": lambda one: f"{one.releases}, {one.rollbacks}",
        "seconds": lambda one: f"{one.seconds:.0f}",
        "pages loaded": lambda one: f"{one.pages:,}",
        "files loaded": lambda one: f"{one.files:,}",
        "longest from a page to its last file": lambda one: f"{one.latest:.1f} s",
        "digested names deleted meanwhile": lambda one: f"{one.gone:,}",
        "**missing: 404**": lambda one: f"**{one.count('missing'):,}**",
        "not what `integrity` says": lambda one: f"{one.count('altered'):,}",
        "other bytes under a digested name": lambda one: f"{one.count('changed'):,}",
        "any other status, or no answer": lambda one: f"{one.count('refused'):,}",
        "pages that no server had": lambda one: f"{one.count('page'):,}",
        "pages of which something was wrong": lambda one: (
            f"{one.harmed:,} ({one.harmed / max(one.pages, 1):.0%})"
        ),
    }
    titles = [CONTENDERS[name].title for name in outcomes]
    return as_table(
        ["", *titles], [[name, *(cell(one) for one in outcomes.values())] for name, cell in rows.items()]
    )


def _heading(course: Course) -> str:
    kept = course.retention
    return (
        "# The rolling deploy: results\n\n"
        f"Made by `python -m benchmarks.rolling`. Python {platform.python_version()}, Django "
        f"{django.get_version()}, {os.cpu_count()} cores, {platform.system()}.\n\n"
        f"{course.deploys} deploys of random edits (files changed, added, removed, taken back) and "
        f"{course.rollbacks} rollbacks among them, one every {course.pace:g} s, to {SERVERS} "
        "application servers one after the other, each with an image of its own. "
        f"{course.visitors} visitors at a time load a page of any of them, wait up to {course.latest:g} s, "
        "and load all that it refers to and what that refers to from the host of `STATIC_URL`, which has the "
        "configuration of `stator serverconfig`. Each file is compared with what the page says under "
        "`integrity`, which with Django's storage it does not, and with what others have found under its "
        f"digested name. `RETENTION` keeps a release for {kept['age']} s, and the newest {kept['releases']} "
        f"for longer. Varnish is made to forget everything {SERVERS + 1} times in a deploy."
    )


if __name__ == "__main__":
    main()
