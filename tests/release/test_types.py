"""The types that a user's checkers see: the small project in ``user/`` against the installed wheel.

Every line of it that ends with ``# wrong`` is an error for each checker, and no other line is.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.parts import CORPUS

pytestmark = [pytest.mark.other_programs, pytest.mark.needs("release tools")]

USER = Path(__file__).parent / "user"
PYRIGHT = CORPUS / "pyright" / "index.js"

Line = tuple[str, int]


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """Return a copy of the user's project, away from the settings of this one."""
    folder = tmp_path / "user"
    shutil.copytree(USER, folder, ignore=shutil.ignore_patterns("__pycache__"))
    (folder / "pyrightconfig.json").write_text('{"typeCheckingMode": "strict"}')
    return folder


def test_mypy_finds_what_is_wrong_and_nothing_else(project: Path, environment: Path) -> None:
    found = subprocess.run(
        [
            *(sys.executable, "-m", "mypy", "--strict", "--config-file=", "--no-error-summary"),
            *(f"--python-executable={environment}/bin/python", f"--cache-dir={project}/cache", "-p", "shop"),
        ],
        check=False,
        cwd=project,
        capture_output=True,
        text=True,
    )
    errors = re.findall(r"^(\S+?):(\d+): error:", found.stdout, re.MULTILINE)
    assert {(file, int(line)) for file, line in errors} == wrong_lines(project), found.stdout + found.stderr


@pytest.mark.needs("pyright")
def test_pyright_finds_what_is_wrong_and_nothing_else(project: Path, environment: Path) -> None:
    said = pyright(environment, "--outputjson", cwd=project)
    told = said["generalDiagnostics"]
    errors = {
        (os.path.relpath(one["file"], project), one["range"]["start"]["line"] + 1)
        for one in told
        if one["severity"] == "error"
    }
    assert errors == wrong_lines(project), told


@pytest.mark.needs("pyright")
def test_every_public_name_has_a_known_type(environment: Path, tmp_path: Path) -> None:
    said = pyright(environment, "--verifytypes", "stator", "--ignoreexternal", "--outputjson", cwd=tmp_path)
    completeness = said["typeCompleteness"]
    unclear = [
        f"{symbol['name']}: {one['message']}"
        for symbol in completeness["symbols"]
        if symbol["isExported"] and not symbol["isTypeKnown"]
        for one in symbol["diagnostics"]
    ]
    assert unclear == []
    assert completeness["exportedSymbolCounts"]["withKnownType"] > 1_000


def pyright(environment: Path, *arguments: str, cwd: Path) -> dict:
    """Run pyright as within ``environment``, which is how ``--verifytypes`` finds a package."""
    programs = f"{environment}/bin"
    done = subprocess.run(
        ["node", PYRIGHT, *arguments],
        check=False,
        cwd=cwd,
        env={
            **os.environ,
            "VIRTUAL_ENV": str(environment),
            "PATH": f"{programs}{os.pathsep}{os.environ['PATH']}",
        },
        capture_output=True,
        text=True,
    )
    return json.loads(done.stdout)


def wrong_lines(project: Path) -> set[Line]:
    return {
        (str(file.relative_to(project)), number)
        for file in project.rglob("*.py")
        for number, line in enumerate(file.read_text().splitlines(), 1)
        if line.endswith("# wrong")
    }
