"""The kinds of server that the cases are asked of: how each is started, and what it can do."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from functools import partial
from importlib import import_module
from pathlib import Path
from typing import NamedTuple

from stator.config import Options
from stator.webserver.policy import policy_of
from tests.conformance import site
from tests.conformance.case import (
    APPLICATION,
    CHOICES,
    CODINGS,
    DIGESTS,
    MANIFEST,
    Case,
    address,
    renamed,
)
from tests.conformance.cases import CASES
from tests.conformance.web_servers import web_server
from tests.processes import free_port, running
from tests.serve.servers import Server, started

DJANGO = "tests.serve.django_project"
FRONT = "tests.serve.django_front"
THREADS = "--worker-class gthread --threads 4"
EVERYTHING = frozenset({CODINGS, DIGESTS, APPLICATION, MANIFEST, CHOICES})
OF_A_FOLDER = EVERYTHING - {MANIFEST, CHOICES}
OF_SOURCES = frozenset[str]()
# Without digests, a file stands under the path that its digest was put into.
PLAIN = {address(file.name): address(path) for path, file in site.FILES.items()}


class Kind(NamedTuple):
    """``start`` serves a published folder while its block lasts; ``part`` is that of tests.parts it needs."""

    start: Callable[[Path], AbstractContextManager[Server]]
    can: frozenset[str] = EVERYTHING
    part: str | None = None

    def cases(self) -> Iterator[Case]:
        """Yield the cases that can be asked of it."""
        for case in CASES:
            if case.needs <= self.can:
                yield case if DIGESTS in self.can else renamed(case, PLAIN)


def _wrapped(server: str, options: str = "", module: str = "tests.serve.apps") -> Kind:
    return Kind(partial(started, server, module=module, options=options))


def _configured(program: str, language: str) -> Kind:
    return Kind(partial(_with_our_configuration, program, language), OF_A_FOLDER, program)


@contextmanager
def _with_our_configuration(program: str, language: str, root: Path) -> Iterator[Server]:
    """Run a web server, before an application, with the configuration that we write for it."""
    render = import_module(f"stator.webserver.{language}").render
    with started("waitress", root, "tests.conformance.page") as behind:
        upstream = f"127.0.0.1:{behind.address[1]}"

        def configuration(port: int) -> str:
            policy = policy_of(
                Options(),
                site.MANIFEST,
                static_url="/static/",
                static_root=str(root),
                listen=f"127.0.0.1:{port}",
                upstream=upstream,
            )
            return str(render(policy))

        with web_server(program, configuration, root) as server:
            yield server


@contextmanager
def _in_development(root: Path) -> Iterator[Server]:
    sources = site.write_sources(root.parent / "project/static")
    port = free_port()
    command = [sys.executable, "-m", "django", "runserver", "--noreload", f"127.0.0.1:{port}"]
    project = {
        "DJANGO_SETTINGS_MODULE": "tests.conformance.development",
        "STATOR_TEST_SOURCES": str(sources),
    }
    listening = ("127.0.0.1", port)
    with running(command, listening, root.parent / f"runserver-{port}.log", **project) as process:
        yield Server(listening, process.pid, sources)


KINDS: dict[str, Kind] = {
    "gunicorn": _wrapped("gunicorn", THREADS),
    "granian, WSGI": _wrapped("granian"),
    "uvicorn": _wrapped("uvicorn"),
    "hypercorn": _wrapped("hypercorn"),
    "granian, ASGI": _wrapped("granian-asgi"),
    "Django, gunicorn": _wrapped("gunicorn", THREADS, DJANGO),
    "Django, uvicorn": _wrapped("uvicorn", module=DJANGO),
    "before Django, gunicorn": _wrapped("gunicorn", THREADS, FRONT),
    "before Django, uvicorn": _wrapped("uvicorn", module=FRONT),
    "nginx 1.22": _configured("nginx", "nginx"),
    "nginx 1.26": _configured("next nginx", "nginx"),
    "Caddy": _configured("caddy", "caddy"),
    "Apache": _configured("apache", "apache"),
    "runserver": Kind(_in_development, OF_SOURCES),
}
