"""The comparison: each cell has its evidence, named tests exist, and what it calls proven is tried anew."""

from __future__ import annotations

import json
import re
import subprocess
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import NamedTuple

import pytest

from tests.docs.pages import DOCS, PROJECT
from tests.parts import MIGRATIONS

PAGE = (DOCS / "comparison.md").read_text()
TABLES, _, EVIDENCE = PAGE.partition("## Evidence")
COLUMNS = ("Dj", "WN", "SS", "ME", "CF", "DC", "DV", "Ps", "St")
CLAIMS = {"yes", "partly", "no"}
NOT_CLAIMED = {"–", "?"}
PROOFS = Path(__file__).with_name("proofs.py")
PROVEN_OF = {"Dj": "Django", "WN": "WhiteNoise", "SS": "ServeStatic", "ME": "MSF enhanced", "St": "Stator"}
_ROW = re.compile(r"^\| (\d+) \| (.+?) \| (.+) \|$", re.MULTILINE)
_ITEM = re.compile(r"^(\d+)\. (.+(?:\n {3,4}\S.*)*)", re.MULTILINE)
_OF = re.compile(r"\*\*([A-Z][\w,\s]*)\*\*")
_TEST = re.compile(r"`(tests/[\w/]+\.py)(?:::(\w+))?`")


class Row(NamedTuple):
    title: str
    cells: dict[str, str]
    evidence: str

    @property
    def named(self) -> set[str]:
        """The columns that the evidence speaks of."""
        return {column for group in _OF.findall(self.evidence) for column in re.findall(r"\w+", group)}

    @property
    def proven(self) -> list[str]:
        """The columns that the evidence calls proven."""
        groups = re.findall(rf"{_OF.pattern}\s+proven", self.evidence)
        return [column for group in groups for column in re.findall(r"\w+", group)]


def rows() -> Iterator[Row]:
    evidence = dict(_ITEM.findall(EVIDENCE))
    for number, title, cells in _ROW.findall(TABLES):
        yield Row(title, dict(zip(COLUMNS, cells.split(" | "), strict=True)), evidence[number])


ROWS = [pytest.param(row, id=row.title) for row in rows()]


def test_the_readme_says_what_the_comparison_says() -> None:
    table = (PROJECT / "README.md").read_text().partition("## Compared")[2]
    said = re.findall(r"^\| ([^|]+) \| (.+) \|$", table, re.MULTILINE)
    columns = [column for column in COLUMNS if column != "Ps"]
    known = {row.title: " | ".join(row.cells[column] for column in columns) for row in rows()}
    shown = {title: cells for title, cells in said if title in known}
    assert len(shown) == len(re.findall(r"^\| (?!\|)", table.partition("How to move")[0], re.MULTILINE))
    assert shown.items() <= known.items()


def test_rows_are_counted_and_have_one_entry_of_evidence_each() -> None:
    counted = [str(number) for number in range(1, len(ROWS) + 1)]
    assert [number for number, *_ in _ROW.findall(TABLES)] == counted
    assert [number for number, _ in _ITEM.findall(EVIDENCE)] == counted


@pytest.mark.parametrize("row", ROWS)
def test_every_claim_has_evidence(row: Row) -> None:
    assert set(row.cells.values()) <= CLAIMS | NOT_CLAIMED
    assert row.named == {column for column, cell in row.cells.items() if cell in CLAIMS}


def test_tests_that_are_named_exist() -> None:
    for file, name in _TEST.findall(EVIDENCE):
        assert (PROJECT / file).exists(), file
        assert f"def {name}(" in (PROJECT / file).read_text() if name else True, name


@cache
def proofs(package: str) -> dict[str, bool]:
    """Return what the package does in each case, tried with the package itself."""
    command = [MIGRATIONS / "bin/python", "-W", "ignore", PROOFS, package]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    return json.loads(done.stdout)


@pytest.mark.other_programs
@pytest.mark.needs("migrations")
@pytest.mark.parametrize("column", PROVEN_OF)
def test_what_is_called_proven_is_so(column: str) -> None:
    claimed = {row.title: row.cells[column] == "yes" for row in rows() if column in row.proven}
    assert claimed == proofs(PROVEN_OF[column])
