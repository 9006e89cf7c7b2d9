"""The options of a project, completed once, and only read afterwards.

A pattern is a shell pattern over a logical path, in which ``*`` also matches ``/`` (as in Django's
``--ignore``): ``vendor/*`` is everything below ``vendor``.
"""

from __future__ import annotations

import fnmatch
import functools
import os
import re
from collections.abc import Callable, Iterable
from typing import NamedTuple

from stator.media_types import CSS, GEOJSON, JAVASCRIPT, JSON, MANIFEST
from stator.secret import Secret

EDITOR_DROPPINGS = (".*", "*~", "#*#", "CVS", "*.swp", "*.swo", "*.orig", "*.rej", "Thumbs.db", "desktop.ini")
CODINGS = ("br", "zstd", "gzip")
RELEASES_KEPT = 3
DAY = 24 * 60 * 60
AGE_KEPT = 7 * DAY
CACHE_SIZE = 2 << 30

MINIFIED = (CSS, JAVASCRIPT, JSON, MANIFEST, GEOJSON)
NO_MINIFY: tuple[tuple[str, bool | str], ...] = tuple((kind, False) for kind in MINIFIED)
_WILD = re.compile(r"[*?\[]")

# By pattern, the fields to add to an answer or to replace, or with None to leave out.
HeaderRules = tuple[tuple[str, tuple[tuple[str, str | None], ...]], ...]


class UploadRules(NamedTuple):
    """What a project can choose for media.

    ``pdf``: a browser may show PDF files. ``private``: by prefix below ``MEDIA_URL``, empty for all, the
    dotted path of the function that says who may read what is below it. ``sendfile``: the field by which the
    web server in front is told to send a private file, ``X-Accel-Redirect`` or ``X-Sendfile``; empty where it
    is sent by us.
    """

    pdf: bool = False
    private: tuple[tuple[str, str], ...] = ()
    sendfile: str = ""


class PurgeRules(NamedTuple):
    """Whom to tell that files have changed, and where these are seen.

    ``service``: the name of the CDN or cache. ``id``: the zone, distribution or service there. ``token``:
    what it knows us by. ``urls``: the addresses that are asked, one but for caches of one's own. ``sites``:
    the origins of the pages, as ``https://www.example.com``. ``soft``: what is purged may be shown while it
    is fetched anew.
    """

    service: str
    id: str = ""
    token: Secret | None = None
    urls: tuple[str, ...] = ()
    sites: tuple[str, ...] = ()
    soft: bool = True


class DestinationRules(NamedTuple):
    """Where releases are published: below ``folder``, or in a ``bucket`` below ``prefix``.

    ``service`` is ``s3``, ``gs`` or ``az``, empty for a folder. ``endpoint`` is the address of the service,
    empty for the usual one. ``region``, ``account``, ``account_file`` and ``secrets`` are what it knows us
    by; without secrets the environment is asked, as is usual for the service. ``acl`` and ``storage_class``
    go with each published object. ``codings``: ``identity`` to publish files as they are, ``keys`` to publish
    each precompressed form too, under a key of its own.
    """

    folder: str = ""
    service: str = ""
    bucket: str = ""
    prefix: str = ""
    endpoint: str = ""
    region: str = ""
    account: str = ""
    account_file: str = ""
    secrets: tuple[Secret, ...] = ()
    acl: str = ""
    storage_class: str = ""
    codings: str = "identity"

    @property
    def place(self) -> str:
        """Where that is, as people write it."""
        path = f"{self.bucket}/{self.prefix}".rstrip("/")
        return self.folder or f"{self.service}://{path}"


class FrontendRules(NamedTuple):
    """A front end: sources of its own, which a tool of its own builds.

    ``name``: the folder that its files are published in. ``root``: the folder of its sources, in the
    project's where it is relative. Of the rest what is ``None`` is found out by looking there. ``kind``: the
    tool, a name of ``stator.frontends.kinds``. ``install``, ``build``, ``dev``: shell commands, run in
    ``root``, empty for none. ``output``: the folder that the build fills, ``entry``: the source that a page
    starts with, and ``sources``: what else the build reads; all three relative to ``root``.
    """

    name: str
    root: str
    kind: str | None = None
    install: str | None = None
    build: str | None = None
    dev: str | None = None
    output: str | None = None
    entry: str | None = None
    sources: tuple[str, ...] = ()


class Options(NamedTuple):
    """What a project can choose. Field names are the keys of ``STATOR`` in lower case.

    ``keep_plain``: publish undigested names too; ``True``, ``False``, or patterns of those to keep.
    ``on_missing``: what a broken reference is, by pattern over the file that holds it; the first that
    matches decides, and where none does, ``"error"`` in own files and ``"warn"`` in packages.
    ``ignore``: patterns of names that are never published, besides dotfiles and editor droppings.
    ``predigested``: patterns of names that already carry a digest, besides those that bundlers' manifests
    name. ``manifest``: where the manifest is, ``""`` for ``staticfiles.json`` in the published folder.
    ``manifest_object``: what it is called in the bucket of ``destination``, where the application reads it
    there; a collect then writes it as if nothing was said.
    ``releases``, ``age``: an earlier release goes on being served while it is among so many newest ones,
    or was current less than so many seconds ago (``RETENTION``).
    ``follow_symlinks``: publish what symbolic links outside their folder point to.
    ``minify``: by media type, whether files of it are minified, or the path of the tool that does it; one
    that is not named is.
    ``codings``: the precompressed forms to publish.
    ``cache_dir``: the folder for finished work, ``""`` for one beside the published folder. ``cache_size``:
    its limit in bytes.
    ``headers``: fields for answers, by pattern over name or logical path; a later one goes over an earlier.
    ``root_files``: the folder whose files are served at ``/``, ``""`` for none. ``media``: of uploads.
    ``suppress``: findings that ``doctor`` keeps to itself: patterns of ids, and of paths or files that they
    are about. ``budgets``: by pattern over logical paths, how many bytes a visitor may have to load.
    ``purge``: the CDN or cache that is told what has changed, ``None`` for none.
    ``destination``: where ``stator publish`` publishes to, ``None`` for ``STATIC_ROOT``.
    ``frontends``: what other tools build of sources of their own. ``overrides``: patterns of files that are
    meant to stand in place of a package's. ``link_by_importmap``: modules find each other by the import map
    of the page, not by names written into them. ``importmap``: what installed apps put into it, by
    specifier, which is no key of ``STATOR``.
    """

    minify: tuple[tuple[str, bool | str], ...] = ()
    codings: tuple[str, ...] = CODINGS
    cache_dir: str = ""
    cache_size: int = CACHE_SIZE
    keep_plain: bool | tuple[str, ...] = True
    on_missing: tuple[tuple[str, str], ...] = ()
    ignore: tuple[str, ...] = ()
    predigested: tuple[str, ...] = ()
    manifest: str = ""
    manifest_object: str = ""
    releases: int = RELEASES_KEPT
    age: int = AGE_KEPT
    follow_symlinks: bool = False
    headers: HeaderRules = ()
    root_files: str = ""
    media: UploadRules = UploadRules()
    suppress: tuple[tuple[str, str], ...] = ()
    budgets: tuple[tuple[str, int], ...] = ()
    purge: PurgeRules | None = None
    destination: DestinationRules | None = None
    frontends: tuple[FrontendRules, ...] = ()
    overrides: tuple[str, ...] = ()
    link_by_importmap: bool = False
    importmap: tuple[tuple[str, str], ...] = ()

    def keeps_plain(self, path: str) -> bool:
        """Say whether the undigested name of ``path`` is published too."""
        return self.keep_plain if isinstance(self.keep_plain, bool) else matcher(self.keep_plain)(path)

    def missing_policy(self, path: str, *, package: bool) -> str:
        """Return ``"error"``, ``"warn"`` or ``"ignore"`` for a broken reference in the file ``path``."""
        for pattern, policy in self.on_missing:
            if fnmatch.fnmatchcase(path, pattern):
                return policy
        return "warn" if package else "error"

    def undigested(self) -> Options:
        """Return the options with which every file is published as it is, under its own name only."""
        return self._replace(predigested=("*",), minify=NO_MINIFY, codings=())

    def shared_folder(self, static_root: str) -> str:
        """Return the folder that is published to besides ``static_root``, empty where there is none."""
        folder = self.destination.folder if self.destination else ""
        return folder if folder and os.path.realpath(folder) != os.path.realpath(static_root) else ""

    def deciding(self) -> str:
        """Return all that decides what comes out of a build, as a text: other options, other text."""
        built = self._replace(headers=(), root_files="", media=UploadRules(), suppress=(), budgets=())
        built = built._replace(purge=None, destination=None, frontends=(), overrides=())
        built = built._replace(manifest="", manifest_object="")
        return repr(built._replace(cache_dir="", cache_size=0, releases=0, age=0))


def matcher(patterns: Iterable[str]) -> Callable[[str], bool]:
    """Return a function that says whether a name matches any of the shell patterns."""
    return _matcher(tuple(patterns))


@functools.lru_cache(maxsize=64)
def _matcher(patterns: tuple[str, ...]) -> Callable[[str], bool]:
    # Every file of a site is asked for, so the forms that nearly all patterns have are not left to `re`.
    literals, endings, beginnings, others = set(), [], [], []
    for pattern in patterns:
        if not _WILD.search(pattern):
            literals.add(pattern)
        elif not _WILD.search(pattern[1:]) and pattern[0] == "*":
            endings.append(pattern[1:])
        elif not _WILD.search(pattern[:-1]) and pattern[-1] == "*":
            beginnings.append(pattern[:-1])
        else:
            others.append(pattern)
    ends, begins = tuple(endings), tuple(beginnings)
    match = re.compile("|".join(map(fnmatch.translate, others))).match if others else lambda _: None

    def matches(name: str) -> bool:
        return name in literals or name.endswith(ends) or name.startswith(begins) or match(name) is not None

    return matches


def is_about_names(pattern: str) -> bool:
    """Say whether a pattern that matches a path also matches the name of its file or of a folder around it.

    Who has asked about each name on the way need not ask about the path again.
    """
    return "/" not in pattern and not _WILD.search(pattern.removeprefix("*").removesuffix("*"))
