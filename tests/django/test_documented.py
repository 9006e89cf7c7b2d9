"""What the documentation of releases shows: commands that there are, and settings that are read."""

from __future__ import annotations

import os
import re
import shlex
import textwrap

import pytest
from django.core.management import load_command_class

from stator.setting import read_options
from tests.parts import TESTS

DOCS = TESTS.parent / "docs"
RELEASES = (DOCS / "releases.md").read_text()
SHOWN = RELEASES + (DOCS / "commands.md").read_text() + (DOCS / "purge.md").read_text()
COMMANDS = sorted(set(re.findall(r"python manage\.py stator ([a-z][^`\n]*)", SHOWN)))
BLOCK = re.compile(r"^ *```python\n(.*?)^ *```$", re.MULTILINE | re.DOTALL)
SETTINGS = [textwrap.dedent(block) for block in BLOCK.findall(RELEASES) if "STATOR" in block]


@pytest.mark.parametrize("words", COMMANDS)
def test_a_command_is_one_that_there_is(words: str) -> None:
    parser = load_command_class("stator.django", "stator").create_parser("manage.py", "stator")
    assert parser.parse_args(shlex.split(words, comments=True)).verb


@pytest.mark.parametrize("code", SETTINGS)
def test_settings_are_read(code: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("STATIC_RELEASE", "8c1f0e2b9d7a4c55")
    known: dict[str, object] = {"os": os}
    for one in re.split(r"^(?=STATOR = )", code, flags=re.MULTILINE):
        exec(one, known)
        if "STATOR" in known:
            read_options(known["STATOR"])


def test_there_is_something_to_look_at() -> None:
    assert len(COMMANDS) > 5
    assert len(SETTINGS) > 2
