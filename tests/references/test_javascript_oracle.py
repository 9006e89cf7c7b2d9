"""The JavaScript scanner against parsers: acorn over the whole corpus, tree-sitter over a part of it."""

from __future__ import annotations

import hashlib
import json
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryFile
from typing import Any

import pytest

from stator.references.javascript import scan
from stator.references.javascript_code import Code
from stator.references.reference import Kind
from tests.parts import CORPUS, TESTS
from tests.references.javascript_snippets import ACORN_REFUSES, SNIPPETS

pytestmark = [pytest.mark.needs("node"), pytest.mark.needs("npm corpus")]

ORACLE = TESTS / "oracles" / "javascript.mjs"
# Files of the corpus that acorn refuses, with why and how they were checked instead: none.
REFUSED: dict[str, str] = {}


@dataclass(frozen=True)
class Answer:
    """What acorn says of one file or snippet."""

    goal: str | None
    references: list[tuple[int, int, str, str]]
    computed: list[tuple[int, str]]
    regexes: list[int]
    is_utf8: bool
    error: str | None
    v8: bool | None


def answer(line: str) -> Answer:
    told: dict[str, Any] = json.loads(line)
    return Answer(
        told["goal"],
        [(start, end, kind, specifier) for start, end, kind, specifier in told["references"]],
        [(start, kind) for start, kind in told["computed"]],
        told["regexes"],
        told["isUtf8"],
        told.get("error"),
        told.get("v8"),
    )


def ask(lines: Sequence[str], *options: str, processes: int = 1) -> Iterator[Answer]:
    """Ask acorn about each line, dealing the lines out to some processes; answers come in order."""
    with ExitStack() as stack:
        asked = []
        for part in range(processes):
            questions = stack.enter_context(TemporaryFile("w+"))
            answers = stack.enter_context(TemporaryFile("w+"))
            questions.writelines(f"{line}\n" for line in lines[part::processes])
            questions.seek(0)
            command = ["node", "--max-old-space-size=6000", str(ORACLE), *options]
            asked.append((subprocess.Popen(command, stdin=questions, stdout=answers), answers))
        for process, answers in asked:
            assert process.wait() == 0
            answers.seek(0)
        for number in range(len(lines)):
            yield answer(asked[number % processes][1].readline())


def corpus() -> list[Path]:
    """Every script of the corpus, the same content once."""
    files: dict[bytes, Path] = {}
    for path in sorted(CORPUS.rglob("*")):
        if path.suffix in {".js", ".mjs", ".cjs"} and path.is_file():
            files.setdefault(hashlib.sha256(path.read_bytes()).digest(), path)
    return sorted(files.values(), key=lambda path: path.stat().st_size)


def seen(content: bytes, *, with_specifiers: bool = True) -> list[tuple[Any, ...]]:
    return [
        (each.start, each.end, each.kind.value, each.specifier)[: 4 if with_specifiers else 3]
        for each in scan(content).references
    ]


def regexes(content: bytes) -> list[int]:
    code = Code(content)
    code.reaches(len(content))
    return [
        start for start in code.tokens._starts if content[start] in b"/" and content[start + 1] not in b"/*"
    ]


def test_acorn_agrees_with_the_snippets() -> None:
    lines = [json.dumps(snippet.source.decode("latin-1")) for snippet in SNIPPETS]

    for snippet, told in zip(SNIPPETS, ask(lines, "--snippets"), strict=True):
        assert (told.goal is None) == (snippet.name in ACORN_REFUSES), (snippet.name, told.error)
        if told.goal is None:
            assert told.v8 or "slash" not in snippet.name, snippet.name
            continue
        assert [each[:3] for each in told.references] == snippet.references, snippet.name
        assert told.computed == [(start, kind) for start, _, kind in snippet.computed], snippet.name
        if told.is_utf8:
            assert seen(snippet.source) == told.references, snippet.name
        assert regexes(snippet.source) == told.regexes, snippet.name


@pytest.mark.whole_corpus
def test_acorn_agrees_over_the_whole_corpus() -> None:
    """Every reference at its place with its specifier, every computed one, every regular expression."""
    files = corpus()
    refused, wrong, found = set(), {}, 0
    for path, told in zip(files, ask([*map(str, files)], processes=2), strict=True):
        name = str(path.relative_to(CORPUS))
        if told.goal is None:
            refused.add(name)
            continue
        content = path.read_bytes()
        ours = scan(content)
        expected = told.references if told.is_utf8 else [each[:3] for each in told.references]
        found += len(expected)
        if (
            seen(content, with_specifiers=told.is_utf8) != expected
            or [(each.start, each.kind) for each in ours.remarks] != told.computed
            or (len(content) < 1_000_000 and regexes(content) != told.regexes)
        ):
            wrong[name] = told

    assert wrong == {}
    assert refused == set(REFUSED)
    assert len(files) > 5_000
    assert found > 15_000


def test_tree_sitter_agrees_over_a_sample() -> None:
    tree_sitter = pytest.importorskip("tree_sitter")
    javascript = pytest.importorskip("tree_sitter_javascript")
    language = tree_sitter.Language(javascript.language())
    parser = tree_sitter.Parser(language)
    query = tree_sitter.Query(
        language,
        "(import_statement source: (string) @import) (export_statement source: (string) @export)"
        "(call_expression function: (import) arguments: (arguments) @dynamic)",
    )
    kinds = {Kind.JS_IMPORT, Kind.JS_EXPORT, Kind.JS_DYNAMIC_IMPORT}

    for path in [path for path in corpus() if path.stat().st_size < 200_000][::15]:
        content = path.read_bytes()
        places = []
        for capture, nodes in (
            tree_sitter.QueryCursor(query).captures(parser.parse(content).root_node).items()
        ):
            for node in nodes:
                arguments = [each for each in node.named_children if each.type != "comment"]
                source = arguments[0] if capture == "dynamic" else node
                if source.type == "string":
                    places.append((source.start_byte + 1, source.end_byte - 1))

        assert [(each.start, each.end) for each in scan(content).references if each.kind in kinds] == sorted(
            places
        ), path
