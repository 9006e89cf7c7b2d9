from __future__ import annotations

import gc
import gzip
import io
import os
import threading
from collections.abc import Iterator
from contextlib import closing
from typing import Any

import pytest
from django.contrib.staticfiles import finders
from django.core.files.base import ContentFile
from django.core.files.storage import Storage
from django.http import FileResponse, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.middleware.gzip import GZipMiddleware
from django.test import RequestFactory, override_settings

from stator.django import live
from stator.django.live import Chosen, Live, Mode
from tests.django.conftest import Project
from tests.sites import write

PAGE = "<html><body>page</body></html>"
SCRIPT = b"/static/__stator__/client.js"
REMOTE = {"remote/a.css": b"a { color: teal }"}


@pytest.fixture
def made(project: Project) -> Iterator[Live]:
    with project.settings(DEBUG=True):
        new = Live()
        yield new
        new.close()


def respond(made: Live, path: str, **fields: str) -> HttpResponseBase | None:
    return made.respond(RequestFactory().get(path, headers=fields))


def body(response: HttpResponseBase | None) -> bytes:
    assert response is not None
    with closing(response):
        return b"".join(response)  # type: ignore[call-overload, no-any-return]


def finish(
    made: Live, response: HttpResponseBase, path: str = "/", method: str = "get", **fields: str
) -> HttpResponseBase:
    request = getattr(RequestFactory(), method)(path, headers=fields)
    made.respond(request)
    return made.finish(request, response)


# Files


def test_what_resolves_is_what_is_published(project: Project, made: Live) -> None:
    project.write({"css/a.css": "a", ".env": "SECRET", "b.css~": "b", "vendor/c.css": "c"})
    assert body(respond(made, "/static/css/a.css")) == b"a"
    for name in (".env", "b.css~"):
        response = respond(made, f"/static/{name}")
        assert response is not None
        assert response.status_code == 404
        assert b"SECRET" not in body(response)


def test_what_is_ignored_says_so(project: Project, made: Live) -> None:
    project.write({"vendor/c.css": "c"})
    with project.settings(DEBUG=True, STATOR={"IGNORE": ["vendor/*"]}):
        assert b"STATOR['IGNORE']" in body(respond(made, "/static/vendor/c.css"))


def test_a_name_that_nobody_has_belongs_to_the_application(made: Live) -> None:
    assert respond(made, "/static/route-of-the-application") is None
    assert respond(made, "/elsewhere") is None


def test_a_digested_name_is_not_found_and_not_kept(project: Project, made: Live) -> None:
    project.write({"css/a.css": "a"})
    response = respond(made, "/static/css/a.0123456789ab.css")
    assert response is not None
    assert (response.status_code, response.headers["Cache-Control"]) == (404, "no-store")
    assert b"a name with a digest" in body(response)


def test_headers_follow_the_rules_of_the_project(project: Project, made: Live) -> None:
    project.write({"a.pdf": "a"})
    with project.settings(DEBUG=True, STATOR={"HEADERS": {"*.pdf": {"Content-Disposition": "attachment"}}}):
        response = respond(made, "/static/a.pdf")
        assert response is not None
        assert response.headers["Content-Disposition"] == "attachment"
        response.close()


def test_finders_are_not_walked_for_each_request(
    project: Project, made: Live, monkeypatch: pytest.MonkeyPatch
) -> None:
    walks = []
    find = live.origins.find
    monkeypatch.setattr(live.origins, "find", lambda *a, **k: walks.append(a) or find(*a, **k))
    project.write({f"{number}.css": "" for number in range(20)})
    for number in range(20):
        assert body(respond(made, f"/static/{number}.css")) == b""
        assert respond(made, f"/static/missing-{number}.css") is None
    assert len(walks) == 1


def test_a_file_that_changes_while_it_is_sent_is_found_all_the_same(project: Project, made: Live) -> None:
    project.write({"a.css": "first"})
    assert body(respond(made, "/static/a.css")) == b"first"
    for number in range(50):
        project.write({"a.css": "x" * number})
        assert body(respond(made, "/static/a.css")) == b"x" * number


def test_a_file_that_is_written_to_after_it_was_measured_is_sent_whole(
    project: Project, made: Live, monkeypatch: pytest.MonkeyPatch
) -> None:
    project.write({"a.css": "before"})
    measure = os.fstat

    def then_write(descriptor: int) -> os.stat_result:
        status = measure(descriptor)
        monkeypatch.setattr(os, "fstat", measure)
        project.write({"a.css": "new"})
        return status

    monkeypatch.setattr(os, "fstat", then_write)
    response = respond(made, "/static/a.css")
    assert response is not None
    assert (response.headers["Content-Length"], body(response)) == ("3", b"new")


def test_a_file_that_was_just_written_has_another_tag_each_time(project: Project, made: Live) -> None:
    tags = set()
    for content in ("1", "2", "3"):
        project.write({"a.css": content})
        response = respond(made, "/static/a.css")
        assert response is not None
        tags.add(response.headers["ETag"])
        response.close()
    assert len(tags) == 3


def test_root_files_are_those_that_production_serves(project: Project, made: Live) -> None:
    folder = write(project.folder / "root_files", {"robots.txt": "all", ".secret": "SECRET"})
    with project.settings(DEBUG=True, STATOR={"ROOT_FILES": folder}):
        assert body(respond(made, "/robots.txt")) == b"all"
        assert respond(made, "/.secret") is None
        assert respond(made, "/../settings.py") is None
        assert respond(made, "/") is None


class Bucket(Storage):
    def _open(self, name: str, mode: str = "rb") -> ContentFile[bytes]:
        return ContentFile(REMOTE[name])


class BucketFinder(finders.BaseFinder):
    def find(self, path: str, find_all: bool = False, **_: Any) -> Any:
        return [] if find_all else None

    def list(self, ignore_patterns: Any) -> Any:
        return [(name, Bucket()) for name in REMOTE]


def test_a_file_of_a_remote_finder_is_served_with_all_that_others_have(project: Project, made: Live) -> None:
    content = REMOTE["remote/a.css"]
    with project.settings(DEBUG=True, STATICFILES_FINDERS=["tests.django.test_live.BucketFinder"]):
        response = respond(made, "/static/remote/a.css")
        assert body(response) == content
        assert response is not None
        assert response.headers["Content-Type"] == "text/css; charset=utf-8"
        again = respond(made, "/static/remote/a.css", if_none_match=response.headers["ETag"])
        assert again is not None
        assert again.status_code == 304
        part = respond(made, "/static/remote/a.css", range="bytes=0-2")
        assert body(part) == content[:3]


# Not found


def test_a_404_of_the_application_for_a_static_file_says_why(project: Project, made: Live) -> None:
    project.write({"css/app.css": ""})
    response = finish(made, HttpResponse("?", status=404), "/static/css/ap.css", accept="text/html")
    assert response.status_code == 404
    assert response.headers["Cache-Control"] == "no-store"
    assert b"css/app.css" in body(response)
    assert SCRIPT in body(response)  # so that it goes away as soon as the file is there


@pytest.mark.parametrize("name", ["css//app.css", "./css/app.css", "css/../css/app.css", "a\\b", "a\0b"])
def test_finders_are_not_asked_for_a_name_that_is_never_published(
    project: Project, made: Live, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    project.write({"css/app.css": ""})
    asked: list[str] = []
    monkeypatch.setattr(finders, "find", asked.append)
    assert respond(made, f"/static/{name}") is None
    assert respond(made, "/static/css/ap.css") is None
    assert set(asked) == {"css/ap.css"}


def test_it_is_text_for_who_wants_no_page(made: Live) -> None:
    response = finish(made, HttpResponse("?", status=404), "/static/css/ap.css", accept="text/css,*/*")
    assert response.headers["Content-Type"] == "text/plain; charset=utf-8"


def test_a_relative_address_is_told(project: Project, made: Live) -> None:
    project.write({"css/app.css": ""})
    response = finish(made, HttpResponse("?", status=404), "/books/static/css/app.css")
    assert b"relative to the page" in body(response)


@pytest.mark.parametrize(("path", "method", "status"), [
    ("/elsewhere", "get", 404),
    ("/books/static/nothing.css", "get", 404),
    ("/static/css/ap.css", "post", 404),
    ("/static/css/ap.css", "get", 200),
    ("/static/css/ap.css", "get", 500),
])  # fmt: skip
def test_other_answers_are_the_applications(made: Live, path: str, method: str, status: int) -> None:
    response = HttpResponse("?", status=status)
    assert finish(made, response, path, method) is response


def test_where_static_files_are_at_the_root_the_application_says_what_is_missing(
    project: Project, made: Live
) -> None:
    with project.settings(DEBUG=True, STATIC_URL="/"):
        response = HttpResponse("?", status=404)
        assert finish(made, response, "/no-such-page/") is response


# Pages


@pytest.mark.parametrize("status", [200, 404, 500])
def test_a_page_of_any_status_gets_the_script_once(made: Live, status: int) -> None:
    response = HttpResponse(PAGE, status=status)
    response.headers["Content-Length"] = str(len(PAGE))
    response.headers["ETag"] = '"of the page without it"'
    finished = finish(made, response)
    assert body(finished).count(SCRIPT) == 1
    assert finished.headers["Content-Length"] == str(len(body(finished)))
    assert not finished.has_header("ETag")


def test_what_came_as_an_answer_to_a_form_is_marked(made: Live) -> None:
    assert b"data-by-hand" in body(finish(made, HttpResponse(PAGE), method="post"))
    assert b"data-by-hand" not in body(finish(made, HttpResponse(PAGE)))


@pytest.mark.parametrize(("wanted", "gets"), [
    ({}, True),
    ({"sec-fetch-dest": "document"}, True),
    ({"sec-fetch-dest": "iframe"}, True),
    ({"sec-fetch-dest": "empty"}, False),
    ({"x-requested-with": "XMLHttpRequest"}, False),
    ({"hx-request": "true"}, False),
])  # fmt: skip
def test_only_what_a_browser_shows_gets_the_script(made: Live, wanted: dict[str, str], gets: bool) -> None:
    assert (SCRIPT in body(finish(made, HttpResponse(PAGE), **wanted))) is gets


@pytest.mark.parametrize("response", [
    lambda: HttpResponse(PAGE, "text/plain"),
    lambda: HttpResponse("<p>piece</p>"),
    lambda: HttpResponse(gzip.compress(PAGE.encode()), headers={"Content-Encoding": "gzip"}),
    lambda: HttpResponse(PAGE, headers={"Content-Disposition": "attachment; filename=a.html"}),
    lambda: HttpResponse(PAGE.encode("utf-16"), "text/html; charset=utf-16"),
    lambda: StreamingHttpResponse([PAGE.encode()]),
    lambda: FileResponse(io.BytesIO(PAGE.encode()), content_type="text/html"),
])  # fmt: skip
def test_anything_else_is_left_as_it_is(made: Live, response: Any) -> None:
    assert SCRIPT not in body(finish(made, response()))


def test_a_page_that_a_middleware_inside_would_compress_gets_the_script(made: Live) -> None:
    request = RequestFactory().get("/", headers={"Accept-Encoding": "gzip"})
    made.respond(request)
    page = GZipMiddleware(lambda _: HttpResponse(PAGE + " " * 1000))(request)
    assert SCRIPT in body(made.finish(request, page))


def test_a_middleware_outside_does_not_hold_the_events_back(made: Live) -> None:
    request = RequestFactory().get("/static/__stator__/events", headers={"Accept-Encoding": "gzip"})
    response = GZipMiddleware(lambda request: made.respond(request))(request)
    with closing(response):
        assert next(iter(response)).startswith(b"retry: ")  # type: ignore[call-overload]


def test_the_nonce_is_that_of_the_policy(made: Live) -> None:
    response = HttpResponse(PAGE, headers={"Content-Security-Policy": "script-src 'nonce-abc'"})
    assert b' nonce="abc"' in body(finish(made, response))


def test_the_nonce_is_that_of_the_request_where_the_policy_is_yet_to_be_written(made: Live) -> None:
    request: Any = RequestFactory().get("/")
    request._csp_nonce = "from-the-middleware-outside"
    assert b' nonce="from-the-middleware-outside"' in body(made.finish(request, HttpResponse(PAGE)))


# On and off


def test_with_debug_off_nothing_is_done(project: Project, made: Live) -> None:
    project.write({"a.css": ""})
    with project.settings(DEBUG=False):
        for path in ("/static/a.css", "/static/__stator__/client.js", "/static/__stator__/events"):
            assert respond(made, path) is None
        assert body(finish(made, HttpResponse(PAGE))) == PAGE.encode()
        missing = HttpResponse(status=404)
        assert finish(made, missing, "/static/b.css") is missing


@pytest.mark.parametrize(("mode", "serves"), [(Mode.OFF, False), (Mode.FILES, True)])
def test_the_command_can_turn_it_off(
    project: Project, made: Live, monkeypatch: pytest.MonkeyPatch, mode: Mode, serves: bool
) -> None:
    project.write({"a.css": ""})
    chosen = Chosen()
    chosen.mode = mode
    monkeypatch.setattr(live, "chosen", chosen)
    response = respond(made, "/static/a.css")
    assert (response is not None) is serves
    if response is not None:
        response.close()
    assert respond(made, "/static/__stator__/events") is None
    assert SCRIPT not in body(finish(made, HttpResponse(PAGE)))


def test_without_an_address_for_static_files_pages_are_left_alone(made: Live) -> None:
    with override_settings(STATIC_URL=None):
        assert SCRIPT not in body(finish(made, HttpResponse(PAGE)))


def test_it_works_with_any_storage(project: Project, made: Live) -> None:
    project.write({"a.css": "a"})
    backend = "django.contrib.staticfiles.storage.StaticFilesStorage"
    with project.settings(DEBUG=True, STORAGES={"staticfiles": {"BACKEND": backend}}):
        assert body(respond(made, "/static/a.css")) == b"a"


def test_it_leaves_nothing_behind(project: Project) -> None:
    with project.settings(DEBUG=True):
        before = threading.active_count()
        made = Live()
        respond(made, "/")
        assert threading.active_count() == before + 1
        del made
        gc.collect()
        assert threading.active_count() == before
