"""Small sites for tests: folders of source files, built and published for real."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from stator.build import Build, Means, build
from stator.cache import Cache
from stator.config import EDITOR_DROPPINGS, NO_MINIFY, Options, matcher
from stator.load_path import LoadPath, Origin, load_path, walk
from stator.publish.directory import Directory
from stator.publish.release import Receipt, release

PLAIN = Options(minify=NO_MINIFY, codings=())
Files = Mapping[str, str | bytes]


def write(folder: Path, files: Files) -> Path:
    """Write the files below the folder, as UTF-8 where they are text, and return the folder."""
    for name, content in files.items():
        file = folder / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content.encode() if isinstance(content, str) else content)
    return folder


def origin(folder: Path, label: str = "", prefix: str = "") -> Origin:
    package = "site-packages" in folder.parts or "node_modules" in folder.parts
    return Origin(label or f"app {folder.name!r}", str(folder), prefix, package)


def found(*folders: Path | Origin, options: Options | None = None) -> LoadPath:
    """Return the load path of the folders, in their order of precedence."""
    options = options or PLAIN
    ignored = matcher([*EDITOR_DROPPINGS, *options.ignore])
    origins = [folder if isinstance(folder, Origin) else origin(folder) for folder in folders]
    sources = (
        item
        for one in origins
        for item in walk(one, ignored, ignored, follow_symlinks=options.follow_symlinks)
    )
    return load_path(sources, matcher(options.overrides))


def built(
    *folders: Path | Origin, options: Options | None = None, static_url: str = "/static/", **means: Any
) -> Build:
    """Return the build of the folders, nothing minified or compressed unless options and means say so."""
    return compiled(found(*folders, options=options or PLAIN), options, static_url, **means)


def compiled(
    load_path: LoadPath, options: Options | None = None, static_url: str = "/static/", **means: Any
) -> Build:
    """Return the build of a load path, as ``built`` does; nothing is cached unless ``means`` say so."""
    means = {"cache": Cache("/dev/null/no-cache"), **means}
    return build(load_path, options or PLAIN, static_url, Means(**means))


def published(finished: Build, root: Path, **how: object) -> Receipt:
    return release(finished.artifacts.values(), Directory(str(root)), **how)  # type: ignore[arg-type]


def content_of(finished: Build, path: str) -> bytes:
    """Return the published bytes of a logical path, without publishing them."""
    return b"".join(finished.artifacts[path].chunks())


def names_of(finished: Build) -> dict[str, str]:
    return {path: artifact.name for path, artifact in finished.artifacts.items()}


def ids(finished: Build) -> list[str]:
    return [finding.id for finding in finished.findings]
