from __future__ import annotations

import os
import signal
import threading
from collections.abc import Callable, Iterator

import pytest

from stator.parallel import shared

HERE = os.getpid()


def no_cost(_: int) -> int:
    return 1


def squares(numbers: list[int], jobs: int) -> dict[int, tuple[int, int]]:
    """Return for each number its square and the process that found it."""
    return dict(shared(lambda number: (number * number, os.getpid()), numbers, jobs, no_cost))


@pytest.mark.parametrize("jobs", [1, 2, 3])
@pytest.mark.parametrize("count", [0, 1, 2, 7, 2000])
def test_each_item_comes_once_with_its_result(count: int, jobs: int) -> None:
    found = squares(list(range(count)), jobs)
    assert {number: square for number, (square, _) in found.items()} == {
        number: number * number for number in range(count)
    }


@pytest.mark.parametrize(("jobs", "processes"), [(1, 1), (2, 2), (3, 3)])
def test_as_many_processes_work_as_are_asked_for_and_this_is_one(jobs: int, processes: int) -> None:
    pids = {pid for _, pid in squares(list(range(30)), jobs).values()}
    assert len(pids) == processes
    assert HERE in pids


def test_the_dearest_items_are_dealt_out_evenly() -> None:
    costs = [100, 90, 1, 1, 1, 1]
    by_process: dict[int, list[int]] = {}
    for item, pid in shared(lambda _: os.getpid(), costs, 2, lambda cost: cost):
        by_process.setdefault(pid, []).append(item)
    assert sorted(max(share) for share in by_process.values()) == [90, 100]


def test_beside_other_threads_nothing_is_copied() -> None:
    done = threading.Event()
    thread = threading.Thread(target=done.wait)
    thread.start()
    try:
        assert {pid for _, pid in squares(list(range(30)), 3).values()} == {HERE}
    finally:
        done.set()
        thread.join()


@pytest.mark.parametrize("bad", range(6))
def test_an_error_is_raised_here_wherever_it_was(bad: int) -> None:
    def work(number: int) -> int:
        if number == bad:
            raise KeyError(number)
        return number

    with pytest.raises(KeyError, match=str(bad)):
        list(shared(work, list(range(6)), 2, no_cost))


@pytest.mark.parametrize(
    "end", [lambda: os._exit(0), lambda: os.kill(os.getpid(), signal.SIGKILL)], ids=["ended", "killed"]
)
def test_what_a_copy_that_dies_leaves_is_done_here(end: Callable[[], None]) -> None:
    def work(number: int) -> int:
        if os.getpid() != HERE:
            end()
        return -number

    assert dict(shared(work, list(range(9)), 3, no_cost)) == {number: -number for number in range(9)}


def test_whoever_stops_early_leaves_no_process_behind(monkeypatch: pytest.MonkeyPatch) -> None:
    started: list[int] = []

    def noting_fork(fork: Callable[[], int] = os.fork) -> int:
        started.append(fork())
        return started[-1]

    def endless(number: int) -> int:
        if os.getpid() != HERE:
            signal.pause()
        return number

    monkeypatch.setattr(os, "fork", noting_fork)
    items: Iterator[tuple[int, int]] = shared(endless, list(range(9)), 3, no_cost)
    next(items)
    items.close()  # type: ignore[attr-defined]
    assert len(started) == 2
    for process in started:
        with pytest.raises(ChildProcessError):
            os.waitpid(process, os.WNOHANG)
