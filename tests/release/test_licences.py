"""The list of licences is what the installed packages say."""

from __future__ import annotations

import itertools
import re
import subprocess
import sys
import tomllib

import pytest

from tests.release.conftest import REPOSITORY

PAGE = REPOSITORY / "docs" / "licences.md"
GOOD = re.compile(r"(BSD|MIT|PSF|Apache|HPND)")

pytestmark = [pytest.mark.other_programs, pytest.mark.needs("release tools")]


def test_the_page_is_what_the_script_prints() -> None:
    script = [sys.executable, REPOSITORY / "scripts" / "licences"]
    printed = subprocess.run(script, check=True, capture_output=True, text=True).stdout
    assert printed == PAGE.read_text(), "run scripts/licences > docs/licences.md"


def test_every_requirement_has_a_row_with_a_licence_that_asks_for_little() -> None:
    rows = {
        name.lower(): licence
        for name, licence in re.findall(r"^\| ([\w.-]+) \| (.*?) \| ", PAGE.read_text(), re.MULTILINE)
        if name != "package"
    }
    project = tomllib.loads((REPOSITORY / "pyproject.toml").read_text())["project"]
    asked = [*project["dependencies"], *itertools.chain(*project["optional-dependencies"].values())]
    names = {re.match(r"[\w.-]+", one)[0].lower() for one in asked} - {"stator"}
    assert names <= set(rows)
    assert {name: licence for name, licence in rows.items() if not GOOD.search(licence)} == {}
