"""The cases over real sockets: one core, carried by WSGI and by ASGI, under the servers that people use."""

from __future__ import annotations

import pytest

from tests.serve import site
from tests.serve.http_cases import HttpCases
from tests.serve.servers import started


@pytest.fixture(scope="module", params=["wsgiref", "gunicorn", "waitress", "granian", "uvicorn"])
def server(request, tmp_path_factory):
    with started(request.param, site.publish(tmp_path_factory.mktemp("site") / "public")) as running:
        yield running


class TestServers(HttpCases):
    pass
