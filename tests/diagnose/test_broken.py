"""Each project in ``tests/sites/broken`` has one classic mistake, from a question that somebody has asked.

The doctor's first finding names it, ``expected.txt`` has its id; with its mend done to the letter that
finding is gone, and no error is left.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from stator.findings import Level
from tests.diagnose.mending import first_finding, mend
from tests.diagnose.sites import SITES, copied, doctor

BROKEN = sorted(folder for folder in (SITES / "broken").iterdir() if folder.is_dir())


@pytest.mark.parametrize("site", BROKEN, ids=lambda site: site.name)
def test_the_first_finding_names_the_mistake_and_its_mend_works(site: Path, tmp_path: Path) -> None:
    (expected,) = (site / "expected.txt").read_text().split()
    folder = copied(site, tmp_path)
    finding = first_finding(folder)
    assert finding["id"] == expected, finding
    mend(folder, finding)
    said = doctor(folder)
    assert expected not in said.ids, said.output
    assert [one for one in said.findings if one["level"] == Level.ERROR] == []


@pytest.mark.parametrize("site", BROKEN, ids=lambda site: site.name)
def test_it_was_asked_by_somebody(site: Path) -> None:
    address, symptom = (site / "question.txt").read_text().splitlines()
    assert address.startswith("https://")
    assert symptom


def test_there_are_enough() -> None:
    assert len(BROKEN) >= 20
