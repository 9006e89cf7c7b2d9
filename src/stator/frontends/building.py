"""Building: front ends are made by their tools where what they are made of has changed.

Rules of this file:

1. *What is built is known by content*: a record tells the hash of what was read and of what was made. Where
   one of them is another now, it is built again; so a lost or edited output is, too.
2. *A build that has not ended well leaves no output that counts*: the record says that it was begun.
3. *One at a time*: the folder of the front end is locked until the tool has ended, even if we are killed. Who
   waits looks afterwards, and may find all done. Several front ends are built one after the other: the tools
   use all processors themselves.
4. *A tool is quiet when all is well*, and heard in full when it is not.
"""

from __future__ import annotations

import hashlib
import os
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from time import perf_counter
from typing import NamedTuple

from stator.errors import ConfigError, StatorError
from stator.frontends.inputs import hash_of_inputs, hash_of_output
from stator.frontends.package import PACKAGE, manager_of
from stator.frontends.programs import require_programs
from stator.frontends.records import PACKAGES, read_record, write_record
from stator.frontends.running import Running
from stator.frontends.toolchain import Toolchain

_BUILT = "built.json"
_INSTALLED = "installed.json"
_DEVELOPED = "developed"  # the hash of what stood when that ended, empty where it was not seen to end
_NOT_FOUND = 127  # the exit code of a shell that knows no such program


class BuildFailed(StatorError):
    """A tool has ended with an error, which ``output`` tells in its own words."""

    exit_code = 1

    def __init__(self, message: str, output: str, hint: str = "") -> None:
        super().__init__(message, hint)
        self.output = output


class Built(NamedTuple):
    """What was done for a front end: why it was built, empty if it was not, and how long it took."""

    name: str
    reason: str
    seconds: float


def build(
    toolchain: Toolchain,
    environ: Mapping[str, str],
    *,
    force: bool = False,
    on_wait: Callable[[], object] = lambda: None,
) -> Built:
    """Build a front end if it is not as its sources are, installing first what it needs.

    ``on_wait`` is called when another process builds it. Raises ``BuildFailed``, ``EnvironmentFailed``,
    ``ConfigError``.
    """
    started = perf_counter()
    with _lock(toolchain.root, on_wait) as locks:
        _install(toolchain, environ, locks)
        reason = "you have asked for it" if force else why_stale(toolchain, environ)
        if reason and toolchain.build:
            _build(toolchain, environ, locks)
    return Built(toolchain.name, reason if toolchain.build else "", perf_counter() - started)


def why_stale(toolchain: Toolchain, environ: Mapping[str, str]) -> str:
    """Return why the output of a front end is not what a build would make, empty if it is."""
    record = read_record(toolchain.root, _BUILT)
    if not os.path.isdir(toolchain.output):
        return "its output is missing"
    if record is None:
        return "it is not known what its output was built from"
    if not record:
        return "its last build has not ended well"
    if _DEVELOPED in record:
        return "its output was made while developing"
    if record.get("inputs") != hash_of_inputs(toolchain, environ):
        return "its sources have changed"
    if record.get("output") != hash_of_output(toolchain.output):
        return "its output has changed"
    return ""


def is_unfinished(root: str) -> bool:
    """Say whether a build of the front end in ``root`` was begun and has not ended well."""
    return read_record(root, _BUILT) == {}


def is_developed(root: str, output: str) -> bool:
    """Say whether what stands was made while developing, and by nothing else since."""
    made = (read_record(root, _BUILT) or {}).get(_DEVELOPED)
    return made is not None and (not made or made == hash_of_output(output))


@contextmanager
def filled_by_another(toolchain: Toolchain) -> Iterator[None]:
    """Remember while the block lasts, and after it, that the output is of what develops the front end."""
    write_record(toolchain.root, _BUILT, {_DEVELOPED: ""})
    try:
        yield
    finally:
        write_record(toolchain.root, _BUILT, {_DEVELOPED: hash_of_output(toolchain.output)})


def install(
    toolchain: Toolchain, environ: Mapping[str, str], on_wait: Callable[[], object] = lambda: None
) -> None:
    """Install what the tool of a front end needs, unless that is there. Raises as ``build`` does."""
    with _lock(toolchain.root, on_wait) as locks:
        _install(toolchain, environ, locks)


def _install(toolchain: Toolchain, environ: Mapping[str, str], locks: Sequence[int]) -> None:
    if not toolchain.install or _is_installed(toolchain.root):
        return
    # Told that this is production, managers leave the tools away by which it is built.
    _run(toolchain, toolchain.install, {**environ, "NODE_ENV": "development"}, locks)
    write_record(toolchain.root, _INSTALLED, {"from": _hash_of_wanted(toolchain.root)})


def _is_installed(root: str) -> bool:
    record = read_record(root, _INSTALLED)
    if record is not None:
        return record.get("from") == _hash_of_wanted(root)
    # By somebody's own hand: of that only the times tell.
    there, wanted = os.path.join(root, PACKAGES, manager_of(root).last), _file_of_wanted(root)
    return os.path.exists(there) and (
        not os.path.exists(wanted) or os.stat(wanted).st_mtime <= os.stat(there).st_mtime
    )


def _hash_of_wanted(root: str) -> str:
    wanted = _file_of_wanted(root)
    if not os.path.exists(wanted):
        return ""
    with open(wanted, "rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _file_of_wanted(root: str) -> str:
    return os.path.join(root, manager_of(root).lock or PACKAGE)


def _build(toolchain: Toolchain, environ: Mapping[str, str], locks: Sequence[int]) -> None:
    write_record(toolchain.root, _BUILT, {})
    read = hash_of_inputs(toolchain, environ)  # before: what is changed meanwhile may not be in the output
    _run(toolchain, toolchain.build, environ, locks)
    if not os.path.isdir(toolchain.output):
        raise ConfigError(
            f"{toolchain.build!r} has ended well, but there is no folder {toolchain.output}.",
            f"Name the folder that it fills in STATOR['FRONTENDS'][{toolchain.name!r}]['output'].",
        )
    write_record(toolchain.root, _BUILT, {"inputs": read, "output": hash_of_output(toolchain.output)})


def _run(toolchain: Toolchain, command: str, environ: Mapping[str, str], locks: Sequence[int]) -> None:
    require_programs(toolchain.root, command, environ)
    with tempfile.TemporaryFile() as output:
        running = Running(command, toolchain.root, output.fileno(), environ, locks)
        try:
            running.end_input()  # nobody would see what a tool asks, and it would wait for ever
            running.process.wait()
        finally:
            code = running.end()
        if not code:
            return
        output.seek(0)
        said = output.read().decode(errors="replace")
    hint = "A program in the command is not on PATH." if code == _NOT_FOUND else ""
    raise BuildFailed(f"{toolchain.name}: {command!r} has ended with exit code {code}.", said, hint)


@contextmanager
def _lock(root: str, on_wait: Callable[[], object]) -> Iterator[Sequence[int]]:
    """Lock the folder, and yield the open files that the lock is on."""
    # On the folder: an installation takes all records away.
    try:
        import fcntl  # noqa: PLC0415  (POSIX only)
    except ImportError:
        yield ()
        return
    folder = os.open(root, os.O_RDONLY)
    try:
        try:
            fcntl.flock(folder, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            on_wait()
            fcntl.flock(folder, fcntl.LOCK_EX)
        yield (folder,)
    finally:
        os.close(folder)
