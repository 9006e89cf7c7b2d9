"""A web server with the configuration that Stator writes, in front of an application."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path

from stator.config import Options
from stator.manifest import NAME
from stator.manifest_text import from_json
from stator.webserver.policy import policy_of
from tests.conformance.web_servers import web_server
from tests.serve.servers import started


@contextmanager
def behind(
    program: str, language: str, static: Path, module: str = "", *, media: Path, upstream: str = ""
) -> Iterator[str]:
    """Serve the folders while the block lasts; yield the address.

    All else is the application's that listens at ``upstream``, or without one, of ``module``.
    """
    if not upstream:
        with (
            started("waitress", static, module) as application,
            behind(
                program, language, static, media=media, upstream="{}:{}".format(*application.address)
            ) as address,
        ):
            yield address
        return
    manifest = static / NAME
    known = from_json(manifest.read_bytes()) if manifest.exists() else None

    def configuration(port: int) -> str:
        policy = policy_of(
            Options(),
            known,
            static_url="/static/",
            static_root=str(static),
            media_url="/media/",
            media_root=str(media),
            listen=f"127.0.0.1:{port}",
            upstream=upstream,
        )
        return str(import_module(f"stator.webserver.{language}").render(policy))

    with web_server(program, configuration, static) as server:
        yield "http://{}:{}".format(*server.address)
