"""The page of findings for users names every finding."""

from __future__ import annotations

import re

from stator.diagnose.doctor import rules
from tests.parts import TESTS

PAGE = TESTS.parent / "docs" / "reference" / "findings.md"
ROW = re.compile(r"^\| \[([\w-]+)\]\(\.\./findings/([\w-]+)\.md\) \| (\w+) \| (.+) \|$", re.MULTILINE)


def test_its_tables_have_every_finding_once_as_the_rules_are() -> None:
    rows = ROW.findall(PAGE.read_text())
    described = [(id, id, str(rule.level), rule.summary) for id, rule in rules().items()]
    assert sorted(rows) == sorted(described)
