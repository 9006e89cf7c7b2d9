"""Print how many of the cases each server passes: ``python -m tests.conformance [--failures] [KIND ...]``."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Mapping

from tests import parts
from tests.conformance import site
from tests.conformance.cases import CASES
from tests.conformance.exceptions import EXCEPTIONS
from tests.conformance.judge import judge
from tests.conformance.kinds import KINDS, Kind
from tests.conformance.web_servers import public_folder

SECTIONS = {case.id: case.section for case in CASES}


def faults(kind: Kind) -> dict[str, list[str]]:
    """Start a server and return what is wrong, by the id of the case, for every case that it can be asked."""
    with public_folder() as folder, kind.start(site.publish(folder / "public")) as server:
        return {case.id: judge(case, server.address) for case in kind.cases()}


def line(name: str, found: Mapping[str, list[str]]) -> str:
    passed = sum(not wrong for wrong in found.values())
    known = sum(1 for id, wrong in found.items() if wrong and id in EXCEPTIONS.get(name, {}))
    rest = len(found) - passed - known
    return f"{name:<20} {passed:>4} of {len(found):>4}   {known:>3} out of reach   {rest:>3} failed"


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.conformance", description=__doc__)
    parser.add_argument("--failures", action="store_true", help="say what is wrong")
    parser.add_argument("kinds", nargs="*", metavar="KIND", help=f"one of: {', '.join(KINDS)}")
    chosen = parser.parse_args()
    failed = False
    for name in chosen.kinds or KINDS:
        kind = KINDS[name]
        missing = kind.part and parts.missing(kind.part)
        if missing:
            print(f"{name:<20} not asked: {missing}")
            continue
        found = faults(kind)
        print(line(name, found), flush=True)
        unexpected = {
            id: wrong for id, wrong in found.items() if wrong and id not in EXCEPTIONS.get(name, {})
        }
        failed = failed or bool(unexpected)
        if chosen.failures:
            for id, wrong in unexpected.items():
                print(f"    {id}: {'; '.join(wrong)}  ({SECTIONS[id]})")
    return int(failed)


if __name__ == "__main__":
    sys.exit(main())
