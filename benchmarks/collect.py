"""How long ``collectstatic`` takes: Stator, Django's storage with a manifest, and WhiteNoise's, in one run.

    python -m benchmarks.collect                        all of it, to benchmarks/results.md
    python -m benchmarks.collect --site small           one site; results are only printed
    python -m benchmarks.collect --only leaf --rounds 9

Sites are made of the npm packages that the tests use (scripts/install-test-parts). Contenders take turns, and
medians count. What is written are ratios of one run on one machine; seconds stand beside them. The whole
takes most of an hour and some 25 GB of the folder for temporary files, which must be on a disk.
"""

from __future__ import annotations

import argparse
import os
import platform
import subprocess
import sys
import tempfile
from collections.abc import Callable, Sequence
from importlib.metadata import version
from pathlib import Path
from typing import Any, NamedTuple

from benchmarks import contenders, report, rows, sites
from benchmarks.sites import Plan, Site
from benchmarks.workshop import Workshop

RESULTS = Path(__file__).with_name("results.md")
FULL = ("small", "large")
ESBUILD = sites.CORPUS / ".bin" / "esbuild"


class Row(NamedTuple):
    """What is measured, and the text that is made of it."""

    title: str
    measure: Callable[[Workshop, Site, Plan], Any]
    told: Callable[[Site, Any], report.Section]


ROWS = {
    "hashing": Row("Cold, hashing and linking only", rows.hashing, report.hashing),
    "codings": Row("Cold, with all codings", rows.codings, report.codings),
    "sizes": Row("Bytes of the precompressed forms", rows.sizes, report.sizes),
    "unchanged": Row("Nothing changed", rows.unchanged, report.unchanged),
    "leaf": Row("One style sheet changed", rows.leaf, report.leaf),
    "container": Row("In a new container", rows.container, report.container),
    "memory": Row("Peak memory", rows.memory, report.memory),
    "growth": Row("Growth", rows.growth, report.growth),
    "profile": Row("Where the time goes", rows.profile, report.profile),
}


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--site", choices=sites.PLANS, action="append")
    parser.add_argument("--only", choices=ROWS, action="append", metavar="ROW", help=f"of {', '.join(ROWS)}")
    parser.add_argument("--rounds", type=int, help="instead of those in sites.PLANS")
    chosen = parser.parse_args()
    if not ESBUILD.exists():
        sys.exit("esbuild is not there: run scripts/install-test-parts first.")
    with tempfile.TemporaryDirectory(prefix="stator-bench-") as folder:
        text = measured(Workshop(Path(folder)), chosen.site or FULL, chosen.only or list(ROWS), chosen.rounds)
    print(text)
    if not (chosen.site or chosen.only or chosen.rounds):
        RESULTS.write_text(text, encoding="utf-8")


def measured(shop: Workshop, names: Sequence[str], only: Sequence[str], rounds: int | None) -> str:
    """Measure the rows on the sites of these names and return the report."""
    warm_up(shop)
    sections = []
    laid_out = {name: sites.lay_out(name, shop.new_folder()) for name in names}
    for row, (title, measure, told) in ROWS.items():
        for name, site in laid_out.items():
            plan = sites.PLANS[name]
            if rounds:
                plan = plan._replace(rounds=rounds, quick_rounds=rounds)
            if row in only and row in plan.rows:
                print(f"{title}: the {name} site …", file=sys.stderr)
                section = told(site, measure(shop, site, plan))
                print(section.text, file=sys.stderr)  # the whole takes most of an hour, and could end early
                sections.append((title, section))
    return report.document(heading(), sections)


def warm_up(shop: Workshop) -> None:
    """Let everybody collect a small site twice, so that no later run compiles modules."""
    site = sites.grow(100, shop.new_folder())
    for contender in contenders.ALL:
        shop.cold(contender, site, "cold" if contender.app else "")
        shop.unchanged(contender, site)


def heading() -> str:
    from stator.encode import CODINGS

    codings = "; ".join(f"{name}: {coding.version()}" for name, coding in CODINGS.items())
    esbuild = subprocess.run(
        [ESBUILD, "--version"], check=True, capture_output=True, text=True
    ).stdout.strip()
    return (
        "# Collecting: results\n\n"
        f"Made by `make bench`. Python {platform.python_version()}, Django {version('Django')}, "
        f"WhiteNoise {version('whitenoise')}, {os.cpu_count()} cores, {platform.system()}. "
        f"esbuild {esbuild}. Stator's codings: {codings}. "
        "WhiteNoise's: Python's zlib at 9, the same brotli at 11.\n\n"
        "“Everything on” are the defaults, with esbuild at hand. All are lenient about references that lead "
        "nowhere. A ratio of times is the other's by Stator's; seconds are those of the command, after "
        "`django.setup()`. Peak memory is that of the process alone."
    )


if __name__ == "__main__":
    main()
