"""A site on disk with all that a web server is told about: published files, uploads, files for the root."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from stator.config import Options, UploadRules
from stator.webserver import apache, caddy, nginx
from stator.webserver.policy import ServingPolicy, policy_of
from tests.conformance.web_servers import public_folder, web_server
from tests.serve.servers import Server, started
from tests.sites import write

RENDER = {"nginx": nginx.render, "caddy": caddy.render, "apache": apache.render}

FILES: dict[str, str | bytes] = {
    "static/css/app.css": "a{}",
    "static/css/app.0123456789ab.css": "a{}",
    "static/css/app.0123456789ab.css.gz": "coded",
    "static/data.tar.gz": "an archive",
    "static/drawing.svgz": "compressed",
    "static/name with ?.js": "1",
    "media/a.png": "a picture",
    "media/evil.svg": "<svg/>",
    "media/evil.js": "alert(1)",
    "media/folder/index.html": "a page",
    "media/.hidden": "secret",
    "media/invoices/1.pdf": "secret",
    "root/robots.txt": "User-agent: *",
    "root/.well-known/security.txt": "Contact: x",
    "root/.secret": "secret",
}
OPTIONS = Options(
    headers=(
        ("*", (("X-Site", '50% "off"'),)),
        ("css/app.css", (("X-Site", None), ("Link", "</x>; rel=preload"))),
        ("*.tar.gz", (("Cache-Control", "max-age=5"), ("Cross-Origin-Resource-Policy", None))),
    ),
    media=UploadRules(private=(("invoices/", "a.b"),)),
)


def policy(folder: Path, port: int, upstream: str) -> ServingPolicy:
    return policy_of(
        OPTIONS._replace(root_files=str(folder / "root")),
        None,
        static_url="/static/",
        static_root=str(folder / "static"),
        media_url="/media/",
        media_root=str(folder / "media"),
        listen=f"127.0.0.1:{port}",
        upstream=upstream,
    )


@contextmanager
def serving(name: str, render: Callable[[ServingPolicy], str] | None = None) -> Iterator[Server]:
    """Run a web server with what we write for the site, before an application that says who it is.

    ``render`` writes another configuration than that of a whole site.
    """
    write_policy = render or RENDER[name]
    with public_folder() as folder:
        write(folder, FILES)
        os.symlink(folder / "media" / "invoices" / "1.pdf", folder / "media" / "linked.pdf")
        with started("gunicorn", folder, "tests.webserver.application") as behind:
            upstream = "{}:{}".format(*behind.address)

            def configuration(port: int) -> str:
                return write_policy(policy(folder, port, upstream))

            with web_server(name, configuration, folder) as server:
                yield server
