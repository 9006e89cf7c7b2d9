"""Small front ends, each built by the tool itself: a folder for each tool, and sources that all of them have.

The tools are installed once for all, in ``.parts/toolchains``, with the lock file that stands here.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

from stator.asset import read_whole
from stator.build import Build
from stator.bundlers import is_bundle_manifest
from stator.config import matcher
from stator.frontend import PAGE
from stator.load_path import Origin, SourceFile, load_path, walk
from tests.parts import TOOLCHAINS as INSTALLED
from tests.sites import compiled

HERE = Path(__file__).parent

Output = Callable[[str], Path]


class Toolchain(NamedTuple):
    """The command that builds into ``dist``, and the manifests that it writes there, the best first."""

    build: str
    manifests: tuple[str, ...] = ()


BUNDLERS = {
    "vite": Toolchain("vite build", (".vite/manifest.json",)),
    "webpack": Toolchain(
        "webpack --json=dist/stats.json", ("stats.json", "webpack-stats.json", "manifest.json")
    ),
    "rspack": Toolchain("rspack build --json=dist/stats.json", ("stats.json", "manifest.json")),
    "esbuild": Toolchain("node build.mjs", ("meta.json",)),
    "parcel": Toolchain(
        "parcel build src/main.js src/admin.js src/search.js src/print.css --public-url=./ --no-cache",
        ("stats.json",),
    ),
}
OTHERS = {
    "gulp": Toolchain("gulp", ("rev-manifest.json",)),
    "postcss": Toolchain("postcss src/*.css --dir=dist && cp src/photo.png dist"),
    "sass": Toolchain("sass site.scss dist/site.css && cp src/photo.png dist"),
    "tailwind": Toolchain("tailwindcss --input=input.css --output=dist/site.css"),
}
TOOLCHAINS = {**BUNDLERS, **OTHERS}


def build(name: str, folder: Path) -> Path:
    """Build a front end in a folder that is not there yet, and return its output."""
    shutil.copytree(HERE / "src", folder / "src")
    shutil.copytree(HERE / name, folder, dirs_exist_ok=True)
    shutil.copy(HERE / "package.json", folder)
    (folder / "node_modules").symlink_to(INSTALLED)
    done = subprocess.run(
        TOOLCHAINS[name].build,
        shell=True,
        cwd=folder,
        env={**os.environ, "PATH": f"{INSTALLED / '.bin'}{os.pathsep}{os.environ['PATH']}"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return folder / "dist"


def collected(folder: Path) -> Build:
    """Return the build of a site that has nothing but the front end in ``folder``, called ``shop``."""
    shop = Origin("front end 'shop'", str(folder), "shop", frontend=True)
    return compiled(load_path(walk(shop, matcher(()), matcher(())), is_unpublished=_is_only_read))


def _is_only_read(source: SourceFile) -> bool:
    path = source.path.removeprefix("shop/")
    return path == PAGE or is_bundle_manifest(path, lambda: read_whole(source)[1])
