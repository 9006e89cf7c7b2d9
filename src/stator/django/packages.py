"""Packages: which folders are not the user's own."""

from __future__ import annotations

import functools
import os
import sysconfig

_PACKAGE_FOLDERS = {"site-packages", "dist-packages", "node_modules"}


def is_package(root: str) -> bool:
    """Say whether a folder belongs to an installed package, where the user cannot mend a file."""
    return not _PACKAGE_FOLDERS.isdisjoint(root.split(os.sep)) or any(
        root.startswith(folder + os.sep) for folder in _installed()
    )


@functools.cache
def _installed() -> tuple[str, ...]:
    return tuple({sysconfig.get_path("purelib"), sysconfig.get_path("platlib")})
