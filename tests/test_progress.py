from __future__ import annotations

import fcntl
import io
import os
import pty
import select
import struct
import sys
import termios
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise

import pytest

from stator.progress import (
    LONGEST_BAR,
    Bar,
    Facts,
    Lines,
    Progress,
    Standing,
    bar_line,
    count_text,
    duration_text,
    heaviest,
    plain_line,
    progress_for,
    size_text,
    summary,
)

HALFWAY = Standing("Compressing", 1204, 5300, 31_000_000, 96_200_000, 20.0)


class Clock:
    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


class Pipe(io.StringIO):
    """A stream that is no terminal, and remembers what it was given at a time."""

    encoding = ""  # a text stream of Python's lets nobody set it without this

    def __init__(self, encoding: str = "utf-8") -> None:
        super().__init__()
        self.encoding = encoding
        self.written: list[str] = []

    def write(self, text: str) -> int:
        self.written.append(text)
        return super().write(text)


class Terminal(Pipe):
    """One line of a terminal: carriage returns, overwriting, and no mercy for what is too wide."""

    def __init__(self, columns: int = 80, encoding: str = "utf-8") -> None:
        super().__init__(encoding)
        self.columns = columns
        self.line = [" "] * columns
        self.cursor = 0

    def isatty(self) -> bool:
        return True

    def fileno(self) -> int:
        return 99

    def write(self, text: str) -> int:
        text.encode(self.encoding)
        for character in text:
            if character == "\r":
                self.cursor = 0
                continue
            assert character.isprintable()
            assert self.cursor < self.columns - 1, f"{text!r} does not fit"
            self.line[self.cursor] = character
            self.cursor += 1
        return super().write(text)

    @property
    def shown(self) -> str:
        return "".join(self.line).rstrip()


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def terminal(monkeypatch: pytest.MonkeyPatch) -> Callable[..., Terminal]:
    """Return a function that makes the terminal whose width the system tells."""

    def make(columns: int = 80, encoding: str = "utf-8", told: int | None = None) -> Terminal:
        size = os.terminal_size((columns if told is None else told, 24))
        monkeypatch.setattr(os, "get_terminal_size", lambda _: size)
        return Terminal(columns, encoding)

    return make


# --- which one


@pytest.mark.parametrize(("terminal", "term", "wanted", "kind"), [
    (True, "xterm", True, Bar),
    (True, None, True, Bar),
    (True, "dumb", True, Lines),
    (False, "xterm", True, Lines),
    (True, "xterm", False, Progress),
    (False, "xterm", False, Progress),
])  # fmt: skip
def test_the_stream_decides(
    terminal: bool, term: str | None, wanted: bool, kind: type, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("TERM", raising=False)
    if term:
        monkeypatch.setenv("TERM", term)
    assert type(progress_for(Terminal() if terminal else Pipe(), wanted=wanted)) is kind


def test_the_silent_one_takes_everything() -> None:
    with Progress() as progress:
        progress.stage("Reading", 1, 1)
        progress.advance()
        progress.advance(2, size=3)


# --- lines


def test_lines_of_a_long_run(clock: Clock) -> None:
    pipe = Pipe()
    with Lines(pipe, clock) as progress:
        progress.stage("Reading", 5300, 120_000_000)
        for _ in range(9):
            clock.now += 0.1
            progress.advance(500, 12_000_000)
        progress.stage("Compressing", 5300, 96_200_000)
        for _ in range(30):
            clock.now += 0.1
            progress.advance(100, 1_000_000)
        progress.stage("Publishing", 1, 0)
        clock.now += 2
        progress.advance()
    assert pipe.getvalue() == (
        "Compressing: 1,000 of 5,300 files, 10.0 of 96.2 MB, 9 s left\n"
        "Compressing: 2,100 of 5,300 files, 21.0 of 96.2 MB, 8 s left\n"
        "Publishing: 1 of 1 file\n"
    )


def test_lines_come_at_most_once_a_second_and_ever_more_seldom(clock: Clock) -> None:
    pipe = Pipe()
    times = []
    progress = Lines(pipe, clock)
    progress.stage("Compressing", 100_000, 0)
    for _ in range(60_000):
        clock.now += 0.01
        before = len(pipe.written)
        progress.advance()
        times += [clock.now] * (len(pipe.written) - before)
    assert min(later - earlier for earlier, later in pairwise(times)) >= 1
    assert 30 < len(times) < 60  # in ten minutes


def test_lines_are_silent_about_what_takes_a_moment(clock: Clock) -> None:
    pipe = Pipe()
    with Lines(pipe, clock) as progress:
        for stage in ("Reading", "Minifying", "Compressing", "Publishing"):
            progress.stage(stage, 100, 10_000)
            for _ in range(100):
                clock.now += 0.0099
                progress.advance(1, 100)
    assert pipe.written == []


@pytest.mark.parametrize("kind", [Bar, Lines])
def test_what_is_written_is_there_at_once_and_needs_no_file(kind: type[Bar | Lines], clock: Clock) -> None:
    raw = io.BytesIO()
    progress = kind(io.TextIOWrapper(raw, encoding="ascii"), clock)
    progress.stage("Reading", 2, 0)
    clock.now += 1
    progress.advance()
    assert b"Reading" in raw.getvalue()


@pytest.mark.parametrize(("standing", "text"), [
    (HALFWAY, "Compressing: 1,204 of 5,300 files, 31.0 of 96.2 MB, 43 s left"),
    (HALFWAY._replace(seconds=0.9), "Compressing: 1,204 of 5,300 files, 31.0 of 96.2 MB"),
    (HALFWAY._replace(seconds=600), "Compressing: 1,204 of 5,300 files, 31.0 of 96.2 MB, 22 min left"),
    (HALFWAY._replace(size=900_000), "Compressing: 1,204 of 5,300 files, 0.9 of 96.2 MB"),
    (HALFWAY._replace(size=0), "Compressing: 1,204 of 5,300 files, 0.0 of 96.2 MB"),
    (HALFWAY._replace(all_size=0), "Compressing: 1,204 of 5,300 files, 2 min left"),
    (Standing("Reading", 1, 1, 2_500, 2_500, 5), "Reading: 1 of 1 file, 2.5 of 2.5 kB"),
    (Standing("Reading", 0, 0, 0, 0, 5), "Reading: 0 of 0 files"),
    (Standing("Reading", 3, 2, 90, 60, 5), "Reading: 3 of 2 files, 90 of 60 B"),
])  # fmt: skip
def test_plain_line(standing: Standing, text: str) -> None:
    assert plain_line(standing) == text


# --- the bar


def test_the_bar_of_a_run(terminal: Callable[..., Terminal], clock: Clock) -> None:
    screen = terminal()
    seen = []
    with Bar(screen, clock) as progress:
        progress.stage("Compressing", 5300, 96_200_000)
        seen.append(screen.shown)
        for _ in range(3):
            clock.now += 10
            progress.advance(1500, 30_000_000)
            seen.append(screen.shown)
        progress.stage("Publishing", 12, 0)
        seen.append(screen.shown)
    assert seen == [
        "Compressing  ░░░░░░░░░░░░░    0 %      0/5,300 files   0.0/96.2 MB",
        "Compressing  ████░░░░░░░░░   31 %  1,500/5,300 files  30.0/96.2 MB  23 s left",
        "Compressing  ████████░░░░░   62 %  3,000/5,300 files  60.0/96.2 MB  13 s left",
        "Compressing  ████████████░   93 %  4,500/5,300 files  90.0/96.2 MB  3 s left",
        "Publishing  ░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░    0 %   0/12 files",
    ]
    assert screen.shown == ""


@pytest.mark.parametrize(("columns", "line"), [
    (120, "Compressing  █████████░░░░░░░░░░░░░░░░░░░░░   32 %  1,204/5,300 files  31.0/96.2 MB  43 s left"),
    (74, "Compressing  ██░░░░░░   32 %  1,204/5,300 files  31.0/96.2 MB  43 s left"),
    (73, "Compressing  ████████░░░░░░░░░░░░░░░░░░   32 %  31.0/96.2 MB  43 s left"),
    (50, "Compressing  █████░░░░░░░░░░░░   32 %  43 s left"),
    (40, "Compressing   32 %  43 s left"),
    (25, "Compressing   32 %"),
    (10, " 32 %"),
    (3, " 32"),
    (0, ""),
])  # fmt: skip
def test_a_narrow_terminal_gets_what_matters_most(columns: int, line: str) -> None:
    assert bar_line(HALFWAY, columns).rstrip() == line


@pytest.mark.parametrize("seconds", [0.1, 50, 100_000])
def test_no_line_is_wider_than_asked(seconds: float) -> None:
    standing = HALFWAY._replace(seconds=seconds)
    assert [columns for columns in range(120) if len(bar_line(standing, columns)) > columns] == []


@pytest.mark.parametrize("columns", [1, 2, 7, 20, 33, 79, 80, 200])
def test_nothing_is_written_wider_than_the_terminal(
    columns: int, terminal: Callable[..., Terminal], clock: Clock
) -> None:
    screen = terminal(columns)
    with Bar(screen, clock) as progress:
        for stage in ("Compressing", "Publishing"):
            progress.stage(stage, 1000, 2_000_000)
            for _ in range(1000):
                clock.now += 0.15
                progress.advance(1, 2000)
    assert len(screen.written) > 2000
    assert screen.shown == ""


def test_a_terminal_that_tells_no_width_has_the_usual_one(
    terminal: Callable[..., Terminal], clock: Clock
) -> None:
    screen = terminal(80, told=0)
    Bar(screen, clock).stage("Reading", 3, 0)
    assert screen.shown.startswith("Reading  " + "░" * LONGEST_BAR)


def test_a_terminal_may_change_its_width(
    terminal: Callable[..., Terminal], clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    screen = terminal(100)
    with Bar(screen, clock) as progress:
        progress.stage("Reading", 3, 0)
        screen.columns = 40
        monkeypatch.setattr(os, "get_terminal_size", lambda _: os.terminal_size((40, 24)))
        clock.now += 1
        progress.advance()


@pytest.mark.parametrize(("encoding", "cells"), [
    ("ascii", "#####-----"), ("latin-1", "#####-----"), ("utf-8", "█████░░░░░"), ("cp437", "█████░░░░░"),
])  # fmt: skip
def test_the_bar_is_made_of_what_the_terminal_has(
    encoding: str, cells: str, terminal: Callable[..., Terminal], clock: Clock
) -> None:
    screen = terminal(40, encoding)
    with Bar(screen, clock) as progress:
        progress.stage("Reading", 4, 0)
        clock.now += 0.5
        progress.advance(2)
        assert cells in screen.shown


def test_the_bar_is_drawn_at_most_ten_times_a_second(terminal: Callable[..., Terminal], clock: Clock) -> None:
    screen = terminal()
    progress = Bar(screen, clock)
    progress.stage("Reading", 10_000, 0)
    for _ in range(10_000):
        clock.now += 0.001
        progress.advance()
    assert 50 < len(screen.written) <= 101


def test_numbers_keep_their_places(terminal: Callable[..., Terminal], clock: Clock) -> None:
    screen = terminal()
    ends = set()
    progress = Bar(screen, clock)
    progress.stage("Compressing", 5000, 90_000_000)
    for _ in range(5000):
        clock.now += 0.2
        progress.advance(1, 18_000)
        ends.add((screen.shown.index(" %"), screen.shown.index(" files"), screen.shown.index(" MB")))
    assert len(ends) == 1


def test_hundred_percent_is_the_end() -> None:
    almost = Standing("Reading", 999, 1000, 999_999, 1_000_000, 9)
    assert " 99 %" in bar_line(almost, 79)
    assert "100 %" in bar_line(almost._replace(size=1_000_000), 79)
    assert "100 %" in bar_line(almost._replace(size=1_234_567), 79)
    assert "100 %" in bar_line(Standing("Reading", 0, 0, 0, 0, 9), 79)


# --- what must not be left behind


@pytest.mark.parametrize("error", [KeyboardInterrupt, OSError])
def test_an_error_leaves_a_clean_line(
    error: type[BaseException], terminal: Callable[..., Terminal], clock: Clock
) -> None:
    screen = terminal()

    def fail_in_the_middle() -> None:
        with Bar(screen, clock) as progress:
            progress.stage("Reading", 3, 0)
            assert screen.shown
            raise error

    with pytest.raises(error):
        fail_in_the_middle()
    assert (screen.shown, screen.cursor) == ("", 0)


def test_an_interrupt_while_drawing_leaves_a_clean_line(
    terminal: Callable[..., Terminal], clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    screen = terminal()
    write = screen.write

    def write_half(text: str) -> int:
        write(text[:40])
        monkeypatch.setattr(screen, "write", write)
        raise KeyboardInterrupt

    monkeypatch.setattr(screen, "write", write_half)
    with pytest.raises(KeyboardInterrupt), Bar(screen, clock) as progress:
        progress.stage("Reading", 3, 0)
    assert screen.shown == ""


def test_what_others_print_takes_the_place_of_the_bar(
    terminal: Callable[..., Terminal], clock: Clock
) -> None:
    screen = terminal()
    with Bar(screen, clock) as progress:
        progress.stage("Reading", 3, 0)
        screen.write("^C")
        assert screen.shown.startswith("^C")
    assert screen.shown == ""


@pytest.mark.parametrize("kind", [Bar, Lines])
def test_nothing_is_shown_before_a_stage_or_after_the_end(
    kind: type[Bar | Lines], terminal: Callable[..., Terminal], clock: Clock
) -> None:
    screen = terminal()
    progress = kind(screen, clock)
    progress.advance()
    progress.done()
    assert screen.written == []
    progress.stage("Reading", 3, 0)
    progress.done()
    before = len(screen.written)
    clock.now += 100
    progress.advance()  # a thread that is late
    progress.done()
    assert len(screen.written) == before


def test_a_stage_may_follow_the_end(terminal: Callable[..., Terminal], clock: Clock) -> None:
    screen = terminal()
    progress = Bar(screen, clock)
    progress.stage("Reading", 3, 0)
    progress.done()
    progress.stage("Publishing", 3, 0)
    assert screen.shown.startswith("Publishing")


def test_threads_write_one_at_a_time(clock: Clock) -> None:
    class Slow(Pipe):
        busy = threading.Lock()

        def write(self, text: str) -> int:
            assert self.busy.acquire(blocking=False), "two threads write at once"
            time.sleep(0.001)
            self.busy.release()
            return super().write(text)

    pipe = Slow()
    progress = Lines(pipe, clock)
    progress.stage("Compressing", 400, 0)

    def work(_: int) -> None:
        for _ in range(50):
            clock.now += 1000
            progress.advance()

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(work, range(8)))
    clock.now += 1_000_000
    progress.advance(0)
    assert len(pipe.written) > 20
    assert pipe.written[-1] == "Compressing: 400 of 400 files\n"


def test_threads_lose_no_count(clock: Clock) -> None:
    pipe = Pipe()
    progress = Lines(pipe, clock)
    progress.stage("Compressing", 40_000, 400_000_000)

    def work(_: int) -> None:
        for _ in range(5000):
            clock.now += 0.01
            progress.advance(1, 10_000)

    interval = sys.getswitchinterval()
    sys.setswitchinterval(1e-5)
    try:
        with ThreadPoolExecutor(8) as pool:
            list(pool.map(work, range(8)))
    finally:
        sys.setswitchinterval(interval)
    clock.now += 1000
    progress.advance(0)
    assert pipe.written[-1] == "Compressing: 40,000 of 40,000 files, 400.0 of 400.0 MB\n"


def arrived(controller: int) -> str:
    """Return what a terminal was sent; nothing, and not a wait for ever, where nothing was."""
    ready, _, _ = select.select([controller], [], [], 5)
    return os.read(controller, 4096).decode() if ready else ""


def test_a_real_terminal_of_another_width_than_stdout() -> None:
    controller, terminal = pty.openpty()
    try:
        fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 44, 0, 0))
        with open(terminal, "w", encoding="utf-8", closefd=False) as stream:
            progress = progress_for(stream)
            progress.stage("Reading", 3, 0)
            drawn = arrived(controller)
            progress.done()
            erased = arrived(controller)
    finally:
        os.close(terminal)
        os.close(controller)
    assert drawn.startswith("\rReading  ░░░")
    assert len(drawn) == 45  # with two carriage returns
    assert erased == f"\r{'':43}\r"


# --- the end

FACTS = Facts(
    files=2469,
    size_before=107_300_000,
    size=71_000_000,
    codings={
        "br": (1904, 66_100_000, 14_200_000),
        "zstd": (1904, 66_100_000, 15_800_000),
        "gzip": (98, 701_000, 97_300),
    },
    seconds=0.2149,
    built=3,
    reused=2466,
    written=12,
    deleted=1,
    heaviest=[
        ("pdfjs/build/pdf.worker.mjs", 3_100_000, 620_300),
        ("img/hero.png", 940_000, 940_000),
        ("a.css", 812, 300),
    ],
)
NOTHING = Facts(0, 0, 0, {}, 0.0, 0, 0, 0, 0, ())


def test_summary_of_a_whole_site() -> None:
    assert summary(FACTS) == (
        "2,469 files, 107.3 MB; minified to 71.0 MB (-34 %)\n"
        "    br    1,904 files   66.1 MB -> 14.2 MB (-79 %)\n"
        "    zstd  1,904 files   66.1 MB -> 15.8 MB (-76 %)\n"
        "    gzip     98 files  701.0 kB -> 97.3 kB (-86 %)\n"
        "3 built, 2,466 reused, 12 files written, 1 deleted, in 0.21 s"
    )


@pytest.mark.parametrize(("facts", "text"), [
    (NOTHING, "0 files, 0 B\nnothing written, in 0.01 s"),
    (
        NOTHING._replace(files=1, size_before=1000, size=1000, built=1, written=1),
        "1 file, 1.0 kB\n1 built, 1 file written, in 0.01 s",
    ),
    (
        NOTHING._replace(files=2, size_before=1000, size=1400, reused=2, deleted=3, seconds=200),
        "2 files, 1.4 kB\n2 reused, nothing written, 3 deleted, in 3 min 20 s",
    ),
    (
        NOTHING._replace(files=2, size_before=50_400_000, size=50_200_000, reused=2),
        "2 files, 50.4 MB; minified to 50.2 MB\n2 reused, nothing written, in 0.01 s",
    ),
    (
        NOTHING._replace(files=2, size_before=50_400_000, size=50_399_000, reused=2),
        "2 files, 50.4 MB\n2 reused, nothing written, in 0.01 s",
    ),
    (
        NOTHING._replace(files=2, size_before=9, size=9, codings={"br": (0, 0, 0), "gzip": (1, 9, 9)}),
        "2 files, 9 B\n    gzip  1 file  9 B -> 9 B\nnothing written, in 0.01 s",
    ),
])  # fmt: skip
def test_summary_says_nothing_silly(facts: Facts, text: str) -> None:
    assert summary(facts) == text


def test_heaviest() -> None:
    assert heaviest(FACTS) == (
        "heaviest files:\n"
        "      3.1 MB  pdfjs/build/pdf.worker.mjs (620.3 kB compressed)\n"
        "    940.0 kB  img/hero.png\n"
        "       812 B  a.css (300 B compressed)"
    )


def test_heaviest_of_nothing() -> None:
    assert heaviest(NOTHING) == ""


@pytest.mark.parametrize(("size", "text"), [
    (0, "0 B"), (1, "1 B"), (999, "999 B"), (1000, "1.0 kB"), (1540, "1.5 kB"), (999_940, "999.9 kB"),
    (999_960, "1.0 MB"), (1_000_000, "1.0 MB"), (107_300_000, "107.3 MB"), (2_500_000_000, "2.5 GB"),
    (3 * 10**12, "3.0 TB"), (12_345 * 10**12, "12,345.0 TB"),
])  # fmt: skip
def test_sizes(size: int, text: str) -> None:
    assert size_text(size) == text


@pytest.mark.parametrize(("seconds", "text"), [
    (0, "0.01 s"), (0.004, "0.01 s"), (0.21, "0.21 s"), (0.996, "1 s"), (1.54, "1.5 s"), (9.97, "10 s"),
    (42.3, "42 s"), (59.4, "59 s"), (59.6, "1 min 0 s"), (200, "3 min 20 s"), (3599.7, "1 h 0 min"),
    (7500, "2 h 5 min"),
])  # fmt: skip
def test_durations(seconds: float, text: str) -> None:
    assert duration_text(seconds) == text


@pytest.mark.parametrize(
    ("count", "text"), [(0, "0 files"), (1, "1 file"), (2, "2 files"), (1204, "1,204 files")]
)
def test_counts(count: int, text: str) -> None:
    assert count_text(count, "file") == text
