"""What real tools write is read right, and published as they wrote it."""

from __future__ import annotations

import posixpath
import re
from pathlib import Path

import pytest

from stator.bundlers import Bundle, looks_digested, read_bundle
from stator.paths import parse_digested
from tests.sites import content_of, names_of
from tests.toolchains import BUNDLERS, HERE, TOOLCHAINS, Output, collected

pytestmark = [pytest.mark.needs("toolchains"), pytest.mark.other_programs]


def bundle(folder: Path, manifest: str) -> Bundle:
    known = {f"shop/{file.relative_to(folder)}" for file in folder.rglob("*") if file.is_file()}
    return read_bundle(f"shop/{manifest}", (folder / manifest).read_bytes(), known)


@pytest.mark.parametrize(
    ("name", "manifest"), [(name, one) for name, tool in TOOLCHAINS.items() for one in tool.manifests]
)
def test_all_that_a_manifest_names_is_there(output: Output, name: str, manifest: str) -> None:
    told = bundle(output(name), manifest)
    assert told.entries
    assert told.missing == ()


@pytest.mark.parametrize("name", TOOLCHAINS)
def test_every_name_is_digested_once(output: Output, name: str) -> None:
    names = names_of(collected(output(name)))
    assert names
    for path, published in names.items():
        assert (path == published) is looks_digested(posixpath.basename(path)), path
        by_us = parse_digested(published)  # whose digest may be of digits alone
        assert path == published or (by_us and by_us[0] == path), published


@pytest.mark.parametrize("name", TOOLCHAINS)
def test_what_the_tool_has_digested_is_published_as_it_was_written(output: Output, name: str) -> None:
    finished = collected(output(name))
    kept = [path for path, published in names_of(finished).items() if path == published]
    for path in kept:
        assert content_of(finished, path) == (output(name) / path.removeprefix("shop/")).read_bytes()


@pytest.mark.parametrize("name", [name for name in TOOLCHAINS if name != "tailwind"])
def test_images_are_published_as_they_were_drawn(output: Output, name: str) -> None:
    finished = collected(output(name))
    images = [content_of(finished, path) for path in finished.artifacts if path.endswith(".png")]
    assert images == [(HERE / "src" / "photo.png").read_bytes()]


@pytest.mark.parametrize("name", BUNDLERS)
def test_all_that_starts_an_entry_is_published(output: Output, name: str) -> None:
    finished = collected(output(name))
    entries = finished.frontends["shop"].entries
    assert entries.keys() >= {"src/main.js", "src/admin.js"}
    needed = {path for entry in entries.values() for files in entry[:4] for path in files}
    assert needed <= finished.artifacts.keys()


@pytest.mark.parametrize("name", BUNDLERS)
def test_style_sheets_come_in_the_order_of_the_imports(output: Output, name: str) -> None:
    entry = bundle(output(name), BUNDLERS[name].manifests[0]).entries["src/main.js"]
    styles = [(output(name) / path.removeprefix("shop/")).read_text() for path in entry.styles]
    assert re.findall(r"\.shelf|\bbody", "".join(styles)) == [".shelf", "body"]


def test_the_entry_of_a_page_has_what_vite_has_put_into_it(output: Output) -> None:
    folder = output("vite")
    entry = bundle(folder, ".vite/manifest.json").entries["index.html"]
    page = (folder / "index.html").read_text()

    def linked(tag: str) -> tuple[str, ...]:
        return tuple(f"shop/{path}" for path in re.findall(rf'<{tag}="\./([^"]+)"', page))

    assert entry.styles == linked('link rel="stylesheet" crossorigin href')
    assert entry.preloads == linked('link rel="modulepreload" crossorigin href')
    assert entry.scripts == linked('script type="module" crossorigin src')
    assert entry.legacy == (
        *linked('script nomodule crossorigin id="vite-legacy-polyfill" src'),
        *linked('script nomodule crossorigin id="vite-legacy-entry" data-src'),
    )


def test_the_reporter_in_the_documentation_is_the_one_that_parcel_runs_here() -> None:
    page = HERE.parents[1] / "docs" / "frontends" / "tools.md"
    assert f"```js\n{(HERE / 'parcel' / 'reporter.mjs').read_text()}```" in page.read_text()
