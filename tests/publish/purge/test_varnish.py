"""Purged is what a real cache no longer has.

A real Varnish, with the VCL that the documentation gives, stands before an origin. For a CDN a facade takes
what it would be sent, checks it as the CDN does, and asks Varnish for the same.
"""

from __future__ import annotations

import json
import os
import re
import shutil
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from http.client import HTTPConnection
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from stator.errors import EnvironmentFailed
from stator.publish.purge.carry import World, carry
from stator.publish.purge.order import Order, addresses, before, changes, order_of_changes
from stator.publish.purge.services import SERVICES
from tests.conformance.web_servers import _unprivileged, public_folder
from tests.parts import SBIN, TESTS
from tests.processes import free_port, running
from tests.publish.purge.listening import Answering, Asked, Reply, listening
from tests.publish.purge.rules import ENVIRON, EVERYTHING, SITE, TOKEN, order, rules_of
from tests.sites import Files, built, published, write

pytestmark = pytest.mark.needs("varnish")

HOST = urlsplit(SITE).netloc
NAMES = ["/static/a.css", "/static/a(b)+c.css", "/static/img/x.png", "/static/img/y.png", "/page"]
KEYS = {"/static/a.css": "css all", "/static/img/x.png": "img all", "/page": "page.x"}
VCL = """\
vcl 4.1;
backend default {{ .host = "127.0.0.1"; .port = "{port}"; }}
{documented}
"""


def documented() -> str:
    text = (TESTS.parent / "docs" / "purge.md").read_text()
    (vcl,) = re.findall(r"```vcl\n(.*?)```", text, re.DOTALL)
    return str(vcl)


class Cache:
    """A cache in front of an origin that counts what it is asked for."""

    def __init__(self, origin: str, asked: list[Asked]) -> None:
        self.origin = origin
        self._asked = asked

    def get(self, name: str, host: str = HOST, **fields: str) -> bool:
        """Ask for a name; return whether the origin had to be asked."""
        before = len(self._asked)
        self.request("GET", name, {"Host": host, **fields})
        return len(self._asked) > before

    def misses(self, *hosts: str) -> set[str]:
        return {name for name in NAMES for host in hosts or (HOST,) if self.get(name, host)}

    def request(self, method: str, target: str, fields: Mapping[str, str]) -> int:
        connection = HTTPConnection(urlsplit(self.origin).netloc, timeout=10)
        connection.request(method, target, headers=dict(fields))
        status = connection.getresponse().status
        connection.close()
        return status


def as_origin(asked: Asked) -> Reply:
    if asked.method != "GET":
        return Reply(b"", 405)
    fields = {"Cache-Control": "max-age=3600", "Vary": "Accept-Encoding"}
    if asked.target in KEYS:
        fields["Surrogate-Key"] = KEYS[asked.target]
    return Reply(b"content", 200, fields)


@contextmanager
def varnish(documented: str, answer: Answering = as_origin) -> Iterator[Cache]:
    own = free_port()
    with listening(answer) as origin, public_folder() as run:
        (run / "cdn.vcl").write_text(VCL.format(port=urlsplit(origin.origin).port, documented=documented))
        if os.geteuid() == 0:
            shutil.chown(run, "nobody", "nogroup")
        options = ["-j", "none", "-T", "none", "-s", "malloc,16m", "-p", "http_gzip_support=off"]
        places = ["-n", str(run / "w"), "-f", str(run / "cdn.vcl"), "-a", f"127.0.0.1:{own}"]
        command = [*_unprivileged(), f"{SBIN}/varnishd", "-F", *options, *places]
        with running(command, ("127.0.0.1", own), run / "output"):
            yield Cache(f"http://127.0.0.1:{own}", origin.asked)


@pytest.fixture(scope="module")
def running_cache() -> Iterator[Cache]:
    with varnish(documented()) as made:
        yield made


@pytest.fixture
def cache(running_cache: Cache) -> Cache:
    running_cache.misses()
    assert running_cache.misses() == set()
    return running_cache


def purge(
    service: str, url: str, wanted: Order, environ: Mapping[str, str] = ENVIRON, **more: object
) -> None:
    kind, rules = SERVICES[service], rules_of(service, url, **more)
    world = World(sleep=lambda _: None)
    carry(kind.requests(wanted, rules), kind, kind.sealing(rules, environ), world)


# --- facades


def cloudflare(asked: Asked, cache: Cache) -> Reply:
    def refusal(status: int, code: int, message: str) -> Reply:
        errors = [{"code": code, "message": message}]
        return Reply(json.dumps({"success": False, "errors": errors}).encode(), status)

    if asked.fields.get("authorization") != f"Bearer {TOKEN}":
        return refusal(403, 10000, "Authentication error")
    if asked.target != "/zones/zone1/purge_cache":
        return refusal(404, 7003, "Could not route to that zone")
    ((form, texts),) = json.loads(asked.body).items()
    if form == "purge_everything":
        cache.request("BAN", "/", {})
        return Reply(b'{"success":true}')
    if len(texts) > 100:
        return refusal(400, 1094, "Too many")
    for text in texts:
        if form == "files":
            address = urlsplit(text if isinstance(text, str) else text["url"])
            cache.request("PURGE", address.path, {"Host": address.netloc})
        elif form == "prefixes":
            host, _, path = text.partition("/")
            cache.request("BAN", "/", {"Host": host, "X-Ban-Prefix": f"/{path}"})
        else:
            cache.request("BAN", "/", {"X-Ban-Key": text})
    return Reply(b'{"success":true}')


def cloudfront(asked: Asked, cache: Cache) -> Reply:
    from xml.etree import ElementTree as ET

    def refusal(status: int, code: str) -> Reply:
        body = f"<ErrorResponse><Error><Code>{code}</Code><Message>No.</Message></Error></ErrorResponse>"
        return Reply(body.encode(), status)

    if "Credential=AKIDEXAMPLE/" not in asked.fields["authorization"]:
        return refusal(403, "InvalidClientTokenId")
    if asked.target != "/2020-05-31/distribution/E123/invalidation":
        return refusal(404, "NoSuchDistribution")
    batch = ET.fromstring(asked.body)
    paths = [path.text or "" for path in batch.iter() if path.tag.endswith("}Path")]
    if not all(path.startswith("/") for path in paths):
        return refusal(400, "InvalidArgument")
    for path in paths:
        if path.endswith("*"):
            cache.request("BAN", "/", {"Host": HOST, "X-Ban-Prefix": path.removesuffix("*")})
        else:
            cache.request("PURGE", path, {"Host": HOST})
    return Reply(b"<Invalidation><Id>1</Id></Invalidation>", 201)


def fastly(asked: Asked, cache: Cache) -> Reply:
    if asked.fields.get("fastly-key") != TOKEN:
        return Reply(b'{"msg":"Provided credentials are missing or invalid"}', 401)
    if asked.target == "/service/svc1/purge_all":
        cache.request("BAN", "/", {})
    elif asked.target == "/service/svc1/purge":
        for key in json.loads(asked.body)["surrogate_keys"]:
            cache.request("BAN", "/", {"X-Ban-Key": key})
    elif asked.target.startswith("/purge/"):
        host, _, path = asked.target.removeprefix("/purge/").partition("/")
        cache.request("PURGE", f"/{path}", {"Host": host})
    else:
        return Reply(b'{"msg":"Record not found"}', 404)
    return Reply(b'{"status":"ok"}')


FACADES: Mapping[str, Callable[[Asked, Cache], Reply]] = {
    "cloudflare": cloudflare,
    "cloudfront": cloudfront,
    "fastly": fastly,
}


@contextmanager
def at(service: str, cache: Cache) -> Iterator[str]:
    """Yield where a service listens: the cache itself, or the facade of a CDN before it."""
    if service not in FACADES:
        yield cache.origin
        return
    with listening(lambda asked: FACADES[service](asked, cache)) as listener:
        yield listener.origin


# --- what is seen


@pytest.mark.parametrize("service", SERVICES)
@pytest.mark.parametrize(
    ("wanted", "gone"),
    [
        (order(url=[f"{SITE}/static/a.css"]), {"/static/a.css"}),
        (order(url=[f"{SITE}/static/a.css", f"{SITE}/page"]), {"/static/a.css", "/page"}),
        (order(url=[f"{SITE}/static/nobody-asked-for-it.css"]), set()),
        (EVERYTHING, set(NAMES)),
    ],
    ids=["one", "several", "unknown", "everything"],
)
def test_what_is_purged_is_fetched_anew_and_nothing_else(
    service: str, wanted: Order, gone: set[str], cache: Cache
) -> None:
    with at(service, cache) as url:
        purge(service, url, wanted)
    assert cache.misses() == gone


@pytest.mark.parametrize("service", ["cloudflare", "cloudfront", "varnish"])
@pytest.mark.parametrize(
    ("prefix", "gone"),
    [
        ("/static/img/", {"/static/img/x.png", "/static/img/y.png"}),
        ("/static/a(b)+", {"/static/a(b)+c.css"}),
        ("/static/a.", {"/static/a.css"}),
        ("/tatic", set()),
    ],
)
def test_a_prefix_is_a_prefix_and_no_pattern(service: str, prefix: str, gone: set[str], cache: Cache) -> None:
    with at(service, cache) as url:
        purge(service, url, order(prefix=[f"{SITE}{prefix}"]))
    assert cache.misses() == gone


@pytest.mark.parametrize("service", ["cloudflare", "fastly", "varnish"])
@pytest.mark.parametrize(
    ("key", "gone"),
    [
        ("img", {"/static/img/x.png"}),
        ("all", {"/static/a.css", "/static/img/x.png"}),
        ("page.x", {"/page"}),
        ("pageyx", set()),
        ("page", set()),
        ("al", set()),
    ],
)
def test_a_key_is_a_whole_word(service: str, key: str, gone: set[str], cache: Cache) -> None:
    with at(service, cache) as url:
        purge(service, url, order(key=[key]))
    assert cache.misses() == gone


def test_all_forms_of_an_address_go(cache: Cache) -> None:
    for coding in ("gzip", "identity"):
        cache.get("/static/a.css", **{"Accept-Encoding": coding})
    purge("varnish", cache.origin, order(url=[f"{SITE}/static/a.css"]))
    assert cache.get("/static/a.css", **{"Accept-Encoding": "gzip"})
    assert cache.get("/static/a.css", **{"Accept-Encoding": "identity"})


@pytest.mark.parametrize("wanted", [order(url=[f"{SITE}/page"]), order(prefix=[f"{SITE}/"])])
def test_another_host_behind_the_same_cache_keeps_what_it_has(wanted: Order, cache: Cache) -> None:
    cache.misses("other.example.com")
    purge("varnish", cache.origin, wanted)
    assert cache.misses("other.example.com") == set()


FIRST: Files = {"a.css": "a{b:url(x.png)}", "x.png": "x", "same.js": "1", "old.js": "1"}
SECOND: Files = {"a.css": "a{b:url(x.png)}", "x.png": "other", "same.js": "1"}


@pytest.mark.parametrize("service", SERVICES)
def test_after_a_release_visitors_get_what_it_has(service: str, tmp_path: Path) -> None:
    """And a cache that was told of a new name too early, as in a rolling deploy, tells nobody any more."""
    root = tmp_path / "root"

    def serve(asked: Asked) -> Reply:
        file = root / asked.target.removeprefix("/static/")
        found = file.is_file()
        return Reply(
            file.read_bytes() if found else b"", 200 if found else 404, {"Cache-Control": "max-age=60"}
        )

    published(built(write(tmp_path / "1", FIRST)), root, keep=3, now=1)
    finished = built(write(tmp_path / "2", SECOND))
    asked_for = [*FIRST, *(artifact.name for artifact in finished.artifacts.values())]
    with varnish(documented(), serve) as cache, at(service, cache) as url:
        for name in asked_for:
            cache.get(f"/static/{name}")
        manifest = published(finished, root, keep=3, now=2).manifest
        assert manifest
        assert not any(cache.get(f"/static/{name}") for name in asked_for)
        found = addresses("/static/", (SITE,), by_path=False)
        purge(service, url, order_of_changes(changes(manifest, before(manifest)), [], found, "1"))
        gone = {name for name in asked_for if cache.get(f"/static/{name}")}
        digested = {manifest.paths[path] for path in ("a.css", "x.png")}
        assert gone == {"a.css", "x.png", "old.js"} | digested


WRONG: Mapping[str, Mapping[str, str]] = {
    "cloudflare": {"CDN_TOKEN": "wrong"},
    "fastly": {"CDN_TOKEN": "wrong"},
    "cloudfront": {"AWS_ACCESS_KEY_ID": "OTHER", "AWS_SECRET_ACCESS_KEY": "wrong"},
}


@pytest.mark.parametrize("service", FACADES)
def test_wrong_credentials_purge_nothing(service: str, cache: Cache) -> None:
    with at(service, cache) as url, pytest.raises(EnvironmentFailed, match=r": 40[13] ") as raised:
        purge(service, url, EVERYTHING, WRONG[service])
    assert "wrong" not in str(raised.value)
    assert cache.misses() == set()


@pytest.mark.parametrize(
    ("service", "elsewhere"),
    [
        ("cloudflare", {"ZONE": "zone2"}),
        ("cloudfront", {"DISTRIBUTION": "E999"}),
        ("fastly", {"SERVICE_ID": "svc2"}),
    ],
)
def test_a_wrong_zone_purges_nothing(service: str, elsewhere: dict[str, str], cache: Cache) -> None:
    with at(service, cache) as url, pytest.raises(EnvironmentFailed, match=": 404 "):
        purge(service, url, EVERYTHING, **elsewhere)
    assert cache.misses() == set()


def strangers() -> str:
    return documented().replace('"127.0.0.1"; ', "")


@pytest.mark.parametrize("vcl", ["", strangers()], ids=["knows no purge", "does not know us"])
@pytest.mark.parametrize("wanted", [order(url=[f"{SITE}/page"]), order(key=["k"]), EVERYTHING])
def test_a_cache_that_does_not_purge_for_us_is_told_of(vcl: str, wanted: Order) -> None:
    with (
        varnish(vcl) as other,
        pytest.raises(EnvironmentFailed, match="its VCL does not take this request from here"),
    ):
        purge("varnish", other.origin, wanted)
