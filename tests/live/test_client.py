"""The client in a real browser: what is swapped, what is loaded again, and that no change is lost."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.live.listening import listening
from tests.live.site import FILES, PAGE, Site, developed
from tests.sites import write

pytestmark = pytest.mark.needs("chromium")

COLOUR = "selector => getComputedStyle(document.querySelector(selector)).color"
BLUE = "rgb(0, 0, 255)"
PAGE_OF_LONG_AGO = '<body><script src="/static/__stator__/client.js" data-since="1"></script></body>'


@pytest.fixture(scope="module", params=["uvicorn", "runserver"])
def server(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    with developed(request.param, tmp_path_factory.mktemp("site")) as site:
        yield site


@pytest.fixture
def site(server: Site) -> Site:
    write(server.folder, {name: content for name, content in FILES.items() if not name.endswith(".py")})
    settle(server)
    return server


def settle(site: Site) -> None:
    """Wait until the server has noticed all that was written, so that the next page is not told of it."""
    with listening(site.address) as stream:
        assert stream.next("hello")
        site.write("static/settled.css", "")
        assert any("settled.css" in event.data for event in stream.events())


def visit(page: Any, site: Site, path: str = "/") -> None:
    """Open a page and mark it, so that a page that was loaded again can be told."""
    with page.expect_request("**/__stator__/events*"):
        page.goto(site.url + path)
    page.evaluate("window.marked = true")


def is_same(page: Any) -> bool:
    return bool(page.evaluate("window.marked === true"))


def until(page: Any, script: str, argument: Any = None) -> None:
    page.wait_for_function(script, arg=argument, polling=10)


def test_a_style_sheet_is_swapped_and_the_page_stays(site: Site, page: Any) -> None:
    visit(page, site)
    site.write("static/css/app.css", f"body {{ color: {BLUE} }}")
    until(page, f"() => ({COLOUR})('body') === '{BLUE}'")
    assert is_same(page)
    until(page, "() => document.querySelectorAll('link[rel=stylesheet]').length === 1")


def test_a_sheet_that_is_imported_is_swapped(site: Site, page: Any) -> None:
    visit(page, site)
    site.write("static/css/part.css", f"h1 {{ color: {BLUE} }}")
    until(page, f"() => ({COLOUR})('h1') === '{BLUE}'")
    assert is_same(page)


def test_many_changes_in_a_row_leave_one_sheet_with_the_last(site: Site, page: Any) -> None:
    visit(page, site)
    for blue in range(20):
        site.write("static/css/app.css", f"body {{ color: rgb(0, 0, {blue}) }}")
    until(page, f"() => ({COLOUR})('body') === 'rgb(0, 0, 19)'")
    until(page, "() => document.querySelectorAll('link[rel=stylesheet]').length === 1")
    assert is_same(page)


def test_there_is_never_a_moment_without_style(site: Site, page: Any) -> None:
    visit(page, site)
    page.evaluate(f"""() => {{
        window.colours = new Set();
        const look = () => {{ colours.add(({COLOUR})('body')); requestAnimationFrame(look) }};
        look();
    }}""")
    site.write("static/css/app.css", f"body {{ color: {BLUE} }}")
    until(page, f"() => ({COLOUR})('body') === '{BLUE}'")
    assert set(page.evaluate("[...colours]")) <= {"rgb(1, 0, 0)", BLUE}


WIDE = '<svg xmlns="http://www.w3.org/2000/svg" width="7" height="7"/>'


def test_an_image_is_swapped_in_the_page_and_in_its_sheets(site: Site, page: Any) -> None:
    visit(page, site)
    before = page.evaluate("getComputedStyle(document.querySelector('.drawn')).backgroundImage")
    site.write("static/img/dot.svg", WIDE)
    until(page, "() => document.querySelector('img').naturalWidth === 7")
    after = page.evaluate("getComputedStyle(document.querySelector('.drawn')).backgroundImage")
    assert before != after
    assert "/static/img/dot.svg?stator=" in after
    assert is_same(page)


@pytest.mark.parametrize("name", ["templates/page.html", "static/js/new.js", "static/data.json"])
def test_anything_else_loads_the_page_again(site: Site, page: Any, name: str) -> None:
    visit(page, site)
    site.write(name, PAGE.replace("first", "second"))
    until(page, "() => window.marked === undefined && document.readyState === 'complete'")
    if name.endswith(".html"):
        assert page.inner_text("h1") == "second"


def test_a_file_that_is_taken_away_and_put_back_loads_the_page_again(site: Site, page: Any) -> None:
    site.write("static/img/other.svg", WIDE)
    site.write("templates/page.html", PAGE.replace("{% static 'img/dot.svg' %}", "/static/img/other.svg"))
    settle(site)
    visit(page, site)
    (site.folder / "static/img/other.svg").unlink()
    until(page, "() => window.marked === undefined && document.querySelector('img')?.naturalWidth === 0")
    site.write("static/img/other.svg", WIDE)
    until(page, "() => document.querySelector('img')?.naturalWidth === 7")


def test_it_works_behind_a_policy_with_a_nonce(site: Site, page: Any) -> None:
    visit(page, site, "/guarded/")
    site.write("static/css/app.css", f"body {{ color: {BLUE} }}")
    until(page, f"() => ({COLOUR})('body') === '{BLUE}'")
    assert is_same(page)


def test_what_changed_before_the_page_listened_is_not_lost(site: Site, page: Any) -> None:
    def change(route: Any) -> None:
        site.write("static/css/app.css", f"body {{ color: {BLUE} }}")
        route.continue_()

    page.route("**/client.js", change)
    page.goto(site.url)
    until(page, f"() => ({COLOUR})('body') === '{BLUE}'")


def test_a_page_that_a_cache_keeps_is_not_loaded_again_for_ever(site: Site, page: Any) -> None:
    kept = PAGE_OF_LONG_AGO.encode()
    page.route(site.url + "/", lambda route: route.fulfill(body=kept, content_type="text/html"))
    loads: list[str] = []
    page.on("load", lambda: loads.append(page.url))
    with page.expect_response("**/__stator__/events"):  # from now on, not since long ago
        page.goto(site.url)
    assert len(loads) <= 2


def test_the_script_runs_once_however_often_it_is_put_in(site: Site, page: Any) -> None:
    asked: list[str] = []
    visit(page, site)
    page.on("request", lambda request: asked.append(request.url))
    page.evaluate("""() => new Promise(done => {
        const again = document.createElement('script');
        again.src = document.querySelector('script[data-since]').src;
        again.onload = done;
        document.body.append(again);
    })""")
    assert not [url for url in asked if "events" in url]


def test_the_answer_to_a_form_is_not_loaded_again(site: Site, page: Any) -> None:
    visit(page, site)
    with page.expect_request("**/__stator__/events*"):
        page.evaluate("""() => {
            const form = document.createElement('form');
            form.method = 'post';
            document.body.append(form);
            form.submit();
        }""")
    page.wait_for_load_state()
    page.evaluate("window.marked = true")
    with page.expect_console_message(lambda said: "answer to a form" in said.text):
        site.write("templates/page.html", PAGE)
    assert is_same(page)


def test_a_change_of_python_restarts_the_server_and_loads_the_page(tmp_path: Path, page: Any) -> None:
    with developed("runserver", tmp_path) as site:
        visit(page, site)
        assert page.title() == "one"
        site.write("words.py", 'WORD = "two, which is longer"\n')
        until(page, "() => document.title === 'two, which is longer'")


def test_so_it_does_under_uvicorn_with_reload(tmp_path: Path, page: Any) -> None:
    with developed("uvicorn", tmp_path, f"--reload --reload-dir {tmp_path}") as site:
        visit(page, site)
        site.write("words.py", 'WORD = "two, which is longer"\n')
        until(page, "() => document.title === 'two, which is longer'")
