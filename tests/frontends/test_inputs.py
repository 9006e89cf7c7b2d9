from __future__ import annotations

import os
import socket
from pathlib import Path

import pytest

from stator.frontends.inputs import hash_of_inputs, hash_of_output, sources_of
from tests.frontends.plain import plain
from tests.sites import write

FILES: dict[str, str | bytes] = {"src/a.txt": "a", "package.json": "{}", ".env": "A=1", "src/deep/b.css": "b"}


@pytest.mark.parametrize(
    "change",
    [
        {"src/a.txt": "other"},
        {"src/new.txt": ""},
        {"package-lock.json": "{}"},
        {".env": "A=2"},
        {"src/deep/b.css": "c"},
    ],
)
def test_what_a_build_reads_decides(tmp_path: Path, change: dict[str, str | bytes]) -> None:
    write(tmp_path, FILES)
    before = hash_of_inputs(plain(tmp_path), {})
    write(tmp_path, change)
    assert hash_of_inputs(plain(tmp_path), {}) != before


@pytest.mark.parametrize(
    "change",
    [
        {"src/a.txt": "a"},
        {"dist/made.txt": "made"},
        {"node_modules/vite/index.js": ""},
        {"src/node_modules/x.js": ""},
        {".git/HEAD": ""},
        {"src/__pycache__/x.pyc": ""},
    ],
)
def test_what_it_does_not_read_decides_nothing(tmp_path: Path, change: dict[str, str | bytes]) -> None:
    write(tmp_path, FILES)
    before = hash_of_inputs(plain(tmp_path), {})
    write(tmp_path, change)
    assert hash_of_inputs(plain(tmp_path), {}) == before


@pytest.mark.parametrize(
    ("environ", "decides"),
    [
        ({"NODE_ENV": "test"}, True),
        ({"VITE_API": "https://x.test"}, True),
        ({"PATH": "/bin"}, False),
        ({"MY_NODE_ENV": "x"}, False),
    ],
)
def test_variables_that_tools_heed_decide(tmp_path: Path, environ: dict[str, str], decides: bool) -> None:
    one = plain(tmp_path)
    assert (hash_of_inputs(one, environ) != hash_of_inputs(one, {})) is decides


def test_the_command_decides_and_the_place_does_not(tmp_path: Path) -> None:
    here, there = plain(tmp_path / "here"), plain(tmp_path / "there")
    assert hash_of_inputs(here, {}) == hash_of_inputs(there, {})
    assert hash_of_inputs(here, {}) != hash_of_inputs(here._replace(build="make"), {})
    elsewhere = here._replace(output=str(tmp_path / "here/out"))
    assert hash_of_inputs(here, {}) != hash_of_inputs(elsewhere, {})


def test_two_names_with_one_content_are_not_one_name_with_both(tmp_path: Path) -> None:
    one, other = plain(tmp_path / "one"), plain(tmp_path / "other")
    write(tmp_path, {"one/src/b": "", "other/src/b": "", "one/src/bc": "x", "other/src/b.": "x"})
    assert hash_of_inputs(one, {}) != hash_of_inputs(other, {})


def test_a_link_that_leads_nowhere_is_no_error(tmp_path: Path) -> None:
    one = plain(tmp_path)
    before = hash_of_inputs(one, {})
    (tmp_path / "src/gone").symlink_to("nowhere")
    assert hash_of_inputs(one, {}) != before


def test_what_a_linked_folder_has_counts(tmp_path: Path) -> None:
    one = plain(tmp_path / "front")
    write(tmp_path, {"shared/a.txt": "a"})
    (tmp_path / "front/src/shared").symlink_to("../../shared")
    before = hash_of_inputs(one, {})
    write(tmp_path, {"shared/a.txt": "b"})
    assert hash_of_inputs(one, {}) != before


def test_links_that_lead_in_circles_end_and_those_to_the_output_do_not_count(tmp_path: Path) -> None:
    one = plain(tmp_path)
    write(tmp_path, {"dist/made.txt": "made"})
    (tmp_path / "src/up").symlink_to("..")
    (tmp_path / "static").symlink_to("dist")
    before = hash_of_inputs(one, {})
    write(tmp_path, {"dist/made.txt": "anew"})
    assert hash_of_inputs(one, {}) == before


def test_what_is_no_file_has_no_content(tmp_path: Path) -> None:
    one = plain(tmp_path)
    os.mkfifo(tmp_path / "src/pipe")  # to open it would be to wait for ever
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(str(tmp_path / "src/s"))
        assert hash_of_inputs(one, {})


def test_an_editors_lock_on_a_style_sheet_is_no_error(tmp_path: Path) -> None:
    one = plain(tmp_path)
    (tmp_path / "src/.#site.css").symlink_to("someone@somewhere.1:2")
    assert sources_of(one) == ()


def test_folders_and_files_outside_count_where_they_are_named(tmp_path: Path) -> None:
    one = plain(
        tmp_path / "front",
        sources=(str(tmp_path / "templates"), str(tmp_path / "one.json"), str(tmp_path / "no")),
    )
    write(tmp_path, {"templates/a.html": "a", "one.json": "{}", "two.json": "{}"})
    known = {hash_of_inputs(one, {})}
    for change in ({"templates/a.html": "b"}, {"one.json": "[]"}):
        write(tmp_path, change)  # type: ignore[arg-type]
        assert hash_of_inputs(one, {}) not in known
        known.add(hash_of_inputs(one, {}))
    write(tmp_path, {"two.json": "[]"})
    assert hash_of_inputs(one, {}) in known


@pytest.mark.parametrize(
    ("rule", "source"),
    [
        ('@source "../../templates";', "templates"),
        ("@source '../../templates/**/*.html';", "templates"),
        ('@source "../../templates/{a,b}.html";', "templates"),
        ('@source "../../one.html";', "one.html"),
        ('@source not "../../templates";', None),
        ('@source inline("underline");', None),
        ('@source "./here";', None),
    ],
)
def test_tailwind_says_in_a_style_sheet_what_it_reads(tmp_path: Path, rule: str, source: str | None) -> None:
    one = plain(tmp_path / "front")
    write(tmp_path, {"front/src/in.css": f'@import "tailwindcss";\n{rule}\n'})
    assert sources_of(one) == (() if source is None else (str(tmp_path / source),))


def test_all_of_the_output_counts(tmp_path: Path) -> None:
    one = plain(tmp_path)
    seen = {hash_of_output(one.output)}
    for change in ({"dist/a.js": "a"}, {"dist/a.js": "b"}, {"dist/.vite/manifest.json": "{}"}):
        write(tmp_path, change)  # type: ignore[arg-type]
        seen.add(hash_of_output(one.output))
    assert len(seen) == 4
