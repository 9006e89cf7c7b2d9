"""A real nginx with deliberate faults: the first finding of a visit names each, and its mend mends it."""

from __future__ import annotations

import gzip
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from typing import NamedTuple

import pytest

from stator.config import Options
from stator.diagnose.visit.telling import INSIDE
from stator.findings import How, Mend
from stator.webserver import nginx as written
from stator.webserver.policy import policy_of
from tests.diagnose.visit.site import Site, found, nginx, published_site, site, varnish

pytestmark = [pytest.mark.needs("nginx"), pytest.mark.other_programs]


@pytest.fixture
def made() -> Iterator[Site]:
    with site() as made:
        yield made


class Fault(NamedTuple):
    """A part of the configuration with a fault in it, what is done to the site, and the finding's id."""

    id: str
    part: str = "more"
    text: str = ""
    done: Callable[[Site], object] = lambda made: None
    more: str = ""
    says: str = ""


def _stale_gzip(made: Site) -> None:
    form = made.file("css/app.css").with_name(made.file("css/app.css").name + ".gz")
    form.unlink()  # it is a hard link into the cache
    form.write_bytes(gzip.compress(b"an earlier version of it" * 100))


def _plain_names(made: Site) -> None:
    made.write_page(plain=True)


def _locked(path: str) -> Callable[[Site], object]:
    return lambda made: made.file(path).chmod(0o000)


FAULTS = {
    "a wrong alias": Fault("live-missing", "alias", 'alias "{root}/nowhere/";', says="the file is in "),
    "no types": Fault("live-type", "types", "types { }", says="text/plain"),
    "HTML for scripts": Fault(
        "live-html", "more", "try_files $uri /index.html;", lambda made: made.file("js/app.js").unlink()
    ),
    "immutable everywhere": Fault("live-wrongly-immutable", "kept", "expires max;", _plain_names),
    "no Vary": Fault("live-no-vary", "vary", "gzip_vary off;"),
    "stale gzip": Fault("live-stale-coding", done=_stale_gzip, says="gzip"),
    "a redirect to a login": Fault("live-redirect", "more", "return 302 /login/?next=$uri;", says="log in"),
    "a redirect to a slash": Fault(
        "live-redirect", "more", "rewrite ^(.*[^/])$ $1/ permanent;", says="slash"
    ),
    "a file that may not be read": Fault("live-missing", done=_locked("img/a.png"), says="403"),
    "a file of which only a form may be read": Fault(
        "live-missing", done=_locked("js/old.js"), says="without a coding"
    ),
    "a coding that is none": Fault("live-broken-coding", "more", "add_header Content-Encoding gzip;"),
    "no forms": Fault("live-not-compressed", "codings", "gzip off;"),
    "no long life": Fault("live-not-immutable", "kept", "expires 1h;"),
    "no nosniff": Fault("live-no-nosniff", "nosniff", ""),
    "no validators": Fault(
        "live-no-validator", "more", 'etag off; add_header Last-Modified "";', _plain_names
    ),
    "no 304": Fault("live-no-validator", "more", "etag off; if_modified_since off;", _plain_names),
}


@pytest.mark.parametrize("fault", FAULTS.values(), ids=FAULTS)
def test_it_is_named_first(made: Site, fault: Fault) -> None:
    fault.done(made)
    with nginx(made, made.configuration(**{fault.part: fault.text})):
        first, *_ = found(made.origin, made.knowledge())
    assert first.id == fault.id
    assert fault.says in first.message
    assert first.place.file.startswith(made.origin)
    assert first.place.line


def _inside(mend: Mend) -> str:
    return f"\n{mend.text.partition(INSIDE)[2]}\n"


def _before(mend: Mend) -> str:
    return mend.text.partition(INSIDE)[0]


MENDED = [
    "a wrong alias",
    "no types",
    "immutable everywhere",
    "no Vary",
    "no forms",
    "no long life",
    "no nosniff",
    "no validators",
    "no 304",
]


@pytest.mark.parametrize("name", MENDED)
def test_its_mend_mends_it(made: Site, name: str) -> None:
    fault = FAULTS[name]
    fault.done(made)
    with nginx(made, made.configuration(**{fault.part: fault.text})):
        mend = found(made.origin, made.knowledge())[0].mend
    assert mend
    assert mend.how is How.PASTE
    with nginx(made, made.configuration(**{fault.part: _inside(mend), "before": _before(mend)})):
        assert found(made.origin, made.knowledge()) == []


def test_missing_cors_is_named(made: Site) -> None:
    static_url = f"{made.origin}/static/"
    made.write_page(static_url)
    with nginx(made, made.configuration(cors="")):
        first, *_ = found(made.other_origin, made.knowledge(static_url))
    assert first.id == "live-no-cors"
    assert first.mend
    with nginx(made, made.configuration(cors=_inside(first.mend))):
        assert found(made.other_origin, made.knowledge(static_url)) == []


def test_an_old_manifest_is_named(made: Site) -> None:
    page = (made.folder / "pages" / "index.html").read_text()
    new = published_site(made.folder, {"js/old.js": "var changed;", "css/base.css": "b {}"})
    (made.folder / "pages" / "index.html").write_text(page)
    with nginx(new, new.configuration()):
        first, *_ = found(new.origin, new.knowledge())
    assert first.id == "live-other-release"
    assert "js/old.js" in first.message or "css/app.css" in first.message


@pytest.mark.needs("varnish")
def test_a_404_that_varnish_has_kept_is_named(made: Site) -> None:
    file = made.file("img/a.png")
    content = file.read_bytes()
    file.unlink()
    with nginx(made, made.configuration()), varnish(made.port) as origin:
        with pytest.raises(urllib.error.HTTPError) as refused:
            urllib.request.urlopen(f"{origin}/static/{made.manifest.paths['img/a.png']}")
        refused.value.close()
        file.write_bytes(content)
        first, *others = found(origin, made.knowledge())
    assert first.id == "live-cached-404"
    assert "varnish" in first.message.lower()
    assert "live-missing" not in [one.id for one in others]


@pytest.mark.needs("varnish")
def test_a_cache_that_passes_all_on_is_no_fault(made: Site) -> None:
    with nginx(made, made.configuration()), varnish(made.port) as origin:
        assert found(origin, made.knowledge()) == []


@pytest.mark.parametrize("plain", [False, True], ids=["digested", "plain"])
def test_nothing_is_said_of_a_site_that_is_right(made: Site, plain: bool) -> None:
    made.write_page(plain=plain)
    with nginx(made, made.configuration()):
        assert found(made.origin, made.knowledge()) == []


@pytest.mark.parametrize("plain", [False, True], ids=["digested", "plain"])
@pytest.mark.parametrize("crossed", [False, True], ids=["one origin", "two origins"])
def test_nothing_is_said_of_what_we_configure(made: Site, plain: bool, crossed: bool) -> None:
    static_url = f"{made.origin}/static/" if crossed else "/static/"
    made.write_page(static_url, plain=plain)
    policy = policy_of(
        Options(),
        made.manifest,
        static_url=static_url,
        static_root=str(made.root),
        listen=f"127.0.0.1:{made.port}",
        upstream=f"127.0.0.1:{made.other_port}",
    )
    served = f"root {made.folder}/pages; types {{ text/html html; }}"
    pages = f"server {{ listen 127.0.0.1:{made.other_port}; {served} }}"
    with nginx(made, f"{written.render(policy)}\n{pages}"):
        page = made.other_origin if crossed else made.origin
        assert found(page, made.knowledge(static_url)) == []
