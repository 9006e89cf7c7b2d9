"""Real packages: other people's files are collected in one run, without an error, and all links hold."""

from __future__ import annotations

import json
import os
from collections import Counter
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import call_command

from stator.manifest_text import from_json
from stator.media_types import extension
from stator.paths import parse_digested
from stator.references import scanner_for
from stator.references.resolve import resolve
from tests import parts
from tests.django.conftest import Project

NPM = [
    "bootstrap", "three", "d3", "katex", "tinymce", "monaco-editor", "mathjax", "swiper", "leaflet",
    "video.js", "pdfjs-dist", "lit", "vue",
]  # fmt: skip
GOLDEN = Path(__file__).parent / "real_packages.txt"

pytestmark = [pytest.mark.needs("npm corpus"), pytest.mark.needs("pip corpus"), pytest.mark.whole_corpus]


def folders() -> list[tuple[str, str]]:
    packaged = sorted(path for path in parts.PACKAGES.rglob("static") if path.is_dir())
    inner = [path for path in packaged if not any(other in path.parents for other in packaged)]
    return [(f"npm/{name}", str(parts.CORPUS / name)) for name in NPM] + [("", str(path)) for path in inner]


def owner(file: str) -> str:
    for folder in (parts.CORPUS, parts.PACKAGES):
        if file.startswith(f"{folder}{os.sep}"):
            return Path(file).relative_to(folder).parts[0]
    return file


def test_all_in_one_run(project: Project, tmp_path: Path) -> None:
    with project.settings(STATICFILES_DIRS=folders()):
        out = StringIO()
        report_file = tmp_path / "report.json"
        call_command(
            "collectstatic", interactive=False, stdout=out, stderr=StringIO(), report=str(report_file)
        )
    report = json.loads(report_file.read_text())
    findings = report["findings"]
    assert report["files"] > 6000
    assert not [finding for finding in findings if finding["level"] == "error"]
    told = Counter((owner(finding["file"]), finding["level"], finding["id"]) for finding in findings)
    lines = [f"{package}: {count} {level} {id}\n" for (package, level, id), count in sorted(told.items())]
    if os.environ.get("UPDATE_GOLDEN"):
        GOLDEN.write_text("".join(lines))
    assert "".join(lines) == GOLDEN.read_text()
    broken = {(finding["path"], finding["column"], finding["line"]) for finding in findings}
    assert_links_hold(project.root, len(broken))


def assert_links_hold(root: Path, told: int) -> None:
    """Read every published file anew: each reference to a file leads to one, and to its digested name."""
    manifest = from_json((root / "staticfiles.json").read_bytes())
    left, known = 0, {name: name for name in manifest.files}
    for name in manifest.files:
        scan = scanner_for(extension(name))
        if scan is None:
            continue
        resolved = resolve(scan((root / name).read_bytes()), name, known, "/static/")
        assert all(parse_digested(link.target) for link in resolved.links), name
        left += len(resolved.broken)
    # What still leads nowhere is what was told, and the lost names that source maps give themselves.
    assert left <= told + sum(name.endswith(".map") for name in manifest.files)
