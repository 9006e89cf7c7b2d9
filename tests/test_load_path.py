from __future__ import annotations

import os
import socket
import subprocess
import sys
import tempfile
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from stator.config import Options
from stator.findings import Level
from stator.load_path import LoadPath, SourceFile, printable, signature, walk
from tests.sites import found, origin, write


def told(load_path: LoadPath) -> list[tuple[str, str]]:
    """Return the findings, which come in the order of the disk; a build puts them in order of place."""
    return sorted((finding.id, finding.path) for finding in load_path.findings)


def test_files_come_sorted_with_their_prefix(tmp_path: Path) -> None:
    one = write(tmp_path / "one", {"b.css": "", "a/z.js": "", "a/b/c.png": ""})
    two = write(tmp_path / "two", {"logo.svg": ""})
    load_path = found(one, origin(two, prefix="brand"))
    assert list(load_path.files) == ["a/b/c.png", "a/z.js", "b.css", "brand/logo.svg"]
    assert load_path.findings == ()


def test_the_first_wins_and_the_others_are_named(tmp_path: Path) -> None:
    apps = [write(tmp_path / name, {"x.css": name}) for name in ("first", "second", "third")]
    load_path = found(*apps)
    assert load_path.files["x.css"].location == str(apps[0] / "x.css")
    assert [loser.origin.label for loser in load_path.shadowed["x.css"]] == ["app 'second'", "app 'third'"]
    assert told(load_path) == [("shadowed", "x.css")] * 2
    assert "app 'first' offers it first" in load_path.findings[0].message


@pytest.mark.parametrize(("winner", "loser", "level", "package"), [
    ("own", "other", Level.WARNING, False),
    ("own", "site-packages/pkg", Level.WARNING, False),
    ("site-packages/pkg", "site-packages/other", Level.INFO, True),
    ("site-packages/pkg", "own", Level.WARNING, False),
])  # fmt: skip
def test_what_is_shadowed_matters_by_whose_it_is(
    tmp_path: Path, winner: str, loser: str, level: Level, package: bool
) -> None:
    load_path = found(*(write(tmp_path / name, {"x.css": name}) for name in (winner, loser)))
    assert [(finding.level, finding.package) for finding in load_path.findings] == [(level, package)]


def test_who_replaces_a_file_of_a_package_is_told_how_to_declare_it(tmp_path: Path) -> None:
    own, package = (write(tmp_path / name, {"x.css": ""}) for name in ("own", "site-packages/pkg"))
    (finding,) = found(own, package).findings
    assert finding.place.file == str(own / "x.css")
    assert finding.message == "'x.css' stands in place of a file of app 'pkg'"
    assert "STATOR['OVERRIDES'] = ['x.css']" in finding.hint


@pytest.mark.parametrize(("winner", "loser", "silent"), [
    ("own", "site-packages/pkg", True),
    ("site-packages/pkg", "site-packages/other", True),
    ("own", "other", False),
    ("site-packages/pkg", "own", False),
])  # fmt: skip
def test_only_a_file_of_a_package_can_be_replaced_by_declaration(
    tmp_path: Path, winner: str, loser: str, silent: bool
) -> None:
    folders = [write(tmp_path / name, {"css/x.css": name}) for name in (winner, loser)]
    findings = found(*folders, options=Options(overrides=("css/*",))).findings
    assert [finding.id for finding in findings] == ([] if silent else ["shadowed"])


def test_one_folder_offered_twice_shadows_nothing(tmp_path: Path) -> None:
    one = write(tmp_path / "one", {"x.css": ""})
    assert found(one, one).shadowed == {}


@pytest.mark.parametrize(
    "name", [".env", ".git/config", "a.css~", "#a.css#", "CVS/x", "a/.b.swp", "Thumbs.db"]
)
def test_droppings_are_not_found(tmp_path: Path, name: str) -> None:
    assert list(found(write(tmp_path / "one", {name: "", "kept.css": ""})).files) == ["kept.css"]


def test_patterns_of_the_project_are_not_found(tmp_path: Path) -> None:
    one = write(tmp_path / "one", {"a.psd": "", "src/x/b.scss": "", "src/kept.css": ""})
    assert list(found(one, options=Options(ignore=("*.psd", "src/x/*"))).files) == ["src/kept.css"]


def test_a_hidden_manifest_of_a_bundler_is_known_and_not_published(tmp_path: Path) -> None:
    load_path = found(
        write(tmp_path / "one", {"dist/.vite/manifest.json": "{}", "dist/.vite/deps.json": "{}"})
    )
    assert list(load_path.files) == []
    assert [source.path for source in load_path.bundler_manifests] == ["dist/.vite/manifest.json"]


def test_a_symlink_inside_the_folder_is_a_file_like_others(tmp_path: Path) -> None:
    one = write(tmp_path / "one", {"real/a.css": "x"})
    (one / "alias.css").symlink_to("real/a.css")
    (one / "folder").symlink_to("real")
    load_path = found(one)
    assert list(load_path.files) == ["alias.css", "folder/a.css", "real/a.css"]
    assert load_path.findings == ()


def test_a_symlink_out_of_the_folder_is_reported_and_not_followed(tmp_path: Path) -> None:
    one = write(tmp_path / "one", {"a.css": ""})
    write(tmp_path / "secret", {"key.pem": "x"})
    (one / "key.pem").symlink_to(tmp_path / "secret/key.pem")
    (one / "folder").symlink_to(tmp_path / "secret")
    (one / "sibling").symlink_to("../one-of-the-same-beginning")
    write(tmp_path / "one-of-the-same-beginning", {"x": ""})
    load_path = found(one)
    assert list(load_path.files) == ["a.css"]
    assert told(load_path) == [("symlink-outside", name) for name in ("folder", "key.pem", "sibling")]


def test_a_symlink_out_of_the_folder_is_followed_when_asked_for(tmp_path: Path) -> None:
    one = write(tmp_path / "one", {"a.css": ""})
    write(tmp_path / "other", {"b.css": "x"})
    (one / "folder").symlink_to(tmp_path / "other")
    assert list(found(one, options=Options(follow_symlinks=True)).files) == ["a.css", "folder/b.css"]


@pytest.mark.parametrize("follow_symlinks", [False, True])
def test_symlinks_in_a_circle_end(tmp_path: Path, follow_symlinks: bool) -> None:
    one = write(tmp_path / "one", {"a/x.css": "", "b/y.css": ""})
    (one / "a/up").symlink_to("..")
    (one / "a/to-b").symlink_to("../b")
    (one / "b/to-a").symlink_to("../a")
    load_path = found(one, options=Options(follow_symlinks=follow_symlinks))
    assert {"a/x.css", "b/y.css", "a/to-b/y.css", "b/to-a/x.css"} <= set(load_path.files)
    assert {finding.id for finding in load_path.findings} == {"symlink-loop"}


def test_what_is_no_file_is_reported(tmp_path: Path) -> None:
    one = write(tmp_path / "one", {"a.css": ""})
    (one / "dangling.css").symlink_to("nowhere")
    os.mkfifo(one / "pipe.css")
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(os.path.relpath(one / "socket.css"))
    load_path = found(one)
    assert list(load_path.files) == ["a.css"]
    assert told(load_path) == [("not-a-file", name) for name in ("dangling.css", "pipe.css", "socket.css")]


@pytest.mark.parametrize("name", [b"back\\slash.css", b"new\nline.css", b"latin-\xe9.css", b"x" * 243])
def test_names_that_cannot_be_urls_are_reported(tmp_path: Path, name: bytes) -> None:
    one = write(tmp_path / "one", {"a.css": ""})
    (Path(os.fsdecode(os.fsencode(one) + b"/" + name))).touch()
    load_path = found(one)
    assert list(load_path.files) == ["a.css"]
    assert [finding.id for finding in load_path.findings] == ["unusable-name"]
    load_path.findings[0].message.encode()


def test_a_file_where_another_needs_a_folder_is_an_error(tmp_path: Path) -> None:
    one, two = write(tmp_path / "one", {"x/y.css": ""}), write(tmp_path / "two", {"x": ""})
    load_path = found(one, two)
    assert told(load_path) == [("file-and-folder", "x/y.css")]
    assert load_path.findings[0].level is Level.ERROR


@pytest.mark.needs("root")
@pytest.mark.parametrize(("folder", "level"), [("own", "error"), ("site-packages/pkg", "warning")])
def test_an_unreadable_folder_is_reported(folder: str, level: str) -> None:
    # Root reads everything, so a child without its rights looks, at a folder that everyone may enter.
    with tempfile.TemporaryDirectory() as temporary:
        os.chmod(temporary, 0o755)
        one = write(Path(temporary, folder), {"a.css": "", "closed/b.css": ""})
        (one / "closed").chmod(0)
        script = (
            "import os, sys; from pathlib import Path; from tests.sites import found; os.setuid(65534)\n"
            "load_path = found(Path(sys.argv[1]))\n"
            "print(*load_path.files, *(f'{f.level} {f.id} {f.path}' for f in load_path.findings), sep=';')"
        )
        child = subprocess.run(
            [sys.executable, "-c", script, one], check=True, capture_output=True, text=True
        )
    assert child.stdout.strip() == f"a.css;{level} unreadable closed/"


def test_printable_names_can_always_be_written() -> None:
    assert printable("caf\udce9") == "caf\\xe9"
    assert printable("ü") == "ü"


# Signatures

SECOND = 1_000_000_000
NOW = 1_700_000_000 * SECOND + 123_456_789


def status(*, changed: int = NOW - SECOND, touched: int = NOW - SECOND, size: int = 7, inode: int = 3) -> Any:
    return SimpleNamespace(st_mtime_ns=changed, st_ctime_ns=touched, st_size=size, st_ino=inode)


@pytest.mark.parametrize(("times", "since", "relied_on"), [
    ({}, NOW, True),
    ({"changed": NOW - 1, "touched": NOW - 1}, NOW, True),
    # Changed when the walk began, or later: it may change again and keep its times.
    ({"changed": NOW}, NOW, False),
    ({"touched": NOW}, NOW, False),
    ({"touched": NOW + 1}, NOW, False),
    # The time of the content can be set by anyone, that of the status cannot.
    ({"changed": 0}, NOW, True),
    ({"changed": 0, "touched": NOW}, NOW, False),
    # From the future, and without any time of the walk.
    ({"changed": NOW + 3600 * SECOND}, NOW, False),
    ({}, 0, False),
    # A file system that keeps whole seconds, or every other one.
    ({"changed": NOW // SECOND * SECOND, "touched": NOW // SECOND * SECOND}, NOW, False),
    ({"changed": (NOW // SECOND - 1) * SECOND, "touched": (NOW // SECOND - 1) * SECOND}, NOW, False),
    ({"changed": (NOW // SECOND - 3) * SECOND, "touched": (NOW // SECOND - 3) * SECOND}, NOW, True),
])  # fmt: skip
def test_a_file_that_could_change_unseen_has_no_signature(
    times: dict[str, int], since: int, relied_on: bool
) -> None:
    assert bool(signature(status(**times), since)) is relied_on


@pytest.mark.parametrize("change", [
    {"changed": NOW - SECOND - 1},
    {"touched": NOW - SECOND - 1},
    {"size": 8},
    {"inode": 4},
])  # fmt: skip
def test_whatever_changes_changes_the_signature(change: dict[str, int]) -> None:
    assert signature(status(**change), NOW) != signature(status(), NOW)


def test_the_same_file_has_the_same_signature_whenever_it_is_walked() -> None:
    assert signature(status(), NOW) == signature(status(), NOW + SECOND) != ""


def test_files_are_signed_when_the_time_is_given(tmp_path: Path) -> None:
    app = write(tmp_path / "app", {"a.css": "a{}"})

    def signed(since: int) -> str:
        (source,) = walk(origin(app), lambda _: False, lambda _: False, since=since)
        assert isinstance(source, SourceFile)
        assert source.size == 3
        return source.signature

    later = (app / "a.css").stat().st_ctime_ns + 10 * SECOND
    assert signed(0) == ""
    assert signed(later) == signature((app / "a.css").stat(), later) != ""


def test_a_link_that_goes_during_the_walk_is_reported(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    one = write(tmp_path / "one", {"a.css": ""})
    (one / "gone.css").symlink_to("a.css")
    realpath = os.path.realpath

    def gone(path: str) -> str:
        if path.endswith("gone.css"):
            raise FileNotFoundError(2, "No such file or directory", path)
        return realpath(path)

    monkeypatch.setattr(os.path, "realpath", gone)
    load_path = found(one)
    assert list(load_path.files) == ["a.css"]
    assert told(load_path) == [("unreadable", "gone.css")]
