"""Knowledge: what the project says of the files that a visitor will ask for, by their addresses."""

from __future__ import annotations

import functools
from collections.abc import Collection, Mapping
from enum import StrEnum
from types import MappingProxyType
from typing import NamedTuple
from urllib.parse import unquote, urlsplit

from stator.config import HeaderRules
from stator.diagnose.checks import middleware
from stator.diagnose.facts.project import Project
from stator.diagnose.visit.address import address, origin_of
from stator.encode.choices import compressible
from stator.manifest import Content, Manifest
from stator.nearest import Names
from stator.paths import CODING_SUFFIXES, parse_digested


class Area(StrEnum):
    """Whose a file is, in the words of messages."""

    STATIC = "STATIC_URL"
    MEDIA = "MEDIA_URL"
    OTHER = "the application"


class Knowledge(NamedTuple):
    """What is known of a project's files before anybody asks for them.

    ``static_url`` and ``media_url`` are as the settings have them, ``None`` for none. ``manifest`` is
    ``None`` where there is none of ours; ``files`` has the sizes in bytes of what stands in ``static_root``;
    ``sources`` are the logical paths that a collect would publish. ``headers`` is the option ``HEADERS``,
    ``precompresses`` says that the release has compressed forms, so that a file without is not worth one;
    ``serves`` is false where it is known that nothing in the application answers for static files.
    ``destination`` is where releases are published to, empty where visitors get ``static_root``. What
    other users of the machine may not read of it is in ``closed``, and in ``closed_above`` which folders
    above it they may not enter.
    """

    static_url: str | None = "/static/"
    media_url: str | None = None
    static_root: str = ""
    manifest: Manifest | None = None
    files: Mapping[str, int] = MappingProxyType({})
    sources: frozenset[str] = frozenset()
    headers: HeaderRules = ()
    precompresses: bool = False
    serves: bool = True
    destination: str = ""
    closed: tuple[str, ...] = ()
    closed_above: tuple[str, ...] = ()

    def prefix(self, area: Area, page: str) -> str:
        """Return the address that names in an area begin with on a page, empty where there is no area."""
        url = {Area.STATIC: self.static_url, Area.MEDIA: self.media_url}.get(area)
        if not url:
            return ""
        # Django puts the application's path, nearly always "/", before one that is relative.
        prefix = address(url if url.startswith("/") or "://" in url else f"/{url}", page)
        return "" if urlsplit(prefix).path in {"", "/"} else prefix

    def place_of(self, url: str, page: str) -> tuple[Area, str]:
        """Return the area of an address that a page names, and the name in it, decoded, without query."""
        parts = urlsplit(url)
        asked = f"{origin_of(url)}{unquote(parts.path)}"
        for area in (Area.STATIC, Area.MEDIA):
            prefix = self.prefix(area, page)
            whole = f"{origin_of(prefix)}{unquote(urlsplit(prefix).path)}" if prefix else ""
            if whole and asked.startswith(whole):
                return area, asked.removeprefix(whole)
        return Area.OTHER, unquote(parts.path).lstrip("/")

    def content(self, name: str) -> Content | None:
        """Return what the manifest says of a published name, plain or digested."""
        if self.manifest is None:
            return None
        return self.manifest.find(name) or self.manifest.find(self.manifest.paths.get(name, ""))

    def codings(self, name: str) -> Collection[str]:
        """Return the codings that a published name may be sent in."""
        content = self.content(name)
        if content is not None and self.precompresses:
            return dict(content.codings)
        return CODING_SUFFIXES if compressible(name) else ()

    def never_changes(self, name: str) -> bool | None:
        """Say whether the bytes of a name stay for good, ``None`` where nobody here knows."""
        if self.manifest is None:
            return True if parse_digested(name) else None
        if self.manifest.find(name):
            return True
        return False if name in self.manifest.paths else None

    def nearest(self, name: str) -> str | None:
        """Return the source that a name was probably meant to be, ``None`` where all are far."""
        return _names(self.sources).nearest(name)

    def other_release(self, name: str) -> str:
        """Return the logical path of a digested name that only another release can have, or ``""``."""
        digested = parse_digested(name)
        if self.manifest is None or digested is None or self.content(name) is not None:
            return ""
        return digested[0] if digested[0] in self.manifest.paths else ""

    def earlier_release(self, name: str) -> str:
        """Return the logical path of a name that only an earlier release has, or ``""``."""
        digested = parse_digested(name)
        if self.manifest is None or digested is None or name in self.manifest.files:
            return ""
        is_kept = self.manifest.find(name) is not None and digested[0] in self.manifest.paths
        return digested[0] if is_kept else ""


def knowledge_of(project: Project) -> Knowledge:
    """Return what a project knows of its files."""
    setup, published, manifest = project.setup, project.published, project.published.manifest
    destination = setup.options.destination
    return Knowledge(
        setup.static_url,
        setup.media_url,
        published.root or setup.static_root,
        manifest,
        {name: size for name, (size, _) in published.files.items()},
        frozenset(project.load_path.files),
        setup.options.headers,
        manifest is not None and any(file.codings for file in manifest.files.values()),
        not any(middleware.CHECKS["nothing-serves-static"].find(setup)),
        destination.place if destination else "",
        published.closed,
        published.closed_above,
    )


@functools.lru_cache(maxsize=1)
def _names(sources: frozenset[str]) -> Names:
    return Names(sources)
