"""Words in backticks: each option, verb, tag, setting and dotted name of ours that a sentence has is there.

Commands and whole examples are walked or read elsewhere; this is for what stands between them. What belongs
to other programs is named in the tables below.
"""

from __future__ import annotations

import argparse
import ast
import importlib.metadata
import re
from collections.abc import Callable, Iterator, Mapping
from functools import cache

import pytest
from django.conf import global_settings
from django.core.management import load_command_class
from django.template import Engine

import tests.django.conftest  # noqa: F401  (which sets Django up)
from stator.django.management.commands.stator import VERBS
from tests.docs.pages import PROJECT, blocks, pages

_FENCED = re.compile(r"^ *```.*?^ *```$", re.MULTILINE | re.DOTALL)
_SPAN = re.compile(r"(?<!`)(`+)(?!`)(.+?)(?<!`)\1(?!`)", re.DOTALL)
_NAME = re.compile(r"[A-Z][A-Z_]+[A-Z]")
_KINDS: Mapping[str, re.Pattern[str]] = {
    "option": re.compile(r"(?<![\w-])(--[a-z][a-z0-9-]*)"),
    "verb": re.compile(r"(?:^|manage\.py |-m )stator ([a-z][\w-]*)"),
    "tag": re.compile(r"\{%[+-]? *(?!end)(\w+)"),
    "setting": re.compile(r"^([A-Z][A-Z_]+[A-Z])$|\"([A-Z][A-Z_]+[A-Z])\""),
    "dotted": re.compile(r"[\"']?(?<![\w./-])(stator(?:\.\w+)+)(?![\w/-])"),
}
_OUR_COMMAND = re.compile(r"manage\.py (?:stator|collectstatic)\b.*")
_IN_QUOTES = re.compile(r"[\"'](stator(?:\.\w+)+)[\"']")
_IN_EXAMPLES: Mapping[str, Callable[[str], list[str]]] = {
    "option": lambda text: _KINDS["option"].findall(" ".join(_OUR_COMMAND.findall(text))),
    "dotted": _IN_QUOTES.findall,
}
COMMANDS = {
    "stator.django": ("stator", "collectstatic", "runserver", "findstatic"),
    "django.core": ("check", "test"),
}

# Of other programs: what Node's tools, curl, Docker, AWS, gunicorn and mypy are told.
OTHERS: Mapping[str, str] = {
    "option": """
        --base --build-arg --compressed --connect-to --fail --frozen-lockfile --manifest --max-requests
        --preload --public-path --puts --reload --save-dev --strict
    """,
    "tag": """
        compress htmx_script vite_asset vite_asset_url vite_hmr_client vite_legacy_asset
        vite_legacy_polyfills vite_preload_asset vite_react_refresh
    """,
    "setting": """
        DELETE LIST PUT INTELLIGENT_TIERING STANDARD LICENSE OUT_DIR HTTPS_PROXY GZIP_CONTENT_TYPES
        GOOGLE_APPLICATION_CREDENTIALS RAILS_ASSET_URL
    """,
    "dotted": "stator.sarif",  # a file
}
OF_OTHERS = re.compile(r"(AWS|AZURE|COLLECTFASTA|COMPRESS|DJANGO|GS|HTTP|SERVESTATIC|WHITENOISE)_")
FIELDS_OF_THE_MANIFEST = "docs/reference/manifest.md"  # which are written as if they were dotted names


@cache
def options() -> set[str]:
    def of(parser: argparse.ArgumentParser) -> Iterator[str]:
        for action in parser._actions:
            yield from action.option_strings
            if isinstance(action, argparse._SubParsersAction):
                for inner in action.choices.values():
                    yield from of(inner)

    commands = [(app, name) for app, names in COMMANDS.items() for name in names]
    parsers = [load_command_class(app, name).create_parser("manage.py", name) for app, name in commands]
    return {option for parser in parsers for option in of(parser)}


@cache
def tags() -> set[str]:
    names = ("stator.django.templatetags.stator", "django.templatetags.static", "django.templatetags.i18n")
    engine = Engine(libraries={**{name: name for name in names}, "cache": "django.templatetags.cache"})
    return {
        tag
        for library in (*engine.template_builtins, *engine.template_libraries.values())
        for tag in library.tags
    }


@cache
def settings() -> set[str]:
    """Return Django's, and what stands in capitals in a string of ours."""
    trees = (ast.parse(file.read_text()) for file in (PROJECT / "src").rglob("*.py"))
    constants = (node.value for tree in trees for node in ast.walk(tree) if isinstance(node, ast.Constant))
    ours = (name for value in constants if isinstance(value, str) for name in _NAME.findall(value))
    return {*vars(global_settings), *ours}


def is_there(dotted: str) -> bool:
    module, _, name = dotted.rpartition(".")
    try:
        importlib.import_module(dotted)
    except ImportError:
        return bool(module) and is_there(module) and hasattr(importlib.import_module(module), name)
    return True


KNOWN: Mapping[str, Callable[[str], bool]] = {
    "option": lambda word: word in options(),
    "verb": lambda word: word in VERBS,
    "tag": lambda word: word in tags(),
    "setting": lambda word: bool(word.removesuffix("_ENV") in settings() or OF_OTHERS.match(word)),
    "dotted": is_there,
}


def unknown(kind: str, text: str) -> list[str]:
    spans = (span for _, span in _SPAN.findall(_FENCED.sub("", text)))
    words = {
        word for span in spans for found in _KINDS[kind].finditer(span) for word in found.groups() if word
    }
    return sorted(word for word in words if not is_known(kind, word))


def is_known(kind: str, word: str) -> bool:
    return word in OTHERS.get(kind, "").split() or KNOWN[kind](word)


@pytest.mark.parametrize("kind", _KINDS)
def test_what_a_sentence_names_is_there(kind: str) -> None:
    told = {str(page.relative_to(PROJECT)): unknown(kind, page.read_text()) for page in pages()}
    if kind == "dotted":
        told.pop(FIELDS_OF_THE_MANIFEST)
    assert {page: words for page, words in told.items() if words} == {}


def test_what_examples_name_is_there() -> None:
    found = [
        (block.place, kind, name)
        for page in pages()
        for block in blocks(page)
        for kind, names in _IN_EXAMPLES.items()
        for name in names(block.text)
    ]
    assert [(place, name) for place, kind, name in found if not is_known(kind, name)] == []


def test_extras_that_are_named_are_there() -> None:
    known = importlib.metadata.metadata("stator").get_all("Provides-Extra") or []
    named = {
        extra
        for page in pages()
        for extras in re.findall(r"\bstator\[([\w,-]+)\]", page.read_text())
        for extra in extras.split(",")
    }
    assert named
    assert named - {*known} == set()


@pytest.mark.parametrize(
    ("kind", "right", "wrong"),
    [
        ("option", "`--dry-run`", "`stator prune --dry-runs`"),
        ("verb", "`manage.py stator why css/app.css`", "`stator wy`"),
        ("tag", '`{% script "a.js" %}`', '`{% scripts "a.js" %}`'),
        ("setting", '`STATOR["PURGE"]`, `SITE`, `TOKEN_ENV`', '`STATOR["PRUGE"]`'),
        ("dotted", "`stator.django.urls.media`", "`stator.django.urls.medea()`"),
    ],
)
def test_a_wrong_word_is_found(kind: str, right: str, wrong: str) -> None:
    assert unknown(kind, right) == []
    assert len(unknown(kind, wrong)) == 1
