"""Inputs: all that decides what a build makes, and what stands in its output, each as one hash.

Rules of this file:

1. *By content*: times say nothing after a checkout.
2. *Of the folder of a front end everything counts* but its output, ``node_modules`` (the lock file stands
   for it), ``__pycache__`` and folders whose name begins with a dot. So it is with ``sources``, and with the
   folders that Tailwind is told to look through by ``@source`` in a style sheet. Links are followed, and what
   is no file, as a pipe or a socket, has no content.
3. *The command counts*, and the variables of the environment by which tools are told what to make.
4. *Of the output everything counts*: manifests of bundlers are in folders with a dot.
"""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Iterator, Mapping

from stator.cache import key
from stator.frontends.records import PACKAGES
from stator.frontends.toolchain import Toolchain

_LEFT_OUT = {PACKAGES, "__pycache__"}
_SHAPING = re.compile(r"NODE_ENV|BROWSERSLIST.*|VITE_.*|PARCEL_.*")
_SOURCE = re.compile(rb"@source\s+(?!not\b|inline\b)[\"'](?P<pattern>[^\"']+)[\"']")
_WILD = re.compile(r"[*?{\[]")


def hash_of_inputs(toolchain: Toolchain, environ: Mapping[str, str]) -> str:
    """Return the hash of what the build of a front end reads. Raises ``OSError``."""
    shaping = sorted(f"{name}={value}" for name, value in environ.items() if _SHAPING.fullmatch(name))
    # Where the folders stand counts for nothing: a copy of what was built is built.
    parts = [toolchain.build, os.path.relpath(toolchain.output, toolchain.root), *shaping]
    for folder in (toolchain.root, *sources_of(toolchain)):
        parts += _hashes(_files(folder, toolchain.output), folder)
    return key(*parts)


def sources_of(toolchain: Toolchain) -> tuple[str, ...]:
    """Return the files and folders outside of its own that the build of a front end reads. Absolute paths."""
    found = {*toolchain.sources, *_tailwind_sources(toolchain)}
    inside = os.path.join(toolchain.root, "")
    return tuple(sorted(one for one in found if not os.path.join(one, "").startswith(inside)))


def hash_of_output(output: str) -> str:
    """Return the hash of what stands in an output, that of nothing where the folder is missing."""
    files = (os.path.join(folder, name) for folder, _, names in os.walk(output) for name in names)
    return key(*_hashes(files, output))


def _hashes(files: Iterator[str], folder: str) -> Iterator[str]:
    for file in sorted(files):
        yield os.path.relpath(file, folder)
        yield _hash(file)


def _hash(file: str) -> str:
    if not os.path.isfile(file):  # a link that leads nowhere; to open a pipe is to wait for whoever writes
        return ""
    try:
        with open(file, "rb") as opened:
            return hashlib.file_digest(opened, "sha256").hexdigest()
    except FileNotFoundError:  # an editor has just taken it away
        return ""


def _files(folder: str, output: str) -> Iterator[str]:
    """Yield the files that count below a folder; the file itself where it is one."""
    if os.path.isfile(folder):
        yield folder
    seen = {os.path.realpath(output)}  # links may lead in circles

    def counts(path: str) -> bool:
        name, real = os.path.basename(path), os.path.realpath(path)
        if name.startswith(".") or name in _LEFT_OUT or real in seen:
            return False
        seen.add(real)
        return True

    for around, folders, names in os.walk(folder, followlinks=True):
        # Sorted: which of two ways to a folder is taken must not hang on the disk.
        folders[:] = [name for name in sorted(folders) if counts(os.path.join(around, name))]
        yield from (os.path.join(around, name) for name in names)


def _tailwind_sources(toolchain: Toolchain) -> Iterator[str]:
    for file in sorted(_files(toolchain.root, toolchain.output)):
        if not file.endswith(".css") or not os.path.isfile(file):
            continue
        with open(file, "rb") as opened:
            content = opened.read()
        for found in _SOURCE.finditer(content):
            pattern = os.fsdecode(found["pattern"])
            wild = _WILD.search(pattern)
            fixed = os.path.dirname(pattern[: wild.start()]) if wild else pattern
            yield os.path.abspath(os.path.join(os.path.dirname(file), fixed))
