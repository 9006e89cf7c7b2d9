"""What is measured on: sites made of the npm packages that the tests use, and sites of a chosen size.

Sources are real copies, never links: a row changes one of them. Everything is made the same each time.
"""

from __future__ import annotations

import hashlib
import re
import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

PROJECT = Path(__file__).resolve().parent.parent / "tests" / "oracles"  # where esbuild is, as in a project
CORPUS = PROJECT / "node_modules"

# Refers to three images, and nothing refers to it. (Bootstrap's style sheets and their maps name each other.)
LEAF = Path("copy-0", "leaflet", "dist", "leaflet.css")


class Plan(NamedTuple):
    """A site and what is measured on it.

    ``packages``: the npm packages in it, with the number of copies of each. ``rows``: what is measured.
    ``rounds``: how often; ``quick_rounds``: how often where nothing or little is to be done. ``growth``:
    numbers of files for the row of that name.
    """

    packages: Mapping[str, int]
    rows: frozenset[str]
    rounds: int
    quick_rounds: int
    growth: tuple[int, ...] = ()

    @property
    def whitenoise(self) -> bool:
        """Whether WhiteNoise takes part, which takes minutes."""
        return "sizes" in self.rows


class Site(NamedTuple):
    """A site on disk. ``script_size`` is the part of ``size``, in bytes, that is JavaScript."""

    name: str
    sources: Path
    files: int
    size: int
    script_size: int


_EVERY_ROW = frozenset(
    {"hashing", "unchanged", "codings", "sizes", "leaf", "container", "memory", "growth", "profile"}
)
PLANS: Mapping[str, Plan] = {
    "tiny": Plan(dict.fromkeys(["bootstrap", "leaflet"], 1), _EVERY_ROW, 1, 3, (100, 400)),
    "small": Plan(
        dict.fromkeys(["bootstrap", "three", "pdfjs-dist", "mathjax", "tinymce", "leaflet"], 1),
        _EVERY_ROW - {"memory"},
        3,
        5,
        (1_000, 4_000, 16_000, 64_000),
    ),
    "large": Plan(
        dict.fromkeys(["tinymce", "monaco-editor", "mathjax", "video.js", "pdfjs-dist", "vue", "d3"], 1)
        | dict.fromkeys(["three", "bootstrap", "leaflet"], 4)
        | dict.fromkeys(["swiper", "katex", "lit", "css-tree"], 18),
        frozenset({"hashing", "unchanged", "leaf", "container", "memory"}),
        1,
        3,
    ),
}


def lay_out(name: str, sources: Path) -> Site:
    """Make the site of a plan below the new folder ``sources``, as ``copy-N/package/…``."""
    for package, copies in PLANS[name].packages.items():
        for number in range(copies):
            shutil.copytree(CORPUS / package, sources / f"copy-{number}" / package)
    return described(name, sources)


def described(name: str, sources: Path) -> Site:
    files = [file for file in sources.rglob("*") if file.is_file()]
    size = sum(file.stat().st_size for file in files)
    scripts = sum(file.stat().st_size for file in files if file.suffix in {".js", ".mjs"})
    return Site(name, sources, len(files), size, scripts)


def check_out(site: Site, sources: Path) -> Site:
    """Copy the sources as a fresh checkout has them: new inodes, new times."""
    subprocess.run(["cp", "-r", site.sources, sources], check=True)
    return site._replace(sources=sources)


# Sites of a chosen size: parts of a hundred real files, whose references stay within the part.

_MODULES, _STYLES, _OTHERS = 60, 20, 20
_LARGEST = 20_000  # bytes
_LEADS_OUT = re.compile(rb"""['"(]\.{1,2}/|url\(|@import|sourceMappingURL""")


def grow(files: int, sources: Path) -> Site:
    """Make a site of so many files, a multiple of a hundred, below the new folder ``sources``.

    Of a hundred, 60 are modules that import others, 20 are style sheets with an image, 20 are images and
    texts. They are copies of real files, each with a line that makes it differ from all others.
    """
    modules, styles, others = _pool(".js"), _pool(".css"), _pool(".svg", ".png", ".gif", ".md", ".txt")
    for number in range(files // (_MODULES + _STYLES + _OTHERS)):
        part = sources / f"part-{number:04}"
        part.mkdir(parents=True)
        images = []
        for index in range(_OTHERS):
            model, content = _chosen(others, number * _OTHERS + index)
            images.append(f"other-{index:02}{model.suffix}")
            (part / images[-1]).write_bytes(content + b"\n<!-- %d.%d -->\n" % (number, index))
        for index in range(_MODULES):
            _, content = _chosen(modules, number * _MODULES + index)
            imported = {index - 1, index // 2} - {index, -1}
            imports = "".join(f'import "./module-{one:02}.js";\n' for one in sorted(imported))
            written = imports.encode() + content + b"\n// %d.%d\n" % (number, index)
            (part / f"module-{index:02}.js").write_bytes(written)
        for index in range(_STYLES):
            _, content = _chosen(styles, number * _STYLES + index)
            rule = f'\n.part-{number}-{index} {{ background: url("{images[index]}"); }}\n'
            (part / f"style-{index:02}.css").write_bytes(content + rule.encode())
    return described(f"{files:,} files", sources)


def _pool(*suffixes: str) -> list[tuple[Path, bytes]]:
    """Return small files of the corpus that refer to no other, in an order that mixes large and small."""
    found = (
        file
        for package in PLANS["large"].packages
        for file in (CORPUS / package).rglob("*")
        if file.suffix in suffixes and file.is_file() and file.stat().st_size <= _LARGEST
    )
    pool = ((file, file.read_bytes()) for file in found)
    kept = [(file, content) for file, content in pool if not _LEADS_OUT.search(content)]
    return sorted(kept, key=lambda one: hashlib.sha256(one[1]).digest())


def _chosen(pool: list[tuple[Path, bytes]], number: int) -> tuple[Path, bytes]:
    return pool[number % len(pool)]
