"""The generated pages are what the code says now, and what stands in them by hand is true."""

from __future__ import annotations

import ast
import contextlib
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.contrib.staticfiles.storage import ManifestStaticFilesStorage

import tests.django.conftest  # noqa: F401  (which sets Django up)
from scripts.reference import PAGES, text_of
from scripts.reference.manifest import example
from scripts.reference.settings import told
from stator.config import Options
from stator.diagnose.doctor import rules
from stator.manifest_text import from_json
from stator.setting import _READERS, read_options
from tests.diagnose.sites import SITES
from tests.docs.pages import DOCS, PROJECT, Block, blocks
from tests.docs.walking import Walk
from tests.sites import built, names_of

REFERENCE = DOCS / "reference"
_FIELD = re.compile(r"^\| `([a-z.\[\]]+)` \|", re.MULTILINE)
_FINDING = re.compile(r"\[([a-z]+(?:-[a-z]+)+)\]$|`stator\.([a-z]+(?:-[a-z]+)+)`", re.MULTILINE)


@pytest.mark.parametrize("path", PAGES)
def test_a_page_is_current(path: str) -> None:
    assert (PROJECT / path).read_text() == text_of(path), "run scripts/generate-docs"


def test_every_key_of_the_setting_is_told() -> None:
    assert told().keys() == _READERS.keys()


@pytest.mark.parametrize("key", told().keys() - {"MINIFY"})  # where what is not named is minified as well
def test_a_default_that_is_a_value_is_the_default(key: str) -> None:
    default = told()[key]["default"].strip("`")
    with contextlib.suppress(ValueError, SyntaxError):  # it is told in words
        assert read_options({key: ast.literal_eval(default)}) == Options()


def block(page: str, language: str) -> Block:
    """Return the one block of a page of the reference that is in this language."""
    (found,) = (one for one in blocks(REFERENCE / page) if one.language == language)
    return found


def test_the_example_of_a_manifest_can_be_read() -> None:
    assert from_json(block("manifest.md", "json").text.encode()) == example()


def test_django_reads_the_example_of_a_manifest_too(tmp_path: Path) -> None:
    (tmp_path / "staticfiles.json").write_text(block("manifest.md", "json").text)
    read = ManifestStaticFilesStorage(location=str(tmp_path), base_url="/static/")
    assert (read.hashed_files, read.manifest_hash) == (example().paths, example().hash)


def test_every_field_of_a_manifest_is_explained() -> None:
    shown = json.loads(block("manifest.md", "json").text)
    explained = set(_FIELD.findall((REFERENCE / "manifest.md").read_text()))
    assert set(_fields(shown)) == explained - {"stator.earlier[].frontends"}  # the example has none there


def _fields(document: dict[str, Any]) -> Iterator[str]:
    """Yield the names of the fields that are told: those at the top, of ours, and of an earlier release."""
    yield from document.keys() - {"stator"}
    yield from (f"stator.{name}" for name in document["stator"])
    yield from (f"stator.earlier[].{name}" for one in document["stator"]["earlier"] for name in one)


def test_the_names_that_are_reckoned_by_hand_are_those_of_a_collect(tmp_path: Path) -> None:
    page = DOCS / "explanation/digests.md"
    (reckoned,) = (one for one in blocks(page) if one.language == "console")
    (command,) = reckoned.commands()
    with Walk(tmp_path / "site") as walk:
        for one in blocks(page):
            if one is not reckoned:
                walk.do(one)
        said = walk.shell(command.text).output.split()
    assert said == sorted(command.shown)
    assert said == sorted(names_of(built(tmp_path / "site" / "static")).values())


def test_the_page_of_a_finding_begins_with_its_level() -> None:
    told = {id: (DOCS / f"findings/{id}.md").read_text().splitlines()[2] for id in rules()}
    assert [id for id, rule in rules().items() if not told[id].startswith(rule.level.title())] == []


def sites() -> list[str]:
    return sorted(folder.name for folder in SITES.iterdir() if (folder / "speaks").is_dir())


@pytest.mark.parametrize("id", sites())
def test_the_example_of_a_finding_stands_in_the_site_that_has_it(id: str) -> None:
    files = [*(SITES / id / "speaks").rglob("*"), *SITES.glob("usual_*.py")]
    written = "\n".join(file.read_text(errors="replace") for file in files if file.is_file())
    text = (DOCS / f"findings/{id}.md").read_text()
    end = text[: text.index("## What to do")].count("\n")
    shown = [one for one in blocks(DOCS / f"findings/{id}.md") if one.language and one.line < end]
    lines = [line.partition("  #")[0].strip() for one in shown for line in one.text.splitlines()]
    assert [line for line in lines if line not in written] == []


def test_findings_that_pages_name_are_known() -> None:
    known = {*rules(), *(line.strip("# `") for line in (DOCS / "webservers.md").read_text().splitlines())}
    named = {
        id
        for page in DOCS.rglob("*.md")
        for found in _FINDING.finditer(page.read_text())
        for id in found.groups()
        if id
    }
    assert named - known == set()
