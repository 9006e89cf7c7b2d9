"""The examples of ``--include`` in the documentation, word for word but for addresses, in real servers."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import pytest

from stator.django.verbs.serverconfig import SERVERS
from stator.webserver import nginx
from stator.webserver.policy import ServingPolicy
from tests.parts import TESTS
from tests.serve.http import parse
from tests.serve.servers import Server
from tests.webserver.policies import SMALL
from tests.webserver.sites import serving

DOCUMENTED = (TESTS.parent / "docs" / "webservers.md").read_text()


class Example(NamedTuple):
    """An example in the documentation: the language of its block, and what a test puts something else for.

    ``included`` is the file that it includes. ``shown`` is where it listens, and ``meant`` what stands there
    in a test, with ``{listen}`` for ``HOST:PORT`` and ``{port}``.
    """

    language: str
    included: str
    shown: str
    meant: str


EXAMPLES = {
    "nginx": Example("nginx", "/etc/nginx/stator.conf", "listen 80;", "listen {listen};"),
    "caddy": Example(
        "caddyfile", "/etc/caddy/stator.caddyfile", "shop.example.com", "http://shop.example.com:{port}"
    ),
    "apache": Example("apache", "/etc/apache2/stator.conf", "<VirtualHost *:80>", "<VirtualHost {listen}>"),
}
EVERY = [pytest.param(name, marks=pytest.mark.needs(name)) for name in EXAMPLES]


def documented(example: Example) -> str:
    (text,) = re.findall(rf"^```{example.language}\n(.+?)^```$", DOCUMENTED, re.MULTILINE | re.DOTALL)
    whole: str = text
    return whole.removeprefix("http {\n").removesuffix("}\n") if whole.startswith("http {") else whole


def site(name: str) -> Callable[[ServingPolicy], str]:
    """Return what writes the files that an example includes, and returns it with the addresses of a test."""
    example = EXAMPLES[name]

    def write(policy: ServingPolicy) -> str:
        file = Path(policy.static_root).parent / "stator.conf"
        for ending, text in SERVERS[name](policy, include=True).items():
            Path(f"{file}{ending}").write_text(text)
        port = policy.listen.rpartition(":")[2]
        return (
            documented(example)
            .replace(example.shown, example.meant.format(listen=policy.listen, port=port))
            .replace(example.included, str(file))
            .replace("127.0.0.1:8000", policy.upstream)
        )

    return write


def asked(server: Server, target: str, method: str = "GET") -> bytes:
    """Return what is answered to a request for the host of the example, with a body of three bytes."""
    fields = "Host: shop.example.com\r\nConnection: close\r\nContent-Length: 3"
    head = f"{method} {target} HTTP/1.1\r\n{fields}\r\n\r\n"
    return parse(server.wire(head.encode() + b"a=b"), method).body


@pytest.mark.parametrize("name", EVERY)
def test_an_example_works(name: str) -> None:
    with serving(name, site(name)) as server:
        assert asked(server, "/static/css/app.css") == b"a{}"
        assert asked(server, "/media/a.png") == b"a picture"
        for target in ("/", "/page", "/static/not-published.css"):
            told = f"application GET {target} shop.example.com http 127.0.0.1"
            assert asked(server, target) == told.encode()
        assert asked(server, "/page", "POST") == b"application POST /page shop.example.com http 127.0.0.1"


def test_the_comment_for_nginx_says_what_the_documentation_says() -> None:
    (location,) = re.findall(r"^ *(location / .+)$", documented(EXAMPLES["nginx"]), re.MULTILINE)
    assert f"\n# {location}\n" in nginx.render_include(SMALL)[1]


@pytest.mark.needs("nginx")
def test_a_location_that_does_not_say_the_host_tells_the_application_another() -> None:
    def bare(policy: ServingPolicy) -> str:
        text = site("nginx")(policy)
        return re.sub(r"location / .+", "location / { proxy_pass http://stator_application; }", text)

    with serving("nginx", bare) as server:
        assert b"stator_application" in asked(server, "/")


@pytest.mark.needs("caddy")
def test_a_handle_that_asks_the_application_has_the_import_in_it() -> None:
    def handled(policy: ServingPolicy, *, inside: bool) -> str:
        head, imported, proxied, end = site("caddy")(policy).splitlines()
        within = ["handle {", imported, proxied, "}"] if inside else [imported, "handle {", proxied, "}"]
        return "\n".join([head, *within, end])

    with serving("caddy", lambda policy: handled(policy, inside=True)) as server:
        assert asked(server, "/static/css/app.css") == b"a{}"
        assert asked(server, "/").startswith(b"application GET / shop.example.com")
    with serving("caddy", lambda policy: handled(policy, inside=False)) as server:
        assert asked(server, "/static/css/app.css").startswith(b"application")
