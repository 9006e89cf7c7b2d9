from __future__ import annotations

import time
from pathlib import Path

from stator import clock


def test_nothing_that_is_written_later_is_from_before(tmp_path: Path) -> None:
    for number in range(200):
        now = clock.now()
        (tmp_path / str(number)).write_bytes(b"")
        assert (tmp_path / str(number)).stat().st_mtime_ns >= now


def test_it_is_the_clock_of_everybody_but_for_a_moment() -> None:
    assert 0 <= time.time_ns() - clock.now() < 1_000_000_000
