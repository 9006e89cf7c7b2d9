"""Development with real servers: files, changes, and that no stream is in anybody's way."""

from __future__ import annotations

import re
import signal
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.live.listening import EVENTS, listening
from tests.live.site import COMMANDS, FILES, Site, developed
from tests.processes import wait_until
from tests.serve.http import matches

TOUCHED = "body { color: blue }\n"


@pytest.fixture(scope="module", params=COMMANDS)
def site(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    with developed(request.param, tmp_path_factory.mktemp("site")) as running:
        yield running


def since_of(page: bytes) -> int:
    found = re.search(rb'data-since="(\d+)"', page)
    assert found
    return int(found[1])


def test_a_file_is_its_source_and_is_asked_for_again(site: Site) -> None:
    source = str(FILES["static/css/part.css"]).encode()
    answer = site.get("/static/css/part.css")
    matches(answer, 200, source, type="text/css; charset=utf-8", cache="no-cache", sniff="nosniff")
    matches(site.get("/static/css/part.css", if_none_match=str(answer["etag"])), 304, b"")
    matches(site.get("/static/css/part.css", range="bytes=0-3"), 206, source[:4])
    matches(site.get("/static/css/part.css", "HEAD"), 200)
    matches(site.get("/static/css/part.css", "POST"), 405, allow="GET, HEAD, OPTIONS")


def test_a_file_that_is_written_now_is_served_now(site: Site) -> None:
    for content in (b"1", b"2", b"3"):
        site.write("static/deep/er/new.txt", content)
        matches(site.get("/static/deep/er/new.txt"), 200, content)
    (site.folder / "static/deep/er/new.txt").unlink()
    assert site.get("/static/deep/er/new.txt").status == 404


def test_root_files_are_served(site: Site) -> None:
    matches(site.get("/favicon.ico"), 200, b"", type="image/x-icon", cache="no-cache")


def test_a_page_gets_the_script_and_the_right_length(site: Site) -> None:
    answer = site.get("/")
    assert answer.body.count(b"/static/__stator__/client.js") == 1
    assert answer["content-length"] == str(len(answer.body))
    matches(site.get("/static/__stator__/client.js"), 200, type="text/javascript; charset=utf-8")


def test_a_change_is_told_to_who_asks_with_the_time_of_the_page(site: Site) -> None:
    since = since_of(site.get("/").body)
    site.write("static/css/app.css", TOUCHED)
    event = None
    while event is None:  # a stream ends, and the browser comes back
        with listening(site.address, since) as stream:
            assert "text/event-stream" in stream.head
            event = next((event for event in stream.events() if event.kind != "hello"), None)
    assert event.kind == "swap"
    assert event.data == ["css/app.css"]
    assert event.id > since
    with listening(site.address, since, last=event.id) as stream:
        assert stream.next("hello").id == event.id


def test_a_page_that_is_older_than_the_server_is_loaded_again(site: Site) -> None:
    with listening(site.address, since=1) as stream:
        assert stream.next("reload")


def test_pages_that_listen_keep_nobody_waiting(site: Site) -> None:
    with ExitStack() as stack:
        for _ in range(8):
            stream = stack.enter_context(listening(site.address, connection="keep-alive"))
            assert stream.next("hello")
            if site.server == "gunicorn sync":  # it waits for who has been answered to close
                assert list(stream.events()) == []
                stack.close()
        matches(site.get("/static/css/part.css"), 200)


@pytest.mark.parametrize("asked", [signal.SIGTERM, signal.SIGINT])
@pytest.mark.parametrize("server", COMMANDS)
def test_a_server_that_is_asked_to_stop_waits_for_no_page(
    tmp_path: Path, server: str, asked: signal.Signals
) -> None:
    with developed(server, tmp_path) as site:
        site.get("/")
        with listening(site.address) as stream:
            assert stream.next("hello")
            # Who is stopped while it sends tells of that with a traceback, and has reason to.
            wait_until(lambda: _is_waiting(site.process.pid), "the server has sent all it has to say")
            site.process.send_signal(asked)
            assert list(stream.events()) == []
        site.process.wait(2)  # seconds


def _is_waiting(pid: int) -> bool:
    """Say whether a process and its children have nothing to do (Linux's word is S, sleeping)."""
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    stats = (Path(f"/proc/{one}/stat").read_text().rpartition(")")[2] for one in (pid, *children))
    return all(stat.split()[0] == "S" for stat in stats)


@pytest.mark.parametrize("server", ["runserver", "uvicorn"])
def test_a_page_is_told_of_a_restart(tmp_path: Path, server: str) -> None:
    options = f"--reload --reload-dir {tmp_path}" if server == "uvicorn" else ""
    with developed(server, tmp_path, options) as site:
        since = since_of(site.get("/").body)
        wait_until(lambda: _is_restarted(site), "the server has restarted")
        with listening(site.address, since) as stream:
            assert stream.next("reload")


def _is_restarted(site: Site) -> bool:
    try:
        page = site.get("/").body
    except (OSError, IndexError):  # it is restarting
        return False
    if b"second" in page:
        return True
    site.write("words.py", 'WORD = "second"\n')  # once more: a reloader looks for the first time at some time
    return False


def test_changes_are_seen_by_looking_where_watchfiles_is_not_installed(tmp_path: Path) -> None:
    blocked = tmp_path / "blocked"
    blocked.mkdir()
    (blocked / "watchfiles.py").write_text("raise ImportError\n")
    with developed("uvicorn", tmp_path / "site", before=blocked) as site:
        since = since_of(site.get("/").body)
        with listening(site.address, since) as stream:
            site.write("static/css/app.css", TOUCHED)
            assert stream.next("swap").data == ["css/app.css"]
        site.write("static/new.txt", b"new")
        matches(site.get("/static/new.txt"), 200, b"new")


def test_streams_are_not_in_the_log_of_runserver(tmp_path: Path) -> None:
    with developed("runserver", tmp_path) as site:
        with listening(site.address, since=1) as stream:
            assert stream.next("reload")
        assert site.get("/").status == 200
        wait_until(lambda: '"GET / HTTP' in site.log.read_text(), "the page is in the log")
        assert EVENTS not in site.log.read_text()
