"""The report: what was measured, in words. Text from values; nothing is measured here."""

from __future__ import annotations

import statistics
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

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
from benchmarks.rows import Grown, Profile, Sizes
from benchmarks.sites import Site
from benchmarks.stages import LOADING, STAGES
from benchmarks.workshop import Runs


class Verdict(NamedTuple):
    """A ratio beside what it should be. ``bound``: it is known to be at least this much, and no more."""

    measure: str
    site: str
    ratio: float
    wanted: float
    at_most: bool = False
    bound: bool = False

    @property
    def met(self) -> bool:
        return self.ratio <= self.wanted if self.at_most else self.ratio >= self.wanted


class Section(NamedTuple):
    """A row on one site: its verdicts, and its text."""

    verdicts: Sequence[Verdict]
    text: str


def document(heading: str, sections: Iterable[tuple[str, Section]]) -> str:
    """Return the whole report; the sections come with the titles they stand under, equal ones together."""
    parts = [heading]
    found = list(sections)
    verdicts = [verdict for _, section in found for verdict in section.verdicts]
    parts.append(as_table(["measure", "site", "ratio", "wanted", "met"], map(_verdict_cells, verdicts)))
    previous = ""
    for title, section in found:
        parts += [f"## {title}"] if title != previous else []
        parts.append(section.text)
        previous = title
    return "\n\n".join(parts) + "\n"


def _verdict_cells(verdict: Verdict) -> list[str]:
    wanted = f"at {'most' if verdict.at_most else 'least'} {verdict.wanted:g}"
    ratio = f"{'more than ' if verdict.bound else ''}{as_figure(verdict.ratio)}"
    return [verdict.measure, verdict.site, ratio, wanted, "yes" if verdict.met else "**no**"]


def hashing(site: Site, runs: Runs) -> Section:
    ours = _seconds(runs[HASHING.name])
    verdicts = [
        _by_ours(f"cold, hashing and linking only: {one.name} / Stator", site, one, runs, ours, wanted)
        for one, wanted in ((DJANGO_WITH_MODULES, 8), (DJANGO, 2.5))
    ]
    return Section(verdicts, _times(site, runs, ours))


def unchanged(site: Site, runs: Runs) -> Section:
    ours = _seconds(runs[EVERYTHING.name])
    verdicts = [_by_ours("nothing changed: Django / Stator, everything on", site, DJANGO, runs, ours, 25)]
    if WHITENOISE.name in runs:
        measure = "nothing changed: WhiteNoise / Stator, everything on"
        verdicts.append(_by_ours(measure, site, WHITENOISE, runs, ours, 500))
    return Section(verdicts, _times(site, runs, ours))


def codings(site: Site, runs: Runs) -> Section:
    ours = _seconds(runs[EVERYTHING.name])
    verdicts = []
    if WHITENOISE.name in runs:
        measure = "cold with all codings: WhiteNoise / Stator"
        verdicts.append(_by_ours(measure, site, WHITENOISE, runs, ours, 2.5))
        for one in (WITHOUT_ESBUILD, UNMINIFIED):
            own = _seconds(runs[one.name])
            verdicts.append(_by_ours(f"the same: WhiteNoise / {one.name}", site, WHITENOISE, runs, own, 2.5))
    return Section(verdicts, _times(site, runs, ours))


def sizes(site: Site, found: Sequence[Sizes]) -> Section:
    verdicts = [
        Verdict(
            f"total bytes, {one.coding}: {EVERYTHING.name} / WhiteNoise, files {one.which}",
            site.name,
            one.ours[EVERYTHING.name] / one.theirs,
            1,
            at_most=True,
        )
        for one in found
    ]
    rows = [
        [
            one.coding,
            one.which,
            f"{one.files:,}",
            f"{one.theirs:,}",
            *(f"{one.ours[name]:,} ({one.ours[name] / one.theirs:.3f})" for name in one.ours),
        ]
        for one in found
    ]
    ours = (EVERYTHING.name, UNMINIFIED.name)
    table = as_table(["coding", "of the files", "number", WHITENOISE.name, *ours], rows)
    told = "Bytes, and their ratio to WhiteNoise's. A file that has no form counts with its plain size."
    return Section(verdicts, f"{_title(site)}\n\n{told}\n\n{table}")


def leaf(site: Site, runs: Runs) -> Section:
    ours = _seconds(runs["nothing changed"])
    ratio = _seconds(runs["one leaf changed"]) / ours
    verdict = Verdict("one CSS leaf changed / nothing changed", site.name, ratio, 1.5, at_most=True)
    return Section([verdict], _times(site, runs, ours))


def container(site: Site, runs: Runs) -> Section:
    ours = _seconds(runs["nothing changed"])
    verdicts = [
        Verdict(
            f"new container, {state} / nothing changed",
            site.name,
            _seconds(runs[state]) / ours,
            3,
            at_most=True,
        )
        for state in runs
        if state != "nothing changed"
    ]
    return Section(verdicts, _times(site, runs, ours))


def memory(site: Site, found: Mapping[str, Runs]) -> Section:
    verdicts = []
    rows = []
    for state, runs in found.items():
        theirs = runs[DJANGO.name][0]
        for name, (run,) in runs.items():
            rows.append(
                [
                    f"{name}, {state}",
                    f"{run.megabytes:.0f} MB",
                    f"{run.megabytes / theirs.megabytes:.2f}",
                    f"{run.child_megabytes:.0f} MB",
                ]
            )
        verdicts += [
            Verdict(
                f"peak memory, {state}: {one.name} / Django",
                site.name,
                runs[one.name][0].megabytes / theirs.megabytes,
                1,
                at_most=True,
            )
            for one in (HASHING, EVERYTHING)
        ]
    table = as_table(["", "peak memory", "ratio to Django", "the largest process that it started"], rows)
    return Section(verdicts, f"{_title(site)}\n\n{table}")


def growth(_: Site, found: Sequence[Grown]) -> Section:
    verdicts = []
    rows = []
    for name in (UNCODED.name, HASHING.name):
        grown = [one for one in found if one.contender == name]
        cold = [_seconds(one.cold) / one.files for one in grown]
        again = [_seconds(one.unchanged) / one.files for one in grown]
        for one, first, second in zip(grown, cold, again, strict=True):
            millionths = [f"{first * 1e6:.0f} µs", f"{second * 1e6:.1f} µs"]
            rows.append([name, f"{one.files:,}", f"{one.size / 1e6:.0f} MB", *millionths])
        verdicts += [
            Verdict(
                f"growth, {name}, {state}: time per file, greatest rise",
                _sizes_of(grown),
                _rise(times),
                1.5,
                at_most=True,
            )
            for state, times in (("from nothing", cold), ("nothing changed", again))
        ]
    table = as_table(["", "files", "size", "from nothing, each file", "nothing changed, each file"], rows)
    told = "The ratio is the greatest rise of the time per file from a smaller site to a larger one."
    return Section(verdicts, f"{told}\n\n{table}")


def _sizes_of(grown: Sequence[Grown]) -> str:
    return f"{grown[0].files:,} to {grown[-1].files:,} files"


def _rise(times: Sequence[float]) -> float:
    """Return by how much the values rise at most: a later one by one before it."""
    return max(later / earlier for number, earlier in enumerate(times) for later in times[number + 1 :])


def profile(site: Site, found: Profile) -> Section:
    names = list(found.runs)
    rows = [
        [
            "Python's start and end",
            *(_ms(run.whole - run.setup - run.seconds) for run in found.runs.values()),
        ],
        ["`django.setup()`", *(_ms(run.setup) for run in found.runs.values())],
        [LOADING, *(_ms(run.stages[LOADING]) for run in found.runs.values())],
    ]
    for stage in STAGES:
        cells = [
            _ms(run.stages[stage.name]) if stage.name in run.stages else "" for run in found.runs.values()
        ]
        rows.append([f"{'… ' if stage.part_of else ''}{stage.name}", *cells])
    rows.append(["all else", *(_ms(_rest(run)) for run in found.runs.values())])
    rows.append(["**the command**", *(_ms(run.seconds) for run in found.runs.values())])
    rows.append(["**the process**", *(_ms(run.whole) for run in found.runs.values())])
    rows += [
        [f"the process / {floor}", *(as_figure(run.whole / seconds) for run in found.runs.values())]
        for floor, seconds in found.floors.items()
    ]
    floors = "; ".join(f"{floor}: {_ms(seconds)}" for floor, seconds in found.floors.items())
    told = f"Lines with … are part of the build. What no collect can go below: {floors}."
    return Section([], f"{_title(site)}\n\n{as_table(['', *names], rows)}\n\n{told}")


def _rest(run: Measured) -> float:
    parts = {stage.name for stage in STAGES if stage.part_of}
    return run.seconds - sum(seconds for name, seconds in run.stages.items() if name not in parts)


def _by_ours(measure: str, site: Site, one: Contender, runs: Runs, ours: float, wanted: float) -> Verdict:
    if not runs[one.name]:
        return Verdict(measure, site.name, one.patience / ours, wanted, bound=True)
    return Verdict(measure, site.name, _seconds(runs[one.name]) / ours, wanted)


def _times(site: Site, runs: Runs, ours: float) -> str:
    """Return the table of times; a ratio is to ``ours``, in seconds."""
    rows = []
    for name, measured in runs.items():
        if not measured:
            rows.append([name, "given up", "", "", "", "", ""])
            continue
        every = [one.seconds for one in measured]
        memory = max(one.megabytes for one in measured)
        rows.append(
            [
                name,
                f"{_seconds(measured):.3f} s",
                f"{min(every):.3f} to {max(every):.3f}",
                str(len(every)),
                as_figure(_seconds(measured) / ours),
                f"{memory:.0f} MB",
                f"{statistics.median(one.setup for one in measured):.2f} s",
            ]
        )
    head = ["", "median", "range", "rounds", "ratio", "peak memory", "start-up before it"]
    return f"{_title(site)}\n\n{as_table(head, rows)}"


def _seconds(runs: Sequence[Measured]) -> float:
    return statistics.median(run.seconds for run in runs)


def _title(site: Site) -> str:
    sized = (
        f"{site.files:,} files, {site.size / 1e6:.0f} MB, {site.script_size / 1e6:.0f} MB of them JavaScript"
    )
    return f"### The {site.name} site: {sized}"


def as_table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in lines)


def as_figure(ratio: float) -> str:
    return f"{ratio:.2f}" if ratio < 10 else f"{ratio:,.0f}"


def _ms(seconds: float) -> str:
    return f"{seconds * 1000:.1f} ms" if seconds < 1 else f"{seconds:.2f} s"
