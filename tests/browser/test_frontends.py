"""The front ends of the example site in a real browser: published, and while they are developed."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from tests.browser.example import Example, developed, digested_once
from tests.browser.visit import Visit

pytestmark = [
    pytest.mark.needs("chromium"),
    pytest.mark.needs("node"),
    pytest.mark.other_programs,
]

# While developing, React asks for the books twice and breaks the first off; who leaves a page, its events.
BROKEN_OFF = re.compile(r"/api/books/$|/__stator__/events\?")
ABORTED = "net::ERR_ABORTED"
DIGEST = re.compile(r"\.[0-9a-f]{12}(?=\.\w+$)")
VERSION = re.compile(r"[tv]=\w+|import")  # in a query of Vite's; all else there makes it another module
# What starts a front end, in a page as it is sent: what scripts put into it later is their own business.
STARTS = re.compile(
    r"<(?:script|link)\b[^>]*/static/(?:planner|seats|loans|welcome)/[^>]*\.(?:js|css)\b[^>]*>"
)
WIDTH = "image => image.decode().then(() => image.naturalWidth)"
REBUILT = 20_000  # milliseconds until a tool that watches must have done its work
STYLE = "(element, name) => getComputedStyle(element)[name]"


class Page(Visit):
    """A page with the scripts that run in it: the address of each, as often as it was compiled."""

    def __init__(self, page: Any, site: str) -> None:
        super().__init__(page)
        self.site = site
        self.is_loaded_again = False  # by live reload, which breaks off whatever is asked for meanwhile
        self.scripts: list[str] = []
        page.on("requestfailed", self.excuse)
        debugger = page.context.new_cdp_session(page)
        debugger.on("Debugger.scriptParsed", lambda script: self.scripts.append(script["url"]))
        debugger.send("Debugger.enable")

    def excuse(self, request: Any) -> None:
        if request.failure == ABORTED and (self.is_loaded_again or BROKEN_OFF.search(request.url)):
            self.complaints.remove(f"failed: {request.url}")

    def forget(self) -> None:
        for heard in (self.responses, self.complaints, self.scripts):
            heard.clear()

    def goto(self, path: str) -> None:
        self.scripts.clear()
        self.page.goto(self.site + path)

    def style(self, selector: str, name: str) -> str:
        return str(self.page.locator(selector).first.evaluate(STYLE, name))

    def names(self) -> list[str]:
        """The names of the static files that were asked for."""
        return [one.url.partition("/static/")[2].partition("?")[0] for one in self.static()]

    def unproven(self) -> list[str]:
        """What starts a front end and has no integrity."""
        starting = STARTS.findall(self.responses[0].text())
        assert starting
        return [tag for tag in starting if 'integrity="sha' not in tag]

    def ran_twice(self) -> list[str]:
        return more_than_once(url for url in self.scripts if "/static/" in url)


def more_than_once(urls: Iterable[str]) -> list[str]:
    """Return the modules that are there by several addresses, which digests and versions tell apart."""
    return [module for module, times in Counter(map(_module, urls)).items() if times > 1]


def _module(url: str) -> str:
    path, _, query = url.partition("?")
    telling = [part for part in query.split("&") if part and not VERSION.fullmatch(part)]
    return "?".join(filter(None, [DIGEST.sub("", path), "&".join(telling)]))


@pytest.mark.parametrize(
    ("urls", "twice"),
    [
        (["/static/a.js", "/static/a.0123456789ab.js"], ["/static/a.js"]),
        (["/static/a.js", "/static/a.js?t=17"], ["/static/a.js"]),
        (["/static/react.js?v=1a", "/static/react.js?t=17&v=1a"], ["/static/react.js"]),
        (["/static/a.js", "/static/b.js"], []),
        (["/static/a.vue", "/static/a.vue?vue&type=style&index=0&lang.css"], []),
        (["/static/main-YDlxgRyH.js", "/static/main-B3nD-U8c.js"], []),
    ],
)
def test_the_instrument_knows_a_module_by_any_of_its_addresses(urls: list[str], twice: list[str]) -> None:
    assert more_than_once(urls) == twice


@contextmanager
def edited(source: Path, before: str, after: str) -> Iterator[None]:
    """Put one text of a source in place of another while the block lasts."""
    text = source.read_text()
    assert text.count(before) == 1
    source.write_text(text.replace(before, after))
    try:
        yield
    finally:
        source.write_text(text)


@pytest.fixture(scope="module")
def workshop(example: Example, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Example]:
    with developed(tmp_path_factory.mktemp("workshop"), example) as running:
        yield running


@pytest.fixture(params=["published", "developed"])
def mode(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def page(mode: str, request: pytest.FixtureRequest, browser: Any) -> Iterator[Page]:
    """A page of the site: nothing on it may complain, be refused or run twice.

    Where the site is published, every name has one digest, and what starts a front end its integrity.
    """
    site = request.getfixturevalue("example" if mode == "published" else "workshop")
    context = browser.new_context(color_scheme="light", viewport={"width": 1200, "height": 900})
    page = Page(context.new_page(), f"http://{site.host}")
    yield page
    if mode == "published":
        assert [name for name in page.names() if not digested_once(name)] == []
        assert page.unproven() == []
    context.close()
    assert page.complaints == []
    assert page.refused() == []
    assert page.ran_twice() == []


class TestTheyWork:
    def test_routes_state_and_a_chunk_that_is_loaded_when_asked_for(self, page: Page) -> None:
        page.goto("/planner/")
        page.page.get_by_role("link", name="Choose", exact=True).click()
        assert page.page.url.endswith("/planner/choose")
        page.page.get_by_label("Middlemarch").check()
        assert not [one for one in page.responses if "Calendar" in one.url]
        page.page.get_by_role("link", name="Calendar", exact=True).click()
        page.page.get_by_role("heading", name="30 days").wait_for()
        assert page.page.locator(".planner header img").evaluate(WIDTH) > 0
        assert [one for one in page.responses if "Calendar" in one.url]
        assert page.style(".calendar .row", "display") == "grid"

    def test_a_link_into_the_middle_of_an_application(self, page: Page) -> None:
        page.goto("/planner/calendar")
        page.page.get_by_text("A plan without books needs no calendar.").wait_for()
        page.page.get_by_role("link", name="Plan", exact=True).click()
        assert page.page.url.endswith("/planner/")

    def test_an_application_with_a_page_of_its_own(self, page: Page) -> None:
        page.goto("/kiosk/choose")
        page.page.get_by_label("Middlemarch").wait_for()
        assert page.style("body", "backgroundColor") == "rgb(250, 246, 238)"  # by a style sheet of the site

    def test_components_with_style_of_their_own(self, page: Page) -> None:
        page.goto("/seats/")
        page.page.get_by_label("A socket").check()
        page.page.get_by_text("4 of 22 seats").wait_for()
        page.page.get_by_role("button", name="B2").click()
        page.page.get_by_role("heading", name="Seat B2").wait_for()
        assert page.style(".room", "display") == "grid"
        assert page.style(".seat-card", "borderLeftWidth") == "3px"

    def test_chunks_and_pictures_that_are_found_beside_the_script(self, page: Page) -> None:
        from playwright.sync_api import expect

        page.goto("/desk/")
        assert page.style("#year", "gridAutoFlow") == "column"
        page.page.locator("#year button").nth(200).click()
        mark = page.page.locator(".day-mark")
        assert mark.evaluate(WIDTH) > 0
        expect(mark).to_have_css("vertical-align", "-2.4px")

    def test_classes_that_templates_use(self, page: Page) -> None:
        page.goto("/welcome/")
        link = page.page.get_by_role("link", name="Plan your reading")
        assert link.evaluate(STYLE, "backgroundColor") == "rgb(47, 93, 80)"  # the accent of the house
        assert page.style("main > .grid", "display") == "grid"


@pytest.mark.parametrize("mode", ["developed"], indirect=True)
class TestEdited:
    """Each test edits a source and puts it back; what it edits no other test looks at."""

    def test_a_component_of_react_keeps_its_state(self, page: Page, workshop: Example) -> None:
        page.goto("/planner/choose")
        page.page.get_by_role("searchbox").fill("moby")
        page.page.evaluate("window.same = true")
        source = workshop.folder / "frontends/react/src/Choice.tsx"
        with edited(source, "What would you like to read?", "What shall it be?"):
            page.page.get_by_role("heading", name="What shall it be?").wait_for()
            assert page.page.get_by_role("searchbox").input_value() == "moby"
            assert page.page.evaluate("window.same")
        page.page.get_by_role("heading", name="What would you like to read?").wait_for()
        page.scripts.clear()  # what was edited has run once more, as it should

    def test_a_component_of_vue_keeps_its_state(self, page: Page, workshop: Example) -> None:
        page.goto("/seats/")
        page.page.get_by_label("A socket").check()
        page.page.evaluate("window.same = true")
        source = workshop.folder / "frontends/vue/src/SeatMap.vue"
        with edited(source, "What should it have?", "What is it to have?"):
            page.page.get_by_text("What is it to have?").wait_for()
            assert page.page.get_by_label("A socket").is_checked()
            assert page.page.evaluate("window.same")
        page.page.get_by_text("What should it have?").wait_for()
        page.scripts.clear()

    @pytest.mark.parametrize(
        ("path", "selector", "source", "before", "after"),
        [
            ("/desk/", "#year", "frontends/webpack/src/year.css", "gap: 2px", "gap: 3px"),
            (
                "/welcome/",
                "main > .grid",
                "visit/templates/visit/welcome.html",
                '"grid gap-10',
                '"grid gap-[3px]',
            ),
        ],
        ids=["webpack", "tailwind"],
    )
    def test_what_is_only_watched_loads_the_page_again(
        self, page: Page, workshop: Example, path: str, selector: str, source: str, before: str, after: str
    ) -> None:
        from playwright.sync_api import expect

        page.goto(path)
        page.is_loaded_again = True
        with edited(workshop.folder / source, before, after):
            expect(page.page.locator(selector)).to_have_css("row-gap", "3px", timeout=REBUILT)
        expect(page.page.locator(selector)).not_to_have_css("row-gap", "3px", timeout=REBUILT)
        page.forget()  # a page in between may have asked for what the tool was just replacing
