from __future__ import annotations

from pathlib import Path

import pytest

from stator.errors import ConfigError
from stator.frontends.package import manager_of, package_of
from tests.sites import write


def test_scripts_and_packages(tmp_path: Path) -> None:
    write(
        tmp_path,
        {
            "package.json": '{"scripts": {"build": "vite build", "odd": 1}, '
            '"dependencies": {"react": "19"}, "devDependencies": {"vite": "8"}}'
        },
    )
    package = package_of(str(tmp_path))
    assert package is not None
    assert package.scripts == {"build": "vite build"}
    assert package.packages == {"react", "vite"}


def test_a_folder_without_one_has_none(tmp_path: Path) -> None:
    assert package_of(str(tmp_path)) is None


@pytest.mark.parametrize("content", ["{", "", "[" * 100_000, "\0", "[]", '"text"'])
def test_one_that_is_broken_is_named(tmp_path: Path, content: str) -> None:
    write(tmp_path, {"package.json": content})
    with pytest.raises(ConfigError, match=r"package\.json") as raised:
        package_of(str(tmp_path))
    assert raised.value.hint


@pytest.mark.parametrize(
    "content", ['{"scripts": []}', '{"dependencies": "x"}', '{"scripts": {"build": {}}}']
)
def test_what_is_of_another_kind_says_nothing(tmp_path: Path, content: str) -> None:
    write(tmp_path, {"package.json": content})
    assert package_of(str(tmp_path)) == ({}, frozenset())


@pytest.mark.parametrize(
    ("files", "install"),
    [
        (["package-lock.json"], "npm ci"),
        (["npm-shrinkwrap.json"], "npm ci"),
        (["pnpm-lock.yaml"], "pnpm install --frozen-lockfile"),
        (["yarn.lock"], "yarn install --frozen-lockfile"),
        (["yarn.lock", ".yarnrc.yml"], "yarn install --immutable"),
        (["bun.lock"], "bun install --frozen-lockfile"),
        (["bun.lockb"], "bun install --frozen-lockfile"),
        (["README.md", ".yarnrc.yml"], "npm install"),
    ],
)
def test_the_lock_file_tells_who_installs(tmp_path: Path, files: list[str], install: str) -> None:
    write(tmp_path, dict.fromkeys(files, ""))
    assert manager_of(str(tmp_path)).install == install
