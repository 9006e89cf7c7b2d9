"""Each real web server starts with a site's configuration, serves its folder, and ends."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.conformance.case import get
from tests.conformance.web_servers import PROGRAMS, public_folder, web_server
from tests.conformance.wire import exchange
from tests.processes import listens

CONFIGURATIONS = {
    "nginx": "server {{ listen 127.0.0.1:{port}; root {root}; }}",
    "next nginx": "server {{ listen 127.0.0.1:{port}; root {root}; }}",
    "caddy": "http://127.0.0.1:{port} {{\n\troot * {root}\n\tfile_server\n}}\n",
    "apache": "DocumentRoot {root}\n<Directory {root}>\n    Require all granted\n</Directory>\n",
}

of_each_program = pytest.mark.parametrize(
    "name", [pytest.param(name, marks=pytest.mark.needs(name)) for name in PROGRAMS]
)


@pytest.fixture
def root():
    with public_folder() as folder:
        (folder / "static").mkdir()
        (folder / "static/a.txt").write_text("a file")
        yield folder


@of_each_program
def test_it_serves_until_the_block_ends(name, root):
    def configuration(port):
        return CONFIGURATIONS[name].format(port=port, root=root)

    with web_server(name, configuration, root) as server:
        [answer] = exchange(server.address, [get("a.txt")])
    assert (answer.status, answer.content) == (200, b"a file")
    assert not listens(server.address)


@of_each_program
def test_a_wrong_configuration_is_told_with_the_servers_own_words(name, root):
    with (
        pytest.raises(AssertionError, match=r"nonsense|Syntax error"),
        web_server(name, lambda _: "nonsense {\n", root),
    ):
        pass


@of_each_program
def test_it_is_not_root(name, root):
    with web_server(name, lambda port: CONFIGURATIONS[name].format(port=port, root=root), root) as server:
        assert Path(f"/proc/{server.pid}").stat().st_uid != 0
