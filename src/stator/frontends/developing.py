"""Developing: the tools of front ends run and watch, and where their servers are is known to everybody.

Facts. A tool with a server of its own is told under which address its files are asked for, and prints where
it listens; the port is its own choice. That is written into a record, on which this process holds a lock as
long as the server lives: where nobody holds it there is no server, however the process ended.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager, suppress
from functools import partial
from time import sleep
from typing import NamedTuple
from urllib.parse import quote

from stator.errors import EnvironmentFailed
from stator.frontends.arguments import with_arguments
from stator.frontends.building import filled_by_another
from stator.frontends.package import manager_of, package_of
from stator.frontends.programs import require_programs
from stator.frontends.records import record_file
from stator.frontends.supervising import Job, supervise
from stator.frontends.toolchain import Toolchain

_RECORD = "dev.json"
_LARGEST = 4096  # bytes
_HOST = "127.0.0.1"
_UNESCAPED = "/:@&+$,!~*'()"  # in the paths that are handed on: what a browser leaves as it is
_ATTEMPTS, _PAUSE = 50, 0.01  # seconds: who asks for a server holds the lock for a moment too
_COLOURS = re.compile(r"\x1b\[[0-9;]*m")
_ADDRESS = re.compile(r"(?P<origin>https?://(?:localhost|127\.0\.0\.1|\[::1\])(?::\d+)?)(?P<path>/\S*)?")


class Server(NamedTuple):
    """A development server that runs.

    ``address``: where it has the front end's files, with the final slash. ``react``: pages need the preamble
    of React's refresh.
    """

    address: str
    react: bool


def server_of(root: str) -> Server | None:
    """Return the development server of the front end in ``root``, ``None`` if none runs. Reads a file."""
    try:
        import fcntl  # noqa: PLC0415  (POSIX only)

        file = os.open(os.path.join(root, "node_modules", ".stator", _RECORD), os.O_RDONLY)
    except (ImportError, OSError):
        return None
    try:
        fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return _told(os.read(file, _LARGEST))
    finally:
        os.close(file)
    return None


def develop(
    toolchains: Sequence[Toolchain],
    base: str,
    beside: Sequence[Job],
    environ: Mapping[str, str],
    say: Callable[[str, str], object],
) -> int:
    """Run what develops the front ends, and the programs ``beside``, until one ends or a signal asks for it.

    ``base`` is the path under which static files are asked for, with its slashes. What they need must be
    installed. Returns an exit code, as ``supervise`` does, and calls ``say`` as it does. Raises
    ``EnvironmentFailed`` when a front end is being developed already.
    """
    with ExitStack() as held:
        jobs = [
            _job(toolchain, quote(f"{base}{toolchain.name}/", safe=_UNESCAPED), held, environ, say)
            for toolchain in toolchains
            if toolchain.dev
        ]
        for toolchain in toolchains:
            if not toolchain.dev:
                say(toolchain.name, "has no command for development; ['dev'] in its settings may name one")
        return supervise([*jobs, *beside], say) if jobs or beside else 0


def _job(
    toolchain: Toolchain,
    base: str,
    held: ExitStack,
    environ: Mapping[str, str],
    say: Callable[[str, str], object],
) -> Job:
    require_programs(toolchain.root, toolchain.dev, environ)
    record = held.enter_context(_held(toolchain))
    if toolchain.serves:
        hear = partial(_hear, toolchain, base, record, say)
        return Job(toolchain.name, _serving(toolchain, base), toolchain.root, environ, hear)
    held.enter_context(filled_by_another(toolchain))
    os.makedirs(toolchain.output, exist_ok=True)  # a folder that comes later is not watched
    return Job(toolchain.name, toolchain.dev, toolchain.root, environ)


def _serving(toolchain: Toolchain, base: str) -> str:
    """Return the command that starts the server, told where its files are asked for."""
    package = package_of(toolchain.root)
    return with_arguments(
        toolchain.dev,
        toolchain.kind,
        {"--base": f"={base}", "--host": f"={_HOST}"},
        manager_of(toolchain.root),
        package.scripts if package else {},
    )


def _hear(toolchain: Toolchain, base: str, record: int, say: Callable[[str, str], object], line: str) -> None:
    """Record the address of the server where the line tells it, once."""
    found = _ADDRESS.search(_COLOURS.sub("", line))
    if not found or os.pread(record, 1, 0):
        return
    if found["origin"].startswith("http:") and found["path"] == base:
        told = {"address": found[0], "react": toolchain.refreshes}
        os.pwrite(record, json.dumps(told).encode(), 0)
        say(toolchain.name, f"runs; Django hands on to it what is asked for below {base}")
        return
    say(
        toolchain.name,
        f"its server is at {found[0]}, and pages ask for http and {base}: "
        "leave 'base' and 'https' out of its configuration",
    )


@contextmanager
def _held(toolchain: Toolchain) -> Iterator[int]:
    """Hold the lock on the record of a front end, which is empty at first."""
    file = os.open(record_file(toolchain.root, _RECORD), os.O_RDWR | os.O_CREAT, 0o666)
    try:
        _lock(file, toolchain)
        os.ftruncate(file, 0)
        yield file
    finally:
        os.close(file)


def _lock(file: int, toolchain: Toolchain) -> None:
    try:
        import fcntl  # noqa: PLC0415  (POSIX only)
    except ImportError:
        return
    for _ in range(_ATTEMPTS):
        with suppress(BlockingIOError):
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return
        sleep(_PAUSE)
    raise EnvironmentFailed(
        f"The front end {toolchain.name!r} is being developed by another process.",
        "End that 'stator frontend dev', or name other front ends.",
    )


def _told(content: bytes) -> Server | None:
    try:
        told = json.loads(content)
        return Server(str(told["address"]), told["react"] is True)
    except (ValueError, KeyError, TypeError):  # it has not said yet where it listens
        return None
