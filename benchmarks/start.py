"""What a start costs: commands of a project, and its application, with Stator and without.

    python -m benchmarks.start               all of it, to benchmarks/start.md
    python -m benchmarks.start --rounds 5    to look at

A project as ``startproject`` makes it, with two modules of settings. All modules are compiled before; each
figure is of a process of its own, the two in turns, and the median of the rounds counts. It is processor
time, which is what a start is made of, and hangs less on what else the machine does.
"""

from __future__ import annotations

import argparse
import os
import platform
import resource
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NamedTuple

import django

from benchmarks.report import as_table
from benchmarks.workshop import environment

RESULTS = Path(__file__).with_suffix(".md")
ROUNDS = 20
WANTED = 0.030  # seconds: what `import stator.django` may add to Django's own
FILE = "admin/css/base.css"

SETTINGS = """
from shop.settings import *

INSTALLED_APPS.insert(0, "stator.django")
MIDDLEWARE.insert(1, "stator.django.middleware.StatorMiddleware")
DEBUG = False
STATIC_ROOT = BASE_DIR / "static_root"
STATOR = {"CODINGS": []}
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "stator.django.storage.StatorStorage"},
}
"""
PLAIN, OURS = "shop.settings", "shop.with_stator"
TIMED_SETUP = """
import time
import django
from django.conf import settings
settings.INSTALLED_APPS
started = time.process_time()
django.setup()
print(time.process_time() - started)
"""


class Start(NamedTuple):
    """What is compared: arguments of Python, without Stator and with it. ``measure`` gives the seconds."""

    title: str
    plain: Sequence[str]
    ours: Sequence[str]
    measure: Callable[[Path, str, Sequence[str]], float]


class Found(NamedTuple):
    """Medians in seconds of what a start takes; ``more`` is that of the differences of each two in turn."""

    title: str
    plain: float
    ours: float
    more: float


def whole(site: Path, settings: str, arguments: Sequence[str]) -> float:
    """Return the seconds that the process had a processor."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    run(site, settings, arguments)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def told(site: Path, settings: str, arguments: Sequence[str]) -> float:
    """Return the seconds that the process itself says."""
    return float(run(site, settings, arguments))


def manage(*arguments: str) -> list[str]:
    return ["manage.py", *arguments]


SETUP = "`django.setup()`, within the process"
STARTS = (
    Start(SETUP, ["-c", TIMED_SETUP], ["-c", TIMED_SETUP], told),
    Start("`manage.py check`", manage("check"), manage("check"), whole),
    Start(
        "`manage.py collectstatic --help`",
        manage("collectstatic", "--help"),
        manage("collectstatic", "--help"),
        whole,
    ),
    Start(
        "`manage.py stator --help`; without: `manage.py check --help`",
        manage("check", "--help"),
        manage("stator", "--help"),
        whole,
    ),
    Start(f"`manage.py findstatic {FILE}`", manage("findstatic", FILE), manage("findstatic", FILE), whole),
    Start(
        f"`manage.py stator why {FILE}`; without: `manage.py findstatic {FILE}`",
        manage("findstatic", FILE),
        manage("stator", "why", FILE),
        whole,
    ),
    Start("`import shop.wsgi`", ["-c", "import shop.wsgi"], ["-c", "import shop.wsgi"], whole),
)


def run(site: Path, settings: str, arguments: Sequence[str]) -> str:
    environ = {**environment(), "DJANGO_SETTINGS_MODULE": settings}
    command = [sys.executable, *arguments]
    return subprocess.run(
        command, cwd=site, env=environ, check=True, stdout=subprocess.PIPE, text=True
    ).stdout


def make_site(folder: Path) -> None:
    subprocess.run([sys.executable, "-m", "django", "startproject", "shop", folder], check=True)
    (folder / "shop" / "with_stator.py").write_text(SETTINGS)
    run(folder, OURS, manage("collectstatic", "--noinput"))


def compare(site: Path, start: Start, rounds: int) -> Found:
    turns = [
        (start.measure(site, PLAIN, start.plain), start.measure(site, OURS, start.ours))
        for _ in range(rounds + 1)
    ][1:]  # the first is for the caches
    plain, ours = zip(*turns, strict=True)
    median = statistics.median
    return Found(start.title, median(plain), median(ours), median(more - less for less, more in turns))


def report(found: Sequence[Found], rounds: int) -> str:
    setup = next(one for one in found if one.title == SETUP)
    met = "yes" if setup.more <= WANTED else "**no**"
    return f"""# Starting: results

Made by `python -m benchmarks.start`. Python {platform.python_version()}, Django {django.get_version()}, {os.cpu_count()} cores, Linux.

A project as `startproject` makes it, without Stator and with it; all modules are compiled. Each figure is the
processor time of a process, the median of {rounds}, the two in turns; "more" is the
median of the differences. What `stator.django` adds to `django.setup()`: {_ms(setup.more)}; wanted at most {_ms(WANTED)}; met: {met}.

{as_table(["", "without", "with Stator", "more"], (_cells(one) for one in found))}
"""  # noqa: E501  (lines of Markdown)


def _cells(found: Found) -> list[str]:
    return [found.title, _ms(found.plain), _ms(found.ours), _ms(found.more)]


def _ms(seconds: float) -> str:
    return f"{seconds * 1000:.1f} ms"


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--rounds", type=int, help=f"instead of {ROUNDS}")
    chosen = parser.parse_args()
    rounds = chosen.rounds or ROUNDS
    with tempfile.TemporaryDirectory() as folder:
        site = Path(folder)
        make_site(site)
        text = report([compare(site, start, rounds) for start in STARTS], rounds)
    print(text)
    if not chosen.rounds:
        RESULTS.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
