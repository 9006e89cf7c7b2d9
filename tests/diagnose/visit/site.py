"""A small site, published for real, and served by a real nginx, as it should be or with a fault."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from stator.cache import Cache
from stator.config import NO_MINIFY, Options
from stator.diagnose.visit.knowledge import Knowledge
from stator.diagnose.visit.visiting import visit
from stator.findings import Finding, Level
from stator.manifest import Manifest
from tests.conformance.web_servers import PROGRAMS, _command, _unprivileged, public_folder
from tests.parts import SBIN
from tests.processes import free_port, running
from tests.sites import Files, built, published, write

OPTIONS = Options(minify=NO_MINIFY)
MANY = "/* many words, so that there is something to compress */\n" * 40
SOURCES: Files = {
    "css/app.css": f'{MANY}@import "base.css"; @font-face {{ src: url("../fonts/text.woff2") }}',
    "css/base.css": f"{MANY}body {{ background: url(../img/dot.svg) }}",
    "js/app.js": f'{MANY}import {{ b }} from "./b.js"; console.log(b);',
    "js/b.js": f"{MANY}export const b = 1;",
    "js/old.js": f"{MANY}var old = 1;",
    "fonts/text.woff2": b"wOF2" + bytes(range(256)),
    "img/dot.svg": f'<svg xmlns="http://www.w3.org/2000/svg"><!--{MANY}--></svg>',
    "img/a.png": b"\x89PNG\r\n\x1a\n" + bytes(range(200)),
}
PAGE = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>Shop</title>
<link rel="stylesheet" href="{css}">
<link rel="icon" href="{png}">
<script src="{old}"></script>
<script type="module" src="{js}"></script>
</head><body><img src="{png}" alt="a"></body></html>
"""
ASKED = {"css": "css/app.css", "js": "js/app.js", "old": "js/old.js", "png": "img/a.png"}

# A site as people write it by hand. A fault is another text for one of its parts.
BY_HAND = """\
map $uri $kept {{
    default "no-cache";
    "~[.][0-9a-f]{{12}}[.]" "public, max-age=31536000, immutable";
}}
{before}
server {{
    listen 127.0.0.1:{port};
    listen 127.0.0.1:{other_port};
    location /static/ {{
        {alias}
        {types}
        {codings}
        {vary}
        {cors}
        {nosniff}
        {kept}
        {more}
    }}
    location / {{
        root {pages};
    }}
}}
"""
RIGHT = {
    "alias": 'alias "{root}/";',
    "types": "include /etc/nginx/mime.types;",
    "codings": "gzip_static on;",
    "vary": "gzip_vary on;",
    "cors": 'add_header Access-Control-Allow-Origin "*";',
    "nosniff": 'add_header X-Content-Type-Options "nosniff";',
    "kept": "add_header Cache-Control $kept;",
    "more": "",
    "before": "",
}
# A cache that keeps all it is given, errors too.
VCL = """\
vcl 4.1;
backend default {{ .host = "127.0.0.1"; .port = "{port}"; }}
sub vcl_backend_response {{ set beresp.ttl = 300s; }}
"""


@dataclass(frozen=True)
class Site:
    """A published site, the ports that it will listen on, and the parts of its configuration."""

    folder: Path
    manifest: Manifest
    port: int = field(default_factory=free_port)
    other_port: int = field(default_factory=free_port)

    @property
    def root(self) -> Path:
        return self.folder / "static"

    @property
    def origin(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def other_origin(self) -> str:
        return f"http://127.0.0.1:{self.other_port}"

    def file(self, path: str) -> Path:
        """Return where a file is published under its digested name."""
        return self.root / self.manifest.paths[path]

    def write_page(self, static_url: str = "/static/", *, plain: bool = False) -> None:
        """Write the page as an application renders it with this manifest."""
        names = {
            key: static_url + (path if plain else self.manifest.paths[path]) for key, path in ASKED.items()
        }
        write(self.folder, {"pages/index.html": PAGE.format(**names)})

    def configuration(self, **parts: str) -> str:
        told = {name: text.replace("{root}", str(self.root)) for name, text in {**RIGHT, **parts}.items()}
        ports = {"port": self.port, "other_port": self.other_port}
        return BY_HAND.format(pages=self.folder / "pages", **ports, **told)

    def knowledge(self, static_url: str = "/static/") -> Knowledge:
        files = [file for file in self.root.rglob("*") if file.is_file()]
        sizes = {str(file.relative_to(self.root)): file.stat().st_size for file in files}
        names = frozenset(SOURCES)
        known = Knowledge(static_url, "/media/", str(self.root), self.manifest, sizes, names)
        return known._replace(precompresses=True)


def published_site(folder: Path, changed: Files | None = None) -> Site:
    """Publish the site into a folder in which nothing of an earlier release stays, and write its page."""
    shutil.rmtree(folder / "static", ignore_errors=True)
    sources = write(folder / "sources", {**SOURCES, **(changed or {})})
    finished = built(sources, options=OPTIONS, cache=Cache(str(folder / "cache")))
    assert not finished.failed, finished.findings
    manifest = published(finished, folder / "static").manifest
    assert manifest
    made = Site(folder, manifest)
    made.write_page()
    return made


@contextmanager
def site() -> Iterator[Site]:
    with public_folder() as folder:
        yield published_site(folder)


@contextmanager
def nginx(made: Site, configuration: str) -> Iterator[None]:
    """Serve the site with a configuration that listens on its port."""
    with public_folder() as run:
        command = [*_unprivileged(), *_command(PROGRAMS["nginx"], run, configuration, made.port)]
        if os.geteuid() == 0:
            shutil.chown(run, "nobody", "nogroup")
        with running(command, ("127.0.0.1", made.port), run / "output"):
            yield


@contextmanager
def varnish(port: int) -> Iterator[str]:
    """Run Varnish before a server that listens on ``port``; yield its origin."""
    own = free_port()
    with public_folder() as run:
        (run / "site.vcl").write_text(VCL.format(port=port))
        if os.geteuid() == 0:
            shutil.chown(run, "nobody", "nogroup")
        options = ["-j", "none", "-T", "none", "-s", "malloc,16m", "-p", "http_gzip_support=off"]
        places = ["-n", str(run / "w"), "-f", str(run / "site.vcl"), "-a", f"127.0.0.1:{own}"]
        command = [*_unprivileged(), f"{SBIN}/varnishd", "-F", *options, *places]
        with running(command, ("127.0.0.1", own), run / "output"):
            yield f"http://127.0.0.1:{own}"


def found(url: str, knowledge: Knowledge) -> list[Finding]:
    """Return what a visit finds, as the doctor tells it: the worst first."""
    return sorted(visit([url], knowledge).findings, key=lambda finding: list(Level).index(finding.level))
