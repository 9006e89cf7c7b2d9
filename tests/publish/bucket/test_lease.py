"""One writer at a time: who waits for whom, who is waited for no more, and who finds out in time."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from stator.errors import EnvironmentFailed
from stator.publish.bucket import lease, release
from stator.publish.bucket.carrying import Read
from stator.publish.bucket.lease import EXPIRY, NAME, Seen, World, held, seen
from stator.publish.bucket.objects import Wanted
from stator.publish.bucket.reading import reader
from stator.publish.bucket.store import Store as Opened
from tests.faulty import always, faulty
from tests.publish.bucket.processes import hold, hurried, publish_often, publish_once
from tests.publish.bucket.wholeness import Built, broken, built, current, opened, publish, terms, version
from tests.publish.processes import Child
from tests.stores import NewBucket, Object, Store

pytestmark = [
    pytest.mark.needs("seaweedfs"),
    pytest.mark.other_programs,
    pytest.mark.asks_stores,
]
CEPH = pytest.param("ceph", marks=pytest.mark.needs("ceph"))
AZURITE = pytest.param("azurite", marks=pytest.mark.needs("azurite"))
ROUNDS = 12
ELSEWHERE = "elsewhere:1:0a1b2c3d"


class Time:
    """A clock that goes on when somebody sleeps, after which ``then`` is done."""

    def __init__(self, then: Callable[[], None] = lambda: None) -> None:
        self.seconds = 0.0
        self.then = then
        self.world = World(self.now, self.sleep)

    def now(self) -> float:
        return self.seconds

    def sleep(self, seconds: float) -> None:
        self.seconds += seconds
        self.then()


@pytest.fixture(scope="module")
def versions(tmp_path_factory: pytest.TempPathFactory) -> list[Built]:
    return [built(tmp_path_factory.mktemp("versions"), version(number, files=6)) for number in range(2)]


@pytest.fixture
def store(seaweed: NewBucket) -> Store:
    return seaweed()


@pytest.fixture
def ours(store: Store) -> Opened:
    return opened(store.options)


def held_by(holder: str, store: Store, machine: str = "another") -> None:
    """Let somebody hold the lease, or give a sign of life."""
    told = {"holder": holder, "machine": machine, "sign of life": str(time.monotonic_ns())}
    store.objects.put(NAME, Object(json.dumps(told).encode()))


def nobody(holder: str) -> None:
    pytest.fail(f"it waits for {holder}")


def test_the_first_has_it_at_once_and_nobody_has_it_afterwards(ours: Opened) -> None:
    before = seen(ours)
    assert before == Seen("", "")
    with held(ours, before, nobody) as (mine, is_as_before):
        assert is_as_before
        mine.require()
        assert seen(ours).holder == mine.holder
    assert seen(ours).holder == ""


def test_who_was_there_in_between_is_noticed(ours: Opened) -> None:
    before = seen(ours)
    with held(ours, before, nobody):
        pass
    with held(ours, before, nobody) as (_, is_as_before):
        assert not is_as_before
    with held(ours, seen(ours), nobody) as (_, is_as_before):
        assert is_as_before


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\xff",
        b"[]",
        b"{}",
        b"7",
        b"[" * 100_000,
        b'{"holder": ""}',
        b'{"holder',
        b'{"holder": null}',
        b'{"holder": "\\u001b[2J:1:0"}',
    ],
    ids=lambda content: repr(content[:18]),
)
def test_a_lease_that_cannot_be_read_is_nobodys(content: bytes, store: Store, ours: Opened) -> None:
    store.objects.put(NAME, Object(content))
    with held(ours, seen(ours), nobody) as (mine, _):
        assert seen(ours).holder == mine.holder


def test_who_comes_too_late_waits(store: Store, ours: Opened) -> None:
    before, told = seen(ours), list[str]()
    held_by(ELSEWHERE, store)
    clock = Time(lambda: held_by("", store))
    with held(ours, before, told.append, clock.world) as (_, is_as_before):
        assert not is_as_before
    assert told == [ELSEWHERE]


@pytest.mark.needs("ceph")
def test_who_was_overwritten_in_a_store_without_conditions_waits(
    buckets: Callable[[str], NewBucket],
) -> None:
    store, told, others = buckets("ceph")(), list[str](), iter([ELSEWHERE, ""])
    ours = opened(store.options)

    def write() -> None:
        if (other := next(others, None)) is not None:
            held_by(other, store)

    with held(ours, seen(ours), told.append, Time(write).world) as (mine, is_as_before):
        assert seen(ours).holder == mine.holder
        assert not is_as_before
    assert told == [ELSEWHERE]


def test_one_that_lives_is_waited_for_however_long(store: Store, ours: Opened) -> None:
    told: list[str] = []

    def live() -> None:
        held_by(ELSEWHERE if clock.seconds < 3 * EXPIRY else "", store)

    clock = Time(live)
    held_by(ELSEWHERE, store)
    with held(ours, seen(ours), told.append, clock.world) as (_, is_as_before):
        assert not is_as_before
    assert told == [ELSEWHERE]
    assert 3 * EXPIRY <= clock.seconds < 3 * EXPIRY + 5


@pytest.mark.parametrize("machine", ["another", ""])
def test_one_of_another_machine_that_gives_no_sign_of_life_is_waited_for_no_longer(
    machine: str, store: Store, ours: Opened
) -> None:
    clock, told = Time(), list[str]()
    held_by(ELSEWHERE, store, machine)
    with held(ours, seen(ours), told.append, clock.world) as (mine, is_as_before):
        assert not is_as_before
        assert seen(ours).holder == mine.holder
    assert told == [ELSEWHERE]
    assert EXPIRY <= clock.seconds < EXPIRY + 5


def test_one_of_this_machine_that_was_killed_is_waited_for_no_longer(store: Store, ours: Opened) -> None:
    child = Child(hold, store.options)
    assert child.heard() == "holds"
    found = seen(ours)
    child.killed()
    clock = Time()
    with held(ours, found, nobody, clock.world) as (_, is_as_before):
        assert not is_as_before
    assert clock.seconds < 5


def test_one_with_a_number_that_no_process_can_have_is_waited_for(store: Store, ours: Opened) -> None:
    with held(ours, seen(ours), nobody):
        machine = seen(ours).machine
    told, clock = list[str](), Time(lambda: held_by("", store))
    holder = f"here:{10**30}:0a1b2c3d"
    held_by(holder, store, machine)
    with held(ours, seen(ours), told.append, clock.world):
        pass
    assert told == [holder]


def test_one_that_dies_while_others_wait_is_waited_for_no_longer(store: Store, ours: Opened) -> None:
    child, told = Child(hold, store.options), list[str]()
    assert child.heard() == "holds"
    clock = Time(child.killed)
    with held(ours, seen(ours), told.append, clock.world):
        pass
    assert len(told) == 1
    assert clock.seconds < 5


def test_who_holds_it_gives_signs_of_life(ours: Opened) -> None:
    found: set[Seen] = set()
    with held(ours, seen(ours), nobody, World(beat=0.01)):
        end = time.monotonic() + 20
        while len(found) < 3 and time.monotonic() < end:
            found.add(seen(ours))
    assert len({each.holder for each in found}) == 1
    assert len(found) == 3


def test_a_sign_of_life_that_does_not_come_through_is_no_end(store: Store) -> None:
    with faulty(store) as proxy:
        through = opened(proxy.options)
        with held(through, seen(through), nobody, World(beat=0.01)) as (mine, _):
            proxy.follow(always("403", "PUT", NAME, times=3))
            proxy.exchanges.clear()
            end = time.monotonic() + 20
            while sum(each.status == 200 for each in proxy.exchanges) < 8 and time.monotonic() < end:
                time.sleep(0.01)
            mine.require()
        assert any(each.status == 403 for each in proxy.exchanges)
    assert seen(opened(store.options)).holder == ""


def test_what_another_holds_is_not_released(store: Store, ours: Opened) -> None:
    with held(ours, seen(ours), nobody) as (mine, _):
        held_by(ELSEWHERE, store)
        with pytest.raises(EnvironmentFailed, match="another publishes there now"):
            mine.beat()
        with pytest.raises(EnvironmentFailed, match="another publishes there now"):
            mine.require()
    assert seen(ours).holder == ELSEWHERE


def test_who_is_interrupted_while_waiting_leaves_it_to_the_other(store: Store, ours: Opened) -> None:
    def interrupted() -> None:
        raise KeyboardInterrupt

    held_by(ELSEWHERE, store)
    with pytest.raises(KeyboardInterrupt), held(ours, seen(ours), lambda _: None, Time(interrupted).world):
        pass
    assert seen(ours).holder == ELSEWHERE


@pytest.mark.parametrize("path", [NAME, "/staticfiles.json"])
def test_a_lost_answer_is_no_refusal(path: str, versions: list[Built], store: Store) -> None:
    with faulty(store, always("drop after", "PUT", path, times=1)) as proxy:
        for each in versions:
            publish(each, proxy.options, on_wait=nobody)
            assert broken(store, current_id=each.id) == []


class Overtaken:
    """Reads files, and lets something happen before the one of that number."""

    def __init__(self, build: Built, number: int, happens: Callable[[], Any]) -> None:
        self.read: Read = reader(build.root)
        self.number = number
        self.happens = happens
        self.count = 0
        self._lock = threading.Lock()

    def __call__(self, wanted: Wanted) -> bytes | Path:
        with self._lock:
            self.count += 1
            if self.count == self.number:
                self.happens()
        return self.read(wanted)


def overtaken(build: Built, store: Store, number: int, happens: Callable[[], Any]) -> str:
    """Publish, with something that happens in the middle; return how it failed."""
    mine = opened(store.options)
    with pytest.raises(EnvironmentFailed) as failed:
        release.publish(build.manifest, Overtaken(build, number, happens), mine, terms(mine))
    return failed.value.message


@pytest.mark.parametrize("server", ["seaweedfs", AZURITE, CEPH])
def test_who_was_taken_over_does_not_become_current(
    server: str,
    versions: list[Built],
    buckets: Callable[[str], NewBucket],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(lease, "WORLD", hurried()._replace(expiry=EXPIRY))
    store = buckets(server)()
    publish(versions[0], store.options)
    message = overtaken(versions[1], store, 3, lambda: held_by(ELSEWHERE, store))
    assert "another publishes there now" in message
    assert broken(store) == []
    found = current(store)
    assert found
    assert found.id == versions[0].id
    assert seen(opened(store.options)).holder == ELSEWHERE


def test_who_slept_for_an_hour_asks_before_anything_more_is_written(
    versions: list[Built], store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = Time()
    monkeypatch.setattr(lease, "WORLD", clock.world)
    publish(versions[0], store.options)
    there = store.objects.names()

    def sleep() -> None:
        held_by(ELSEWHERE, store)
        clock.sleep(3600)

    assert "another publishes there now" in overtaken(versions[1], store, 1, sleep)
    assert store.objects.names() == there


def test_who_slept_for_an_hour_goes_on_if_nobody_came(
    versions: list[Built], store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = Time()
    monkeypatch.setattr(lease, "WORLD", clock.world)
    mine = opened(store.options)
    read = Overtaken(versions[0], 1, lambda: clock.sleep(3600))
    release.publish(versions[0].manifest, read, mine, terms(mine))
    assert broken(store, current_id=versions[0].id) == []


def test_whoever_writes_without_the_lease_is_noticed(versions: list[Built], store: Store) -> None:
    publish(versions[0], store.options)
    manifest = store.objects.get(".stator/staticfiles.json")
    changed = manifest._replace(body=manifest.body + b"\n")
    message = overtaken(versions[1], store, 1, lambda: store.objects.put(".stator/staticfiles.json", changed))
    assert "somebody else has published there meanwhile" in message
    assert broken(store) == []


def test_many_rounds_of_two(versions: list[Built], store: Store) -> None:
    pair = [
        Child(publish_often, order, store.options, keep, ROUNDS)
        for order, keep in ((versions, 2), (versions[::-1], 0))
    ]
    assert [child.heard(60) for child in pair] == ["done", "done"]
    assert [child.ended() for child in pair] == [0, 0]
    found = current(store)
    assert found
    assert broken(store, current_id=found.id) == []


@pytest.mark.parametrize("server", ["seaweedfs", CEPH])
def test_two_never_hold_it_at_once(server: str, buckets: Callable[[str], NewBucket]) -> None:
    store = buckets(server)()
    world = World(sleep=lambda seconds: time.sleep(seconds / 4))
    inside: list[int] = []
    most: list[int] = []

    def enter(number: int) -> None:
        mine = opened(store.options)
        with held(mine, seen(mine), lambda _: None, world) as (one, _):
            inside.append(number)
            most.append(len(inside))
            time.sleep(0.05)
            one.beat()
            inside.remove(number)

    with ThreadPoolExecutor(3) as pool:
        for _ in pool.map(enter, range(3)):
            pass
    assert most == [1] * 3


def test_one_process_waits_for_another(versions: list[Built], store: Store, ours: Opened) -> None:
    with held(ours, seen(ours), nobody):
        child = Child(publish_once, versions[0], store.options)
        assert child.heard() == "waits"
        assert current(store) is None
    assert child.heard() == "done"
    assert child.ended() == 0
    assert broken(store, current_id=versions[0].id) == []
