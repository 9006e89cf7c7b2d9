"""The rows: what is compared. Each function measures one of them on one site; ``report`` says it in words."""

from __future__ import annotations

import functools
import json
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from benchmarks import sites
from benchmarks.contenders import (
    DJANGO,
    DJANGO_WITH_MODULES,
    EVERYTHING,
    HASHING,
    UNCODED,
    UNMINIFIED,
    WHITENOISE,
    WITHOUT_ESBUILD,
    Contender,
)
from benchmarks.measure import Measured
from benchmarks.sites import Plan, Site
from benchmarks.workshop import Runs, Workshop, in_turns, seconds_of
from stator.encode import Effort, effort_for


def hashing(shop: Workshop, site: Site, plan: Plan) -> Runs:
    """Collect from nothing, and neither minify nor compress."""
    return _contest(shop.cold, site, [HASHING, DJANGO, DJANGO_WITH_MODULES], plan.rounds)


def unchanged(shop: Workshop, site: Site, plan: Plan) -> Runs:
    """Collect when there is nothing to do."""
    contenders = [EVERYTHING, HASHING, DJANGO, *([WHITENOISE] if plan.whitenoise else [])]
    return _contest(shop.unchanged, site, contenders, plan.quick_rounds)


def codings(shop: Workshop, site: Site, plan: Plan) -> Runs:
    """Collect from nothing with all precompressed forms. One round: it takes minutes."""
    contenders = [EVERYTHING, WITHOUT_ESBUILD, *([UNMINIFIED, WHITENOISE] if plan.whitenoise else [])]
    return _contest(shop.first_cold, site, contenders, 1)


class Sizes(NamedTuple):
    """Total bytes of some files in one coding: those of Stator by contender, and WhiteNoise's."""

    which: str
    coding: str
    files: int
    ours: Mapping[str, int]
    theirs: int


def sizes(shop: Workshop, site: Site, _: Plan) -> list[Sizes]:
    """Compare what a visitor gets of each file that both publish. No form: the plain size counts."""
    theirs = _coded(shop.settled(WHITENOISE, site))
    ours = {one.name: _coded(shop.settled(one, site)) for one in (EVERYTHING, UNMINIFIED)}
    found = []
    for coding in ("br", "gzip"):
        common = [path for path in theirs if all(path in one for one in ours.values())]
        by_either = [path for path in common if any(coding in one[path] for one in (theirs, *ours.values()))]
        by_both = [path for path in common if all(coding in one[path] for one in (theirs, *ours.values()))]
        groups = {
            "that either codes": by_either,
            "that either codes, without source maps": [one for one in by_either if not one.endswith(".map")],
            "that both code, without what only developers ask for": [
                one for one in by_both if effort_for(one) is Effort.BEST
            ],
        }
        for which, paths in groups.items():
            totals = {name: _total(one, coding, paths) for name, one in ours.items()}
            found.append(Sizes(which, coding, len(paths), totals, _total(theirs, coding, paths)))
    return found


def leaf(shop: Workshop, site: Site, plan: Plan) -> Runs:
    """Collect after one style sheet has changed, and once more when nothing has.

    Raises ``SystemExit`` when anything but that file was built, or got another name.
    """
    root, report = shop.settled(EVERYTHING, site), shop.new_folder()
    with _leaf_of(shop, site) as change_and_run:
        names = _names(root)
        change_and_run(report=str(report))
        renamed = [path for path, name in _names(root).items() if name != names[path]]
        built = json.loads(report.read_bytes())["built"]
        if renamed != [sites.LEAF.as_posix()] or built != 1:
            sys.exit(f"Only {sites.LEAF} was changed, and {built} files were built; renamed: {renamed}.")
        again = functools.partial(shop.unchanged, EVERYTHING, site)
        return in_turns({"one leaf changed": change_and_run, "nothing changed": again}, plan.quick_rounds)


@contextmanager
def _leaf_of(shop: Workshop, site: Site) -> Iterator[Callable[..., Measured | None]]:
    """Give a function that changes one style sheet and collects; at the end all is as it was."""
    file, root = site.sources / sites.LEAF, shop.settled(EVERYTHING, site)
    content = file.read_bytes()

    def change_and_run(**how: str) -> Measured | None:
        # never what it was once, of which finished work would be at hand
        file.write_bytes(content + b".changed-%d { color: red }\n" % time.time_ns())
        return shop.run(EVERYTHING, site, root, **how)

    try:
        yield change_and_run
    finally:
        file.write_bytes(content)
        shop.unchanged(EVERYTHING, site)  # so that the next row finds nothing changed


def container(shop: Workshop, site: Site, plan: Plan) -> Runs:
    """Collect in a new container: sources freshly checked out, and what was kept of the last run restored."""
    before = shop.settled(EVERYTHING, site)

    def restore_and_run(*kept: str) -> Measured | None:
        fresh = sites.check_out(site, shop.new_folder())
        root = shop.new_folder()
        root.mkdir()
        subprocess.run(["cp", "-a", *(before / name for name in kept), root], check=True)
        time.sleep(1.5)  # no file is so young that its times are not relied on
        return shop.run(EVERYTHING, fresh, root)

    states = {
        "cache restored": functools.partial(restore_and_run, ".stator-cache"),
        "cache and STATIC_ROOT restored": functools.partial(restore_and_run, ".stator-cache", "static"),
        "nothing changed": functools.partial(shop.unchanged, EVERYTHING, site),
    }
    return in_turns(states, plan.rounds)


def memory(shop: Workshop, site: Site, _: Plan) -> Mapping[str, Runs]:
    """Return the first run from nothing, and one in which nothing has changed, for their memory."""
    contenders = [HASHING, EVERYTHING, DJANGO]
    return {
        "from nothing": _contest(shop.first_cold, site, contenders, 1),
        "nothing changed": _contest(shop.unchanged, site, contenders, 1),
    }


class Grown(NamedTuple):
    """What a site of so many files took with one contender."""

    contender: str
    files: int
    size: int
    cold: Sequence[Measured]
    unchanged: Sequence[Measured]


def growth(shop: Workshop, _: Site, plan: Plan) -> list[Grown]:
    """Collect sites that differ in the number of their files."""
    found = []
    for files in plan.growth:
        site = sites.grow(files, shop.new_folder())
        contenders = [UNCODED, HASHING]
        cold = _contest(shop.first_cold, site, contenders, 1)
        again = _contest(shop.unchanged, site, contenders, plan.quick_rounds)
        found += [
            Grown(one.name, site.files, site.size, cold[one.name], again[one.name]) for one in contenders
        ]
    return found


class Profile(NamedTuple):
    """Runs with their stages, by contender and state, and seconds of what no collect can go below."""

    runs: Mapping[str, Measured]
    floors: Mapping[str, float]


def profile(shop: Workshop, site: Site, _: Plan) -> Profile:
    """Find out where the time goes, from the start of Python to its end."""
    runs = {
        "hashing and linking, from nothing": shop.cold(HASHING, site, "cold"),
        "everything on, from nothing": shop.cold(EVERYTHING, site, "cold"),
        "everything on, nothing changed": shop.unchanged(EVERYTHING, site, "unchanged"),
    }
    with _leaf_of(shop, site) as change_and_run:
        runs["everything on, one leaf changed"] = change_and_run(stages="cold")
    copied = ["cp", "-r", "--preserve=links"]
    hashed = f"find {site.sources} -type f -print0 | xargs -0 sha256sum"
    floors = {
        "`cp -r` of the output, hashing and linking": seconds_of(
            *copied, shop.settled(HASHING, site) / "static", shop.new_folder()
        ),
        "`cp -r` of the output, everything on": seconds_of(
            *copied, shop.settled(EVERYTHING, site) / "static", shop.new_folder()
        ),
        "`sha256sum` of the input": seconds_of("sh", "-c", hashed),
        "`python -m django --version`": seconds_of(sys.executable, "-m", "django", "--version"),
    }
    return Profile({name: run for name, run in runs.items() if run}, floors)


def _contest(
    run: Callable[[Contender, Site], Measured | None],
    site: Site,
    contenders: Sequence[Contender],
    rounds: int,
) -> Runs:
    measures = {one.name: functools.partial(run, one, site) for one in contenders}
    return in_turns(measures, rounds, once={WHITENOISE.name})  # it takes minutes


def _names(root: Path) -> Mapping[str, str]:
    """Return the published names by logical path."""
    names: Mapping[str, str] = json.loads((root / "static" / "staticfiles.json").read_bytes())["paths"]
    return names


_SUFFIXES = {"br": ".br", "gzip": ".gz"}


def _coded(root: Path) -> dict[str, dict[str, int]]:
    """Return the sizes of what is published, by logical path and coding, ``plain`` being one."""
    found = {}
    for path, name in _names(root).items():
        file = root / "static" / name
        forms = {coding: file.with_name(file.name + suffix) for coding, suffix in _SUFFIXES.items()}
        found[path] = {"plain": file.stat().st_size} | {
            coding: form.stat().st_size for coding, form in forms.items() if form.exists()
        }
    return found


def _total(sizes: Mapping[str, Mapping[str, int]], coding: str, paths: Sequence[str]) -> int:
    return sum(sizes[path].get(coding, sizes[path]["plain"]) for path in paths)
