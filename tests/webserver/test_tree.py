"""Reading nginx's language: includes, parts of a configuration, and broken ones."""

from __future__ import annotations

from pathlib import Path

import pytest

from stator.errors import ConfigError, EnvironmentFailed
from stator.webserver.tree import read, servers


def written(folder: Path, text: str, name: str = "nginx.conf") -> str:
    (folder / name).write_text(text)
    return str(folder / name)


def test_includes_are_followed(tmp_path: Path) -> None:
    written(tmp_path, "\n\nlocation /static/ { alias /srv/static; }", "site.inc")
    root = read(written(tmp_path, f"http {{ server {{ include {tmp_path}/*.inc; }} }}"))
    (server,) = servers(root)
    (location,) = server.locations()
    assert location.pattern == "/static/"
    assert location.directive.file == str(tmp_path / "site.inc")
    assert location.directive.line == 3


@pytest.mark.parametrize(
    "text",
    [
        "http { server { location / { } } }",
        "upstream a { server 127.0.0.1; } server { location / { } }",
        "location / { }",
    ],
)
def test_any_part_of_a_configuration_is_read(text: str, tmp_path: Path) -> None:
    (server,) = servers(read(written(tmp_path, text)))
    assert [one.pattern for one in server.locations()] == ["/"]


def test_the_longest_prefix_is_taken(tmp_path: Path) -> None:
    text = (
        "server { location / { } location ^~ /a/ { location /a/b/ { } } "
        "location = /a/b/c { } location ~ /a { } }"
    )
    (server,) = servers(read(written(tmp_path, text)))
    taken = server.location_for("/a/b/c")
    assert taken
    assert taken.pattern == "/a/b/"
    assert server.location_for("x") is None


def test_the_nearest_block_decides(tmp_path: Path) -> None:
    text = "add_header A 1; server { add_header B 2; location / { location /a { add_header C 3; } } }"
    (server,) = servers(read(written(tmp_path, text)))
    outer, inner = server.locations()
    assert [one.args for one in outer.holding("add_header")] == [("B", "2")]
    assert [one.args for one in inner.holding("add_header")] == [("C", "3")]
    assert inner.holding("expires") == []


@pytest.mark.parametrize("text", ["server {\n", "server }", 'server { listen "80; }'])
def test_a_broken_file_is_told_with_its_line(text: str, tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"nginx\.conf:\d"):
        read(written(tmp_path, text))


@pytest.mark.parametrize("include", ["gone.conf", "{folder}/gone.conf"])
def test_a_missing_include_is_told_with_where_it_was_looked_for(include: str, tmp_path: Path) -> None:
    file = written(tmp_path, f"http {{\n include {include.format(folder=tmp_path)}; }}")
    with pytest.raises(EnvironmentFailed) as raised:
        read(file)
    missing = f"{tmp_path}/gone.conf cannot be read: No such file or directory."
    assert raised.value.message == f"{file}:2: The included file {missing}"
    assert "beside the file that --check names" in raised.value.hint


def test_a_pattern_that_no_file_fits_includes_nothing(tmp_path: Path) -> None:
    assert read(written(tmp_path, "include sites-enabled/*; events { }")).all("events")


def test_a_file_of_a_pattern_that_cannot_be_read_is_told(tmp_path: Path) -> None:
    (tmp_path / "folder.inc").mkdir()
    with pytest.raises(EnvironmentFailed) as raised:
        read(written(tmp_path, "include *.inc;"))
    folder = tmp_path / "folder.inc"
    assert raised.value.message == f"The included file {folder} cannot be read: Is a directory."


def test_a_file_that_cannot_be_read_is_told(tmp_path: Path) -> None:
    with pytest.raises(EnvironmentFailed, match="cannot be read"):
        read(str(tmp_path / "none"))
