"""The tutorial, from ``startproject`` to the deployed site: done literally, and seen in a browser."""

from __future__ import annotations

import io
import re
import urllib.request
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

import pytest

from tests.browser.visit import Visit
from tests.browsers import browser
from tests.conformance.web_servers import public_folder
from tests.docs.pages import DOCS, Block, blocks
from tests.docs.walking import Walk
from tests.processes import wait_until

__all__ = ["browser"]

pytestmark = [
    pytest.mark.other_programs,
    pytest.mark.needs("chromium"),
    pytest.mark.needs("nginx"),
    pytest.mark.needs("node"),
]

STATIONS = (
    "1-sources",
    "2-development",
    "3-media",
    "4-collecting",
    "5-version-control",
    "6-production",
    "7-cdn",
    "8-frontends",
    "9-admin-theme",
    "10-docker",
    "11-troubleshooting",
)
NOT_RUN = {
    "docker compose up --build --wait": "make containers builds and runs such images (tests/containers/real)",
    "docker compose exec app python manage.py migrate": "in a container of those",
}
EVENTS = "/__stator__/events"  # what live reload listens to fails whenever a page is left
DIGESTED = re.compile(r"\.[0-9a-f]{12}\.|/assets/\w+-[\w-]{8}\.")  # by us, or by Vite
CHANGED = 30_000  # milliseconds until an edit that does not show is a failure
GREEN, PURPLE, SIENNA = "rgb(47, 111, 94)", "rgb(122, 59, 93)", "rgb(160, 82, 45)"


class Reader:
    """Who follows the tutorial: has a shell, and a browser with one page open."""

    visit: Visit

    def __init__(self, walk: Walk, browser: Any) -> None:
        self.walk = walk
        self._context = browser.new_context()

    def open(self, path: str = "/", port: int = 8000) -> Any:
        """Open a page, which stays open until it is left."""
        self.visit = Visit(self._context.new_page())
        self.visit.page.goto(self.walk.address(port) + path, wait_until="networkidle")
        return self.visit.page

    def leave(self) -> None:
        """Close the page, which got all that it asked for, and had nothing to say on the console.

        Before its server ends: it would wait for that to come back.
        """
        complaints = [one for one in self.visit.complaints if EVENTS not in one]
        assert (complaints, self.visit.refused()) == ([], [])
        self.visit.page.close()


class Look(NamedTuple):
    """What a reader does in the browser once a block is done: the first one with ``after`` in it."""

    station: str
    after: str
    do: Callable[[Reader], None]


def sees_the_list_and_searches(reader: Reader) -> None:
    from playwright.sync_api import expect

    page = reader.open()
    expect(page.locator("h1")).to_have_css("color", GREEN)
    expect(page.locator(".books li")).to_have_count(3)
    page.get_by_label("Search").press_sequentially("wald")
    expect(page.locator(".books li")).to_have_text(["Walden, Henry David Thoreau"])


def sees_the_colour_change_by_itself(reader: Reader) -> None:
    from playwright.sync_api import expect

    page = reader.visit.page
    expect(page.locator("h1")).to_have_css("color", PURPLE, timeout=CHANGED)
    expect(page.get_by_label("Search")).to_have_value("wald")
    reader.leave()


def uploads_a_cover(reader: Reader) -> None:
    from PIL import Image
    from playwright.sync_api import expect

    picture = io.BytesIO()
    Image.new("RGB", (30, 40), "tan").save(picture, "PNG")
    page = reader.open("/add/")
    page.get_by_label("Title").fill("Persuasion")
    page.get_by_label("Author").fill("Jane Austen")
    page.get_by_label("Cover").set_input_files(
        {"name": "persuasion.png", "mimeType": "image/png", "buffer": picture.getvalue()}
    )
    page.get_by_role("button", name="Add").click()
    expect(page.locator(".books li")).to_have_count(4)
    expect(page.locator(".books img")).to_have_js_property("naturalWidth", 30)
    reader.leave()


def sees_digested_names(reader: Reader) -> None:
    reader.open()
    assert all(DIGESTED.search(one.url) for one in reader.visit.static())
    reader.leave()


def sees_the_same_through_nginx(reader: Reader) -> None:
    reader.open(port=8080)
    assert all(DIGESTED.search(one.url) for one in reader.visit.static())
    assert all("nginx" in one.headers["server"] for one in reader.visit.static())
    reader.leave()


def sees_files_of_the_cdn(reader: Reader) -> None:
    page = reader.open(port=8080)
    assert page.locator("h1").get_attribute("title") == "4 books"  # so the modules ran
    assert {one.url.partition("/static/")[0] for one in reader.visit.static()} == {
        f"http://127.0.0.2:{reader.walk.ports[8081]}"
    }
    reader.leave()


def counts_pages(reader: Reader) -> None:
    from playwright.sync_api import expect

    static = f"{reader.walk.address()}/static"
    wait_until(lambda: answers(f"{static}/goal/@vite/client"), "Vite answers")
    wait_until(lambda: answers(f"{static}/style/site.css"), "Tailwind has written")
    page = reader.open()
    page.locator("button.goal").click()
    page.locator("button.goal").click()
    expect(page.locator("button.goal")).to_have_text("20 pages today")


def sees_the_component_change_and_keep_its_state(reader: Reader) -> None:
    from playwright.sync_api import expect

    button = reader.visit.page.locator("button.goal")
    expect(button).to_have_text("20 pages read today", timeout=CHANGED)
    reader.leave()
    reader.walk.stop(8000)  # Ctrl-C


def signs_in_to_the_admin(reader: Reader) -> None:
    from playwright.sync_api import expect

    page = reader.open("/admin/")
    page.get_by_label("Username").fill("reader")
    page.get_by_label("Password").fill("long-enough-for-a-tutorial")
    page.get_by_role("button", name="Log in").click()
    expect(page.locator("#site-name")).to_contain_text("Reading list")
    expect(page.locator("#header")).to_have_css("background-color", PURPLE)
    reader.leave()


def sees_all_of_it(reader: Reader) -> None:
    from playwright.sync_api import expect

    page = reader.open(port=8080)
    expect(page.locator("h1")).to_have_css("color", SIENNA)
    expect(page.locator(".books img")).to_have_js_property("naturalWidth", 30)
    expect(page.locator(".books img")).not_to_have_css("box-shadow", "none")  # by Tailwind
    page.locator("button.goal").click()
    expect(page.locator("button.goal")).to_have_text("10 pages read today")
    reader.leave()
    for path in ("/add/", "/admin/", "/admin/books/book/"):
        reader.open(path, 8080)
        assert all(DIGESTED.search(one.url) for one in reader.visit.static())
        reader.leave()


def answers(address: str) -> bool:
    try:
        urllib.request.urlopen(address).close()
    except OSError:  # not found included
        return False
    return True


LOOKS = (
    Look("2-development", "runserver", sees_the_list_and_searches),
    Look("2-development", "--accent", sees_the_colour_change_by_itself),
    Look("3-media", "runserver", uploads_a_cover),
    Look("6-production", "gunicorn", sees_digested_names),
    Look("6-production", "nginx -p", sees_the_same_through_nginx),
    Look("7-cdn", "gunicorn", sees_files_of_the_cdn),
    Look("8-frontends", "frontend dev", counts_pages),
    Look("8-frontends", "pages read today", sees_the_component_change_and_keep_its_state),
    Look("9-admin-theme", "runserver", signs_in_to_the_admin),
    Look("11-troubleshooting", "gunicorn", sees_all_of_it),
)


def test_the_tutorial_is_done_literally_and_what_it_promises_is_seen(browser: Any) -> None:
    with public_folder() as folder:
        with Walk(folder / "site", {"npm_config_prefer_offline": "true"}, NOT_RUN) as walk:
            reader = Reader(walk, browser)
            looks = list(LOOKS)
            for station, block in all_blocks():
                walk.do(block)
                if looks and looks[0].station == station and looks[0].after in block.text:
                    looks.pop(0).do(reader)
            assert looks == []
        for log in folder.glob("*.log"):
            assert "Traceback" not in log.read_text()


def all_blocks() -> Iterator[tuple[str, Block]]:
    for station in STATIONS:
        for block in blocks(DOCS / "tutorial" / f"{station}.md"):
            yield station, block


def test_each_page_of_the_tutorial_is_a_station() -> None:
    pages = {page.stem for page in (DOCS / "tutorial").glob("*.md")}
    assert pages == {*STATIONS, "index"}
