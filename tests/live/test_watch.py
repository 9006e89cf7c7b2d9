from __future__ import annotations

import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from stator.live import watch
from stator.live.watch import Watch
from tests.processes import PATIENCE, wait_until
from tests.sites import write


@pytest.fixture(params=["by events", "by looking"])
def by_events(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> bool:
    if request.param == "by looking":
        monkeypatch.setattr(watch, "_notify", lambda _: None)
        monkeypatch.setattr(watch, "INTERVAL", 0.01)
    return bool(request.param == "by events")


@contextmanager
def watching(*folders: Path) -> Iterator[tuple[Watch, set[str]]]:
    told: set[str] = set()
    made = Watch(map(str, folders), told.update, lambda: True)
    try:
        yield made, told
    finally:
        made.close()


def test_it_says_how_it_watches(tmp_path: Path, by_events: bool) -> None:
    with watching(tmp_path) as (made, _):
        assert made.by_events is by_events


def test_what_is_written_comes_and_goes_is_told(tmp_path: Path, by_events: bool) -> None:
    file = write(tmp_path, {"css/app.css": "1"}) / "css" / "app.css"
    for act in (lambda: file.write_text("22"), file.unlink, lambda: file.write_text("333")):
        with watching(tmp_path) as (_, told):
            act()
            wait_until(lambda told=told: str(file) in told, "the change is told")  # type: ignore[misc]


def test_a_file_in_new_folders_can_be_found_by_what_is_told(tmp_path: Path, by_events: bool) -> None:
    with watching(tmp_path) as (_, told):
        write(tmp_path, {"a/b/c.css": "1"})
        around = {str(tmp_path / place) for place in ("a", "a/b", "a/b/c.css")}
        wait_until(lambda: bool(around & told), "one of the folders around is told")


def test_folders_in_each_other_are_told_as_they_were_given(tmp_path: Path, by_events: bool) -> None:
    real = tmp_path / "real"
    write(real, {"inner/app.css": ""})
    link = tmp_path / "link"
    link.symlink_to(real)
    with watching(link, real / "inner") as (_, told):
        write(real, {"inner/app.css": "new"})
        wanted = {str(link / "inner/app.css"), str(real / "inner/app.css")}
        wait_until(lambda: wanted <= told, "both names are told")


def test_a_folder_that_is_not_there_is_no_error(tmp_path: Path, by_events: bool) -> None:
    with watching(tmp_path / "nowhere", tmp_path) as (_, told):
        write(tmp_path, {"a.css": ""})
        wait_until(lambda: str(tmp_path / "a.css") in told, "the change is told")


def test_one_that_fails_to_listen_is_told_the_next_time(
    tmp_path: Path, by_events: bool, caplog: pytest.LogCaptureFixture
) -> None:
    told: list[set[str]] = []

    def tell(paths: set[str]) -> None:
        told.append(paths)
        assert len(told) > 1, "the first time"

    made = Watch([str(tmp_path)], tell, lambda: True)
    write(tmp_path, {"a.css": ""})
    wait_until(lambda: len(told) == 1, "the first change is told")
    write(tmp_path, {"b.css": ""})
    wait_until(lambda: len(told) > 1, "the second change is told")
    made.close()
    assert "could not be told" in caplog.text


def test_nobody_looks_while_nobody_wants_to_know_and_nothing_is_lost(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(watch, "_notify", lambda _: None)
    monkeypatch.setattr(watch, "INTERVAL", 0.01)
    wanted, told = threading.Event(), set[str]()
    asked = threading.Semaphore(0)

    def is_wanted() -> bool:
        asked.release()
        return wanted.is_set()

    made = Watch([str(tmp_path)], told.update, is_wanted)
    write(tmp_path, {"a.css": ""})
    for _ in range(3):
        asked.acquire(timeout=PATIENCE)
    assert told == set()
    wanted.set()
    wait_until(lambda: str(tmp_path / "a.css") in told, "it is told later")
    made.close()


def test_links_that_lead_back_are_not_followed_for_ever(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(watch, "_notify", lambda _: None)
    monkeypatch.setattr(watch, "INTERVAL", 0.01)
    write(tmp_path, {"a/b.css": ""})
    (tmp_path / "a" / "loop").symlink_to(tmp_path)
    with watching(tmp_path) as (_, told):
        write(tmp_path, {"a/b.css": "new"})
        wait_until(lambda: str(tmp_path / "a/b.css") in told, "the change is told")


def test_a_system_that_allows_no_more_watches_is_looked_at(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    from watchfiles import _rust_notify

    def refused(*_: object) -> None:
        raise OSError("OS file watch limit reached.")

    monkeypatch.setattr(_rust_notify, "RustNotify", refused)
    with watching(tmp_path) as (made, _):
        assert not made.by_events
    assert "limit reached" in caplog.text


def test_the_thread_ends_with_its_owner(tmp_path: Path, by_events: bool) -> None:
    made = Watch([str(tmp_path)], lambda _: None, lambda: True)
    thread = made._thread
    assert thread.is_alive()
    del made
    thread.join(PATIENCE)
    assert not thread.is_alive()


def test_it_is_known_whether_watchfiles_is_installed() -> None:
    assert watch.is_installed()
    assert os.path.basename(watch.__file__) == "watch.py"
