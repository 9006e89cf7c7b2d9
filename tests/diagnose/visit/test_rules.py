"""Every kind of finding of a visit has a page, a test that asks for it, and a summary in a sentence."""

from __future__ import annotations

from pathlib import Path

import pytest

from stator.diagnose.visit.visiting import RULES
from tests.parts import TESTS

DOCS = TESTS.parent / "docs" / "findings"


@pytest.mark.parametrize("id", RULES)
def test_it_has_a_page(id: str) -> None:
    page = (DOCS / f"{id}.md").read_text()
    assert page.startswith(f"# {id}\n\n{str(RULES[id].level).capitalize()}")
    for part in ("## What it means", "## Example", "## What to do"):
        assert part in page
    assert f"[{id}]" in page


def test_every_page_of_a_visit_is_of_a_rule() -> None:
    assert {page.stem for page in DOCS.glob("live-*.md")} == set(RULES)


@pytest.mark.parametrize("id", RULES)
def test_it_is_asked_for_by_a_test(id: str) -> None:
    tests = Path(__file__).parent
    assert any(f'"{id}"' in (tests / name).read_text() for name in ("test_faults.py", "test_visiting.py"))


def test_summaries_are_sentences() -> None:
    assert all(rule.summary.endswith(".") for rule in RULES.values())
