"""What is released: its bytes depend on the commit alone, and it holds what it should."""

from __future__ import annotations

import filecmp
import re
import subprocess
import sys
import tarfile
import time
import tomllib
import zipfile
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path

import pytest

import stator
from tests.release.conftest import REPOSITORY, build

pytestmark = [pytest.mark.other_programs, pytest.mark.needs("release tools")]

PACKAGE = REPOSITORY / "src" / "stator"


def test_equal_source_gives_equal_bytes_in_another_folder_at_another_time_for_another_user(
    wheel: Path, sdist: Path, tmp_path: Path
) -> None:
    tree = unpacked(sdist, tmp_path / "another folder")
    for file in tree.rglob("*"):
        file.chmod(file.stat().st_mode & 0o700)
    elsewhere = {"LC_ALL": "C", "TZ": "Pacific/Auckland", "PYTHONHASHSEED": "7", "HOME": str(tmp_path)}
    again = build(tree, tmp_path / "again", elsewhere, umask=0o077)
    for file in (wheel, sdist):
        assert filecmp.cmp(file, again / file.name, shallow=False), file.name


def test_the_clock_of_a_release_can_be_set_and_then_shows(wheel: Path, sdist: Path, tmp_path: Path) -> None:
    """The test above would see a difference: here is one."""
    tree = unpacked(sdist, tmp_path)
    again = build(tree, tmp_path / "again", {"SOURCE_DATE_EPOCH": str(int(time.time()))})
    assert not filecmp.cmp(wheel, again / wheel.name, shallow=False)


def test_the_source_distribution_is_the_repository(sdist: Path) -> None:
    git = ["git", "ls-files", "-z"]
    listed = subprocess.run(git, check=False, cwd=REPOSITORY, capture_output=True, text=True)
    if listed.returncode:
        pytest.skip("this is no checkout")
    tracked = {
        name
        for name in listed.stdout.split("\0")
        if name and not name.startswith(".ci/") and (REPOSITORY / name).exists()
    }
    with tarfile.open(sdist) as archive:
        held = {name.partition("/")[2] for name in archive.getnames()}
    assert tracked <= held
    assert not [name for name in held if "node_modules/" in name or "__pycache__" in name or ".parts" in name]


def test_the_wheel_is_the_package(wheel: Path) -> None:
    expected = {
        f"stator/{file.relative_to(PACKAGE).as_posix()}"
        for file in PACKAGE.rglob("*")
        if file.is_file() and file.suffix != ".pyc"
    }
    said = f"stator-{stator.__version__}.dist-info/"
    with zipfile.ZipFile(wheel) as archive:
        names = set(archive.namelist())
    assert {name for name in names if not name.startswith(said)} == expected
    assert "stator/py.typed" in expected
    assert {name.removeprefix(said) for name in names - expected} == {
        "METADATA",
        "RECORD",
        "WHEEL",
        "entry_points.txt",
        "licenses/LICENSE",
    }


def test_package_indexes_take_and_show_it(wheel: Path, sdist: Path) -> None:
    command = [sys.executable, "-m", "twine", "check", "--strict", wheel, sdist]
    checked = subprocess.run(command, check=False, capture_output=True, text=True)
    assert checked.returncode == 0, checked.stdout


def test_no_link_on_a_package_index_leads_nowhere(wheel: Path) -> None:
    shown = metadata(wheel).get_content()
    assert re.findall(r"\]\((?!https?:)[^)]*\)|\b(?:src|href)=\"(?!https?:|/)[^\"]*\"", shown) == []
    # What the links said is still there.
    assert "docs/tags.md" in shown
    assert re.search(r"\]\((?!https?:)", (REPOSITORY / "README.md").read_text())


def test_version_changelog_and_maker_agree(wheel: Path) -> None:
    latest = re.search(r"^## (\S+?),? ", (REPOSITORY / "CHANGELOG.md").read_text(), re.MULTILINE)
    assert latest is not None
    assert latest[1] == stator.__version__ == metadata(wheel)["Version"]


def test_what_is_claimed_is_what_is_tested(wheel: Path) -> None:
    """The classifiers name the Pythons and Djangos of the matrix in tox.ini, and no others."""
    environments = " ".join(
        environment
        for line in re.findall(r"^ +(py\d+-django\S+)$", (REPOSITORY / "tox.ini").read_text(), re.MULTILINE)
        for environment in alternatives(line)
    )
    claimed = metadata(wheel).get_all("Classifier")
    pythons = {one.rpartition(" ")[2] for one in claimed if re.search(r"Python :: 3\.\d", one)}
    djangos = {one.rpartition(" ")[2] for one in claimed if re.search(r"Django :: \d", one)}
    assert pythons == {f"3.{minor}" for minor in re.findall(r"py3(\d+)", environments)}
    assert djangos == {".".join(number) for number in re.findall(r"django(\d)(\d)", environments)}


def test_the_tools_of_a_release_are_exact() -> None:
    groups = tomllib.loads((REPOSITORY / "pyproject.toml").read_text())["dependency-groups"]
    assert all(re.fullmatch(r"[\w-]+==[\d.]+", tool) for tool in groups["release"]), groups["release"]


def alternatives(line: str) -> list[str]:
    """Return what one line of tox stands for: ``py312-django{52,60}`` is two."""
    head, brace, rest = line.partition("{")
    return [head + one for one in rest.rstrip("}").split(",")] if brace else [line]


def unpacked(sdist: Path, folder: Path) -> Path:
    with tarfile.open(sdist) as archive:
        archive.extractall(folder, filter="data")
    return folder / sdist.name.removesuffix(".tar.gz")


def metadata(wheel: Path) -> EmailMessage:
    with zipfile.ZipFile(wheel) as archive:
        (name,) = (name for name in archive.namelist() if name.endswith("/METADATA"))
        return message_from_bytes(archive.read(name), policy=policy.default)
