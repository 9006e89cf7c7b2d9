from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from stator.errors import EnvironmentFailed
from stator.frontends.building import (
    BuildFailed,
    build,
    filled_by_another,
    is_developed,
    is_unfinished,
    why_stale,
)
from stator.frontends.developing import Server, develop, server_of
from stator.frontends.toolchain import Toolchain
from tests.frontends.plain import ENVIRON, plain
from tests.frontends.test_supervising import Told
from tests.processes import wait_until

VITE = "  \\033[32m➜\\033[39m  Local:   \\033[36mhttp://127.0.0.1:\\033[1m5173\\033[22m/static/shop/\\033[39m"
UNTIL_STOP = "until [ -e stop ]; do sleep 0.01; done"


def serving(root: Path, says: str, **chosen: object) -> Toolchain:
    """Return a front end whose server prints something, and runs until there is a file ``stop``."""
    return plain(
        root, dev=f"printf '{says}\\n'; touch up; {UNTIL_STOP}", **{"kind": "vite", "serves": True, **chosen}
    )


@contextmanager
def developed(one: Toolchain, told: Told | None = None) -> Iterator[None]:
    """Develop until the block ends. In the main thread, as signals want it, is the block."""
    told = told or Told()
    running = threading.Thread(target=lambda: _develop(one, told))
    running.start()
    try:
        wait_until((Path(one.root) / "up").exists, "it runs")
        yield
    finally:
        (Path(one.root) / "stop").touch()
        running.join()


def _develop(one: Toolchain, told: Told) -> int:
    return develop([one], "/static/", [], ENVIRON, told)


@pytest.fixture(autouse=True)
def _no_signals(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("stator.frontends.supervising._STOPPING", [])  # which only the main thread can heed


@pytest.mark.parametrize("react", [True, False])
def test_the_server_is_known_while_it_runs_and_not_longer(tmp_path: Path, react: bool) -> None:
    one = serving(tmp_path, VITE, refreshes=react)
    assert server_of(one.root) is None
    with developed(one):
        wait_until(lambda: server_of(one.root) is not None, "it is known")
        assert server_of(one.root) == Server("http://127.0.0.1:5173/static/shop/", react)
    assert server_of(one.root) is None


@pytest.mark.parametrize(
    "says", ["Look at https://vite.dev/guide", "http://192.168.0.7:5173/static/shop/", "it listens at 5173"]
)
def test_other_addresses_are_not_taken_for_its(tmp_path: Path, says: str) -> None:
    told = Told()
    with developed(one := serving(tmp_path, says), told):
        wait_until(lambda: bool(told.lines), "it speaks")
        assert server_of(one.root) is None
    assert len(told.lines) == 2  # that, and its end


@pytest.mark.parametrize(
    "says", ["http://localhost:5173/", "https://127.0.0.1:5173/static/shop/", "http://[::1]:1/x/"]
)
def test_a_server_that_pages_cannot_use_is_told(tmp_path: Path, says: str) -> None:
    told = Told()
    with developed(one := serving(tmp_path, says), told):
        wait_until(lambda: bool(told.lines), "it speaks")
        assert server_of(one.root) is None
    assert any("'base'" in line for line in told.of("shop"))


def test_the_tool_is_told_where_its_files_are_asked_for(tmp_path: Path) -> None:
    told = Told()
    (tmp_path / "node_modules/.bin").mkdir(parents=True)
    (tmp_path / "node_modules/.bin/vite").write_text('#!/bin/sh\necho "$@"\n')
    (tmp_path / "node_modules/.bin/vite").chmod(0o755)
    assert _develop(plain(tmp_path, dev="vite", kind="vite", serves=True), told) == 0
    assert told.of("shop")[0] == "--base=/static/shop/ --host=127.0.0.1"


def test_an_address_has_a_name_as_browsers_escape_it(tmp_path: Path) -> None:
    says = "http://127.0.0.1:5173/static/b%%C3%%BCcher%%20%%25/"
    with developed(one := serving(tmp_path, says, name="bücher %")):
        wait_until(lambda: server_of(one.root) is not None, "it is known")


def test_a_front_end_is_developed_once(tmp_path: Path) -> None:
    with developed(one := serving(tmp_path, VITE)):
        with pytest.raises(EnvironmentFailed, match="by another process"):
            _develop(one, Told())
        assert server_of(one.root) is not None


def test_a_record_of_a_server_that_was_killed_is_none(tmp_path: Path) -> None:
    record = tmp_path / "node_modules/.stator/dev.json"
    record.parent.mkdir(parents=True)
    record.write_text('{"address": "http://127.0.0.1:5173/static/shop/", "react": false}')
    assert server_of(str(tmp_path)) is None


def test_a_tool_that_watches_has_a_folder_to_fill_from_the_beginning(tmp_path: Path) -> None:
    one = plain(tmp_path, dev="[ -d dist ] && echo there")
    told = Told()
    _develop(one, told)
    assert told.of("shop")[0] == "there"


def test_what_a_tool_has_filled_while_watching_is_built_again(tmp_path: Path) -> None:
    one = plain(tmp_path, dev="echo watched > dist/all.txt")
    build(one, ENVIRON)
    _develop(one, Told())
    assert is_developed(one.root, one.output)
    assert why_stale(one, ENVIRON) == "its output was made while developing"
    build(one, ENVIRON)
    assert not is_developed(one.root, one.output)


def test_what_somebody_has_built_by_hand_since_counts(tmp_path: Path) -> None:
    one = plain(tmp_path, dev="echo watched > dist/all.txt")
    _develop(one, Told())
    (tmp_path / "dist/all.txt").write_text("built")
    assert not is_developed(one.root, one.output)


def test_a_development_that_was_not_seen_to_end_counts_as_such(tmp_path: Path) -> None:
    one = plain(tmp_path, dev="echo watched > dist/all.txt")
    with filled_by_another(one):
        (tmp_path / "dist").mkdir(exist_ok=True)
        assert is_developed(one.root, one.output)


def test_a_build_that_failed_is_in_nobodys_way_while_a_tool_watches(tmp_path: Path) -> None:
    one = plain(tmp_path, "exit 1", dev="echo watched > dist/all.txt")
    with pytest.raises(BuildFailed):
        build(one, ENVIRON)
    _develop(one, Told())
    assert not is_unfinished(one.root)


def test_what_has_nothing_to_be_developed_with_is_left_out(tmp_path: Path) -> None:
    told = Told()
    develop(
        [plain(tmp_path / "a"), plain(tmp_path / "b", dev="echo b", name="b")], "/static/", [], ENVIRON, told
    )
    assert told.of("b")[0] == "b"
    assert "no command" in told.of("shop")[0]
    assert develop([plain(tmp_path / "a")], "/static/", [], ENVIRON, told) == 0
