"""The page of the verb for users names every finding."""

from __future__ import annotations

import re

from stator.diagnose.doctor import rules
from tests.parts import TESTS

DOCS = TESTS.parent / "docs"
ROW = re.compile(r"^\| \[([\w-]+)\]\(findings/([\w-]+)\.md\) \| (\w+) \| (.+) \|$", re.MULTILINE)


def test_its_tables_have_every_finding_once_as_the_rules_are() -> None:
    rows = ROW.findall((DOCS / "doctor.md").read_text())
    described = [(id, id, str(rule.level), rule.summary) for id, rule in rules().items()]
    assert sorted(rows) == sorted(described)


def test_its_links_lead_somewhere() -> None:
    for link in re.findall(r"\]\(([^)#]+)", (DOCS / "doctor.md").read_text()):
        assert (DOCS / link).is_file(), link
