"""What is compared word for word; ``python -m tests.containers.golden`` writes it anew."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from stator.containers import writing
from stator.containers.files import files_of
from tests.containers.projects import CASES

FOLDER = Path(__file__).parent / "golden"


def files() -> Iterator[tuple[Path, str]]:
    for name, case in CASES.items():
        for path, text in files_of(case.project, case.server).items():
            yield FOLDER / name / path.removeprefix("."), text


if __name__ == "__main__":
    writing.apply(writing.plan({str(file.relative_to(FOLDER)): text for file, text in files()}, str(FOLDER)))
