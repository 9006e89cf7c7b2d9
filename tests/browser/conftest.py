from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.browser.example import Example, demonstrated
from tests.browsers import browser

__all__ = ["browser", "example"]


@pytest.fixture(scope="session")
def example(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Example]:
    with demonstrated(tmp_path_factory.mktemp("example")) as running:
        yield running
