"""How fast published files are served: Stator, WhiteNoise, ServeStatic and nginx, in one run.

    python -m benchmarks.serve                          all of it, to benchmarks/serve.md
    python -m benchmarks.serve --only style --server uvicorn
    python -m benchmarks.serve --only start --files 1000 --rounds 1

Every server has one worker; wrk asks with one thread and 16 connections, on the same machine. The ceiling is
what the same server reaches with a trivial application that holds the answer in memory: one ceiling has the
very header fields of Stator's answer, the other only type and length. Contenders take turns, are started anew
for each round, and medians count.

The whole takes half an hour. It needs wrk, and nginx where that shall take part (apt-get install wrk nginx).
"""

from __future__ import annotations

import argparse
import os
import platform
import shutil
import sys
import tempfile
from collections.abc import Collection, Iterator, Sequence
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import NamedTuple

from benchmarks import sites
from benchmarks.serving import measuring, report, targets
from benchmarks.serving.contenders import LOADED, SERVERS, STARTED, Contender
from benchmarks.workshop import Workshop

RESULTS = Path(__file__).with_suffix(".md")
START = "start"
ROWS = (*targets.FILES, START)
PACKAGES = ("Django", "WhiteNoise", "ServeStatic", "granian", "gunicorn", "uvicorn", "uvloop", "httptools")
ROUNDS = 3
SECONDS = 3
FILES = 15_000  # which makes 30,000 names


class Choice(NamedTuple):
    """What is measured: rows, servers (none for all), rounds, seconds a round, source files for start-up."""

    only: Sequence[str]
    server: Collection[str]
    rounds: int
    seconds: int
    files: int

    def of(self, contenders: Sequence[Contender]) -> list[Contender]:
        return [one for one in contenders if not self.server or one.server.name in self.server]


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--only", choices=ROWS, action="append", metavar="ROW", help=f"of {', '.join(ROWS)}")
    parser.add_argument(
        "--server", choices=SERVERS, action="append", metavar="SERVER", help=f"of {', '.join(SERVERS)}"
    )
    parser.add_argument("--rounds", type=int, help=f"instead of {ROUNDS}")
    parser.add_argument("--seconds", type=int, help=f"of a round, instead of {SECONDS}")
    parser.add_argument("--files", type=int, help=f"sources for the row {START}, instead of {FILES}")
    chosen = parser.parse_args()
    choice = Choice(
        chosen.only or ROWS,
        chosen.server or (),
        chosen.rounds or ROUNDS,
        chosen.seconds or SECONDS,
        chosen.files or FILES,
    )
    if not shutil.which("wrk"):
        sys.exit("wrk is not there: apt-get install wrk.")
    if START in choice.only and not sites.CORPUS.is_dir():
        sys.exit(
            "The npm packages that sites are made of are not there: run scripts/install-test-parts first."
        )
    with tempfile.TemporaryDirectory(prefix="stator-bench-") as folder:
        text = report.document(heading(choice), list(measured(Workshop(Path(folder)), choice)))
    print(text)
    if not any(vars(chosen).values()):
        RESULTS.write_text(text, encoding="utf-8")


def measured(shop: Workshop, choice: Choice) -> Iterator[report.Section]:
    """Measure row after row and tell each."""
    contenders = choice.of(LOADED)
    for row, target in targets.publish_files(shop).items():
        if row in choice.only:
            title = targets.FILES[row].title
            print(f"{title} …", file=sys.stderr)
            found = measuring.load(shop, target, contenders, choice.rounds, choice.seconds)
            yield _told(report.load(row, title, found))
    if START in choice.only:
        print("Publishing a site for start-up …", file=sys.stderr)
        for what, target in targets.publish_many(shop, choice.files).items():
            title = f"Start-up, {what}"
            print(f"{title} …", file=sys.stderr)
            started = measuring.start(shop, target, choice.of(STARTED), choice.rounds)
            yield _told(report.start(title, started))


def _told(section: report.Section) -> report.Section:
    print(section.text, file=sys.stderr)  # the whole takes half an hour, and could end early
    return section


def heading(choice: Choice) -> str:
    versions = ", ".join(f"{name} {_version(name)}" for name in PACKAGES)
    return (
        "# Serving: results\n\n"
        f"Made by `make bench`. Python {platform.python_version()}, {versions}, {os.cpu_count()} cores, "
        f"{platform.system()}.\n\n"
        f"One worker each; wrk with one thread and {measuring.CONNECTIONS} connections, on the same machine; "
        f"medians of {choice.rounds} rounds of {choice.seconds} s, contenders in turn. No request names a "
        "coding. A ceiling is the same server with a trivial application that answers the same bytes from "
        "memory: one with the very header fields of Stator's answer, one with `Content-Type` and "
        "`Content-Length` only. A middleware is the only one of its project.\n\n"
        "Start-up is from the start of the process to the first answer; “alone” is a process without server "
        "that answers one request to itself. All get the folder that Stator published, with every file under "
        "its plain and its digested name. WhiteNoise and ServeStatic walk it, and take the forms in zstd for "
        "files of their own."
    )


def _version(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return "(not installed)"


if __name__ == "__main__":
    main()
