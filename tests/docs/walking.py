"""Walks: a page of the documentation, done literally by a machine.

Files are written, differences applied and commands run as they stand, in a folder of their own, by one shell
whose state goes on from command to command. Rules of this file.

1. *What a page shows must come*: each line, in order, where numbers, digests and times are alike, and "…" is
   anything. The folder of the walk is ``/srv/site`` in pages.
2. *Servers* of ``SERVERS`` go on in the background until the next one at the same port, or the end. The ports
   that pages name are free ones in truth, the same all through a walk.
3. *Environments* are the test's: a page's ``pip install`` is a look whether that is installed, making and
   entering a virtual environment nothing.
"""

from __future__ import annotations

import importlib.metadata
import os
import re
import shlex
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from types import MappingProxyType
from typing import NamedTuple, Self

from tests.docs.pages import Block, Command, blocks
from tests.processes import free_port, listens, wait_until

SITE = "/srv/site"
PORTS = (8000, 8080, 8081, 8443, 5173)
# What the command of a server begins with, and what says at which address it listens where that is not
# in it. Where the port is in a file, a page has the address in a comment beside the command.
SERVERS = {
    "python manage.py runserver": " 127.0.0.1:{}",
    "python manage.py stator frontend dev": " --addrport 127.0.0.1:{}",
    "python -m http.server": " --bind 127.0.0.1 {}",
    "gunicorn ": " --bind 127.0.0.1:{}",
    "uvicorn ": " --port {}",
    "nginx ": "",
    "varnishd ": "",
}
_QUICK = ("nginx -t", "nginx -s", "nginx -v")  # what begins as a server does, and ends
_ENVIRONMENT = re.compile(r"(python\d?(\.\d+)? -m venv|source|\.) \S+$")
_INSTALL = re.compile(r"(?:python\d? -m )?pip install (?P<packages>.+)$")
_ALIKE = re.compile(r"(?P<digest>\b[0-9a-f]{12,64}\b)|(?P<number>\d[\d.,]*)|(?P<any>…)|(?P<space>\s+)")
_PATTERNS = {"digest": "[0-9a-f]{12,64}", "number": r"\d[\d.,]*", "any": ".*", "space": r"\s+"}
_UNIT = re.compile(r"\b(B|kB|MB)\b")


class Answer(NamedTuple):
    """What a command came to: its exit code and its output, both streams as one."""

    code: int
    output: str


class Walk:
    """A walk along a page, in ``folder``, which should be empty; used in a ``with``, which ends its servers.

    ``environ`` is added to the environment, ``not_run`` are commands that are left out, with the reason.
    ``path`` goes before the programs of this Python's environment.
    """

    def __init__(
        self,
        folder: Path,
        environ: Mapping[str, str] = MappingProxyType({}),
        not_run: Mapping[str, str] = MappingProxyType({}),
        path: Sequence[Path] = (),
    ) -> None:
        self.folder = folder
        self.ports = {port: free_port() for port in PORTS}
        self._state = folder.parent / f"{folder.name}.shell"
        self._not_run = not_run
        self._servers: dict[int, subprocess.Popen[bytes]] = {}
        programs = os.pathsep.join([*map(str, path), str(Path(sys.executable).parent), os.environ["PATH"]])
        kept = {name: value for name, value in os.environ.items() if not name.startswith("DJANGO_")}
        self._environ = {**kept, "PATH": f"{programs}{os.pathsep}/usr/sbin", **environ}
        folder.mkdir(parents=True, exist_ok=True)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        for port in list(self._servers):
            self.stop(port)

    def run(self, page: Path) -> None:
        """Do all that the page says."""
        for block in blocks(page):
            self.do(block)

    def do(self, block: Block) -> None:
        """Do what a block says; an example that stands for itself says nothing."""
        if block.language == "console":
            for command in block.commands():
                self._command(command, block)
        elif block.language == "diff":
            self._patch(block)
        elif block.file:
            file = self.folder / block.file
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(self._inwards(block.text))

    def address(self, port: int = 8000) -> str:
        """Return where a server is in truth that a page has at this port."""
        return f"http://127.0.0.1:{self.ports[port]}"

    def stop(self, port: int = 8000) -> None:
        """End the server that a page has at this port, if there is one."""
        process = self._servers.pop(port, None)
        if process is None:
            return
        with suppress(ProcessLookupError):  # it has ended by itself
            os.killpg(process.pid, signal.SIGTERM)
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
        wait_until(lambda: not listens(("127.0.0.1", self.ports[port])), f"port {port} is free again")

    def shell(self, text: str) -> Answer:
        """Return what a command comes to in the shell of the walk."""
        state, where = shlex.quote(str(self._state)), shlex.quote(str(self.folder))
        begin = f"cd {where}; [ ! -e {state} ] || . {state} 2>/dev/null\n"
        end = f'code=$?; {{ declare -px; echo "cd $(printf %q "$PWD")"; }} >{state}; exit $code'
        done = subprocess.run(
            ["bash", "-c", f"{begin}{self._inwards(text)}\n{end}"],
            env=self._environ,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            timeout=600,
            check=False,
        )
        return Answer(done.returncode, self._outwards(done.stdout.decode(errors="replace")))

    def _command(self, command: Command, block: Block) -> None:
        place = f"{block.page.name}:{command.line}: {command.text}"
        text, _, comment = command.text.partition("  #")
        text = text.rstrip()
        if text in self._not_run or _ENVIRONMENT.match(text):
            return
        if install := _INSTALL.match(text):
            missing = list(_missing(shlex.split(install["packages"])))
            assert not missing, f"{place}: not installed: {missing}"
            return
        if server := _server(text):
            self._serve(text, SERVERS[server], comment, command.shown, place)
            return
        code, output = self.shell(text)
        fails = bool(command.shown) and command.shown[-1].startswith("CommandError")
        assert bool(code) is fails, f"{place}\nexit code {code}\n{output}"
        gone = missing_line(command.shown, output)
        assert gone is None, f"{place}\ndoes not print:\n{gone}\nbut:\n{output}"

    def _patch(self, block: Block) -> None:
        done = subprocess.run(
            ["patch", "--strip=1", "--fuzz=0", "--no-backup-if-mismatch", f"--directory={self.folder}"],
            input=self._inwards(block.text),
            capture_output=True,
            text=True,
            check=False,
        )
        clean = done.returncode == 0 and "offset" not in done.stdout
        assert clean, f"{block.place}: the difference does not apply\n{done.stdout}{done.stderr}"

    def _serve(self, text: str, at: str, comment: str, shown: Sequence[str], place: str) -> None:
        named = (port for port in PORTS if re.search(rf"\b{port}\b", f"{text} {comment}"))
        port = next(named, 8000)
        self.stop(port)
        inner = self._inwards(text)
        if str(port) not in text:
            inner += at.format(self.ports[port])
        log = self.folder.parent / f"{self.folder.name}-{port}.log"
        state = shlex.quote(str(self._state))
        script = (
            f"cd {shlex.quote(str(self.folder))}; [ ! -e {state} ] || . {state} 2>/dev/null; exec {inner}"
        )
        with log.open("wb") as output:
            process = subprocess.Popen(
                ["bash", "-c", script],
                env={**self._environ, "PYTHONUNBUFFERED": "1"},
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        self._servers[port] = process
        address = ("127.0.0.1", self.ports[port])
        wait_until(lambda: process.poll() is not None or listens(address), f"{place} listens")
        assert process.poll() is None, f"{place}\n{log.read_text()}"

        def is_shown() -> bool:
            return missing_line(shown, self._outwards(log.read_text(errors="replace"))) is None

        wait_until(is_shown, f"{place} prints what is shown, in {log}")

    def _inwards(self, text: str) -> str:
        """Return what a page says with the folder and the ports that are meant here."""
        for port, free in self.ports.items():
            text = re.sub(rf"(?<=[:=\s]){port}\b", str(free), text)
        return re.sub(rf"{SITE}\b", str(self.folder), text)

    def _outwards(self, text: str) -> str:
        for port, free in self.ports.items():
            text = text.replace(str(free), str(port))
        return text.replace(str(self.folder), SITE)


def missing_line(shown: Sequence[str], output: str) -> str | None:
    """Return the first line that is shown and does not come, in this order; ``None`` if all do."""
    lines = iter(output.splitlines())
    for line in shown:
        if not line.strip() or line.strip() == "…":
            continue
        pattern = re.compile(_pattern(line.strip()))
        if not any(pattern.fullmatch(one.strip()) for one in lines):
            return line
    return None


def _pattern(line: str) -> str:
    parts, end = [], 0
    for alike in _ALIKE.finditer(line):
        parts += [re.escape(line[end : alike.start()]), _PATTERNS[str(alike.lastgroup)]]
        end = alike.end()
    parts.append(re.escape(line[end:]))
    return _UNIT.sub("(?:B|kB|MB)", "".join(parts))


def _server(text: str) -> str | None:
    if text.startswith(_QUICK):
        return None
    return next((server for server in SERVERS if text.startswith(server)), None)


def _missing(packages: Sequence[str]) -> Iterator[str]:
    for package in packages:
        name = re.split(r"[\[<>=!~;]", package)[0]
        if name.startswith("-"):
            continue
        try:
            importlib.metadata.distribution(name)
        except importlib.metadata.PackageNotFoundError:
            yield package
