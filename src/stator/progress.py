"""Progress: what people see while a long collect runs, and at its end.

Rule 1: the work reports to a ``Progress``, which says nothing; whoever starts the work may hand in one that
does. Rule 2: texts are functions of numbers; only ``Bar`` and ``Lines`` know streams, clocks and locks.
Rule 3: a number is written in one way everywhere: thousands with commas, sizes in decimal units (1 MB is
1,000,000 bytes). Rule 4: all is ASCII but the cells of the bar, and those too where a terminal has no others.
"""

from __future__ import annotations

import math
import os
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from threading import Lock
from typing import NamedTuple, Self, TextIO

SHORTEST_BAR = 8  # cells; where there is no room for as many, there is no bar
LONGEST_BAR = 30
USUAL_COLUMNS = 80  # of a terminal that does not tell

_BLOCKS = "░█"  # a cell that is not reached yet, and one that is
_ASCII = "-#"
_GAP = "  "
_LEFT_OUT_FIRST = ("files", "size", "bar", "left", "stage")  # of the bar's parts, on a narrow terminal


class Progress:
    """Hears how the work goes on, and says nothing; the base of those that do.

    One object hears of any number of stages, one after the other. Call ``done`` before anything else is
    printed, so that no bar is in the way; another stage may follow. A ``with`` statement ends in ``done``.
    """

    def stage(self, name: str, files: int, size: int) -> None:
        """Begin a stage ("Compressing") that has so many files and bytes in all.

        With ``size`` 0 the files alone are counted, for a stage that does not know its bytes.
        """

    def advance(self, files: int = 1, size: int = 0) -> None:
        """Count files and bytes that are done now. Any thread may call this, as often as it likes."""

    def done(self) -> None:
        """End the last stage; a bar goes from the terminal, and a thread that is late counts unseen."""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.done()


class Standing(NamedTuple):
    """How far a stage is: files and bytes that are done, those it has in all, seconds since its start."""

    stage: str
    files: int
    all_files: int
    size: int
    all_size: int
    seconds: float

    @property
    def share(self) -> float:
        """What is done, from 0 to 1: of the bytes, or of the files where no bytes are known."""
        done, whole = (self.size, self.all_size) if self.all_size else (self.files, self.all_files)
        return min(done / whole, 1.0) if whole else 1.0

    @property
    def seconds_left(self) -> int:
        """Seconds until the end at the speed so far; 0 at the end, and where it is too early to tell."""
        if self.seconds < 1 or self.share < 0.01:
            return 0
        return math.ceil(self.seconds / self.share - self.seconds)


class Facts(NamedTuple):
    """What a collect did.

    ``size_before`` and ``size`` are the bytes of all files as they were found and as they are published,
    both uncompressed. ``codings`` maps the name of a coding to how many files have it, their size without
    it and with it. ``built`` and ``reused`` count files, ``written`` and ``deleted`` names in the
    destination. ``heaviest`` holds name, size, and size in the smallest coding, or the size again.
    """

    files: int
    size_before: int
    size: int
    codings: Mapping[str, tuple[int, int, int]]
    seconds: float
    built: int
    reused: int
    written: int
    deleted: int
    heaviest: Sequence[tuple[str, int, int]]


# --- showing


class _Shown(Progress):
    """Counts, and from time to time shows the count."""

    first_pause: float  # seconds from the start of a stage until it is shown
    pause: float  # at least so many seconds between two times
    slowing: float  # and so many more for each second that the stage has taken

    def __init__(self, stream: TextIO, clock: Callable[[], float] = time.monotonic) -> None:
        self._stream = stream
        self._clock = clock
        self._lock = Lock()  # held while writing too: lines of two threads must not mix
        self._due = math.inf
        self._started = 0.0
        self._stage = ""
        self._files = self._all_files = 0
        self._size = self._all_size = 0

    def stage(self, name: str, files: int, size: int) -> None:
        with self._lock:
            self._stage = name
            self._files, self._all_files = 0, files
            self._size, self._all_size = 0, size
            self._started = self._clock()
            self._due = self._started + self.first_pause
        self.advance(0)

    def advance(self, files: int = 1, size: int = 0) -> None:
        with self._lock:
            self._files += files
            self._size += size
            now = self._clock()
            if now >= self._due:
                seconds = now - self._started
                self._due = now + self.pause + self.slowing * seconds
                self._show(
                    Standing(self._stage, self._files, self._all_files, self._size, self._all_size, seconds)
                )

    def done(self) -> None:
        with self._lock:
            self._due = math.inf
            self._end()

    def _write(self, text: str) -> None:
        self._stream.write(text)
        self._stream.flush()

    def _show(self, standing: Standing) -> None:
        raise NotImplementedError

    def _end(self) -> None:
        """Remove what must not stay."""


class Bar(_Shown):
    """One line of a terminal, drawn when a stage begins and then at most ten times a second.

    The cursor waits at the line's start, so that what others print, were it the ``^C`` of a terminal, takes
    the bar's place and does not follow it. The stream must write what it is given and add no line end.
    """

    first_pause: float = 0.0
    pause: float = 0.1
    slowing: float = 0.0

    def __init__(self, stream: TextIO, clock: Callable[[], float] = time.monotonic) -> None:
        super().__init__(stream, clock)
        self._cells = _BLOCKS if _can_write(stream, _BLOCKS) else _ASCII
        self._drawn = False

    def _show(self, standing: Standing) -> None:
        self._drawn = True  # before it is: an interrupt while writing must not leave a line nobody erases
        room = self._room()
        self._draw(bar_line(standing, room, self._cells), room)

    def _end(self) -> None:
        if self._drawn:
            self._draw("", self._room())
            self._drawn = False

    def _draw(self, line: str, room: int) -> None:
        self._write(f"\r{line:{room}}\r")

    def _room(self) -> int:
        return _columns(self._stream) - 1  # in the last one, some terminals would begin a new line


class Lines(_Shown):
    """Plain lines for a pipe or a log, at most one a second, and none for a stage that takes no longer."""

    first_pause: float = 1.0
    pause: float = 1.0
    slowing: float = 0.1  # ten minutes are then some forty lines and not six hundred

    def _show(self, standing: Standing) -> None:
        self._write(f"{plain_line(standing)}\n")


def progress_for(
    stream: TextIO, clock: Callable[[], float] = time.monotonic, *, wanted: bool = True
) -> Progress:
    """Return what suits the stream: a bar on a terminal, lines elsewhere, and silence when not ``wanted``."""
    if not wanted:
        return Progress()
    can_redraw = stream.isatty() and os.environ.get("TERM") != "dumb"
    return Bar(stream, clock) if can_redraw else Lines(stream, clock)


def _can_write(stream: TextIO, text: str) -> bool:
    try:
        text.encode(stream.encoding or "ascii")
    except UnicodeEncodeError:
        return False
    return True


def _columns(stream: TextIO) -> int:
    """Return the width of this very terminal; ``shutil`` asks the one of stdout, which may be a file."""
    try:
        return os.get_terminal_size(stream.fileno()).columns or USUAL_COLUMNS
    except OSError:
        return USUAL_COLUMNS


# --- the texts


def plain_line(standing: Standing) -> str:
    """Return "Compressing: 1,204 of 5,300 files, 31.0 of 96.2 MB, 42 s left"."""
    parts = [f"{done} of {whole} {noun}" for done, whole, noun in _counts(standing).values()]
    parts += filter(None, [_left_text(standing.seconds_left)])
    return f"{standing.stage}: {', '.join(parts)}"


def bar_line(standing: Standing, columns: int, cells: str = _BLOCKS) -> str:
    """Return a line of at most ``columns`` characters, with a bar of ``cells``: one not reached, one reached.

    Numbers keep their places while they grow. What does not fit is left out, the percentage last.
    """
    parts = {"stage": standing.stage, "bar": cells[0] * SHORTEST_BAR}
    parts["percent"] = f"{int(100 * standing.share):3} %"
    for name, (done, whole, noun) in _counts(standing).items():
        parts[name] = f"{done:>{len(whole)}}/{whole} {noun}"
    parts["left"] = f"{_left_text(standing.seconds_left):11}"
    for name in _LEFT_OUT_FIRST:
        if _width(parts.values()) > columns:
            parts.pop(name, None)
    if "bar" in parts:
        length = min(SHORTEST_BAR + columns - _width(parts.values()), LONGEST_BAR)
        reached = int(length * standing.share)
        parts["bar"] = cells[1] * reached + cells[0] * (length - reached)
    return _GAP.join(parts.values())[:columns]


def summary(facts: Facts) -> str:
    """Return what was published and what it took: two lines, and between them one for each coding."""
    # Links grow by the digests in them: a site with nothing minified is a little larger than it was found.
    before, after = size_text(max(facts.size_before, facts.size)), size_text(facts.size)
    minified = f"; minified to {after}{_change(facts.size_before, facts.size)}" if after != before else ""
    done = (
        f"{facts.built:,} built" if facts.built else "",
        f"{facts.reused:,} reused" if facts.reused else "",
        f"{count_text(facts.written, 'file')} written" if facts.written else "nothing written",
        f"{facts.deleted:,} deleted" if facts.deleted else "",
        f"in {duration_text(facts.seconds)}",
    )
    published = f"{count_text(facts.files, 'file')}, {before}{minified}"
    return "\n".join([published, *_coding_lines(facts.codings), ", ".join(filter(None, done))])


def heaviest(facts: Facts) -> str:
    """Return the heaviest files below a heading, a line each; "" where there are none."""
    if not facts.heaviest:
        return ""
    sizes = _aligned((size_text(size) for _, size, _ in facts.heaviest), ">")
    rows = (
        f"    {shown}{_GAP}{name}" + (f" ({size_text(coded)} compressed)" if coded < size else "")
        for shown, (name, size, coded) in zip(sizes, facts.heaviest, strict=True)
    )
    return "\n".join(["heaviest files:", *rows])


def _coding_lines(codings: Mapping[str, tuple[int, int, int]]) -> list[str]:
    used = {name: figures for name, figures in codings.items() if figures[0]}
    names = _aligned(used, "<")
    counts = _aligned((count_text(count, "file") for count, _, _ in used.values()), ">")
    befores = _aligned((size_text(before) for _, before, _ in used.values()), ">")
    afters = _aligned((size_text(after) for _, _, after in used.values()), ">")
    changes = (_change(before, after) for _, before, after in used.values())
    return [
        f"    {name}{_GAP}{count}{_GAP}{before} -> {after}{change}"
        for name, count, before, after, change in zip(names, counts, befores, afters, changes, strict=True)
    ]


def _counts(standing: Standing) -> dict[str, tuple[str, str, str]]:
    """Return what is done, what there is in all and its noun, of files and of bytes where they are known."""
    all_files, noun = count_text(standing.all_files, "file").split()
    counts = {"files": (f"{standing.files:,}", all_files, noun)}
    if standing.all_size:
        unit = unit_for(standing.all_size)
        counts["size"] = (unit.number(standing.size), unit.number(standing.all_size), unit.name)
    return counts


def _left_text(seconds: int) -> str:
    if not seconds:
        return ""
    return f"{seconds} s left" if seconds < 60 else f"{math.ceil(seconds / 60):,} min left"


def _change(before: int, after: int) -> str:
    """Return " (-34 %)", or "" where that would be nothing."""
    percent = round(100 * (after - before) / before) if before else 0
    return f" ({percent:+} %)" if percent else ""


def _width(parts: Iterable[str]) -> int:
    return len(_GAP.join(parts))


def _aligned(texts: Iterable[str], side: str) -> list[str]:
    texts = list(texts)
    width = max(map(len, texts), default=0)
    return [f"{text:{side}{width}}" for text in texts]


# --- numbers as text


class Unit(NamedTuple):
    """What a size is told in, and with how many decimals."""

    name: str
    bytes: int
    decimals: int = 1

    def number(self, size: int) -> str:
        return f"{size / self.bytes:,.{self.decimals}f}"


_UNITS = (Unit("B", 1, 0), Unit("kB", 10**3), Unit("MB", 10**6), Unit("GB", 10**9), Unit("TB", 10**12))


def unit_for(size: int) -> Unit:
    """Return the unit that ``size`` bytes are told in: the first that leaves fewer than four digits."""
    return next((unit for unit in _UNITS if round(size / unit.bytes, unit.decimals) < 1000), _UNITS[-1])


def size_text(size: int) -> str:
    """Return ``size`` bytes in a unit that suits them: "96.2 MB"."""
    unit = unit_for(size)
    return f"{unit.number(size)} {unit.name}"


def count_text(count: int, noun: str) -> str:
    """Return "1 file" or "1,204 files"; the noun is passed in the singular."""
    return f"{count:,} {noun}{'' if count == 1 else 's'}"


def duration_text(seconds: float) -> str:
    """Return a time as precisely as it matters: "0.21 s", "42 s", "3 min 20 s", "2 h 5 min"."""
    if seconds < 59.5:
        return f"{max(round(seconds, 2), 0.01):.2g} s"
    minutes, seconds_over = divmod(round(seconds), 60)
    hours, minutes_over = divmod(minutes, 60)
    return f"{hours:,} h {minutes_over} min" if hours else f"{minutes} min {seconds_over} s"
