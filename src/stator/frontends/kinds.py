"""Kinds: the tools that build front ends, how one is told by what lies in a folder, and its commands.

A kind is a line in ``KINDS``. The order counts: who uses Vite has a ``postcss.config.js`` too, and is asked
about Vite first. A project's own scripts go before the commands here (``toolchain``).
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import NamedTuple

OUTPUT = "dist"  # in the folder of the front end, unless settings say otherwise


class Kind(NamedTuple):
    """A tool.

    ``configs``: how the names of its own files begin. ``package``: what it is called in ``package.json``.
    ``build`` and ``watch``: shell commands, empty where they cannot be guessed; in them ``{output}`` is the
    folder that is filled, and ``{input}`` the style sheet that imports Tailwind. ``serves``: ``watch`` starts
    a server, to which requests are handed, and writes no files.
    """

    configs: tuple[str, ...] = ()
    package: str = ""
    build: str = ""
    watch: str = ""
    serves: bool = False


PLAIN = "plain"
KINDS = {
    "vite": Kind(("vite.config.",), "vite", "vite build", "vite", serves=True),
    "rspack": Kind(
        ("rspack.config.",),
        "@rspack/cli",
        "rspack build --mode production",
        "rspack build --watch --mode development",
    ),
    "webpack": Kind(
        ("webpack.config.",),
        "webpack",
        "webpack --mode production",
        "webpack --watch --mode development",
    ),
    "parcel": Kind((".parcelrc",), "parcel", "parcel build", "parcel watch"),
    "rollup": Kind(("rollup.config.",), "rollup", "rollup --config", "rollup --config --watch"),
    "gulp": Kind(("gulpfile.",), "gulp", "gulp build", "gulp watch"),
    "esbuild": Kind(package="esbuild"),
    "tailwind": Kind(
        package="@tailwindcss/cli",
        build="tailwindcss --input {input} --output {output}/site.css --minify",
        watch="tailwindcss --input {input} --output {output}/site.css --watch",
    ),
    "sass": Kind(
        package="sass",
        build="sass --no-source-map --style=compressed src:{output}",
        watch="sass --watch src:{output}",
    ),
    "postcss": Kind(
        ("postcss.config.", ".postcssrc"),
        "postcss-cli",
        "postcss 'src/**/*.css' --base src --dir {output} --env production",
        "postcss 'src/**/*.css' --base src --dir {output} --watch",
    ),
    PLAIN: Kind(),
}


def kind_of(names: Iterable[str], packages: Collection[str]) -> str:
    """Return the kind of a folder that has files of these names, and asks for these packages."""
    names = tuple(names)
    shown = (kind for kind, told in KINDS.items() if any(name.startswith(told.configs) for name in names))
    asked = (kind for kind, told in KINDS.items() if told.package in packages)
    return next(shown, None) or next(asked, PLAIN)
