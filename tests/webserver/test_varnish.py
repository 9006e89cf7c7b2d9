"""What is written for Varnish: word for word, as Varnish reads it, and in a real one before two origins.

The *site* negotiates codings itself, as a web server does. The *store* has an object for each form, as a
bucket has; it is a stand-in that says what stores say: 403 for what is missing, and keys as user metadata.
"""

from __future__ import annotations

import gzip
import itertools
import os
import re
import shutil
import socket
import subprocess
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple
from urllib.parse import unquote, urlsplit

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from stator.config import CODINGS, Options
from stator.errors import ConfigError
from stator.fields import IMMUTABLE, REVALIDATE
from stator.manifest import NAME
from stator.paths import CODING_SUFFIXES
from stator.publish.purge.carry import World, carry
from stator.publish.purge.order import Order
from stator.publish.purge.services import SERVICES
from stator.serve.negotiation import choose
from stator.webserver import varnish
from stator.webserver.policy import ServingPolicy, policy_of
from tests.conformance.web_servers import _unprivileged, public_folder
from tests.parts import SBIN, TESTS
from tests.processes import free_port, running, wait_until
from tests.publish.purge.listening import Asked, Listener, Reply, listening
from tests.publish.purge.rules import EVERYTHING, SITE, order, rules_of
from tests.serve.http import Answer, parse, request_of, wire
from tests.webserver.policies import MANIFEST, POLICIES, SMALL

pytestmark = pytest.mark.other_programs

HOST = urlsplit(SITE).netloc
STORE = varnish.origin_of("http://127.0.0.1:8333/assets/st%20atic")
needs_varnish = pytest.mark.needs("varnish")


# --- what is written


def complaint(text: str, folder: Path) -> str:
    """Return what Varnish says against a configuration, empty if it takes it."""
    file = folder / "site.vcl"
    file.write_text(text)
    command = [f"{SBIN}/varnishd", "-j", "none", "-C", "-n", str(folder / "w"), "-f", str(file)]
    said = subprocess.run(command, capture_output=True, text=True, check=False, errors="replace")
    return "" if said.returncode == 0 else said.stderr


RENDER: Mapping[str, Callable[[ServingPolicy], str]] = {
    "site": varnish.render,
    "store": lambda policy: varnish.render(policy, origin=STORE, purgers=["10.0.0.0/24", "::1"]),
}


@needs_varnish
@pytest.mark.parametrize("policy", POLICIES)
@pytest.mark.parametrize("render", RENDER.values(), ids=RENDER)
def test_varnish_takes_it(render: Callable[[ServingPolicy], str], policy: str, tmp_path: Path) -> None:
    assert complaint(render(POLICIES[policy]), tmp_path) == ""


@needs_varnish
def test_a_file_of_ones_own_can_include_it(tmp_path: Path) -> None:
    (tmp_path / "stator.vcl").write_text(varnish.render(SMALL))
    own = f'vcl 4.1;\ninclude "{tmp_path}/stator.vcl";\nsub vcl_deliver {{ set resp.http.X-Own = "1"; }}\n'
    assert complaint(own, tmp_path) == ""


@needs_varnish
def test_varnish_has_room_for_many_names(tmp_path: Path) -> None:
    many = tuple(f"build/chunk-{number:05}.js" for number in range(3000))
    assert complaint(varnish.render(SMALL._replace(undigested=many)), tmp_path) == ""


HOSTILE = st.text(st.sampled_from("\"'`\\${}[]();#%*?^~|!<>&@ \t\n\r\x00éa."), min_size=1, max_size=12)


@needs_varnish
@settings(max_examples=15, deadline=None)
@given(prefix=HOSTILE, names=st.lists(HOSTILE, max_size=3), pattern=HOSTILE, value=HOSTILE)
def test_no_value_is_taken_for_something_else(
    prefix: str, names: list[str], pattern: str, value: str
) -> None:
    try:
        policy = policy_of(Options(), MANIFEST, static_url=f"/{prefix}/", static_root="/srv/static")
        rules = ((pattern, (("X-A", value),)),)
        text = varnish.render(
            policy._replace(undigested=tuple(names), lookalikes=tuple(names), rules=rules), origin=STORE
        )
    except ConfigError:
        return
    with public_folder() as folder:
        assert complaint(text, folder) == ""


@pytest.mark.parametrize(
    ("url", "wanted"),
    [
        ("http://store", ("store", 80, "/")),
        ("http://127.0.0.1:8333/assets/static/", ("127.0.0.1", 8333, "/assets/static/")),
        ("http://[::1]:8333/a%20b", ("[::1]", 8333, "/a b/")),
    ],
)
def test_a_store_is_told_by_its_address(url: str, wanted: tuple[str, int, str]) -> None:
    assert varnish.origin_of(url) == wanted


@pytest.mark.parametrize(
    "url",
    [
        *("", "store", "store:80", "ftp://store/", "http://", "http://store:port/", "http://a b/"),
        *("http://user@store/", "http://store/?a", "http://store/#a", "http://store//a", "http://s/%0a"),
        *("http://store:0/", "http://store:65536/"),
    ],
)
def test_what_is_no_address_of_a_store_is_refused(url: str) -> None:
    with pytest.raises(ConfigError, match="is no address of a store"):
        varnish.origin_of(url)


def test_a_store_by_https_needs_a_proxy() -> None:
    with pytest.raises(ConfigError, match="speaks no HTTPS") as raised:
        varnish.origin_of("https://bucket.s3.amazonaws.com/")
    assert "docs/cdn.md" in raised.value.hint


@pytest.mark.parametrize("purger", ["", "everybody", "10.0.0.1/24", '"; }', "10.0.0.0/33"])
def test_who_is_no_network_cannot_purge(purger: str) -> None:
    with pytest.raises(ConfigError, match="Nobody can purge from"):
        varnish.render(SMALL, purgers=[purger])


def test_purgers_are_addresses_and_networks() -> None:
    text = varnish.render(SMALL, purgers=["10.0.0.7", "10.1.0.0/16", "fd00::/8"])
    assert '"10.0.0.7";\n    "10.1.0.0"/16;\n    "fd00::"/8;\n' in text


def test_without_codings_a_store_is_asked_for_no_forms() -> None:
    assert '".zst"' not in RENDER["store"](SMALL._replace(codings=()))
    assert '".zst"' in RENDER["store"](SMALL)


def test_it_purges_as_the_documentation_says() -> None:
    """There it is for configurations of people's own: there is one truth."""
    text = (TESTS.parent / "docs" / "purge.md").read_text()
    (documented,) = re.findall(r"```vcl\n(.*?)```", text, re.DOTALL)
    bodies = re.findall(r"^sub \w+ \{\n(.*?)^\}", documented, re.DOTALL | re.MULTILINE)
    assert len(bodies) == 3
    written = " ".join(varnish.render(SMALL).split())
    assert all(" ".join(body.split()) in written for body in bodies)


# --- what it does


class Cache:
    """A Varnish before an origin that counts what it is asked for."""

    def __init__(self, port: int, proxied_port: int, origin: Listener) -> None:
        self.port = port
        self.proxied_port = proxied_port
        self.url = f"http://127.0.0.1:{port}"
        self.asked = origin.asked

    def get(self, target: str, method: str = "GET", host: str = HOST, **fields: str) -> Answer:
        named = {name.replace("_", "-"): value for name, value in fields.items()}
        request = request_of(target, method, named).replace(b"Host: 127.0.0.1", f"Host: {host}".encode())
        return parse(wire(("127.0.0.1", self.port), request), method)

    def asks(self, target: str, host: str = HOST, **fields: str) -> list[Asked]:
        """Return what the origin is asked when Varnish is asked for this."""
        before = len(self.asked)
        self.get(target, host=host, **fields)
        return self.asked[before:]

    def purge(self, wanted: Order) -> None:
        kind = SERVICES["varnish"]
        rules = rules_of("varnish", self.url)
        carry(kind.requests(wanted, rules), kind, kind.sealing(rules, {}), World(sleep=lambda _: None))


class Origin:
    """An origin whose files a test can change, and that can be ill."""

    def __init__(self) -> None:
        self.host = ""
        self.files: dict[str, Reply] = {}
        self.missing = Reply(b"missing", 404)
        self.trouble = ""  # "ill" for errors, "gone" for no answer at all

    def answer(self, asked: Asked) -> Reply:
        if self.trouble == "gone":
            raise ConnectionResetError
        if self.trouble:
            return Reply(b"ill", 503)
        found = self.files.get(unquote(asked.target), self.missing)
        etag = found.fields.get("ETag")
        if etag and asked.fields.get("if-none-match") == etag:
            return Reply(b"", 304, found.fields)
        return found


class Running(NamedTuple):
    cache: Cache
    origin: Origin


@contextmanager
def running_varnish(
    render: Callable[[ServingPolicy, varnish.Origin], str], policy: ServingPolicy = SMALL
) -> Iterator[Running]:
    port, proxied_port, made = free_port(), free_port(), Origin()
    with listening(made.answer) as listener, public_folder() as run:
        address = varnish.origin_of(f"{listener.origin}/assets/static/")
        made.host = upstream = f"127.0.0.1:{address.port}"
        (run / "site.vcl").write_text(render(policy._replace(upstream=upstream), address))
        if os.geteuid() == 0:
            shutil.chown(run, "nobody", "nogroup")
        options = ["-j", "none", "-T", "none", "-s", "malloc,16m", "-p", "http_gzip_support=off"]
        places = ["-n", str(run / "w"), "-f", str(run / "site.vcl"), "-a", f"127.0.0.1:{port}"]
        places += ["-a", f"127.0.0.1:{proxied_port},PROXY"]
        command = [*_unprivileged(), f"{SBIN}/varnishd", "-F", *options, *places]
        with running(command, ("127.0.0.1", port), run / "output"):
            yield Running(Cache(port, proxied_port, listener), made)


RULES = (
    ("*.pdf", (("X-Site", '50% "off"'), ("Content-Disposition", "inline"))),
    ("fonts/*", (("X-Content-Type-Options", None),)),
    ("css/app.css", (("Link", "</x.woff2>; rel=preload"), ("Cache-Control", "max-age=1"))),
)


@pytest.fixture(scope="module")
def started_site() -> Iterator[Running]:
    with running_varnish(lambda policy, _: varnish.render(policy)) as made:
        yield made


@pytest.fixture(scope="module")
def started_store() -> Iterator[Running]:
    def render(policy: ServingPolicy, origin: varnish.Origin) -> str:
        return varnish.render(policy, origin=origin)

    with running_varnish(render, SMALL._replace(rules=RULES, own_forms=("own.json.gz",))) as made:
        yield made


def emptied(made: Running) -> Running:
    made.origin.files.clear()
    made.origin.trouble = ""
    made.origin.missing = Reply(b"missing", 404)
    made.cache.purge(EVERYTHING)
    return made


@pytest.fixture
def site(started_site: Running) -> Running:
    return emptied(started_site)


@pytest.fixture
def store(started_store: Running) -> Running:
    emptied(started_store).origin.missing = Reply(b"<Error><Bucket>secret</Bucket></Error>", 403)
    return started_store


DIGESTED = "app.0123456789ab.css"
LASTING = "lasting.0123456789ab.css"  # Varnish may still be asking for it when the next test begins
FOREVER = {"Cache-Control": IMMUTABLE, "ETag": '"1"', "Content-Type": "text/css; charset=utf-8"}
AGAIN = {**FOREVER, "Cache-Control": REVALIDATE}


def coded(coding: str) -> bytes:
    """Return what stands for the bytes of a form; Varnish looks into those of gzip."""
    return gzip.compress(b"gzip", mtime=0) if coding == "gzip" else coding.encode()


def put(origin: Origin, name: str, fields: Mapping[str, str] = FOREVER, *codings: str) -> None:
    """Put a file into a store with its forms, each of which says what it is."""
    said = {**fields, "x-amz-meta-surrogate-key": "files of-mine", "x-amz-request-id": "1"}
    origin.files[f"/assets/static/{name}"] = Reply(b"identity", 200, {**said, "ETag": f'"{name}"'})
    for coding in codings:
        form = {**said, "Content-Encoding": coding, "ETag": f'"{name}-{coding}"'}
        origin.files[f"/assets/static/{name}{CODING_SUFFIXES[coding]}"] = Reply(coded(coding), 200, form)


# --- before a web server or the application


def static(origin: Origin, name: str, fields: Mapping[str, str], body: bytes = b"0123456789") -> str:
    """Give the site a file; return the address that it has."""
    origin.files[f"/static/{name}"] = Reply(body, 200, fields)
    return f"/static/{name}"


@needs_varnish
@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_a_digested_name_is_asked_for_once(method: str, site: Running) -> None:
    address = static(site.origin, DIGESTED, FOREVER)
    assert len(site.cache.asks(address)) == 1
    for _ in range(2):
        answer = site.cache.get(address, method)
        assert (answer.status, answer["cache-control"], answer["etag"]) == (200, IMMUTABLE, '"1"')
    assert site.cache.asks(address) == []


@needs_varnish
@pytest.mark.parametrize(
    ("behind", "fields"),
    [
        ("?v=3", {}),
        ("?", {}),
        ("", {"cookie": "session=1"}),
        ("", {"host": HOST.upper()}),
        ("", {"cache_control": "no-cache"}),
        ("", {"x_stator": "plain"}),
    ],
)
def test_neither_cookies_nor_a_query_make_another_file(
    behind: str, fields: dict[str, str], site: Running
) -> None:
    address = static(site.origin, DIGESTED, {**FOREVER, "Set-Cookie": "a=1"})
    (asked,) = site.cache.asks(f"{address}{behind}", **fields)
    assert asked.target == address
    assert "cookie" not in asked.fields
    assert site.cache.get(address)["set-cookie"] is None
    assert site.cache.asks(f"{address}{behind}", **fields) == []


@needs_varnish
def test_a_plain_name_is_asked_for_again_by_its_etag(site: Running) -> None:
    address = static(site.origin, "app.css", AGAIN)
    assert site.cache.get(address)["cache-control"] == REVALIDATE
    asked = asked_again(site.cache, address)
    assert [one.fields["if-none-match"] for one in asked] == ['"1"']
    assert site.cache.get(address).body == b"0123456789"


def asked_again(cache: Cache, address: str, **fields: str) -> list[Asked]:
    """Return what the origin is asked as soon as it is asked again."""
    asked: list[Asked] = []

    def is_asked() -> bool:
        asked.extend(cache.asks(address, **fields))
        return bool(asked)

    wait_until(is_asked, "the origin is asked again")
    return asked


@needs_varnish
def test_a_plain_name_that_changes_is_seen(site: Running) -> None:
    address = static(site.origin, "app.css", AGAIN, b"old")
    assert site.cache.get(address).body == b"old"
    static(site.origin, "app.css", {**AGAIN, "ETag": '"2"'}, b"new")
    wait_until(lambda: site.cache.get(address).body == b"new", "the new bytes are seen")


@needs_varnish
@pytest.mark.parametrize(
    ("fields", "status", "body"),
    [
        ({"range": "bytes=2-4"}, 206, b"234"),
        ({"range": "bytes=-3"}, 206, b"789"),
        ({"range": "bytes=90-"}, 416, None),
        ({"range": "bytes=2-4", "if_range": '"other"'}, 200, b"0123456789"),
        ({"if_none_match": '"1"'}, 304, b""),
    ],
)
@pytest.mark.parametrize("is_known", [False, True], ids=["miss", "hit"])
def test_parts_and_conditions(
    fields: dict[str, str], status: int, body: bytes | None, is_known: bool, site: Running
) -> None:
    address = static(site.origin, DIGESTED, FOREVER)
    if is_known:
        site.cache.get(address)
    answer = site.cache.get(address, **fields)
    assert answer.status == status
    assert body in (None, answer.body)


@needs_varnish
@pytest.mark.parametrize(
    ("name", "said"),
    [
        (DIGESTED, {}),
        ("app.css", {"Cache-Control": "max-age=3600"}),
        (DIGESTED, {"Cache-Control": "no-store"}),
    ],
)
def test_what_is_missing_is_soon_seen_when_it_comes(name: str, said: dict[str, str], site: Running) -> None:
    site.origin.missing = Reply(b"missing", 404, said)
    assert site.cache.get(f"/static/{name}").status == 404
    address = static(site.origin, name, FOREVER)
    if said == {"Cache-Control": "no-store"}:
        assert site.cache.get(address).status == 200
    wait_until(lambda: site.cache.get(address).status == 200, "it is seen")


@needs_varnish
@pytest.mark.parametrize("trouble", ["ill", "gone"])
def test_a_file_that_never_changes_outlives_its_origin(trouble: str, site: Running) -> None:
    short = {**FOREVER, "Cache-Control": "max-age=1"}
    address, plain = static(site.origin, LASTING, short), static(site.origin, "lasting.css", short)
    assert [site.cache.get(one).status for one in (address, plain)] == [200, 200]
    site.origin.trouble = trouble
    wait_until(lambda: site.cache.get(plain).status == 503, "what can change is no longer fresh")
    assert all(site.cache.get(address).body == b"0123456789" for _ in range(5))


@needs_varnish
@pytest.mark.parametrize(
    ("wanted", "gone"),
    [
        (order(url=[f"{SITE}/static/{DIGESTED}"]), {"digested"}),
        (order(prefix=[f"{SITE}/static/"]), {"digested", "other"}),
        (order(prefix=[f"{SITE}/static/o"]), {"other"}),
        (order(key=["of-mine"]), {"other"}),
        (order(key=["of"]), set()),
        (order(url=["https://other.example/static/"]), set()),
        (EVERYTHING, {"digested", "other", "page"}),
    ],
)
def test_what_is_purged_is_asked_for_again(wanted: Order, gone: set[str], site: Running) -> None:
    other = {**FOREVER, "Surrogate-Key": "files of-mine"}
    page = Reply(b"page", 200, {"Cache-Control": "s-maxage=60"})
    site.origin.files["/page"] = page
    addresses = {
        "digested": static(site.origin, DIGESTED, FOREVER),
        "other": static(site.origin, "other.css", {**other, "Cache-Control": "max-age=60"}),
        "page": "/page",
    }
    for address in addresses.values():
        site.cache.get(address)
    assert site.cache.get(addresses["other"])["surrogate-key"] is None
    site.cache.purge(wanted)
    assert {name for name, address in addresses.items() if site.cache.asks(address)} == gone


@needs_varnish
@pytest.mark.parametrize("method", ["PURGE", "BAN"])
def test_nobody_purges_through_a_proxy(method: str, site: Running) -> None:
    address = static(site.origin, DIGESTED, FOREVER)
    site.cache.get(address)
    assert site.cache.get(address, method, x_forwarded_for="203.0.113.9").status == 403
    assert site.cache.asks(address) == []


ACCEPTED = {  # as it comes, and as the origin is asked
    "": None,
    "identity": None,
    "br": "br",
    "gzip, deflate, br, zstd": "br, zstd;q=0.9, gzip;q=0.8",
    "gzip, deflate, br": "br, gzip;q=0.9",
    "gzip;q=1.0, br;q=0.5": "gzip, br;q=0.9",
    "x-gzip": "gzip",
    "GZIP": "gzip",
    "gzip ; q=0.5 , br ; q=0.501": "br, gzip;q=0.9",
    "*": "br, zstd;q=0.9, gzip;q=0.8",
    "*;q=0.3, zstd": "zstd, br;q=0.9, gzip;q=0.8",
    "br;q=0, *": "zstd, gzip;q=0.9",
    "br;q=0, gzip;q=0": None,
    "gzip;q=0.4, identity;q=0.5": None,
    "gzip, identity;q=0": "gzip, identity;q=0",
    "*;q=0": "identity;q=0",
    "br;q=2, gzip;q=.5": None,
    "brotli, gzipped": None,
    "gzip;q=0, gzip": "gzip",
}


@needs_varnish
@pytest.mark.parametrize("said", ACCEPTED)
@pytest.mark.parametrize("address", [f"/static/{DIGESTED}", "/page"])
def test_the_origin_is_asked_for_codings_in_few_spellings(said: str, address: str, site: Running) -> None:
    (asked,) = site.cache.asks(address, accept_encoding=said)
    assert asked.fields.get("accept-encoding") == ACCEPTED[said]


@needs_varnish
def test_each_form_is_kept(site: Running) -> None:
    for coding in ("br", "gzip"):
        varied = {**FOREVER, "Vary": "Accept-Encoding", "Content-Encoding": coding, "ETag": f'"{coding}"'}
        address = static(site.origin, DIGESTED, varied, coded(coding))
        assert site.cache.get(address, accept_encoding=coding).body == coded(coding)
    for coding in ("br", "gzip"):
        answer = site.cache.get(address, accept_encoding=f"{coding}, deflate")
        assert (answer.body, answer["vary"]) == (coded(coding), "Accept-Encoding")
        assert (answer["content-encoding"], answer["etag"]) == (coding, f'"{coding}"')
    site.cache.purge(order(url=[f"{SITE}{address}"]))
    assert all(site.cache.asks(address, accept_encoding=coding) for coding in ("br", "gzip"))


@needs_varnish
@pytest.mark.parametrize(
    ("fields", "asked_again"),
    [
        ({}, True),
        ({"Cache-Control": "s-maxage=60"}, False),
        ({"Cache-Control": "private, max-age=60"}, True),
        ({"Cache-Control": "max-age=60", "Set-Cookie": "a=1"}, True),
    ],
)
def test_a_page_is_kept_only_if_it_says_so(fields: dict[str, str], asked_again: bool, site: Running) -> None:
    site.origin.files["/page?a=1"] = Reply(b"page", 200, fields)
    site.cache.get("/page?a=1")
    assert bool(site.cache.asks("/page?a=1")) is asked_again
    assert site.cache.asks("/page?a=1", cookie="session=1")


@needs_varnish
@pytest.mark.parametrize("method", ["POST"])
def test_other_methods_are_the_origins(method: str, site: Running) -> None:
    for address in ("/page?a=1", "/static/route?a=1"):
        site.origin.files[address] = Reply(b"done", 200, FOREVER)
        before = len(site.cache.asked)
        answer = site.cache.get(address, method, content_length="0", cookie="session=1")
        assert answer.body == b"done"
        assert [one.fields["cookie"] for one in site.cache.asked[before:]] == ["session=1"]


@needs_varnish
@pytest.mark.parametrize("said", [None, "https", "http"])
def test_https_that_ended_before_is_told_by_a_neighbour(said: str | None, site: Running) -> None:
    fields = {"x_forwarded_proto": said} if said else {}
    (asked,) = site.cache.asks("/page", **fields)
    assert asked.fields["x-forwarded-proto"] == (said or "http")


@needs_varnish
@pytest.mark.parametrize("is_tls", [False, True])
def test_https_that_ended_before_is_told_by_the_proxy_protocol(is_tls: bool, site: Running) -> None:
    """As hitch speaks it, which ends HTTPS before Varnish."""
    tls = b"\x20\x00\x05\x01\x00\x00\x00\x00" if is_tls else b""
    addresses = socket.inet_aton("203.0.113.9") + socket.inet_aton("127.0.0.1") + b"\x10\x00\x01\xbb"
    length = len(addresses + tls).to_bytes(2, "big")
    head = b"\r\n\r\n\x00\r\nQUIT\n\x21\x11" + length + addresses + tls
    request = request_of("/page", fields={"X-Forwarded-Proto": "https"})
    wire(("127.0.0.1", site.cache.proxied_port), head + request)
    assert site.cache.asked[-1].fields["x-forwarded-proto"] == ("https" if is_tls else "http")
    assert site.cache.asked[-1].fields["x-forwarded-for"] == "203.0.113.9"


@needs_varnish
def test_a_web_socket_is_handed_through(site: Running) -> None:
    (asked,) = site.cache.asks("/socket", upgrade="websocket")
    assert asked.fields["upgrade"] == "websocket"


@needs_varnish
def test_the_origin_is_not_told_of_names_twice(site: Running) -> None:
    (asked,) = site.cache.asks(f"/static/{DIGESTED}")
    assert "x-stator-name" not in asked.fields


HIDDEN = (
    NAME,
    "staticfiles.00112233445566aa.json",
    ".stator/inventory",
    "%2Estator/lock",
    "a/../b",
    "a%2f.b",
)
UNCLEAR = ("a%", "a%2", "a%zz", "a%0ab", "a%00", "a%7F")


@needs_varnish
@pytest.mark.parametrize("name", [*HIDDEN, *UNCLEAR])
def test_what_is_nobodys_to_read_is_not_asked_for(name: str, site: Running) -> None:
    assert site.cache.asks(f"/static/{name}") == []
    answer = site.cache.get(f"/static/{name}")
    assert (answer.status, answer["cache-control"], answer.body) == (404, "no-store", b"404 Not Found")


@needs_varnish
@pytest.mark.parametrize("said", ["/a(b)%20c/", "/a%28b%29%20c/", "/a%28b)%20c/"])
def test_a_prefix_may_come_escaped_or_not(said: str) -> None:
    def render(policy: ServingPolicy, origin: varnish.Origin) -> str:
        return varnish.render(policy._replace(static_prefix="/a(b) c/"), origin=origin)

    with running_varnish(render) as made:
        put(made.origin, "x.0123456789ab.png")
        assert made.cache.get(f"{said}x.0123456789ab.png").body == b"identity"


# --- before a store


FORMS = [forms for size in range(4) for forms in itertools.combinations(CODINGS, size)]


@needs_varnish
@pytest.mark.parametrize("forms", FORMS, ids="+".join)
@pytest.mark.parametrize("said", [None, *ACCEPTED])
def test_a_client_gets_the_form_that_it_likes_best(
    said: str | None, forms: tuple[str, ...], store: Running
) -> None:
    put(store.origin, DIGESTED, FOREVER, *forms)
    wanted = choose([*forms, "identity"], said)
    fields = {} if said is None else {"accept_encoding": said}
    for _ in range(2):
        answer = store.cache.get(f"/static/{DIGESTED}", **fields)
        if wanted is None:
            assert (answer.status, answer["cache-control"]) == (406, "no-store")
            continue
        assert (answer.status, answer.body) == (200, coded(wanted))
        assert answer["content-encoding"] == (None if wanted == "identity" else wanted)
        assert (answer["vary"], answer["cache-control"]) == ("Accept-Encoding", IMMUTABLE)
    if wanted:
        assert store.cache.asks(f"/static/{DIGESTED}", **fields) == []


ELEMENT = st.tuples(
    st.sampled_from([*CODINGS, "identity", "*", "x-gzip", "deflate"]),
    st.sampled_from(["", "", ";q=0", ";q=1", ";q=0.5", ";q=0.25", "; q=0.001", ";q=0.50"]),
).map("".join)


@needs_varnish
@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    said=st.lists(ELEMENT, max_size=5, unique_by=lambda one: one.partition(";")[0].removeprefix("x-")).map(
        ", ".join
    ),
    forms=st.sampled_from(FORMS),
)
def test_weights_are_those_of_our_own_server(said: str, forms: tuple[str, ...], store: Running) -> None:
    name = f"{'-'.join(forms) or 'none'}.0123456789ab.css"
    put(store.origin, name, FOREVER, *forms)
    answer = store.cache.get(f"/static/{name}", accept_encoding=said)
    wanted = choose([*forms, "identity"], said)
    assert (answer.status, answer.body) == (200, coded(wanted)) if wanted else answer.status == 406


@needs_varnish
def test_forms_are_asked_for_until_there_is_one(store: Running) -> None:
    put(store.origin, DIGESTED, FOREVER, "gzip")
    fields = {"origin": "https://a.b", "cookie": "a=1", "authorization": "Basic eDp5"}
    asked = store.cache.asks(f"/static/{DIGESTED}?v=1", accept_encoding="gzip, br, zstd", **fields)
    assert [one.target for one in asked] == [
        f"/assets/static/{DIGESTED}{end}" for end in (".br", ".zst", ".gz")
    ]
    assert [one.fields["accept-encoding"] for one in asked] == ["br", "zstd", "gzip"]
    assert {one.fields["host"] for one in asked} == {store.origin.host}
    assert not any(fields.keys() & one.fields.keys() for one in asked)
    assert store.cache.asks(f"/static/{DIGESTED}", accept_encoding="br, zstd, gzip") == []


@needs_varnish
def test_a_file_of_a_kind_that_has_no_forms_is_asked_for_once(store: Running) -> None:
    put(store.origin, "x.0123456789ab.png")
    (asked,) = store.cache.asks("/static/x.0123456789ab.png", accept_encoding="br")
    assert asked.target == "/assets/static/x.0123456789ab.png"
    answer = store.cache.get("/static/x.0123456789ab.png", accept_encoding="gzip")
    assert (answer.status, answer["vary"]) == (200, None)
    assert len(store.cache.asked) == store.cache.asked.index(asked) + 1
    assert store.cache.get("/static/x.0123456789ab.png", accept_encoding="identity;q=0").status == 406


@needs_varnish
def test_a_file_that_is_called_as_a_form_is_none(store: Running) -> None:
    put(store.origin, "own.json", AGAIN)
    put(store.origin, "own.json.gz", AGAIN)
    answer = store.cache.get("/static/own.json", accept_encoding="gzip")
    assert (answer.body, answer["content-encoding"], answer["etag"]) == (b"identity", None, '"own.json"')


@needs_varnish
@pytest.mark.parametrize("name", [DIGESTED, "app.css"])
def test_a_store_tells_visitors_nothing_but_what_we_say(name: str, store: Running) -> None:
    said = {
        "access-control-allow-origin": "*",
        "cross-origin-resource-policy": "cross-origin",
        "x-content-type-options": "nosniff",
        "content-type": "text/css; charset=utf-8",
        "cache-control": IMMUTABLE,
        "content-encoding": "br",
        "vary": "Accept-Encoding",
        "content-length": "2",
        "accept-ranges": "bytes",
        "etag": f'"{name}-br"',
        "connection": "close",
    }
    put(store.origin, name, FOREVER, "br")
    of_the_way = {"server", "date", "age", "via", "x-varnish"}
    for _ in range(2):
        answer = store.cache.get(f"/static/{name}", accept_encoding="br", origin="https://a.b")
        assert {field: value for field, value in answer.headers if field not in of_the_way} == said


@needs_varnish
@pytest.mark.parametrize(
    ("name", "field", "value"),
    [
        ("a/b.pdf", "x-site", '50% "off"'),
        ("a/b.0123456789ab.pdf", "x-site", '50% "off"'),
        ("a/b.css", "x-site", None),
        ("a/b.pdf", "content-disposition", None),
        ("fonts/a.woff2", "x-content-type-options", None),
        ("other/fonts/a.woff2", "x-content-type-options", "nosniff"),
        ("css/app.css", "link", "</x.woff2>; rel=preload"),
        ("css/app.0123456789ab.css", "link", "</x.woff2>; rel=preload"),
        ("css/app%2Ecss", "link", "</x.woff2>; rel=preload"),
        ("css/app.css", "cache-control", IMMUTABLE),
    ],
)
def test_fields_that_a_store_cannot_keep_are_said(
    name: str, field: str, value: str | None, store: Running
) -> None:
    put(store.origin, unquote(name))
    assert store.cache.get(f"/static/{name}")[field] == value


@needs_varnish
@pytest.mark.parametrize("status", [400, 403, 404, 500, 503])
def test_what_a_store_says_of_errors_stays_with_it(status: int, store: Running) -> None:
    store.origin.missing = Reply(b"<Error><Bucket>secret</Bucket></Error>", status, {"ETag": '"error"'})
    answer = store.cache.get(f"/static/{DIGESTED}", accept_encoding="br")
    wanted = (404, b"404 Not Found") if status < 500 else (503, b"503 Service Unavailable")
    assert (answer.status, answer.body) == wanted
    assert (answer["cache-control"], answer["etag"]) == ("no-store", None)
    put(store.origin, DIGESTED, FOREVER, "br")
    wait_until(
        lambda: store.cache.get(f"/static/{DIGESTED}", accept_encoding="br").body == b"br", "it is seen"
    )


@needs_varnish
def test_a_plain_name_in_a_store_is_asked_for_again_by_the_etag_of_its_form(store: Running) -> None:
    put(store.origin, "app.css", AGAIN, "zstd")
    fields = {"accept_encoding": "br, zstd"}
    assert store.cache.get("/static/app.css", **fields).body == b"zstd"
    asked = asked_again(store.cache, "/static/app.css", **fields)
    assert [one.target[-4:] for one in asked] == ["s.br", ".zst"]
    assert {one.fields["if-none-match"] for one in asked} == {'"app.css-zstd"'}
    answer = store.cache.get("/static/app.css", **fields)
    assert (answer.body, answer["content-encoding"]) == (b"zstd", "zstd")
    put(store.origin, "app.css", {**AGAIN}, "br")
    wait_until(lambda: store.cache.get("/static/app.css", **fields).body == b"br", "the new form is seen")


@needs_varnish
@pytest.mark.parametrize(
    "wanted",
    [
        order(url=[f"{SITE}/static/app.css"]),
        order(prefix=[f"{SITE}/static/app"]),
        order(key=["of-mine"]),
        EVERYTHING,
    ],
)
def test_all_forms_of_what_is_purged_go(wanted: Order, store: Running) -> None:
    put(store.origin, "app.css", FOREVER, *CODINGS)
    every = [*CODINGS, "identity"]
    for coding in every:
        store.cache.get("/static/app.css", accept_encoding=coding)
    assert not any(store.cache.asks("/static/app.css", accept_encoding=coding) for coding in every)
    store.cache.purge(wanted)
    assert all(store.cache.asks("/static/app.css", accept_encoding=coding) for coding in every)


@needs_varnish
@pytest.mark.parametrize("trouble", ["ill", "gone"])
def test_a_file_outlives_its_store(trouble: str, store: Running) -> None:
    put(store.origin, LASTING, {**FOREVER, "Cache-Control": "max-age=1"}, "br")
    assert store.cache.get(f"/static/{LASTING}", accept_encoding="br").body == b"br"
    store.origin.trouble = trouble
    assert asked_again(store.cache, f"/static/{LASTING}", accept_encoding="br")
    for _ in range(5):
        assert store.cache.get(f"/static/{LASTING}", accept_encoding="br").body == b"br"


@needs_varnish
@pytest.mark.parametrize(
    ("method", "status"), [("OPTIONS", 204), ("POST", 405), ("PUT", 405), ("DELETE", 405)]
)
def test_a_store_is_asked_for_files_only(method: str, status: int, store: Running) -> None:
    before = len(store.cache.asked)
    answer = store.cache.get("/static/app.css", method, content_length="0")
    assert (answer.status, answer["allow"]) == (status, "GET, HEAD, OPTIONS")
    assert answer["access-control-allow-origin"] == ("*" if status == 204 else None)
    assert len(store.cache.asked) == before


@needs_varnish
@pytest.mark.parametrize("name", [*HIDDEN, *UNCLEAR])
def test_what_a_store_has_for_nobody_stays_there(name: str, store: Running) -> None:
    put(store.origin, unquote(name))
    assert store.cache.asks(f"/static/{name}") == []
    assert store.cache.get(f"/static/{name}").status == 404


@needs_varnish
def test_pages_are_the_applications(store: Running) -> None:
    store.origin.files["/page?a=1"] = Reply(b"page")
    (asked,) = store.cache.asks("/page?a=1", cookie="session=1")
    assert (asked.target, asked.fields["host"], asked.fields["cookie"]) == ("/page?a=1", HOST, "session=1")
