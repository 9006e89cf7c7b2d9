"""The report: what was measured beside what is wanted, in words. Nothing is measured here."""

from __future__ import annotations

import statistics
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple, TypeVar

from benchmarks.report import as_figure, as_table
from benchmarks.serving.contenders import (
    BARE,
    FULL,
    SERVESTATIC_DJANGO,
    STATOR,
    STATOR_DJANGO,
    TRIVIAL,
    WHITENOISE_DJANGO,
)
from benchmarks.serving.measuring import Load, Outcome, Start
from benchmarks.serving.servers import GRANIAN_ASGI, GRANIAN_WSGI, GUNICORN, UVICORN, Server

T = TypeVar("T")


class Goal(NamedTuple):
    """``one`` should have at least ``wanted`` times the requests a second of each of ``others``."""

    row: str
    server: Server
    one: str
    others: Sequence[str]
    wanted: float


CEILINGS = (FULL, BARE)
GOALS = (
    Goal("style", GRANIAN_WSGI, STATOR, CEILINGS, 0.9),
    Goal("style", GUNICORN, STATOR, CEILINGS, 0.85),
    Goal("style", UVICORN, STATOR, CEILINGS, 0.9),
    Goal("style", GRANIAN_ASGI, STATOR, CEILINGS, 0.9),
    Goal("style", GRANIAN_WSGI, STATOR_DJANGO, [WHITENOISE_DJANGO], 1.5),
    Goal("style", UVICORN, STATOR_DJANGO, [SERVESTATIC_DJANGO], 10),
    Goal("file", GRANIAN_WSGI, STATOR, CEILINGS, 0.6),
    Goal("file", GUNICORN, STATOR, CEILINGS, 0.9),
    Goal("file", UVICORN, STATOR, CEILINGS, 0.9),
    Goal("file", GRANIAN_ASGI, STATOR, CEILINGS, 0.8),
)


class Limit(NamedTuple):
    """How much a start may take over the trivial application's, for a field of ``Start``."""

    what: str
    most: float
    unit: str
    form: str


LIMITS = (
    Limit("first answer", 0.25, "s", ".3f"),
    Limit("memory", 30, "MB", ".1f"),
    Limit("peak memory", 30, "MB", ".1f"),
)


class Verdict(NamedTuple):
    """A measure beside what is wanted, in words. ``met`` is ``None`` where it could not be measured."""

    measure: str
    where: str
    measured: str
    wanted: str
    met: bool | None


class Section(NamedTuple):
    """A row: its verdicts, and its text."""

    title: str
    verdicts: Sequence[Verdict]
    text: str


def document(heading: str, sections: Sequence[Section]) -> str:
    """Return the whole report: all verdicts first, then each row."""
    told = {True: "yes", False: "**no**", None: "not measured"}
    verdicts = [[*one[:-1], told[one.met]] for section in sections for one in section.verdicts]
    parts = [heading, as_table(["measure", "where", "measured", "wanted", "met"], verdicts)]
    parts += [f"## {section.title}\n\n{section.text}" for section in sections]
    return "\n\n".join(parts) + "\n"


def load(row: str, title: str, outcomes: Sequence[Outcome[Load]]) -> Section:
    """Tell the requests a second, and their ratios to both ceilings of the same server."""
    rates = {
        (one.contender.server, one.contender.name): statistics.median(run.rate for run in one.rounds)
        for one in outcomes
        if one.rounds
    }
    rows = []
    for contender, rounds, _ in outcomes:
        if rounds:
            rate = rates[contender.server, contender.name]
            ceilings = [rates.get((contender.server, ceiling)) for ceiling in CEILINGS]
            ratios = [f"{rate / ceiling:.2f}" if ceiling else "" for ceiling in ceilings]
            span = f"{min(run.rate for run in rounds):,.0f} to {max(run.rate for run in rounds):,.0f}"
            rows.append([contender.server.name, contender.name, f"{rate:,.0f}", span, *ratios])
    head = ["server", "", "requests a second", "range", *(f"of the {ceiling}" for ceiling in CEILINGS)]
    errors = [
        f"- {one.contender.name} under {one.contender.server.name}: {run.errors}"
        for one in outcomes
        for run in one.rounds
        if run.errors
    ]
    text = "\n\n".join([as_table(head, rows), *_lines(errors), *_failures(outcomes)])
    servers = {one.contender.server for one in outcomes}
    return Section(title, list(_load_verdicts(row, title, servers, rates)), text)


def _load_verdicts(
    row: str, title: str, servers: Iterable[Server], rates: Mapping[tuple[Server, str], float]
) -> Iterable[Verdict]:
    for goal in GOALS:
        if goal.row == row and goal.server in servers:
            for other in goal.others:
                ours, theirs = rates.get((goal.server, goal.one)), rates.get((goal.server, other))
                ratio = ours / theirs if ours and theirs else None
                yield Verdict(
                    f"{title}: {goal.one} / {other}",
                    goal.server.name,
                    "" if ratio is None else as_figure(ratio),
                    f"at least {goal.wanted:g}",
                    None if ratio is None else ratio >= goal.wanted,
                )


def start(title: str, outcomes: Sequence[Outcome[Start]]) -> Section:
    """Tell seconds and memory, and what is over those of the trivial application in the same server."""
    medians = {
        (one.contender.server, one.contender.name): Start(
            *map(statistics.median, zip(*one.rounds, strict=True))
        )
        for one in outcomes
        if one.rounds
    }
    rows, verdicts = [], []
    for (server, name), median in medians.items():
        over = _over(median, medians.get((server, TRIVIAL)))
        rows.append([server.name, name, *_cells(median), *_cells(over)])
        if name == STATOR:
            verdicts += _start_verdicts(title, server, over)
    over_it = f"over the {TRIVIAL}:"
    head = ["server", "", "first answer", "memory", "peak", f"{over_it} first answer", "memory", "peak"]
    return Section(title, verdicts, "\n\n".join([as_table(head, rows), *_failures(outcomes)]))


def _over(median: Start, floor: Start | None) -> Start | None:
    return floor and Start(*(ours - theirs for ours, theirs in zip(median, floor, strict=True)))


def _start_verdicts(title: str, server: Server, over: Start | None) -> list[Verdict]:
    return [
        Verdict(
            f"{title}: {limit.what} over the {TRIVIAL}",
            server.name,
            cell,
            f"at most {limit.most:g} {limit.unit}",
            None if over is None else over[index] <= limit.most,
        )
        for index, (limit, cell) in enumerate(zip(LIMITS, _cells(over), strict=True))
    ]


def _cells(start: Start | None) -> list[str]:
    if start is None:
        return [""] * len(LIMITS)
    return [f"{value:{limit.form}} {limit.unit}" for value, limit in zip(start, LIMITS, strict=True)]


def _failures(outcomes: Iterable[Outcome[T]]) -> list[str]:
    return _lines(
        f"- {one.contender.name} under {one.contender.server.name} was given up: {one.failure}."
        for one in outcomes
        if one.failure
    )


def _lines(lines: Iterable[str]) -> list[str]:
    """Return a list in Markdown, as a part of a text; none when it is empty."""
    text = "\n".join(lines)
    return [text] if text else []
