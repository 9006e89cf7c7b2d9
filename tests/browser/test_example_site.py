"""The example site in a real browser: what ``make demo`` serves, as a visitor gets it."""

from __future__ import annotations

import re
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator
from typing import Any

import pytest

from tests.browser.example import DEMO, PROJECT, Example, digested_once
from tests.browser.visit import TRANSFERRED, Visit
from tests.parts import PARTS

pytestmark = pytest.mark.needs("chromium")

PAGES = {
    "/": "Lending Library",
    "/books/1/": "",
    "/readers/": "",
    "/readers/1/": "",
    "/desk/": "",
    "/welcome/": "",
    "/planner/": "",
    "/seats/": "",
    "/api/": "Library",
    "/admin/login/": "",
}
SHOTS = PARTS / "screenshots"
IMMUTABLE = "public, max-age=31536000, immutable"


@pytest.fixture
def site(example: Example) -> str:
    return f"http://{example.host}"


@pytest.fixture
def visit(browser: Any) -> Iterator[Visit]:
    context = browser.new_context()
    yield Visit(context.new_page())
    context.close()


@pytest.mark.parametrize("path", PAGES)
def test_every_page_loads_with_immutable_files_and_no_complaint(site: str, visit: Visit, path: str) -> None:
    visit.page.goto(site + path, wait_until="networkidle")
    SHOTS.mkdir(parents=True, exist_ok=True)
    visit.page.screenshot(path=SHOTS / f"{path.strip('/').replace('/', '-') or 'start'}.png", full_page=True)
    assert PAGES[path] in visit.page.title()
    assert visit.complaints == []
    assert visit.refused() == []
    assert visit.static()
    for response in visit.static():
        name = response.url.partition("/static/")[2].partition("?")[0]
        assert digested_once(name), f"{name} is asked for by its plain name"
        assert response.headers["cache-control"] == IMMUTABLE
        assert response.headers["x-content-type-options"] == "nosniff"


def test_modules_in_a_circle_run_and_load_more_when_asked(site: str, visit: Visit) -> None:
    visit.page.goto(site, wait_until="networkidle")
    visit.page.goto(f"{site}/books/1/", wait_until="networkidle")
    assert not [response for response in visit.static() if "/cite." in response.url]
    with visit.page.expect_response(lambda response: "/cite." in response.url) as loaded:
        visit.page.get_by_role("button", name=re.compile("cite", re.IGNORECASE)).first.click()
    assert loaded.value.status == 200
    assert visit.complaints == []


def test_scripts_find_those_of_another_app_by_the_import_map(site: str, visit: Visit) -> None:
    visit.page.goto(f"{site}/books/1/")
    visit.page.get_by_text("it can be collected from").wait_for()
    visit.page.locator("#today", has_text=re.compile("today")).wait_for()
    assert visit.complaints == []


def test_a_second_visit_transfers_no_static_file(site: str, visit: Visit) -> None:
    visit.page.goto(f"{site}/desk/", wait_until="networkidle")
    first = visit.page.evaluate(TRANSFERRED)
    visit.page.goto(site, wait_until="networkidle")
    visit.page.goto(f"{site}/desk/", wait_until="networkidle")
    again = visit.page.evaluate(TRANSFERRED)
    assert len(again) == len(first) > 5
    assert all(first)
    assert not any(again)


def test_an_uploaded_cover_is_media_not_static(site: str, visit: Visit) -> None:
    visit.page.goto(site, wait_until="networkidle")
    covers = [response for response in visit.responses if "/media/" in response.url]
    assert covers
    assert all(
        response.status == 200 and response.headers["content-type"].startswith("image/")
        for response in covers
    )


def test_a_digest_that_nobody_knows_is_not_found_and_not_kept(site: str) -> None:
    with pytest.raises(urllib.error.HTTPError) as raised:
        urllib.request.urlopen(f"{site}/static/css/site.0123456789ab.css")
    raised.value.close()
    assert raised.value.code == 404
    assert raised.value.headers["Cache-Control"] == "no-store"


def test_a_taken_port_is_a_clear_error(site: str) -> None:
    port = site.rpartition(":")[2]
    demo = [sys.executable, str(PROJECT / DEMO), "--port", port]
    done = subprocess.run(demo, capture_output=True, text=True, check=False)
    assert done.returncode == 3
    assert f"Port {port} of 127.0.0.1 is taken." in done.stderr
