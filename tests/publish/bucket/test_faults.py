"""Faults on the way to a store and in it: what is current stays whole, and the next publish does the rest."""

from __future__ import annotations

import itertools
import json
import os
import random
import re
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import NamedTuple

import pytest

from stator.errors import EnvironmentFailed, StatorError
from stator.publish.bucket import lease
from tests.faulty import LASTING, TRANSIENT, Exchange, Plan, by_chance, faulty, no_fault
from tests.parts import TESTS
from tests.publish.bucket.processes import hurried
from tests.publish.bucket.wholeness import (
    Built,
    Destination,
    broken,
    built,
    is_digested,
    opened,
    prune,
    publish,
    roll_back,
    version,
)
from tests.stores import NewBucket, Store, full

pytestmark = [pytest.mark.other_programs, pytest.mark.asks_stores]

BY_CHANCE = 2  # schedules of faults for each verb


@pytest.fixture(scope="module")
def versions(tmp_path_factory: pytest.TempPathFactory) -> list[Built]:
    return [built(tmp_path_factory.mktemp("versions"), version(number, files=3)) for number in range(3)]


@pytest.fixture(scope="module")
def many(tmp_path_factory: pytest.TempPathFactory) -> Built:
    return built(tmp_path_factory.mktemp("many"), version(1, files=400))


@pytest.fixture(scope="module")
def used(buckets: Callable[[str], NewBucket]) -> Store:
    """Return a bucket of SeaweedFS that tests use one after the other: the first write in each is slow."""
    return buckets("seaweedfs")()


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let nobody wait for long where a fault befell the end of a lease, of which all others would know."""
    monkeypatch.setattr(lease, "WORLD", hurried())


class Verb(NamedTuple):
    """What is done, after all versions up to ``before`` were published; ``after`` is current then."""

    run: Callable[[list[Built], Destination], object]
    before: int
    after: int


VERBS = {
    "publish": Verb(lambda versions, options: publish(versions[2], options, keep=1), 1, 2),
    "rollback": Verb(lambda versions, options: roll_back(versions[0], options), 1, 0),
    "prune": Verb(lambda _, options: prune(options), 2, 2),
}


def tried(verb: str, versions: list[Built], store: Store, plan: Plan) -> StatorError | None:
    """Do something under a plan of faults and then without; return how it failed.

    After each the bucket must be whole, and what was written once must not be written again.
    """
    run, before, after = VERBS[verb]
    for each in versions[: before + 1]:
        publish(each, store.options, keep=1 if verb == "publish" else 2)
    failed = None
    with faulty(store, plan) as proxy:
        try:
            run(versions, proxy.options)
        except StatorError as error:
            failed = error
        assert broken(store) == []
        there = set(store.objects.names())
        proxy.follow(no_fault)
        proxy.exchanges.clear()
        run(versions, proxy.options)
        assert broken(store, current_id=versions[after].id) == []
        assert [name for name in digested(proxy.exchanges) if name in there] == []
    assert [thread for thread in threading.enumerate() if thread.name == "stator-lease"] == []
    return failed


def digested(exchanges: list[Exchange]) -> list[str]:
    """Return the names of digested objects that were put."""
    paths = (exchange.path for exchange in exchanges if exchange.method == "PUT")
    return [path.removeprefix("/static/") for path in paths if is_digested(path)]


def is_clear(error: StatorError | None, store: Store) -> bool:
    """Say whether an error is one of the environment, in a line, with a next step and without a secret."""
    assert isinstance(error, EnvironmentFailed)
    secrets = {store.options[key] for key in ("SECRET", "KEY", "TOKEN") if key in store.options}
    return (
        error.exit_code == 3
        and error.message.startswith(store.options["URL"])
        and error.hint.endswith(".")
        and "\n" not in str(error.message)
        and not any(secret in str(error) for secret in secrets)
    )


@pytest.mark.needs("seaweedfs")
@pytest.mark.parametrize("seed", range(BY_CHANCE))
@pytest.mark.parametrize("verb", VERBS)
def test_faults_by_chance(verb: str, seed: int, versions: list[Built], used: Store) -> None:
    faults = TRANSIENT if seed % 2 else (*TRANSIENT, *LASTING)
    error = tried(verb, versions, used, by_chance(seed, faults, share=0.15))
    assert error is None or is_clear(error, used)


@pytest.mark.parametrize(
    ("server", "verb"),
    [
        *(pytest.param("azurite", verb, marks=pytest.mark.needs("azurite")) for verb in VERBS),
        pytest.param("ceph", "publish", marks=pytest.mark.needs("ceph")),  # which is slow
    ],
)
def test_faults_of_other_stores(
    server: str,
    verb: str,
    versions: list[Built],
    buckets: Callable[[str], NewBucket],
) -> None:
    store = buckets(server)()
    error = tried(verb, versions, store, by_chance(1, (*TRANSIENT, *LASTING), share=0.2))
    assert error is None or is_clear(error, store)


# Where a fault that stays strikes: the verb, the method and a part of the path.
PLACES = [
    ("publish", "GET", "list-type"),
    ("publish", "GET", "lease"),
    ("publish", "GET", "inventory"),
    ("publish", "PUT", "lease"),
    ("publish", "PUT", "inventory"),
    ("publish", "PUT", "/logo."),
    ("publish", "PUT", "/app."),
    ("publish", "PUT", "/app.css"),
    ("publish", "PUT", "releases/"),
    ("publish", "PUT", "/staticfiles.json"),
    ("publish", "POST", "delete"),
    ("rollback", "GET", "/app."),
    ("rollback", "PUT", "/app.css"),
    ("prune", "PUT", "/staticfiles.json"),
    ("prune", "POST", "delete"),
]


@pytest.mark.needs("seaweedfs")
@pytest.mark.parametrize(
    ("verb", "method", "path", "fault"),
    [(*place, "403") for place in PLACES]
    + [(*place, "412") for place in PLACES if place[:2] == ("publish", "PUT")],
)
def test_a_fault_that_stays(
    verb: str, method: str, path: str, fault: str, versions: list[Built], used: Store
) -> None:
    def plan(asked: str, where: str, before: int) -> str:
        return fault if (asked, path in where) == (method, True) else "pass"

    assert is_clear(tried(verb, versions, used, plan), used)


@pytest.mark.needs("seaweedfs")
@pytest.mark.parametrize("verb", VERBS)
def test_a_fault_that_befalls_each_request_once_is_got_over(
    verb: str, versions: list[Built], used: Store
) -> None:
    faults = itertools.cycle(TRANSIENT)

    def plan(method: str, path: str, before: int) -> str:
        return "pass" if before else next(faults)

    assert tried(verb, versions, used, plan) is None


@pytest.mark.needs("seaweedfs")
@pytest.mark.parametrize("hours", [-1, 1])
def test_a_store_whose_clock_is_off_by_an_hour(hours: int, versions: list[Built], used: Store) -> None:
    with faulty(used, skew=timedelta(hours=hours)) as proxy:
        for each in versions:
            publish(each, proxy.options)
            assert broken(used, current_id=each.id) == []


CLOCK = """
#define _GNU_SOURCE
#include <dlfcn.h>
#include <time.h>
int clock_gettime(clockid_t id, struct timespec *time) {
    int (*real)(clockid_t, struct timespec *) = dlsym(RTLD_NEXT, "clock_gettime");
    int status = real(id, time);
    if (id == CLOCK_REALTIME) time->tv_sec += SECONDS;
    return status;
}
"""
PUBLISH = "import sys; from tests.publish.bucket.processes import publish_from; publish_from(*sys.argv[1:])"


@pytest.mark.needs("seaweedfs")
@pytest.mark.needs("gcc")
@pytest.mark.parametrize("seconds", [-3600, 3600])
def test_a_machine_whose_clock_is_off_by_an_hour(
    seconds: int, versions: list[Built], used: Store, tmp_path: Path
) -> None:
    publish(versions[0], used.options)
    source, library = tmp_path / "clock.c", tmp_path / "clock.so"
    source.write_text(CLOCK)
    subprocess.run(["gcc", "-shared", "-fPIC", f"-DSECONDS={seconds}", "-o", library, source], check=True)
    told = subprocess.run(
        [sys.executable, "-c", PUBLISH, versions[1].root, json.dumps(used.options)],
        env={**os.environ, "LD_PRELOAD": str(library)},
        cwd=TESTS.parent,
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    assert told.startswith(f"3 {used.options['URL']}: ")
    assert "RequestTimeTooSkewed" in told
    assert told.endswith(" Set the clock of this machine.\n")
    assert broken(used, current_id=versions[0].id) == []


@pytest.mark.needs("seaweedfs")
def test_a_bucket_that_is_deleted_meanwhile(many: Built, seaweed: NewBucket) -> None:
    store = seaweed()

    def plan(method: str, path: str, before: int) -> str:
        if "/part1/file100." in path:
            store.objects.client.delete_bucket(Bucket=store.bucket)  # type: ignore[attr-defined]
        return "pass"

    with faulty(store, plan) as proxy, pytest.raises(EnvironmentFailed) as failed:
        publish(many, proxy.options)
    assert is_clear(failed.value, store)


@pytest.mark.needs("seaweedfs")
def test_what_fails_ends_soon_and_says_how_far_it_came(many: Built, seaweed: NewBucket) -> None:
    store = seaweed()
    refused: list[str] = []

    def plan(method: str, path: str, before: int) -> str:
        if method == "PUT" and "/part1/file100." in path:
            refused.append(path)
            return "403"
        return "delay" if refused else "pass"  # so that it is known before all others have been written

    with faulty(store, plan) as proxy:
        with pytest.raises(EnvironmentFailed, match=r"part1/file100\.\w+\.js cannot be written") as failed:
            publish(many, proxy.options)
        tried = len(digested(proxy.exchanges))
    assert tried < 300  # of 405
    told = re.match(r"(\d+) of 810 objects had been written\. ", failed.value.hint)
    assert told
    assert 0 < int(told[1]) < tried
    publish(many, store.options)
    assert broken(store, current_id=many.id) == []


@pytest.fixture
def heeds_interrupts() -> Iterator[None]:
    """Let Ctrl-C be what it is, also where tests run in the background."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.mark.needs("seaweedfs")
@pytest.mark.parametrize("path", ["/.stator/lease.json", "/part1/file100."])
@pytest.mark.usefixtures("heeds_interrupts")
def test_interrupted_it_ends_soon_and_others_can_write(path: str, many: Built, seaweed: NewBucket) -> None:
    store = seaweed()
    is_done = threading.Event()

    def plan(method: str, where: str, before: int) -> str:
        if method == "PUT" and path in where and not is_done.is_set():
            is_done.set()
            signal.pthread_kill(threading.main_thread().ident or 0, signal.SIGINT)
        return "pass"

    with faulty(store, plan) as proxy:
        with pytest.raises(KeyboardInterrupt):
            publish(many, proxy.options)
        assert len(digested(proxy.exchanges)) < 300  # of 405
    assert lease.seen(opened(store.options)).holder == ""
    assert broken(store) == []
    publish(many, store.options, on_wait=lambda _: pytest.fail("waits"))
    assert broken(store, current_id=many.id) == []


@pytest.mark.needs("seaweedfs")
def test_wrong_credentials(versions: list[Built], used: Store) -> None:
    publish(versions[0], used.options)
    with pytest.raises(EnvironmentFailed) as failed:
        publish(versions[1], used.denied)
    assert is_clear(failed.value, used)
    assert "SECRET" in failed.value.hint
    assert broken(used, current_id=versions[0].id) == []


@pytest.mark.needs("seaweedfs")
def test_a_full_bucket(versions: list[Built], tmp_path: Path) -> None:
    large = built(
        tmp_path, {f"{number}.bin": random.Random(number).randbytes(300_000) for number in range(20)}
    )
    with full() as bucket:
        store = bucket()
        publish(versions[0], store.options)
        with pytest.raises(EnvironmentFailed) as failed:
            publish(large, store.options)
        assert is_clear(failed.value, store)
        assert broken(store) == []
