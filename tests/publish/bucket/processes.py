"""What tests do with a bucket in processes of their own, which are killed, or wait for each other."""

from __future__ import annotations

import json
import random
import signal
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from multiprocessing.connection import Connection
from pathlib import Path

import obstore.store  # noqa: F401  (here, so that the server that forks has it)

from stator import manifest as manifests
from stator import manifest_text
from stator.errors import ConfigError, StatorError
from stator.publish.bucket import lease
from tests.publish.bucket.wholeness import Built, Destination, opened, prune, publish, roll_back
from tests.publish.processes import CONTEXT

CONTEXT.set_forkserver_preload(
    ["pytest", "tests.publish.processes", "tests.publish.bucket.wholeness", "tests.publish.bucket.processes"]
)


def hurried() -> lease.World:
    """Return a world in which nobody waits for long."""
    return lease.World(sleep=lambda seconds: time.sleep(seconds / 10), expiry=0.5)


def publish_once(mouth: Connection, build: Built, options: Destination) -> None:
    """Publish; tell "waits" when another is at it, then the error or "done"."""
    try:
        publish(build, options, on_wait=lambda _: mouth.send("waits"))
    except StatorError as error:
        mouth.send((error.message, error.hint, error.exit_code))
    else:
        mouth.send("done")


def publish_from(root: str, options: str) -> None:
    """Publish what stands in a ``STATIC_ROOT``; ``options`` is JSON. Prints the error, if there is one."""
    build = Built(manifest_text.from_json(Path(root, manifests.NAME).read_bytes()), root)
    try:
        publish(build, json.loads(options))
    except StatorError as error:
        print(error.exit_code, error)


def work_for_ever(mouth: Connection, builds: Sequence[Built], options: Destination, seed: int) -> None:
    """Publish, roll back and prune as the seed has it. Tells when it begins."""
    lease.WORLD = hurried()
    chance = random.Random(seed)
    verbs: list[Callable[[], object]] = [
        lambda: publish(chance.choice(builds), options, keep=chance.choice((0, 2))),
        lambda: roll_back(chance.choice(builds), options),
        lambda: prune(options),
    ]
    mouth.send("begins")
    while True:
        with suppress(ConfigError):  # that release is not kept
            chance.choice(verbs)()


def publish_often(
    mouth: Connection, builds: Sequence[Built], options: Destination, keep: int, rounds: int
) -> None:
    """Publish the builds in turn, and tell "done"."""
    lease.WORLD = hurried()
    for number in range(rounds):
        publish(builds[number % len(builds)], options, keep=keep)
    mouth.send("done")


def hold(mouth: Connection, options: Destination) -> None:
    """Hold the lease until the end."""
    store = opened(options)
    with lease.held(store, lease.seen(store), lambda _: None):
        mouth.send("holds")
        signal.pause()
