"""Front ends that plain shell commands build, in place of tools."""

from __future__ import annotations

import os
from pathlib import Path

from stator.frontends.toolchain import Toolchain

ENVIRON = dict(os.environ)
COPY = "mkdir -p dist && cat src/* > dist/all.txt"


def plain(root: Path, build: str = COPY, **chosen: object) -> Toolchain:
    """Return a front end called ``shop`` in ``root``, which is made with a source ``src/a.txt``."""
    (root / "src").mkdir(parents=True, exist_ok=True)
    if not any((root / "src").iterdir()):
        (root / "src/a.txt").write_text("a")
    one = Toolchain("shop", str(root), "plain", "", build, "", str(root / "dist"))
    return one._replace(**chosen)  # type: ignore[arg-type]
