from __future__ import annotations

import threading

import pytest

from stator.live import changes
from stator.live.changes import Change, Changes, is_swapped, is_unseen


@pytest.mark.parametrize(("name", "swapped"), [
    ("css/app.css", True),
    ("img/logo.SVG", True),
    ("favicon.ico", True),
    ("js/app.js", False),
    ("fonts/a.woff2", False),
    ("page.html", False),
    ("LICENSE", False),
])  # fmt: skip
def test_style_sheets_and_images_are_swapped(name: str, swapped: bool) -> None:
    assert is_swapped(name) is swapped


@pytest.mark.parametrize(("name", "unseen"), [("css/app.css.map", True), ("css/map.css", False)])
def test_source_maps_are_not_seen(name: str, unseen: bool) -> None:
    assert is_unseen(name) is unseen


def test_nothing_is_new_where_nothing_changed() -> None:
    log = Changes()
    assert log.since(changes.now()) is None


def test_what_changed_later_is_one_change() -> None:
    log = Changes()
    log.add(("a.css",))
    then = changes.now()
    log.add(("b.css",))
    log.add(("b.css", "c.svg"))
    news = log.since(then)
    assert news is not None
    assert (news.names, news.reload) == (("b.css", "c.svg"), False)
    assert log.since(news.at) is None
    log.add((), reload=True)
    assert log.since(then) == Change(log.since(news.at).at, ("b.css", "c.svg"), reload=True)  # type: ignore[union-attr]


def test_a_page_older_than_the_process_is_loaded_again() -> None:
    before = changes.now()
    log = Changes()
    assert log.since(before).reload  # type: ignore[union-attr]


def test_so_is_one_of_a_time_that_cannot_be() -> None:
    log = Changes()
    assert log.since(changes.now() + 10**15).reload  # type: ignore[union-attr]


def test_so_is_one_that_missed_more_than_is_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(changes, "MOST_KEPT", 2)
    log = Changes()
    then = changes.now()
    for name in ("a.css", "b.css"):
        log.add((name,))
    assert not log.since(then).reload  # type: ignore[union-attr]
    log.add(("c.css",))
    assert log.since(then).reload  # type: ignore[union-attr]


def test_who_waits_is_told_at_once() -> None:
    log, then = Changes(), changes.now()
    threading.Timer(0.01, log.add, [("a.css",)]).start()
    assert log.wait(then, 30).names == ("a.css",)  # type: ignore[union-attr]


def test_who_waits_is_told_of_the_end() -> None:
    log, then = Changes(), changes.now()
    threading.Timer(0.01, log.end).start()
    assert log.wait(then, 30) is None
    assert log.ended


def test_who_does_not_want_to_wait_does_not() -> None:
    log = Changes()
    assert log.wait(changes.now(), 0) is None


def test_those_who_cannot_wait_are_woken_until_they_leave() -> None:
    log, woken = Changes(), []
    with log.waking(lambda: woken.append("woken")):
        log.add(("a.css",))
        log.end()
    log.add(("b.css",))
    assert woken == ["woken", "woken"]


def test_it_is_known_whether_anybody_asks() -> None:
    log = Changes()
    assert not log.was_asked_within(30)
    log.since(changes.now())
    assert log.was_asked_within(30)
    assert not log.was_asked_within(0)
