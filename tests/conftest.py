from __future__ import annotations

import os

import hypothesis
import pytest

from tests import parts

collect_ignore = ["sites"]  # projects, whatever they have in them

# Where people work, each run looks elsewhere for faults. A verdict on a change must not depend on luck.
# Neither must it depend on what else a machine does: no example has a time.
hypothesis.settings.register_profile("work", deadline=None)
hypothesis.settings.register_profile("verdict", deadline=None, derandomize=True)
hypothesis.settings.load_profile("verdict" if os.environ.get("STATOR_REQUIRE_PARTS") else "work")


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Let tests that leave threads in this process come last: in one with threads nothing forks."""
    items.sort(key=lambda item: item.get_closest_marker("asks_stores") is not None)


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> None:
    for marker in item.iter_markers("needs"):
        reason = parts.missing(marker.args[0])
        if reason is None:
            continue
        if os.environ.get("STATOR_REQUIRE_PARTS"):
            pytest.fail(f"a required part is missing: {reason}", pytrace=False)
        pytest.skip(reason)
