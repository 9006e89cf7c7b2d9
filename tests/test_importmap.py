from __future__ import annotations

from pathlib import Path

import pytest

from stator.build import Build
from stator.config import Options
from stator.importmap import meant_by
from stator.manifest import Loads, manifest_of
from tests.sites import PLAIN, Files, built, write

BY_MAP = PLAIN._replace(link_by_importmap=True)
CHAIN = 12


@pytest.mark.parametrize(
    ("specifier", "meaning"),
    [
        ("lit", "vendor/lit.js"),
        ("lit/html.js", "vendor/lit/html.js"),
        ("lit/deep/a.js", "vendor/deep/a.js"),
        ("lit-html", ""),
        ("li", ""),
        ("other", ""),
        ("htmx", "https://cdn.example.com/htmx.js"),
    ],
)
def test_the_longest_beginning_counts(specifier: str, meaning: str) -> None:
    importmap = (
        ("lit", "vendor/lit.js"),
        ("lit/", "vendor/lit/"),
        ("lit/deep/", "vendor/deep/"),
        ("htmx", "https://cdn.example.com/htmx.js"),
    )
    assert meant_by(specifier, importmap) == meaning


def text(build: Build, path: str) -> str:
    return b"".join(build.artifacts[path].chunks()).decode()


def names(build: Build) -> dict[str, str]:
    return {path: artifact.name for path, artifact in build.artifacts.items()}


def chain(leaf: str) -> Files:
    modules = {f"m{number}.js": f"import './m{number + 1}.js'" for number in range(CHAIN)}
    return {**modules, f"m{CHAIN}.js": leaf}


@pytest.mark.parametrize(("options", "renamed"), [(BY_MAP, 1), (PLAIN, CHAIN + 1)])
def test_a_leaf_that_changes_renames_as_many(tmp_path: Path, options: Options, renamed: int) -> None:
    before = names(built(write(tmp_path / "app", chain("1")), options=options))
    after = names(built(write(tmp_path / "app", chain("2")), options=options))
    assert sum(before[path] != after[path] for path in before) == renamed


MODULES = {
    "main.js": "import './a.js'; import('./later.js'); export * from './b.js'; import 'lit'",
    "a.js": "export const a = 1",
    "b.js": "export {}",
    "later.js": "",
    "lit.js": "export default 1",
    "image.js": "new URL('./i.svg', import.meta.url)",
    "i.svg": "",
    "app.css": "@import 'base.css'; a{b:url(i.svg)}",
    "base.css": "",
}


def test_modules_are_left_to_the_map_and_all_else_is_linked(tmp_path: Path) -> None:
    finished = built(write(tmp_path / "app", MODULES), options=BY_MAP)
    assert text(finished, "main.js") == MODULES["main.js"]
    assert names(finished)["i.svg"] in text(finished, "image.js")
    assert names(finished)["base.css"] in text(finished, "app.css")


@pytest.mark.parametrize("suffix", ["?v=2", "#late", "?"])
def test_a_specifier_that_no_map_has_is_linked(tmp_path: Path, suffix: str) -> None:
    site = {"main.js": f"import './a.js{suffix}'; import './a.js'", "a.js": ""}
    finished = built(write(tmp_path / "app", site), options=BY_MAP)
    assert text(finished, "main.js") == f"import './{names(finished)['a.js']}{suffix}'; import './a.js'"


def test_what_workers_run_is_linked_by_names(tmp_path: Path) -> None:
    """Workers have no import map: neither for their own module, nor for what it imports."""
    finished = built(
        write(
            tmp_path / "app",
            {
                "page.js": "import './shared.js'; new Worker(new URL('./worker.js', import.meta.url))",
                "worker.js": "import './shared.js'",
                "shared.js": "import './leaf.js'",
                "leaf.js": "",
            },
        ),
        options=BY_MAP,
    )
    named = names(finished)
    assert "'./shared.js'" in text(finished, "page.js")
    assert named["worker.js"] in text(finished, "page.js")
    assert named["shared.js"] in text(finished, "worker.js")
    assert named["leaf.js"] in text(finished, "shared.js")


@pytest.mark.parametrize("options", [PLAIN, BY_MAP])
def test_a_bare_specifier_stays_and_what_it_means_is_known(tmp_path: Path, options: Options) -> None:
    options = options._replace(importmap=(("lit", "lit.js"), ("gone", "gone.js")))
    finished = built(write(tmp_path / "app", {**MODULES, "other.js": "import 'gone'"}), options=options)
    assert "import 'lit'" in text(finished, "main.js")
    assert "lit.js" in finished.artifacts["main.js"].loads.imports
    assert finished.artifacts["other.js"].loads == Loads(module=True)
    assert finished.findings == ()


def test_a_module_behind_a_bare_specifier_renames_nothing_but_itself(tmp_path: Path) -> None:
    options = PLAIN._replace(importmap=(("lit", "lit.js"),))
    before = names(built(write(tmp_path / "app", MODULES), options=options))
    after = names(built(write(tmp_path / "app", {"lit.js": "export default 2"}), options=options))
    assert {path for path in before if before[path] != after[path]} == {"lit.js"}


LOADS = {
    "main.js": Loads(("a.js", "b.js"), ("later.js",), module=True),
    "a.js": Loads(module=True),
    "b.js": Loads(module=True),
    "lit.js": Loads(module=True),
    "image.js": Loads(module=True),
    "app.css": Loads(("base.css",)),
}


@pytest.mark.parametrize("options", [PLAIN, BY_MAP])
def test_the_manifest_says_what_a_file_loads(tmp_path: Path, options: Options) -> None:
    finished = built(write(tmp_path / "app", MODULES), options=options)
    assert manifest_of(finished.artifacts.values()).loads == LOADS


@pytest.mark.parametrize(
    ("source", "module"),
    [
        ("export const a = 1", True),
        ("let a; export{a}", True),
        ("export default 1", True),
        ("class A{}export default A", True),
        ("let a = import.meta.env.B", True),
        ("new URL('./a.js', import.meta.url)", True),
        ("import 'react'", True),
        ("import x from 'https://x.y/z.js'", True),
        ("import('./a.js')", False),
        ("'export default 1'", False),
        ("// export default 1", False),
        ("`export default 1`", False),
        ("exports.default = 1", False),
        ("a.export = {export: 1}", False),
        ("", False),
    ],
)
def test_modules_are_known_by_their_syntax(tmp_path: Path, source: str, module: bool) -> None:
    finished = built(write(tmp_path / "app", {"x.js": source, "a.js": ""}))
    assert finished.artifacts["x.js"].loads.module is module
