"""Running tools: in a process group of their own, so that what they start ends with them."""

from __future__ import annotations

import os
import signal
import subprocess
from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import IO, Any

from stator.frontends.programs import search_path

# A process that is killed can end nothing any more: the guard waits until its pipe breaks. A command begins
# when it is told to, so that none ever runs without a guard.
_COMMAND = 'read -r _ && eval "$1"'
_GUARD = 'read -r _; kill -s TERM -- "-$1"; sleep 2; kill -s KILL -- "-$1"'


class Running:
    """A shell command that runs in ``root``, and is to be ended, with all that it has started.

    It ends as well if this process is killed, and what is locked by one of the open files ``locks`` stays so
    until then. Tools that watch take the end of their input for a sign to leave, so that is a pipe that stays
    open.
    """

    def __init__(
        self,
        command: str,
        root: str,
        output: int | IO[Any],
        environ: Mapping[str, str],
        locks: Sequence[int] = (),
    ) -> None:
        self.process: subprocess.Popen[bytes] = _shell(
            _COMMAND,
            command,
            cwd=root,
            env={**environ, "PATH": search_path(root, environ)},
            stdout=output,
            stderr=subprocess.STDOUT,
        )
        self._guard = _shell(
            _GUARD,
            str(self.process.pid),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            pass_fds=locks,
        )
        if self.process.stdin:
            self.process.stdin.write(b"\n")
            self.process.stdin.flush()

    def end_input(self) -> None:
        """Let the command read the end of its input."""
        if self.process.stdin:
            self.process.stdin.close()

    def ask_to_end(self) -> None:
        """Tell the command to end, and do not wait."""
        self._send(signal.SIGTERM)

    def end(self) -> int:
        """End by force what still runs, and return the exit code of the command."""
        self._guard.kill()
        self._guard.communicate()
        self._send(signal.SIGKILL)
        code = self.process.wait()
        self.end_input()
        return code if code >= 0 else 128 - code  # as shells tell it

    def _send(self, number: int) -> None:
        with suppress(ProcessLookupError, PermissionError):  # all have ended; the latter on macOS
            os.killpg(self.process.pid, number)


def _shell(script: str, argument: str, **how: Any) -> subprocess.Popen[bytes]:
    command = ["/bin/sh", "-c", script, "stator", argument]
    return subprocess.Popen(command, stdin=subprocess.PIPE, start_new_session=True, **how)  # noqa: S603
