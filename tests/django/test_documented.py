"""What is shown of releases in the documentation: commands that exist, settings that are read, a script."""

from __future__ import annotations

import json
import os
import re
import shlex
import textwrap
from pathlib import Path

import pytest
from django.core.management import call_command, load_command_class

from stator.setting import read_options
from tests.django.conftest import Project
from tests.parts import TESTS

DOCS = TESTS.parent / "docs"
RELEASES = (DOCS / "releases.md").read_text()
SHOWN = RELEASES + (DOCS / "commands.md").read_text() + (DOCS / "purge.md").read_text()
COMMANDS = sorted(set(re.findall(r"python manage\.py stator ([a-z][^`\n]*)", SHOWN)))
BLOCK = re.compile(r"^ *```python\n(.*?)^ *```$", re.MULTILINE | re.DOTALL)
SETTINGS = [textwrap.dedent(block) for block in BLOCK.findall(RELEASES) if "STATOR" in block]
(FORMS,) = (block for block in BLOCK.findall((DOCS / "cdn.md").read_text()) if "pairs.json" in block)


@pytest.mark.parametrize("words", COMMANDS)
def test_a_command_is_one_that_there_is(words: str) -> None:
    parser = load_command_class("stator.django", "stator").create_parser("manage.py", "stator")
    assert parser.parse_args(shlex.split(words, comments=True)).verb


@pytest.mark.parametrize("code", SETTINGS)
def test_settings_are_read(code: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("STATIC_RELEASE", "8c1f0e2b9d7a4c55")
    known: dict[str, object] = {"os": os, "BASE_DIR": Path("/srv/site")}
    for one in re.split(r"^(?=STATOR = )", code, flags=re.MULTILINE):
        exec(one, known)
        if "STATOR" in known:
            read_options(known["STATOR"])


def test_what_a_key_value_store_is_told(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    project.write({"a b.css": "b { color: red }\n" * 100, "x.png": "x"})
    with project.settings(STATIC_ROOT=project.folder / "static_root", STATOR={"CODINGS": ["br", "gzip"]}):
        call_command("collectstatic", interactive=False, verbosity=0)
    monkeypatch.chdir(project.folder)
    exec(FORMS, {})
    told = {pair["Key"]: pair["Value"] for pair in json.loads((project.folder / "pairs.json").read_text())}
    assert told["/static/a%20b.css"] == "br gzip"
    assert "/static/x.png" not in told


def test_there_is_something_to_look_at() -> None:
    assert len(COMMANDS) > 5
    assert len(SETTINGS) > 2
