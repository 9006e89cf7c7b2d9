"""What all patterns of the scanners must hold to, whatever Python runs the tests."""

from __future__ import annotations

import re
from types import ModuleType

import pytest

from stator.references import (
    css,
    javascript,
    javascript_code,
    javascript_grammar,
    javascript_tokens,
    source_map,
)

POSSESSIVE_GROUP = r"(?<!\\)\)(?:[*+?]|\{[\d,]+\})\+"
MODULES = [css, javascript, javascript_code, javascript_grammar, javascript_tokens, source_map]


@pytest.mark.parametrize("module", MODULES, ids=lambda module: module.__name__.rpartition(".")[2])
def test_no_group_is_repeated_possessively(module: ModuleType) -> None:
    """Up to Python 3.11.4, which Debian 12 has, ``(…)*+`` leaves a wrong position (gh-106052)."""
    for name, value in vars(module).items():
        if isinstance(value, re.Pattern | bytes):  # many are compiled when they are first needed
            pattern = value if isinstance(value, bytes) else value.pattern
            text = pattern if isinstance(pattern, str) else pattern.decode("latin-1")
            found = re.search(POSSESSIVE_GROUP, text)
            assert found is None, f"{name}: {text[found.start() - 40 : found.end()]}"


def test_the_rule_would_notice() -> None:
    assert re.search(POSSESSIVE_GROUP, "(?:a|b)*+c")
    assert not re.search(POSSESSIVE_GROUP, r"(?>(?:a|b)*)\)*+[ab]*+")
