"""Every style sheet of the corpus, and every case, read by css-tree and by tinycss2 as well as by us."""

from __future__ import annotations

import json
import random
import re
import subprocess
from collections import Counter
from pathlib import Path

import pytest

from stator.references import css
from stator.references.reference import Kind
from tests.parts import CORPUS
from tests.references.css_cases import CASES, FRAGMENTS
from tests.references.css_tokens import Token, is_left_out, references, source_map_in, values_of_tinycss2

ORACLE = Path(__file__).parent.parent / "oracles" / "css.mjs"
SPACE = b" \t\n\r\f"

# css-tree looks for the three letters, where the specification decodes the name first ("Consume an ident-like
# token"): to css-tree these are functions with words in them. tinycss2 agrees with us.
CSS_TREE_DIFFERS = {
    "escape in url, bare",
    "escape in url of a letter that is no digit",
    "escape in url with a space behind it",
    "escapes for all of url",
}
# That, and two more: to css-tree a backslash at the end of the file is no escape ("Check if two code points
# are a valid escape" excepts newlines only), and in the remnants of a bad url it skips the byte behind one.
CSS_TREE_MAY_DIFFER = re.compile(
    r"\\(?:72|75 r)?u?l\(|\\url\(|\\\Z|l\(.*\\(?:[0-9a-f]{1,6}\s*|.)[)\\]", re.IGNORECASE | re.DOTALL
)

Found = list[tuple[int, int, Kind]]


def seen_by_css_tree(contents: list[bytes | Path]) -> list[Found]:
    lines = [json.dumps(str(c) if isinstance(c, Path) else [c.decode("latin-1")]) for c in contents]
    run = subprocess.run(
        ["node", ORACLE], input="\n".join(lines), capture_output=True, text=True, check=True, timeout=120
    )
    return [
        _found(content.read_bytes() if isinstance(content, Path) else content, json.loads(line))
        for content, line in zip(contents, run.stdout.rstrip("\n").split("\n"), strict=True)
    ]


def _found(content: bytes, tokens: list[list]) -> Found:
    found = []
    for token, kind in references([Token(*token) for token in tokens]):
        start, end = token.start, token.end
        if kind is Kind.SOURCE_MAP:
            start, end = (start + offset for offset in source_map_in(content[start:end]) or (0, -start))
        start, end = _without_space(content, start, end)
        text = content[start:end].decode("latin-1")
        if not is_left_out(text if kind is Kind.SOURCE_MAP else _decoded(text)):
            found.append((start, end, kind))
    return found


def _without_space(content: bytes, start: int, end: int) -> tuple[int, int]:
    while start < end and content[start] in SPACE:
        start += 1
    while start < end and content[end - 1] in SPACE and content[end - 2 : end - 1] != b"\\":
        end -= 1
    return start, end


def _decoded(text: str) -> str:
    escape = re.compile(r"\\(?:([0-9a-fA-F]{1,6})(?:\r\n|[ \t\n\r\f])?|\r\n|[\n\r\f]|(.))")
    return escape.sub(lambda found: chr(int(found[1], 16) % 0x110000) if found[1] else found[2] or "", text)


def seen_by_us(content: bytes) -> Found:
    scan = css.scan(content)
    broken = [r for r in scan.remarks if r.id == "broken-encoding"]
    return sorted((r.start, r.end, r.kind) for r in (*scan.references, *broken) if r.kind)


@pytest.fixture(scope="module")
def style_sheets() -> list[Path]:
    return sorted(path for path in CORPUS.rglob("*.css") if path.is_file())


@pytest.mark.needs("node")
@pytest.mark.needs("npm corpus")
@pytest.mark.whole_corpus
def test_sees_what_css_tree_sees_in_the_corpus(style_sheets: list[Path]) -> None:
    seen = seen_by_css_tree(list(style_sheets))

    assert len(style_sheets) > 200
    assert sum(map(len, seen)) > 300
    for path, expected in zip(style_sheets, seen, strict=True):
        assert seen_by_us(path.read_bytes()) == expected, path


@pytest.mark.needs("node")
@pytest.mark.needs("npm corpus")
def test_sees_what_css_tree_sees_in_the_cases() -> None:
    seen = seen_by_css_tree([case.content for case in CASES])

    assert {
        case.id for case, found in zip(CASES, seen, strict=True) if found != case.found
    } == CSS_TREE_DIFFERS


@pytest.mark.needs("node")
@pytest.mark.needs("npm corpus")
def test_sees_what_css_tree_sees_in_anything() -> None:
    chance = random.Random(1)
    texts = ["".join(chance.choices(FRAGMENTS, k=chance.randint(1, 25))) for _ in range(20_000)]
    contents = [text.encode() for text in texts if not CSS_TREE_MAY_DIFFER.search(text)]

    for content, expected in zip(contents, seen_by_css_tree(list(contents)), strict=True):
        assert seen_by_us(content) == expected, content


@pytest.mark.needs("npm corpus")
@pytest.mark.whole_corpus
def test_reads_what_tinycss2_reads_in_the_corpus(style_sheets: list[Path]) -> None:
    for path in style_sheets:
        content = path.read_bytes()
        ours = Counter(r.specifier for r in css.scan(content).references if r.kind is not Kind.SOURCE_MAP)

        assert ours == Counter(value.strip() for value in values_of_tinycss2(content)), path


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.id)
def test_reads_what_tinycss2_reads_in_the_cases(case) -> None:
    ours = [r.specifier.strip() for r in css.scan(case.content).references if r.kind is not Kind.SOURCE_MAP]

    assert ours == [value.strip() for value in values_of_tinycss2(case.content)]
