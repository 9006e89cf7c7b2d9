"""What tests do in processes of their own: publish, die, and wait for each other.

The server that forks them has imported everything, so that one more costs milliseconds.
"""

from __future__ import annotations

import errno
import multiprocessing
import os
import random
import signal
import sys
from collections.abc import Sequence
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from stator.build import Build
from stator.errors import StatorError
from stator.publish.directory import Directory
from stator.publish.release import release
from stator.publish.rollback import roll_back

CONTEXT = multiprocessing.get_context("forkserver")
CONTEXT.set_forkserver_preload(["pytest", "tests.publish.processes"])
NOBODY = 65534
CHANGES = {"os.rename", "os.link", "os.symlink", "os.remove", "os.mkdir", "os.rmdir", "os.chmod"}


class Child:
    """A function of this module at work in another process. What it tells is read with ``heard``."""

    def __init__(self, work: Any, *arguments: Any) -> None:
        self.ear, mouth = CONTEXT.Pipe(duplex=False)
        self.process = CONTEXT.Process(target=work, args=(mouth, *arguments), daemon=True)
        self.process.start()
        mouth.close()

    def heard(self, seconds: float = 20) -> Any:
        """Return the next thing it tells, ``None`` when there is nothing in that time."""
        return self.ear.recv() if self.ear.poll(seconds) else None

    def killed(self) -> None:
        self.process.kill()
        self.ended()

    def ended(self) -> int:
        """Wait for its end and return the exit code, which is below zero for one that was killed."""
        self.process.join(60)
        assert self.process.exitcode is not None, "it hangs"
        self.ear.close()
        return self.process.exitcode


def publish(mouth: Connection, root: Path, built: Build, how: dict[str, Any]) -> None:
    """Publish once; tell "waits" when another is at it, then the error or "done"."""
    try:
        release(built.artifacts.values(), Directory(str(root)), on_wait=lambda: mouth.send("waits"), **how)
    except StatorError as error:
        mouth.send((error.message, error.hint, error.exit_code))
    else:
        mouth.send("done")


def publish_as_nobody(mouth: Connection, root: Path, built: Build, how: dict[str, Any]) -> None:
    if os.geteuid() == 0:
        os.setgid(NOBODY)
        os.setuid(NOBODY)
    publish(mouth, root, built, how)


def publish_and_die(mouth: Connection, root: Path, built: Build, how: dict[str, Any], moment: int) -> None:
    """Publish, and be killed right before the change to the disk of that number, from 1 on."""
    _die_before(moment)
    publish(mouth, root, built, how)


def _die_before(moment: int) -> None:
    changes = 0

    def count(event: str, arguments: tuple[Any, ...]) -> None:
        nonlocal changes
        if event in CHANGES or (event == "open" and arguments[2] & (os.O_WRONLY | os.O_RDWR)):
            changes += 1
            if changes == moment:
                os.kill(os.getpid(), signal.SIGKILL)

    sys.addaudithook(count)


def publish_for_ever(
    mouth: Connection, root: Path, builds: Sequence[Build], ways: Sequence[dict[str, Any]], seed: int
) -> None:
    """Publish one build after the other, each in a way chosen by the seed. Tells when it begins."""
    choose = random.Random(seed).choice
    mouth.send("begins")
    while True:
        release(choose(builds).artifacts.values(), Directory(str(root)), **choose(ways))


def publish_often(
    mouth: Connection, root: Path, builds: Sequence[Build], how: dict[str, Any], rounds: int
) -> None:
    """Publish the builds in turn, and tell how often another was waited for."""
    waits: list[None] = []
    for number in range(rounds):
        artifacts = builds[number % len(builds)].artifacts.values()
        release(artifacts, Directory(str(root)), on_wait=lambda: waits.append(None), **how)
    mouth.send(len(waits))


def hold(mouth: Connection, root: Path) -> None:
    """Hold the lock until the end."""
    with Directory(str(root)).locked():
        mouth.send("holds")
        signal.pause()


def roll_back_and_die(mouth: Connection, root: Path, id: str, links: bool, moment: int) -> None:
    """Roll back, and be killed right before the change to the disk of that number."""
    if not links:
        os.link = _no_links
    _die_before(moment)
    roll_back(id, Directory(str(root)))
    mouth.send("done")


def _no_links(*_: Any, **__: Any) -> None:
    raise PermissionError(errno.EPERM, "Operation not permitted")


def roll_back_often(mouth: Connection, root: Path, ids: Sequence[str], rounds: int) -> None:
    """Roll back to the releases in turn, and tell how often another was waited for."""
    waits: list[None] = []
    for number in range(rounds):
        roll_back(ids[number % len(ids)], Directory(str(root)), on_wait=lambda: waits.append(None))
    mouth.send(len(waits))
