"""SECURITY.md says where each protection is tested: those tests are there."""

from __future__ import annotations

import re

from tests.release.conftest import REPOSITORY

NAMED = re.compile(r"`(tests/[\w/.]+)`")


def test_every_test_that_is_named_is_there() -> None:
    named = NAMED.findall((REPOSITORY / "SECURITY.md").read_text())
    assert len(named) > 20
    assert [file for file in named if not (REPOSITORY / file).exists()] == []


def test_every_protection_names_a_test() -> None:
    text = (REPOSITORY / "SECURITY.md").read_text()
    rows = [line for line in text.splitlines() if line.startswith("| ") and not line.startswith("| against")]
    assert [row for row in rows if not NAMED.search(row)] == []
