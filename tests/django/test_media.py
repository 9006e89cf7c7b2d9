"""``media()`` in a project: over WSGI and ASGI, mounted elsewhere, with guards, or with nothing to serve."""

from __future__ import annotations

import asyncio
import os
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from urllib.parse import quote

import django
import pytest
from asgiref.sync import SyncToAsync, ThreadSensitiveContext
from django.core.checks import run_checks
from django.test import AsyncRequestFactory, RequestFactory, override_settings
from django.urls import clear_url_caches, set_script_prefix

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")
django.setup()

from stator.django import media as views  # noqa: E402
from stator.django.urls import media  # noqa: E402
from stator.errors import ConfigError  # noqa: E402
from tests.processes import wait_until  # noqa: E402
from tests.serve.http_cases import ODD  # noqa: E402
from tests.serve.servers import open_files, started  # noqa: E402
from tests.sites import write  # noqa: E402

PROJECT = "tests.django.media_project"
FILM = bytes(range(256)) * (3 * 4096)
PDF = b"%PDF-1.7"
SECRET = b"what the public must never read"
NOT_FOUND = b"the site's own page: not found"
FORBIDDEN = b"the site's own page: forbidden"
READER = {"cookie": "who=reader"}
COVER = f"/media/{quote('covers/a b ü.png')}"


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = write(tmp_path_factory.mktemp("site") / "media", {"film.mp4": FILM, "covers/a b ü.png": b"PNG"})
    write(folder, {"evil.html": "<script>alert(1)</script>", ".env": SECRET, "../secret.txt": SECRET})
    for name in ("invoices/1", "invoices/secret", "invoices/open/1", "async/1", "disguise/1", "nothing/1"):
        write(folder, {f"{name}.pdf": PDF})
    for name in ("exception/404", "exception/403", "redirect/1"):
        write(folder, {f"{name}.pdf": PDF})
    (folder / "out.txt").symlink_to("../secret.txt")
    os.mkfifo(folder / "pipe")
    return folder


@pytest.fixture(scope="module", autouse=True)
def no_thread_is_left() -> Iterator[None]:
    """End the thread in which asgiref runs sync code of async views: other tests must be alone."""
    yield
    SyncToAsync.single_thread_executor.shutdown()
    SyncToAsync.single_thread_executor = ThreadPoolExecutor(max_workers=1)


@pytest.fixture(scope="module", params=["gunicorn", "uvicorn"])
def server(request, root):
    with started(request.param, root, PROJECT) as running:
        yield running


class TestServers:
    def test_an_upload_is_sent(self, server):
        answer = server.get(COVER)
        assert (answer.status, answer.body) == (200, b"PNG")
        assert answer["content-type"] == "image/png"
        assert answer["content-length"] == "3"
        assert answer["x-content-type-options"] == "nosniff"
        assert answer["cache-control"] == "no-cache"

    def test_a_film_can_be_sought(self, server):
        assert server.get("/media/film.mp4").body == FILM
        answer = server.get("/media/film.mp4", range="bytes=1000-1999")
        assert (answer.status, answer.body) == (206, FILM[1000:2000])
        several = server.get("/media/film.mp4", range="bytes=0-1,100-101")
        assert several["content-type"].startswith("multipart/byteranges")
        assert server.get("/media/film.mp4", range=f"bytes={len(FILM)}-").status == 416

    def test_what_the_client_has_is_not_sent_again(self, server):
        first = server.get(COVER)
        assert first["accept-ranges"] == "bytes"
        assert server.get(COVER, if_none_match=first["etag"]).status == 304
        assert server.get(COVER, if_modified_since=first["last-modified"]).status == 304
        assert server.get(COVER, if_match='"other"').status == 412

    def test_methods(self, server):
        head, get = server.get(COVER, "HEAD"), server.get(COVER)
        assert head.body == b""
        assert [field for field in head.headers if field[0] != "date"] == [
            field for field in get.headers if field[0] != "date"
        ]
        options = server.get(
            COVER, "OPTIONS", origin="https://evil.example", access_control_request_method="GET"
        )
        assert (options.status, options["allow"]) == (204, "GET, HEAD, OPTIONS")
        assert options["access-control-allow-origin"] is None
        assert server.get(COVER, "POST", content_length="0").status == 405

    def test_an_active_type_is_an_attachment(self, server):
        answer = server.get("/media/evil.html")
        assert answer["content-disposition"] == 'attachment; filename="evil.html"'
        assert answer["content-security-policy"].startswith("sandbox;")

    @pytest.mark.parametrize(
        "name",
        [
            "none.png",
            "covers",
            "covers/",
            ".env",
            "out.txt",
            "pipe",
            "film.mp4/",
            "./film.mp4",
            "%00",
            "%2e%2e/secret.txt",
        ],
    )
    @pytest.mark.parametrize("method", ["GET", "HEAD"])
    def test_anything_else_is_the_sites_own_page_which_no_cache_keeps(self, server, name, method):
        answer = server.get(f"/media/{name}", method)
        assert (answer.status, answer["cache-control"]) == (404, "no-store")
        assert answer.body == (b"" if method == "HEAD" else NOT_FOUND)

    @pytest.mark.parametrize("target", ["/media", "/media/"])
    def test_the_folder_itself_is_the_applications(self, server, target):
        answer = server.get(target)
        assert (answer.status, answer["cache-control"]) == (404, None)

    @pytest.mark.parametrize("target", ODD.values(), ids=ODD)
    def test_an_odd_path_reaches_no_file_and_breaks_nothing(self, server, target):
        line = b"GET " + target.replace(b"/static/", b"/media/") + b" HTTP/1.1"
        received = server.wire(line + b"\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n")
        assert SECRET not in received
        assert b"root:" not in received
        assert not received.startswith((b"HTTP/1.1 5", b"HTTP/1.1 2"))

    # Private folders

    @pytest.mark.parametrize("folder", ["invoices", "async", "disguise"])
    def test_a_guard_says_who_may_read(self, server, folder):
        refused = server.get(f"/media/{folder}/1.pdf")
        assert (refused.status, refused.body, refused["cache-control"]) == (403, FORBIDDEN, "no-store")
        answer = server.get(f"/media/{folder}/1.pdf", **READER)
        assert (answer.status, answer.body, answer["cache-control"]) == (200, PDF, "private, no-cache")
        assert server.get(f"/media/{folder}/1.pdf", range="bytes=0-3", **READER).body == PDF[:4]

    def test_a_guard_is_told_the_path(self, server):
        assert server.get("/media/invoices/secret.pdf", **READER).status == 403

    def test_the_longest_prefix_decides(self, server):
        assert server.get("/media/invoices/open/1.pdf").status == 200

    def test_what_is_there_is_not_told_to_who_may_not_read(self, server):
        assert server.get("/media/invoices/none.pdf").status == 403
        assert server.get("/media/invoices/none.pdf", **READER).status == 404

    @pytest.mark.parametrize("method", ["HEAD", "OPTIONS", "POST"])
    def test_a_guard_is_asked_whatever_the_method(self, server, method):
        assert server.get("/media/invoices/1.pdf", method, content_length="0").status == 403

    @pytest.mark.parametrize(
        "trick",
        [
            "INVOICES/1.pdf",
            "invoices//1.pdf",
            "/invoices/1.pdf",
            "./invoices/1.pdf",
            "invoices/./1.pdf",
            "covers/../invoices/1.pdf",
            "invoices/open/../1.pdf",
            "%69nvoices/1.pdf",
            "invoices%2f1.pdf",
            "invoices%2F%2e%2F1.pdf",
            "%2569nvoices/1.pdf",
            "invoices\\1.pdf",
            "covers%5c..%5cinvoices/1.pdf",
            "invoices;x/1.pdf",
            "invoices%00/1.pdf",
        ],
    )
    def test_no_spelling_leads_past_a_guard(self, server, trick):
        answer = server.get(f"/media/{trick}")
        assert answer.status in {400, 403, 404}
        assert PDF not in answer.body

    @pytest.mark.parametrize(("name", "status"), [("404", 404), ("403", 403)])
    def test_a_guard_may_raise(self, server, name, status):
        answer = server.get(f"/media/exception/{name}.pdf")
        assert (answer.status, answer["cache-control"]) == (status, "no-store")

    def test_a_guard_that_says_nothing_says_no(self, server):
        assert server.get("/media/nothing/1.pdf", **READER).status == 403

    def test_no_file_stays_open(self, server):
        for name in ("film.mp4", "evil.html", "covers", "none", "out.txt", "pipe", "invoices/open/1.pdf"):
            for fields in ({}, {"if_none_match": "*"}, {"range": "bytes=0-1"}, {"range": "bytes=99999999-"}):
                server.get(f"/media/{name}", **fields)
                server.get(f"/media/{name}", "HEAD", **fields)
            server.get(f"/media/{name}", "OPTIONS")
            server.get(f"/media/{name}", "POST", content_length="0")
        wait_until(lambda: not server.open_files(), "the files are closed")


@pytest.mark.parametrize("kind", ["gunicorn", "uvicorn"])
@pytest.mark.parametrize("sendfile", ["X-Accel-Redirect", "X-Sendfile"])
def test_the_web_server_in_front_is_told_to_send_private_files(root, kind, sendfile):
    with started(kind, root, PROJECT, STATOR_TEST_SENDFILE=sendfile) as server:
        assert server.get("/media/invoices/1.pdf")[sendfile.lower()] is None
        answer = server.get("/media/invoices/1.pdf", range="bytes=0-1", **READER)
        place = "/_stator/media" if sendfile == "X-Accel-Redirect" else str(root)
        assert answer[sendfile.lower()] == f"{place}/invoices/1.pdf"
        assert (answer.status, answer.body, answer["content-length"]) == (200, b"", "0")
        assert answer["content-security-policy"].startswith("sandbox;")
        assert answer["x-content-type-options"] == "nosniff"
        assert server.get(COVER).body == b"PNG"


@pytest.mark.parametrize("kind", ["gunicorn", "uvicorn"])
@pytest.mark.parametrize("url", ["media/", "/app/media/", "https://cdn.example/app/media/"])
def test_below_a_script_name_links_and_files_agree(root, kind, url):
    options, environ = {"gunicorn": ("", {"SCRIPT_NAME": "/app"}), "uvicorn": ("--root-path=/app", {})}[kind]
    with started(kind, root, PROJECT, options, STATOR_TEST_MEDIA_URL=url, **environ) as server:
        outside = "/app" if kind == "gunicorn" else ""  # uvicorn puts the root path in front itself
        address = server.get(f"{outside}/address").body.decode().removeprefix("https://cdn.example")
        assert address == f"/app{COVER}"
        assert server.get(outside + address.removeprefix("/app")).body == b"PNG"


@pytest.mark.parametrize("kind", ["gunicorn", "uvicorn"])
def test_with_debug_it_is_the_same_and_djangos_own_helper_works_beside_it(root, kind):
    with started(kind, root, PROJECT, STATOR_TEST_DEBUG="1") as server:
        assert server.get(COVER).body == b"PNG"
        assert server.get("/media/film.mp4", range="bytes=0-9").body == FILM[:10]
        missing = server.get("/media/none.png")
        assert (missing.status, missing["cache-control"]) == (404, "no-store")
        assert b"none.png" in missing.body  # Django's page for developers
        theirs = server.get("/django/film.mp4")
        assert (theirs.status, theirs.body, theirs["content-type"]) == (200, FILM, "video/mp4")
        assert theirs["x-content-type-options"] == "nosniff"  # of SecurityMiddleware, as ever
        assert theirs["last-modified"]
        assert server.get("/django/film.mp4", if_modified_since=theirs["last-modified"]).status == 304
        assert server.get("/django/").status == 404


# In one process


@pytest.fixture(autouse=True)
def _settings(root):
    with override_settings(MEDIA_ROOT=root, MEDIA_URL="/media/"):
        yield
    set_script_prefix("/")


def guard(request, name):
    guard.thread = threading.get_ident()
    return True


async def async_guard(request, name):
    async_guard.thread = threading.get_ident()
    return True


def true_enough(request, name):
    return "/login/"


def private(dotted):
    return override_settings(STATOR={"MEDIA": {"PRIVATE": {"invoices/": f"{__name__}.{dotted}"}}})


def resolve(path):
    (pattern,) = media()
    return pattern.resolve(path)


def test_each_handler_gets_a_view_that_it_runs_as_it_is():
    async def in_a_loop():
        return resolve("media/film.mp4").func

    assert not asyncio.iscoroutinefunction(resolve("media/film.mp4").func)
    assert asyncio.iscoroutinefunction(asyncio.run(in_a_loop()))


def test_an_async_answer_is_made_without_another_thread(root):
    here = threading.get_ident()

    async def ask_for(name):
        request = AsyncRequestFactory().get(f"/media/{name}")
        answer = await views.async_view(request, name)
        content = b"".join([block async for block in answer])
        answer.close()
        return content

    with private("async_guard"):
        assert asyncio.run(ask_for("invoices/1.pdf")) == PDF
    assert async_guard.thread == here
    assert open_files(root, os.getpid()) == []


def test_a_sync_guard_under_asgi_may_use_the_database():
    async def ask_for(name):
        async with ThreadSensitiveContext():  # its thread ends with it
            answer = await views.async_view(AsyncRequestFactory().get(f"/media/{name}"), name)
            answer.close()
            return threading.get_ident()

    with private("guard"):
        assert asyncio.run(ask_for("invoices/1.pdf")) != guard.thread


def test_transactions_of_requests_do_not_concern_it():
    media()
    assert views.view._non_atomic_requests == views.async_view._non_atomic_requests == {"default"}


def ask_sync(name):
    return views.view(RequestFactory().get("/"), name)


def ask_async(name):
    async def ask_for():
        async with ThreadSensitiveContext():
            return await views.async_view(AsyncRequestFactory().get("/"), name)

    return asyncio.run(ask_for())


@pytest.mark.parametrize("ask_for", [ask_sync, ask_async])
def test_a_guard_that_returns_a_page_has_not_said_yes(ask_for):
    with private("true_enough"), pytest.raises(ConfigError, match="true_enough has returned '/login/'"):
        ask_for("invoices/1.pdf")


@pytest.mark.parametrize(
    ("url", "mount", "path"),
    [
        ("/media/", "/", "media/x.png"),
        ("/a.b/(c)/", "/", "a.b/(c)/x.png"),
        ("/mit%20Leerzeichen/", "/", "mit Leerzeichen/x.png"),
        ("https://cdn.example/m/", "/", "m/x.png"),
        ("//cdn.example/m/", "/", "m/x.png"),
        ("media/", "/app/", "media/x.png"),
        ("/app/media/", "/app/", "media/x.png"),
        ("/application/", "/app/", "application/x.png"),
        ("/media/", "/app/", "media/x.png"),
    ],
)
def test_the_path_of_media_url_is_what_is_served(url, mount, path):
    set_script_prefix(mount)
    with override_settings(MEDIA_URL=url):
        assert resolve(path).kwargs == {"path": "x.png"}
        assert resolve(f"x/{path}") is None
        assert resolve(f"{path}\n") is None


def test_options_of_the_storage_go_before_the_settings(tmp_path):
    write(tmp_path, {"x.txt": "there"})
    options = {"location": str(tmp_path), "base_url": "/uploads/"}
    backend = {"BACKEND": "django.core.files.storage.FileSystemStorage", "OPTIONS": options}
    with override_settings(STORAGES={"default": backend}):
        match = resolve("uploads/x.txt")
        answer = match.func(RequestFactory().get("/uploads/x.txt"), **match.kwargs)
        assert answer.getvalue() == b"there"
        answer.close()


# Checks


class Urls:
    """An URLconf made when it is asked for."""

    @property
    def urlpatterns(self):
        return media()


def told(**settings):
    clear_url_caches()
    try:
        with override_settings(ROOT_URLCONF=Urls(), **settings):
            return [message for message in run_checks() if message.id == "stator.media-not-served"]
    finally:
        clear_url_caches()


IN_MEMORY = {"default": {"BACKEND": "django.core.files.storage.InMemoryStorage"}}


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({"STORAGES": IN_MEMORY}, "InMemoryStorage keeps uploads elsewhere"),
        ({"MEDIA_ROOT": ""}, "MEDIA_ROOT is not set"),
        ({"MEDIA_URL": ""}, "MEDIA_URL is the whole site"),
        ({"MEDIA_URL": "https://media.example/"}, "MEDIA_URL is the whole site"),
    ],
)
def test_a_check_says_why_nothing_is_served(settings, said, monkeypatch, root):
    monkeypatch.chdir(root)  # which must not be taken for MEDIA_ROOT
    with override_settings(**settings):
        assert [pattern.resolve("film.mp4") for pattern in media()] in ([], [None])
    (message,) = told(**settings)
    assert message.level == 30
    assert said in message.msg
    assert message.hint
    assert told() == []


def test_a_check_is_silent_where_media_is_not_used():
    clear_url_caches()
    with override_settings(STORAGES=IN_MEMORY, ROOT_URLCONF="tests.urls"):
        assert [message for message in run_checks() if message.id == "stator.media-not-served"] == []
    clear_url_caches()


@pytest.mark.parametrize(
    ("dotted", "said"),
    [
        ("nowhere.access.may_read", "No module named 'nowhere'"),
        (f"{__name__}.may_read", "does not define a"),
        (f"{__name__}.FILM", "is no function"),
    ],
)
def test_a_guard_that_cannot_be_used_is_told_and_guards_all_the_same(root, caplog, dotted, said):
    from stator.django.checks import check_setup

    with override_settings(MEDIA_ROOT=root, STATOR={"MEDIA": {"PRIVATE": {"invoices/": dotted}}}):
        assert media()
        assert said in caplog.text
        with pytest.raises(ConfigError, match=said):
            views.view(RequestFactory().get("/media/invoices/1.pdf"), "invoices/1.pdf")
        (message,) = check_setup()
    assert message.id == "stator.bad-guard"
    assert dotted in message.msg
    assert said in message.msg
    assert message.hint


def test_a_guard_that_can_be_used_is_not_mentioned():
    from stator.django.checks import check_setup

    with private("guard"):
        assert check_setup() == []


def test_a_bad_option_is_left_to_the_check(caplog):
    from stator.django.checks import check_setup

    with override_settings(STATOR={"MINFY": True}):
        assert media()
        assert "'MINIFY'" in caplog.text
        assert [message.id for message in check_setup()] == ["stator.bad-option"]
