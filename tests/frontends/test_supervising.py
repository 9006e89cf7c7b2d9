from __future__ import annotations

import os
import signal
import threading
from pathlib import Path
from time import sleep

import pytest

from stator.frontends.supervising import Job, supervise
from tests.frontends.plain import ENVIRON
from tests.processes import wait_until

FOREVER = "sleep 600"


class Told:
    """What was said, in the order in which it was."""

    def __init__(self) -> None:
        self.lines: list[tuple[str, str]] = []

    def __call__(self, name: str, line: str) -> None:
        self.lines.append((name, line))

    def of(self, name: str) -> list[str]:
        return [line for speaker, line in self.lines if speaker == name]


def job(name: str, command: str, root: Path) -> Job:
    return Job(name, command, str(root), ENVIRON)


def test_what_each_says_is_told_under_its_name(tmp_path: Path) -> None:
    told = Told()
    supervise([job("one", "echo 1; echo 2 >&2; printf '10%%\\r100%%\\nlast'", tmp_path)], told)
    assert told.of("one") == ["1", "2", "100%", "last", "has ended with exit code 0, so all is ended"]


@pytest.mark.parametrize(
    ("ends", "code"), [("exit 3", 3), ("exit 0", 0), ("kill -9 $$", 137), ("no-tool", 127)]
)
def test_when_one_ends_all_end_and_its_code_is_the_code(tmp_path: Path, ends: str, code: int) -> None:
    told = Told()
    started = f"echo started; touch up; {FOREVER}"
    jobs = [job("other", started, tmp_path), job("one", f"until [ -e up ]; do :; done; {ends}", tmp_path)]
    assert supervise(jobs, told) == code
    assert told.of("other") == ["started"]
    assert told.of("one")[-1] == f"has ended with exit code {code}, so all is ended"


def test_what_nobody_can_read_so_fast_stands_in_nobodys_way(tmp_path: Path) -> None:
    told = Told()
    jobs = [job("loud", "yes", tmp_path), job("one", "until [ -e enough ]; do sleep 0.01; done", tmp_path)]

    def say(name: str, line: str) -> None:
        told(name, line)
        if len(told.lines) == 5000:
            (tmp_path / "enough").touch()
        sleep(0.0001)

    assert supervise(jobs, say) == 0
    assert told.lines[-1][0] == "one"


def test_what_a_program_has_started_ends_with_it(tmp_path: Path) -> None:
    left = f"sh -c '{FOREVER} & echo $! > pid; touch up; wait' & until [ -e up ]; do :; done"
    supervise([job("one", left, tmp_path)], Told())
    process = int((tmp_path / "pid").read_text())
    wait_until(lambda: not Path(f"/proc/{process}").exists() or _is_dead(process), "it has ended")


def test_one_that_takes_no_hint_is_ended_by_force(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("stator.frontends.supervising.PATIENCE", 0.2)
    stubborn = f"trap '' TERM; touch up; while :; do {FOREVER}; done"
    assert (
        supervise(
            [job("stubborn", stubborn, tmp_path), job("one", "until [ -e up ]; do :; done", tmp_path)], Told()
        )
        == 0
    )


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_signal_ends_all_and_is_no_failure(tmp_path: Path, number: signal.Signals) -> None:
    before = signal.getsignal(number)
    heeded = signal.signal(number, signal.default_int_handler)
    try:
        asking = threading.Thread(target=lambda: _ask(tmp_path / "up", number))
        asking.start()
        assert supervise([job("one", f"touch up; {FOREVER}", tmp_path)], Told()) == 0
        asking.join()
        assert signal.getsignal(number) is signal.default_int_handler
    finally:
        signal.signal(number, heeded)
    assert signal.getsignal(number) is before


def test_a_tool_that_leaves_with_its_input_stays(tmp_path: Path) -> None:
    told = Told()
    jobs = [job("watcher", "cat; echo left", tmp_path), job("one", "sleep 0.2", tmp_path)]
    supervise(jobs, told)
    assert told.of("watcher") == []


def _ask(up: Path, number: signal.Signals) -> None:
    wait_until(up.exists, "it runs")
    os.kill(os.getpid(), number)


def _is_dead(process: int) -> bool:
    return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0] == "Z"
