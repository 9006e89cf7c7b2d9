"""Killed at any moment, the bucket is whole; the next publish is not shut out, and does only the rest."""

from __future__ import annotations

import itertools
import random
import signal
import time
from concurrent.futures import Future

import pytest

from stator.publish.bucket import lease
from tests.faulty import faulty
from tests.publish.bucket.processes import hurried, publish_once, work_for_ever
from tests.publish.bucket.publishing import written
from tests.publish.bucket.wholeness import Built, broken, built, is_digested, publish, version
from tests.publish.processes import Child
from tests.stores import NewBucket, Store

pytestmark = [pytest.mark.other_programs, pytest.mark.asks_stores]

KILLS = 10
LONGEST = 0.4  # seconds until the kill: more than a few publishes take


@pytest.fixture(scope="module")
def versions(tmp_path_factory: pytest.TempPathFactory) -> list[Built]:
    return [built(tmp_path_factory.mktemp("versions"), version(number, files=6)) for number in range(3)]


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lease, "WORLD", hurried())


def continued(build: Built, store: Store) -> None:
    """Publish after a kill: without waiting for a dead holder, and without writing anything twice."""
    assert broken(store) == []
    there = set(store.objects.names())
    receipt = publish(build, store.options, on_wait=lambda _: pytest.fail("it waits for nobody"))
    assert broken(store, current_id=build.id) == []
    assert [name for name in written(receipt) if is_digested(name) and name in there] == []


@pytest.mark.needs("seaweedfs")
def test_killed_at_random_moments(versions: list[Built], seaweed: NewBucket) -> None:
    store = seaweed()
    seed = random.getrandbits(32)
    chance = random.Random(seed)
    print(f"seed {seed}")
    publish(versions[0], store.options)
    for _ in range(KILLS):
        child = Child(work_for_ever, versions, store.options, chance.getrandbits(32))
        assert child.heard() == "begins"
        time.sleep(chance.uniform(0, LONGEST))
        child.killed()
        continued(chance.choice(versions), store)


@pytest.mark.needs("seaweedfs")
def test_killed_at_one_request_after_the_other(versions: list[Built], seaweed: NewBucket) -> None:
    """Not by chance: at every third request, which reaches the store or does not."""
    store = seaweed()
    for moment in itertools.count(1, 3):
        publish(versions[0], store.options, keep=1)
        if not killed_at(moment, versions[1], store):
            break
        continued(versions[1], store)
        publish(versions[2], store.options, keep=1)
    assert moment > 20


def killed_at(moment: int, build: Built, store: Store) -> bool:
    """Publish in another process, and kill it at its request of that number; return whether there was one."""
    requests, child = itertools.count(1), Future[Child]()

    def plan(method: str, path: str, before: int) -> str:
        if next(requests) == moment:
            child.result().process.kill()
            return "drop before" if moment % 2 else "pass"
        return "pass"

    with faulty(store, plan) as proxy:
        child.set_result(Child(publish_once, build, proxy.options))
        return child.result().ended() == -signal.SIGKILL
