"""Every minifier over real files: what comes out means what went in, to parsers that are not ours."""

from __future__ import annotations

import hashlib
import json
import shutil
import subprocess
from collections.abc import Iterable, Mapping
from pathlib import Path

import pytest

from stator.media_types import CSS, JAVASCRIPT, JSON, media_type
from stator.minify import css, json_text
from stator.minify.guard import NOT_SMALLER, guard
from stator.minify.tools import leaves_alone, tools
from tests.minify.programs import ESBUILD
from tests.minify.test_css import SHORTER, UNTOUCHED
from tests.parts import CORPUS

pytestmark = [pytest.mark.needs("npm corpus"), pytest.mark.whole_corpus]

ORACLE = Path(__file__).parent / "same_meaning.mjs"
# One JavaScript file of so many: all of them take minutes. Style sheets and JSON are read whole.
STEP = 40
# What a browser makes of style sheets. It keeps some text as it was written, like values with var(): there
# the white space is taken out that means nothing anywhere.
RULES = r"""
sheets => sheets.map(text => {
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(text);
  return [...sheet.cssRules].map(rule => rule.cssText.replace(/\/\*(?!!)[^]*?\*\//g, " ").replace(/\s+/g, " ")
    .replace(/ ?([,;{}!>~]) ?/g, "$1").replace(/\( /g, "(").replace(/ \)/g, ")").replace(/: /g, ":"));
})
"""


def corpus(kind: str, step: int = 1) -> dict[str, bytes]:
    """Files of the corpus that would be minified, one of so many, the same content once."""
    paths = [
        path
        for path in sorted(CORPUS.rglob("*"))
        if media_type(path.name) == kind and not leaves_alone(path.name) and path.is_file()
    ]
    files: dict[bytes, tuple[str, bytes]] = {}
    for path in paths[::step]:
        content = path.read_bytes()
        files.setdefault(hashlib.sha256(content).digest() + path.suffix.encode(), (str(path), content))
    return dict(files.values())


def differences(
    language: str, files: Mapping[str, bytes], minified: Mapping[str, bytes], folder: Path
) -> dict[str, str]:
    questions = []
    for number, (path, content) in enumerate(minified.items()):
        before, after = folder / f"{number}.before", folder / f"{number}.after"
        before.write_bytes(files[path])
        after.write_bytes(content)
        questions.append(json.dumps([language, str(before), str(after)]) + "\n")
    asked = subprocess.run(
        ["node", ORACLE], input="".join(questions), stdout=subprocess.PIPE, check=True, text=True
    )
    answers = map(json.loads, asked.stdout.splitlines())
    return {path: answer for path, answer in zip(minified, answers, strict=True) if answer}


def refused(files: Mapping[str, bytes], minified: Mapping[str, bytes]) -> list[str]:
    reasons = [guard(path, files[path], content) for path, content in minified.items()]
    return [reason for reason in reasons if reason not in {"", NOT_SMALLER}]


def size(contents: Iterable[bytes]) -> int:
    return sum(map(len, contents))


@pytest.mark.needs("node")
def test_style_sheets_keep_their_rules(tmp_path: Path) -> None:
    files = corpus(CSS)
    minified = {path: css.minify(content) for path, content in files.items()}

    assert differences("css", files, minified, tmp_path) == {}
    assert refused(files, minified) == []
    assert not any(b"sourceMappingURL" in content for content in minified.values())
    assert len(files) > 100
    assert size(minified.values()) < 0.87 * size(files.values())


@pytest.mark.needs("chromium")
def test_a_browser_reads_the_same_rules() -> None:
    from playwright.sync_api import sync_playwright

    cases = [before for before, _ in SHORTER.values()] + [*UNTOUCHED.values()]
    contents = [*corpus(CSS).values(), *(case.encode() for case in cases)]
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
        page = browser.new_page()
        before = page.evaluate(RULES, [content.decode() for content in contents])
        after = page.evaluate(RULES, [css.minify(content).decode() for content in contents])
        browser.close()

    assert after == before
    assert sum(map(len, before)) > 10_000


@pytest.mark.needs("node")
def test_scripts_and_modules_stay_what_they_are(tmp_path: Path) -> None:
    files = corpus(JAVASCRIPT, STEP)
    answers = tools(True, ESBUILD)[JAVASCRIPT].batch(files)
    minified = {path: answer for path, answer in answers.items() if isinstance(answer, bytes)}

    assert set(answers) == set(files)
    assert len(minified) == len(files)
    assert differences("javascript", files, minified, tmp_path) == {}
    assert refused(files, minified) == []
    assert all(minified[path].isascii() for path, content in files.items() if content.isascii())
    assert size(minified.values()) < 0.9 * size(files.values())


def test_json_keeps_every_token() -> None:
    files = corpus(JSON)
    minified = {path: json_text.minify(content) for path, content in files.items()}

    for path, content in files.items():
        assert tokens(content) == tokens(minified[path]), path
    assert refused(files, minified) == []
    assert len(files) > 100


def tokens(content: bytes) -> object:
    """What Python reads, with doubled names and the digits of numbers."""
    return json.loads(content, object_pairs_hook=tuple, parse_int=str, parse_float=str)
