from __future__ import annotations

from pathlib import Path

import pytest

from stator.diagnose.facts.written import places_of


def places(folder: Path, **modules: str) -> dict[str, str]:
    """Return the place of each setting, as text, of modules the last of which is that of the settings."""
    for name, content in modules.items():
        (folder / f"{name}.py").write_bytes(content.encode())

    def find_module(name: str, level: int, importer: str) -> str | None:
        assert Path(importer).parent == folder
        file = folder / f"{'.' * (level - 1)}{name}.py"
        return str(file) if file.exists() else None

    found = places_of(str(folder / f"{[*modules][-1]}.py"), find_module)
    return {setting: str(place).removeprefix(f"{folder}/") for setting, place in found.items()}


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        ("A = 1\n", {"A": "settings.py:1:1"}),
        ("A = B = 1\n", {"A": "settings.py:1:1", "B": "settings.py:1:5"}),
        ("A: int = 1\n", {"A": "settings.py:1:1"}),
        ("A = [1]\nA += [2]\n", {"A": "settings.py:2:1"}),
        ("if True:\n    A = 1\nelse:\n    A = 2\n", {"A": "settings.py:4:5"}),
        ("try:\n    A = 1\nexcept KeyError:\n    B = 1\n", {"A": "settings.py:2:5", "B": "settings.py:4:5"}),
        ("with open('x') as f:\n    A = f.read()\n", {"A": "settings.py:2:5"}),
        ("ü = 'ü'; A = 1\n", {"A": "settings.py:1:10"}),
        ("a = 1\nb.C = 1\nD['x'] = 1\n", {}),
        ("def f():\n    A = 1\n\nclass C:\n    B = 1\n", {}),
        ("A = (\n", {}),
        ("\0", {}),
    ],
)
def test_where_a_setting_is_written(tmp_path: Path, content: str, expected: dict[str, str]) -> None:
    assert places(tmp_path, settings=content) == expected


@pytest.mark.parametrize("statement", ["from base import *", "from .base import *"])
def test_modules_that_give_all_they_have_are_read_too(tmp_path: Path, statement: str) -> None:
    found = places(tmp_path, base="A = 1\nB = 1\n", settings=f"{statement}\nB = 2\n")
    assert found == {"A": "base.py:1:1", "B": "settings.py:2:1"}


def test_what_a_later_star_brings_is_what_counts(tmp_path: Path) -> None:
    assert places(tmp_path, local="A = 2\n", settings="A = 1\nfrom local import *\n") == {"A": "local.py:1:1"}


@pytest.mark.parametrize("statement", ["from base import A", "import base", "from gone import *"])
def test_other_imports_give_no_places(tmp_path: Path, statement: str) -> None:
    assert places(tmp_path, base="A = 1\n", settings=statement) == {}


def test_modules_that_import_each_other_come_to_an_end(tmp_path: Path) -> None:
    found = places(tmp_path, base="from settings import *\nA = 1\n", settings="from base import *\nB = 1\n")
    assert found == {"A": "base.py:2:1", "B": "settings.py:2:1"}


def test_a_file_that_is_not_there_has_no_places(tmp_path: Path) -> None:
    assert places_of(str(tmp_path / "gone.py"), lambda *_: None) == {}


@pytest.mark.parametrize(
    "line",
    [
        'STATOR = {"PURGE": {"TOKEN": "s3cr3t", "ZONE": "z"}}',
        'STATOR = {"PURGE": dict(TOKEN="s3cr" "3t", ZONE="z")}',
        "A = 1; STATOR = {'PURGE': {'ZONE': 'z', 'TOKEN': f's3cr{3}t'}}",
        'STATOR = {"Ä": 1, "PURGE": {"ZONE": "z", "TOKEN": "s3cr3t"}}',
    ],
)
def test_a_place_shows_no_secret(line: str, tmp_path: Path) -> None:
    file = tmp_path / "settings.py"
    file.write_text(line)
    place = places_of(str(file), lambda *_: None)["STATOR"]
    assert "s3cr" not in place.excerpt
    assert '"z"' in place.excerpt or "'z'" in place.excerpt
    assert place.excerpt[place.column - 1 - place.cut :].startswith("STATOR")
