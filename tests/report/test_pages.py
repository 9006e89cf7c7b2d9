"""What pages ask for: templates as values, held against a release that was built for real."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import pytest

from stator.config import FrontendRules
from stator.diagnose.scan.pieces import Template
from stator.diagnose.scan.request import Asked, Kind, Request, Start
from stator.findings import Place
from stator.frontend import Entry, Frontend
from stator.manifest import Manifest, manifest_of
from stator.report.loading import loading_of
from stator.report.pages import Page, named_in, pages_of
from tests.diagnose.projects import USUAL, project

FILES = {"app.css": "a {}", "print.css": "@import 'app.css'", "app.js": "x", "shop/main.js": "y"}
ENTRY = Entry(scripts=("shop/main.js",), styles=("app.css",), legacy=("app.js",))


def template(
    name: str, *uses: str, file: str = "", language: str = "django", document: bool = True
) -> Template:
    return Template(name, language, file or name, uses=uses, document=document)


def piece(name: str, *uses: str, **chosen: str) -> Template:
    return template(name, *uses, **chosen, document=False)


def request(name: str, file: str, kind: Kind = Kind.TAG) -> Request:
    return Request(name, kind, Place(file, 1, 1))


class Site:
    """Pages of a site with ``FILES``, by name."""

    def __init__(self, folder: Path) -> None:
        self._project = project(folder, FILES)
        release = manifest_of(self._project.built.artifacts.values())
        self.manifest: Manifest = release._replace(frontends={"shop": Frontend({"main.js": ENTRY})})

    def pages(
        self, *templates: Template, entry: str | None = None, **asked: Iterable[object]
    ) -> dict[str, Page]:
        options = USUAL.options._replace(frontends=(FrontendRules("shop", "shop", entry=entry),))
        told = Asked(templates=templates, **{name: tuple(many) for name, many in asked.items()})
        seen = self._project._replace(asked=told, setup=USUAL._replace(options=options))
        found = pages_of(templates, named_in(seen, self.manifest), loading_of(self.manifest, {}))
        return {page.template.file: page for page in found}

    def page(self, *templates: Template, **asked: Iterable[object]) -> Page:
        return self.pages(*templates, **asked)[templates[0].file]


@pytest.fixture
def site(tmp_path: Path) -> Site:
    return Site(tmp_path)


def test_a_page_asks_for_what_its_pieces_name(site: Site) -> None:
    page = site.page(
        piece("book.html", "base.html"),
        template("base.html", "menu.html"),
        piece("menu.html"),
        piece("other.html"),
        requests=[
            request("print.css", "book.html"),
            request("app.js", "menu.html"),
            request("shop/main.js", "other.html"),
        ],
    )
    assert page.asks == ("app.js", "print.css")
    assert page.loads == ("app.css",)


def test_what_makes_no_document_is_no_page(site: Site) -> None:
    found = site.pages(piece("book.html", "base.html"), template("base.html"), piece("mail.txt"))
    assert list(found) == ["base.html", "book.html"]


def test_a_template_that_extends_its_own_name_means_the_next(site: Site) -> None:
    above = piece("base.html", "base.html", file="own/base.html")
    below = template("base.html", file="package/base.html")
    page = site.page(above, below, requests=[request("app.css", below.file)])
    assert page.asks == ("app.css",)


def test_a_template_behind_another_of_its_name_is_no_page(site: Site) -> None:
    first, second = template("base.html", file="own.html"), template("base.html", file="package.html")
    assert list(site.pages(first, second)) == ["own.html"]


def test_a_template_that_includes_itself_ends(site: Site) -> None:
    tree = template("tree.html", "tree.html")
    assert site.page(tree, requests=[request("app.css", "tree.html")]).asks == ("app.css",)


def test_each_language_has_its_own_names(site: Site) -> None:
    base = template("base.html", file="jinja2/base.html", language="jinja")
    page = site.page(
        template("book.html", "base.html"),
        base,
        template("base.html"),
        requests=[request("print.css", base.file), request("app.css", "base.html")],
    )
    assert page.asks == ("app.css",)


def test_a_template_that_nobody_has_brings_nothing(site: Site) -> None:
    assert site.page(template("book.html", "gone.html")).asks == ()


@pytest.mark.parametrize(
    ("name", "kind", "asks", "plain"),
    [
        ("app.css", Kind.TAG, ("app.css",), set()),
        ("app.css?v=2", Kind.TAG, ("app.css",), set()),
        ("/static/app.css", Kind.ADDRESS, ("app.css",), {"app.css"}),
        ("/media/app.css", Kind.ADDRESS, (), set()),
        ("img/", Kind.TAG, (), set()),
    ],
)
def test_names_and_addresses(
    site: Site, name: str, kind: Kind, asks: tuple[str, ...], plain: set[str]
) -> None:
    page = site.page(template("x.html"), requests=[request(name, "x.html", kind)])
    assert (page.asks, page.plain, page.missing) == (asks, plain, ())


def test_an_address_whose_plain_name_is_not_published_is_missing(site: Site) -> None:
    site.manifest = site.manifest._replace(plain=False)
    page = site.page(template("x.html"), requests=[request("/static/app.css", "x.html", Kind.ADDRESS)])
    assert (page.asks, page.missing) == ((), ("app.css",))


def test_a_name_that_the_release_lacks_is_missing(site: Site) -> None:
    page = site.page(
        template("x.html"), requests=[request("new.css", "x.html"), request("new.css", "x.html")]
    )
    assert page.missing == ("new.css",)


def test_what_a_link_leads_to_is_no_part_of_the_page(site: Site) -> None:
    linked = [request(name, "x.html")._replace(fetched=False) for name in ("app.css", "gone.pdf")]
    page = site.page(template("x.html"), requests=linked)
    assert (page.asks, page.missing) == ((), ("gone.pdf",))


def test_names_that_are_known_at_run_time_are_counted(site: Site) -> None:
    page = site.page(
        template("x.html", "", "part.html", "gone.html"),
        piece("part.html", ""),
        computed=[request("theme", "x.html"), request("theme", "views.py")],
    )
    assert page.unknown == 3


@pytest.mark.parametrize(
    ("entry", "setting", "asks"),
    [
        ("main.js", None, ("app.css", "shop/main.js")),
        ("", None, ("app.css", "shop/main.js")),
        ("", "main.js", ("app.css", "shop/main.js")),
        ("", "other.js", ()),
        ("other.js", None, ()),
        (None, "main.js", ()),
    ],
)
def test_an_entry_of_a_front_end(
    site: Site, entry: str | None, setting: str | None, asks: tuple[str, ...]
) -> None:
    start = Start("shop", entry, Place("x.html", 1), Place("x.html", 1))
    assert site.page(template("x.html"), starts=[start], entry=setting).asks == asks


def test_a_file_of_a_front_end_is_an_entry_too(site: Site) -> None:
    site.manifest = site.manifest._replace(frontends={})
    start = Start("shop", "main.js", Place("x.html", 1), Place("x.html", 1))
    assert site.page(template("x.html"), starts=[start]).asks == ("shop/main.js",)
