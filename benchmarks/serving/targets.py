"""What is asked for: a file of a published folder, under its digested name."""

from __future__ import annotations

import json
import random
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple
from wsgiref.util import setup_testing_defaults

from benchmarks import contenders, sites
from benchmarks.serving.applications import PREFIX
from benchmarks.workshop import Workshop

Fields = list[tuple[str, str]]


class Target(NamedTuple):
    """A file in the published folder ``root``.

    ``name`` is its digested path, and ``fields`` are those that Stator answers with.
    """

    root: Path
    name: str
    fields: Fields

    @property
    def file(self) -> Path:
        return self.root / self.name

    @property
    def path(self) -> str:
        """The path of its URL."""
        return PREFIX + self.name


class File(NamedTuple):
    """A file to be served; ``name`` is its logical path."""

    title: str
    name: str
    content: bytes


def _style_sheet(size: int) -> bytes:
    rules = "".join(f".rule-{number} {{ margin: {number % 7}px; }}\n" for number in range(size // 20))
    return rules.encode()[: size - 1] + b"\n"


FILES = {
    "style": File("10 kB style sheet", "css/site.css", _style_sheet(10_000)),
    "file": File("1 MB file", "downloads/file.bin", random.Random(0).randbytes(1_000_000)),
}


def publish_files(shop: Workshop) -> dict[str, Target]:
    """Publish ``FILES``, with all codings that they are worth; return their targets by the same keys."""
    sources = shop.new_folder()
    for file in FILES.values():
        (sources / file.name).parent.mkdir(parents=True)
        (sources / file.name).write_bytes(file.content)
    root = _published(shop, sites.described("files", sources), contenders.UNMINIFIED)
    return {key: _target(root, file.name) for key, file in FILES.items()}


def publish_many(shop: Workshop, files: int) -> dict[str, Target]:
    """Publish a site of so many source files twice; return a target in each by what was published.

    Each file is there under its plain and its digested name, as projects publish by default.
    """
    site = sites.grow(files, shop.new_folder())
    asked = "part-0000/style-00.css"
    return {
        f"{2 * files:,} files": _target(_published(shop, site, contenders.HASHING), asked),
        f"{2 * files:,} files and their codings": _target(
            _published(shop, site, contenders.UNMINIFIED), asked
        ),
    }


def _published(shop: Workshop, site: sites.Site, contender: contenders.Contender) -> Path:
    root = shop.new_folder()
    root.mkdir()
    if not shop.run(contender, site, root):
        raise RuntimeError(f"{contender.name} was given up on {site.files:,} files.")
    return root / "static"


def _target(root: Path, name: str) -> Target:
    digested = json.loads((root / "staticfiles.json").read_bytes())["paths"][name]
    return Target(root, digested, _fields(root, PREFIX + digested))


def _fields(root: Path, path: str) -> Fields:
    """Return the header fields that Stator answers with to a plain request for ``path``."""
    from stator.serve.wsgi import StaticFiles

    told: list[tuple[str, Fields]] = []
    environ: dict[str, object] = {"PATH_INFO": path}
    setup_testing_defaults(environ)

    def start_response(status: str, fields: Fields, *_: object) -> Callable[[bytes], object]:
        told.append((status, list(fields)))
        return _never

    answered = StaticFiles(_never, str(root), prefix=PREFIX)(environ, start_response)
    getattr(answered, "close", lambda: None)()
    ((status, fields),) = told
    if status != "200 OK":
        raise RuntimeError(f"Stator answers {status} for {path}.")
    return fields


def _never(*_: object) -> list[bytes]:
    raise RuntimeError("Stator handed on a request for a published file.")
