from __future__ import annotations

from pathlib import Path

import pytest

from stator.diagnose.facts.bundling import build_command
from tests.sites import write

SCRIPT = '{"scripts": {"build": "vite build"}}'


@pytest.mark.parametrize(
    ("files", "folder", "expected"),
    [
        ({"package.json": SCRIPT}, "dist", "npm run build"),
        ({"package.json": SCRIPT, "pnpm-lock.yaml": ""}, "dist", "pnpm run build"),
        ({"web app/package.json": SCRIPT}, "web app/dist/assets", "cd 'web app' && npm run build"),
        ({"web/package.json": SCRIPT, "package.json": "{}"}, "web/build", "cd web && npm run build"),
        ({"package.json": '{"devDependencies": {"vite": "^6"}}'}, "dist", "npx vite build"),
        ({"package.json": '{"devDependencies": {"eslint": "^9"}}'}, "dist", ""),
        ({"package.json": SCRIPT}, "assets", ""),
        ({"package.json": SCRIPT}, "../dist", ""),
        ({"web/package.json": SCRIPT}, "dist", ""),
        ({"package.json": "{"}, "dist", ""),
        ({"package.json": "[" * 100_000}, "dist", ""),
        ({"package.json": '{"scripts": ["build"]}'}, "dist", ""),
        ({}, "dist", ""),
    ],
)
def test_what_fills_a_folder(tmp_path: Path, files: dict[str, str], folder: str, expected: str) -> None:
    project = write(tmp_path / "site", files)
    assert build_command(str((project / folder).resolve()), str(project)) == expected
