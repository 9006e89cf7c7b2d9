"""Does what a finding says to the letter, as somebody who trusts it would."""

from __future__ import annotations

import ast
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from stator.findings import How
from tests.diagnose.sites import doctor, shell


def first_finding(folder: Path) -> dict[str, Any]:
    """Return the doctor's first finding."""
    return doctor(folder).findings[0]


def mend(folder: Path, finding: Mapping[str, Any]) -> None:
    """Do the mend of a finding, as JSON tells it, in the project in ``folder``."""
    assert finding["mend"], f"there is no mend: {finding}"
    _DO[How(finding["mend"]["how"])](folder, finding, finding["mend"]["text"])


def _replace(_: Path, finding: Mapping[str, Any], text: str) -> None:
    file = Path(finding["file"])
    lines = file.read_bytes().decode().splitlines(keepends=True)
    line, start = lines[finding["line"] - 1], finding["column"] - 1
    lines[finding["line"] - 1] = line[:start] + text + line[start + finding["length"] :]
    file.write_bytes("".join(lines).encode())


def _paste(_: Path, finding: Mapping[str, Any], text: str) -> None:
    file = Path(finding["file"])
    source = file.read_text()
    lines = source.splitlines()
    if finding["line"]:
        (statement,) = (
            node
            for node in ast.walk(ast.parse(source))
            if isinstance(node, ast.stmt) and node.lineno == finding["line"]
        )
        indent = " " * statement.col_offset
        lines[statement.lineno - 1 : statement.end_lineno] = [indent + one for one in text.splitlines()]
    else:
        lines += text.splitlines()
    file.write_text("\n".join(lines) + "\n")


def _run(folder: Path, _: Mapping[str, Any], text: str) -> None:
    shell(folder, text)


_DO: Mapping[How, Callable[[Path, Mapping[str, Any], str], None]] = {
    How.REPLACE: _replace,
    How.PASTE: _paste,
    How.RUN: _run,
}
