"""Servers, one worker each: how they are started, asked and ended."""

from __future__ import annotations

import getpass
import http.client
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from string import Template
from typing import NamedTuple

from benchmarks.workshop import HERE, environment
from tests.processes import free_port

PATIENCE = 120  # seconds until a server that does not answer is given up


class Failed(Exception):
    """A contender cannot be measured; the message says why."""


class Server(NamedTuple):
    """A server, its command and its configuration, which becomes ``$folder/server.conf``.

    Filled in are ``$python``, ``$port``, ``$application`` (the factory's name), ``$folder`` (for the server
    to write to), ``$root`` (the published folder) and ``$user`` (who runs the benchmark).
    """

    name: str
    command: str
    configuration: str = ""


_FACTORY = "benchmarks.serving.applications:$application"

GRANIAN_WSGI = Server(
    "granian-wsgi",
    "$python -m granian --interface wsgi --host 127.0.0.1 --port $port --log-level warning"
    f" --factory {_FACTORY}",
)
GRANIAN_ASGI = Server(
    "granian-asgi",
    "$python -m granian --interface asginl --loop uvloop --host 127.0.0.1 --port $port --log-level warning"
    f" --factory {_FACTORY}",
)
GUNICORN = Server(
    "gunicorn-gthread",
    "$python -m gunicorn --worker-class gthread --threads 4 --bind 127.0.0.1:$port --no-control-socket"
    f" --log-level warning {_FACTORY}()",
)
UVICORN = Server(
    "uvicorn",
    "$python -m uvicorn --loop uvloop --http httptools --lifespan off --host 127.0.0.1 --port $port"
    f" --no-access-log --log-level warning --factory {_FACTORY}",
)
NGINX = Server(
    "nginx",
    "nginx -p $folder -e $folder/error.log -c $folder/server.conf",
    """\
daemon off;
user $user;
worker_processes 1;
pid $folder/nginx.pid;
error_log $folder/error.log;
events { worker_connections 64; }
http {
    access_log off;
    client_body_temp_path $folder/body;
    proxy_temp_path $folder/proxy;
    fastcgi_temp_path $folder/fastcgi;
    uwsgi_temp_path $folder/uwsgi;
    scgi_temp_path $folder/scgi;
    sendfile on;
    types { text/css css; }
    server {
        listen 127.0.0.1:$port;
        location /static/ { alias $root/; }
    }
}
""",
)

# No server: a process that makes the application, answers one request by itself and ends.
ALONE_WSGI = Server("alone-wsgi", "$python -m benchmarks.serving.alone wsgi $application")
ALONE_ASGI = Server("alone-asgi", "$python -m benchmarks.serving.alone asgi $application")


class Running(NamedTuple):
    """A server, started at ``started`` in seconds of the monotonic clock. ``log`` is what it says."""

    port: int
    process: subprocess.Popen[bytes]
    started: float
    log: Path

    def first_answer(self, path: str) -> bytes:
        """Ask until there is an answer, and return its body. Raises ``Failed``, also when it is not a 200."""
        while time.monotonic() < self.started + PATIENCE:
            with suppress(ConnectionError):
                return self._ask(path)
            if self.process.poll() is not None:
                raise Failed(f"ended at once: {self.last_words()}")
            time.sleep(0.001)
        raise Failed(f"no answer in {PATIENCE} s: {self.last_words()}")

    def _ask(self, path: str) -> bytes:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE)
        try:
            connection.request("GET", path)
            response = connection.getresponse()
            if response.status != 200:
                raise Failed(f"answers {response.status}: {self.last_words()}")
            return response.read()
        except (http.client.HTTPException, TimeoutError) as error:
            raise Failed(f"{error!r}: {self.last_words()}") from error
        finally:
            connection.close()

    def last_words(self) -> str:
        """Return the last line of the log that names an error, the last of all if none does."""
        lines = self.log.read_text(encoding="utf-8", errors="replace").splitlines()
        errors = [line for line in lines if "Error: " in line]
        return [*(lines or ["it said nothing"]), *errors][-1]

    def kilobytes(self, field: str) -> int:
        """Return a field of /proc/PID/status, summed over the process and all below it."""
        return sum(_status(pid, field) for pid in _family(self.process.pid))


@contextmanager
def running(
    server: Server, application: str, root: Path, folder: Path, environ: dict[str, str]
) -> Iterator[Running]:
    """Run a server until the block ends; it may not answer yet when that begins.

    ``folder`` is new, and for its files. Raises ``Failed`` when the server is not installed.
    """
    folder.mkdir()
    port = free_port()
    words = {
        "python": sys.executable,
        "port": port,
        "application": application,
        "folder": folder,
        "root": root,
        "user": getpass.getuser(),
    }
    (folder / "server.conf").write_text(Template(server.configuration).substitute(words), encoding="utf-8")
    command = [Template(word).substitute(words) for word in server.command.split()]
    log = folder / "log"
    with log.open("wb") as output:
        started = time.monotonic()
        try:
            process = subprocess.Popen(
                command,
                cwd=HERE,
                env=environment() | environ,
                stdout=output,
                stderr=subprocess.STDOUT,
            )
        except FileNotFoundError:
            raise Failed(f"{command[0]} is not installed") from None
    try:
        yield Running(port, process, started, log)
    finally:
        process.terminate()
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _family(pid: int) -> Iterator[int]:
    yield pid
    for task in Path(f"/proc/{pid}/task").iterdir():
        with suppress(FileNotFoundError, ProcessLookupError):  # a thread that has ended meanwhile
            for child in (task / "children").read_text(encoding="ascii").split():
                yield from _family(int(child))


def _status(pid: int, field: str) -> int:
    lines = Path(f"/proc/{pid}/status").read_text(encoding="ascii").splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith(f"{field}:"))
