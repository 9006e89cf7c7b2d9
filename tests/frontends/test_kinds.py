from __future__ import annotations

import pytest

from stator.frontends.kinds import KINDS, kind_of


@pytest.mark.parametrize(
    ("names", "packages", "kind"),
    [
        (["vite.config.ts"], [], "vite"),
        (["index.html"], ["vite"], "vite"),
        (["postcss.config.js", "vite.config.mjs"], ["postcss-cli"], "vite"),
        (["webpack.config.js"], ["webpack", "gulp"], "webpack"),
        (["rspack.config.mjs"], [], "rspack"),
        (["gulpfile.js"], ["vite"], "gulp"),
        (["gulpfile.babel.js"], ["sass"], "gulp"),
        ([], ["@tailwindcss/cli", "tailwindcss"], "tailwind"),
        (["postcss.config.cjs"], ["postcss", "postcss-cli"], "postcss"),
        ([], ["sass"], "sass"),
        ([], ["parcel"], "parcel"),
        ([], ["esbuild"], "esbuild"),
        (["my-vite.config.ts", "vite.configuration"], ["vitest"], "plain"),
        ([], [], "plain"),
    ],
)
def test_a_tool_is_told_by_its_files_and_then_by_what_is_installed(
    names: list[str], packages: list[str], kind: str
) -> None:
    assert kind_of(names, packages) == kind


def test_a_tool_with_a_server_fills_no_folder_while_it_is_developed_with() -> None:
    assert [name for name, kind in KINDS.items() if kind.serves] == ["vite"]
    assert not [name for name, kind in KINDS.items() if kind.serves and "{output}" in kind.watch]
