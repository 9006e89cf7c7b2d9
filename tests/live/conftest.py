from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest

from tests.browsers import browser

__all__ = ["browser", "page"]

# While a server restarts it cannot be reached; what is missing is what some tests are about.
EXPECTED = re.compile(
    r"ERR_CONNECTION_REFUSED|ERR_CONNECTION_RESET|ERR_INCOMPLETE_CHUNKED|ERR_EMPTY|status of 404"
)


@pytest.fixture
def page(browser: Any) -> Iterator[Any]:
    """A page whose complaints on the console fail the test, when it is over."""
    context = browser.new_context()
    opened = context.new_page()
    complaints: list[str] = []
    opened.on("console", lambda said: said.type in {"error", "warning"} and complaints.append(said.text))
    opened.on("pageerror", lambda error: complaints.append(str(error)))
    yield opened
    context.close()
    assert [said for said in complaints if not EXPECTED.search(said)] == []
