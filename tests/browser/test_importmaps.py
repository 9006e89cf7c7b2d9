"""A chain of 200 modules in browsers, linked by names and by an import map, whole and tampered with."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from stator import manifest_text
from stator.manifest import NAME, Manifest
from tests.browser.visit import Visit
from tests.parts import TESTS
from tests.serve.servers import started
from tests.sites import write

pytestmark = pytest.mark.other_programs

LENGTH = 200
LEAF = f"m{LENGTH}.js"
LINKED = ("by names", "by the map")


def chain(said: str) -> dict[str, str]:
    """Return modules of which each imports the next, and the last has something to say."""
    between = {f"m{number}.js": f"export {{said}} from './m{number + 1}.js'" for number in range(1, LENGTH)}
    start = "import {said} from './m1.js'; document.querySelector('#said').textContent = said"
    return {"m0.js": start, **between, LEAF: f"export const said = '{said}'"}


class Chain(NamedTuple):
    """Where a chain is served, and what was published before and after its leaf has changed."""

    address: str
    tampered: str
    before: Manifest
    after: Manifest

    @property
    def renamed(self) -> set[str]:
        return {path for path, name in self.before.paths.items() if self.after.paths[path] != name}


def collect(root: Path, by_map: str) -> Manifest:
    subprocess.run(
        [sys.executable, "-m", "tests.browser.chained", "collectstatic", "--noinput", "--verbosity=0"],
        cwd=TESTS.parent,
        env={**os.environ, "STATOR_TEST_ROOT": str(root), "BY_IMPORTMAP": by_map},
        check=True,
    )
    return manifest_text.from_json((root / NAME).read_bytes())


def served(folder: Path, by_map: str, stack: ExitStack) -> Chain:
    def at(root: Path) -> str:
        server = stack.enter_context(started("waitress", root, "tests.browser.chained", BY_IMPORTMAP=by_map))
        return "http://{}:{}/".format(*server.address)

    manifests = []
    for said in ("before", "after"):
        write(folder / "static", chain(said))
        manifests.append(collect(folder / "root", by_map))
    write(folder / "tampered/static", chain("after"))
    tampered = collect(folder / "tampered/root", by_map)
    leaf = folder / "tampered/root" / tampered.paths[LEAF]
    leaf.write_bytes(leaf.read_bytes().replace(b"after", b"other"))
    return Chain(at(folder / "root"), at(folder / "tampered/root"), *manifests)


@pytest.fixture(scope="module")
def chains(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Chain]]:
    with ExitStack() as stack:
        yield {
            linked: served(tmp_path_factory.mktemp("chain"), by_map, stack)
            for linked, by_map in zip(LINKED, "01", strict=True)
        }


@pytest.mark.parametrize(("linked", "renamed"), [("by names", LENGTH + 1), ("by the map", 1)])
def test_a_leaf_that_changes_renames_itself_or_the_chain(
    chains: dict[str, Chain], linked: str, renamed: int
) -> None:
    assert LEAF in chains[linked].renamed
    assert len(chains[linked].renamed) == renamed


@pytest.mark.needs("chromium")
@pytest.mark.parametrize("linked", LINKED)
def test_chromium_runs_each_module_once(chains: dict[str, Chain], browser: Any, linked: str) -> None:
    page = browser.new_page()
    visit = Visit(page)
    page.goto(chains[linked].address, wait_until="networkidle")
    assert page.inner_text("#said") == "after"
    assert visit.complaints == []
    digested = {chains[linked].address + "static/" + name for name in chains[linked].after.paths.values()}
    assert sorted(response.url for response in visit.static()) == sorted(digested)
    page.close()


@pytest.mark.needs("chromium")
@pytest.mark.parametrize("linked", LINKED)
def test_chromium_refuses_a_module_with_other_bytes(
    chains: dict[str, Chain], browser: Any, linked: str
) -> None:
    page = browser.new_page()
    visit = Visit(page)
    page.goto(chains[linked].tampered, wait_until="networkidle")
    assert page.inner_text("#said") == "nothing"
    assert any("integrity" in complaint for complaint in visit.complaints)
    page.close()


@pytest.mark.needs("firefox")
@pytest.mark.needs("npm corpus")
def test_firefox_runs_them_and_refuses_other_bytes(chains: dict[str, Chain]) -> None:
    whole = [chains[linked].address for linked in LINKED]
    tampered = [chains[linked].tampered for linked in LINKED]
    command = ["node", str(TESTS / "oracles/firefox_page.mjs"), *whole, *tampered]
    said = json.loads(subprocess.run(command, capture_output=True, check=True, text=True).stdout)
    assert [one["text"] for one in said] == ["after", "after", "nothing", "nothing"]
    assert [one["complaints"] for one in said[:2]] == [[], []]
