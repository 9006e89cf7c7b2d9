from __future__ import annotations

from functools import cache

import pytest

from tests.browsers import browser
from tests.django.conftest import project
from tests.toolchains import Output, build

__all__ = ["browser", "project"]


@pytest.fixture(scope="session")
def output(tmp_path_factory: pytest.TempPathFactory) -> Output:
    """Return what builds a front end when it is first asked for, and gives its output."""
    return cache(lambda name: build(name, tmp_path_factory.mktemp(name) / "project"))
