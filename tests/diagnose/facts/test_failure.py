from __future__ import annotations

import textwrap
from pathlib import Path

import pytest

from stator.diagnose.facts.failure import FAILURES, failure_of
from stator.diagnose.facts.setup import Failure
from stator.findings import EXCERPT, Place

OTHERWISE = Place("settings.py", 7)


def failing(folder: Path, code: str, **others: str) -> Failure:
    """Run code that fails, as the user's own; ``others`` are modules of packages, which it may call."""
    names = {}
    for name, content in others.items():
        file = folder / "site-packages" / f"{name}.py"
        file.parent.mkdir(exist_ok=True)
        file.write_text(textwrap.dedent(content))
        exec(compile(file.read_text(), str(file), "exec"), names)
    own = folder / "own.py"
    own.write_text(textwrap.dedent(code))
    try:
        exec(compile(own.read_text(), str(own), "exec"), names)
    except FAILURES as error:
        return failure_of(error, lambda file: "site-packages" in file or file == __file__, OTHERWISE)
    pytest.fail("the code ran")


def test_a_line_that_cannot_be_parsed(tmp_path: Path) -> None:
    failure = failing(tmp_path, "A = 1\nB = (\n")
    assert (failure.kind, failure.said) == ("SyntaxError", "'(' was never closed")
    assert failure.place == Place(str(tmp_path / "own.py"), 2, 5, "B = (", 0, 1)


def test_a_line_that_raises(tmp_path: Path) -> None:
    failure = failing(tmp_path, "A = 1\nB = {}['x']  # no x\n")
    assert failure == ("KeyError", "'x'", Place(str(tmp_path / "own.py"), 2, 5, "B = {}['…']  # no x", 0, 15))


def test_of_several_lines_the_last_of_the_users_own_is_meant(tmp_path: Path) -> None:
    package = (
        "def call(function):\n    return function()\n\ndef fail():\n    raise ValueError('two\\n  lines')\n"
    )
    failure = failing(tmp_path, "def own():\n    fail()\n\ncall(own)\n", package=package)
    assert (failure.said, failure.place.line, failure.place.column) == ("two lines", 2, 5)


def test_code_of_others_alone_is_told_where_it_was_asked_for() -> None:
    with pytest.raises(ValueError, match="theirs") as raised:
        raise ValueError("theirs")
    assert failure_of(raised.value, lambda _: True, OTHERWISE) == ("ValueError", "theirs", OTHERWISE)


def test_a_place_far_out_has_no_excerpt(tmp_path: Path) -> None:
    failure = failing(tmp_path, f"A = '{'x' * EXCERPT}'; B = {{}}['x']\n")
    assert failure.place.line == 1
    assert failure.place.excerpt == ""


@pytest.mark.parametrize(
    ("line", "shown"),
    [
        ('KEY = "PW" + 1', 'KEY = "……" + 1'),
        ("DB = {'PASSWORD': 'P\\'W', 'PORT': int('x')}", "DB = {'……………………': '…………', '…………': int('…')}"),
        ('KEY = """PW', 'KEY = """……'),
        ("KEY = 'PW", "KEY = '……"),
        ("KEY = 'PW\\", "KEY = '……\\"),
        ('KEY = "it\'s" - ""', 'KEY = "…………" - ""'),
    ],
)
def test_no_text_of_the_line_is_shown(tmp_path: Path, line: str, shown: str) -> None:
    assert failing(tmp_path, f"{line}\n").place.excerpt == shown


def test_to_exit_is_to_fail(tmp_path: Path) -> None:
    failure = failing(tmp_path, "import sys\nsys.exit(0)\n")
    assert (failure.kind, failure.said, failure.place.line) == ("SystemExit", "0", 2)


def test_what_is_said_cannot_steer_a_terminal(tmp_path: Path) -> None:
    assert failing(tmp_path, "raise ValueError('\\x1b[31m\\0')\n").said == "\\x1b[31m\\x00"
