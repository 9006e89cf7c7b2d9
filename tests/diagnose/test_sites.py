"""Each check has a site in which it must speak, one in which it must stay silent, and a page in the docs."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from stator.diagnose.doctor import rules
from stator.findings import Level
from tests.diagnose.sites import SITES, copied, doctor
from tests.docs.walking import SITE, missing_line

DOCS = Path(__file__).parents[2] / "docs" / "findings"
CHECKS = sorted(id for id in rules() if not id.startswith("live-"))  # which tests/diagnose/visit has


def told(finding: dict[str, Any], folder: Path) -> list[str]:
    """Return the lines in which a finding says what it is and what to do, as its page has them."""
    line = f":{finding['line']}:{finding['column']}" if finding["line"] else ""
    place = finding["file"].removeprefix(f"{folder}/") + line
    lines = [
        f"{place}: {finding['level']}: {finding['message']} [{finding['id']}]",
        f"hint: {finding['hint']}",
    ]
    return [one.replace(str(folder), SITE) for one in lines]


@pytest.mark.parametrize("id", CHECKS)
def test_it_speaks(id: str, tmp_path: Path) -> None:
    said = doctor(copied(SITES / id / "speaks", tmp_path))
    assert id in said.ids, said
    finding = next(one for one in said.findings if one["id"] == id)
    assert finding["message"]
    assert finding["hint"]
    assert finding["file"]
    page = (DOCS / f"{id}.md").read_text()
    found = (told(one, tmp_path) for one in said.findings if one["id"] == id)
    assert any(missing_line(lines, page) is None for lines in found), "its page shows something else"


@pytest.mark.parametrize("id", CHECKS)
def test_it_stays_silent(id: str, tmp_path: Path) -> None:
    said = doctor(copied(SITES / id / "silent", tmp_path))
    assert id not in said.ids


@pytest.mark.parametrize("id", sorted(rules()))
def test_it_has_a_page(id: str) -> None:
    page = (DOCS / f"{id}.md").read_text()
    assert page.startswith(f"# {id}\n")
    for part in ("## What it means", "## Example", "## What to do"):
        assert part in page


def test_every_site_and_every_page_is_of_a_check() -> None:
    folders = {folder.name for folder in SITES.iterdir() if folder.is_dir()} - {"__pycache__", "broken"}
    assert folders == set(CHECKS)
    assert {page.stem for page in DOCS.glob("*.md")} == set(rules())


def test_there_are_enough() -> None:
    assert len(CHECKS) >= 45
    assert all(rule.summary.endswith(".") and rule.level in Level for rule in rules().values())
