from __future__ import annotations

import shlex

import pytest

from stator.frontends.arguments import with_arguments
from stator.frontends.package import MANAGERS, UNLOCKED

ARGUMENTS = {"--base": "=./", "--manifest": ""}
BY_NAME = {manager.name: manager for manager in MANAGERS}


def extended(command: str, script: str = "", manager: str = "npm") -> str:
    return with_arguments(command, "vite", ARGUMENTS, BY_NAME[manager], {"build": script} if script else {})


@pytest.mark.parametrize(
    "command",
    [
        "vite build",
        "vite",
        "npx vite build",
        "npx --no vite build",
        "NODE_ENV=production vite build",
        "cross-env A=1 B=2 vite build",
        "tsc -b && vite build",
        "rm -rf dist; vite build --mode staging",
    ],
)
def test_arguments_go_to_the_end_of_a_command_that_ends_with_the_tool(command: str) -> None:
    assert extended(command) == f"{command} --base=./ --manifest"
    assert extended("npm run build", command) == "npm run build -- --base=./ --manifest"


@pytest.mark.parametrize(
    ("manager", "command"),
    [
        ("pnpm", "pnpm run build --base=./ --manifest"),
        ("yarn", "yarn run build --base=./ --manifest"),
        ("bun", "bun run build --base=./ --manifest"),
    ],
)
def test_who_runs_a_script_has_a_way_of_its_own_to_give_it_arguments(manager: str, command: str) -> None:
    assert extended(f"{manager} run build", "vite build", manager) == command


@pytest.mark.parametrize(
    "command",
    [
        "vite build && node after.js",
        "vite build | tee log",
        "make",
        "vitest run",
        "node build.js vite",
        "",
        "&&",
    ],
)
def test_a_command_that_ends_with_something_else_stays(command: str) -> None:
    assert extended(command) == command
    assert extended("npm run build", command) == "npm run build"


def test_an_argument_stays_one_whatever_is_in_it() -> None:
    given = with_arguments("vite", "vite", {"--base": "=/it's $(here)/"}, UNLOCKED, {})
    assert shlex.split(given) == ["vite", "--base=/it's $(here)/"]


def test_a_script_that_is_not_there_stays() -> None:
    assert with_arguments("npm run build", "vite", ARGUMENTS, UNLOCKED, {}) == "npm run build"


@pytest.mark.parametrize(
    ("command", "expected"),
    [
        ("vite build --base=/x/", "vite build --base=/x/ --manifest"),
        ("vite build --base /x/ --manifest own.json", "vite build --base /x/ --manifest own.json"),
    ],
)
def test_what_a_command_says_itself_stays(command: str, expected: str) -> None:
    assert extended(command) == expected
