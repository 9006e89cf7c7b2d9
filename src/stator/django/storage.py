"""The storage: Django's ``ManifestStaticFilesStorage`` for its callers, our compiler underneath."""

from __future__ import annotations

import functools
import os
from collections.abc import Callable, Collection, Iterator
from typing import TYPE_CHECKING, Any, NamedTuple
from urllib.parse import unquote, urlsplit

from django.conf import settings
from django.contrib.staticfiles.storage import ManifestFilesMixin, ManifestStaticFilesStorage
from django.core.files.storage import FileSystemStorage, Storage

from stator import manifest_text
from stator.config import Options
from stator.django import origins
from stator.django.conf import options
from stator.errors import ManifestError, StatorError
from stator.findings import Finding, Level, as_text
from stator.load_path import LoadPath
from stator.manifest import Manifest

if TYPE_CHECKING:
    from stator.collect import Collected, Way
    from stator.serve.site import Site


class _Known(NamedTuple):
    """What is known of the manifest in use: what Django's storage holds, and what is ours."""

    paths: dict[str, str]
    hash: str = ""
    manifest: Manifest | None = None
    unreadable: ManifestError | None = None


class MissingEntry(ValueError):
    """A name that templates or code ask for and that is not published.

    Who only catches it pays nothing: ``explain`` is called when its text is read, and returns what is known.
    """

    def __init__(self, message: str, explain: Callable[[], str] = str) -> None:
        super().__init__(message)
        self._explain = explain

    @functools.cached_property
    def _text(self) -> str:
        return " ".join(filter(None, (self.args[0], self._explain())))

    def __str__(self) -> str:
        return self._text

    def __reduce__(self) -> tuple[type[MissingEntry], tuple[str]]:
        return MissingEntry, (self._text,)


class StatorStorage(ManifestStaticFilesStorage):
    """Static files under digested names, found through the manifest.

    It offers what ``ManifestStaticFilesStorage`` offers. With ``DEBUG`` the same names fail as in
    production, with the same message, though files are served plain.

    ``manifest`` is the manifest in use, without earlier releases: with hundreds of these they are most of it,
    and no page asks for them. It is ``None`` before the first collect, and where Django's storage wrote it.
    """

    _known: _Known | None = None

    def __init__(self, *args: Any, manifest_storage: Storage | None = None, **kwargs: Any) -> None:
        place = options().manifest
        if place and manifest_storage is None:
            folder, name = os.path.split(os.path.abspath(place))
            self.manifest_name: str = name
            manifest_storage = FileSystemStorage(folder)
        # Django's storage would read the manifest here. Ours does when a name is asked for: collectstatic
        # asks for none, and mends a manifest that cannot be read.
        super(ManifestFilesMixin, self).__init__(*args, **kwargs)
        self.manifest_storage: Storage | None = self if manifest_storage is None else manifest_storage
        self._known = None

    # Reading: what templates need.

    @property
    def manifest(self) -> Manifest | None:
        return self._loaded().manifest

    @property
    def hashed_files(self) -> dict[str, str]:
        """Digested paths by logical path."""
        return self._loaded().paths

    @hashed_files.setter
    def hashed_files(self, paths: dict[str, str]) -> None:
        self._known = self._loaded()._replace(paths=paths) if self._known else _Known(paths)

    @hashed_files.deleter
    def hashed_files(self) -> None:
        self._known = None  # as before anything was set: it is read when it is asked for

    @property
    def manifest_hash(self) -> str:
        return self._loaded().hash

    @manifest_hash.setter
    def manifest_hash(self, hash: str) -> None:
        self._known = self._loaded()._replace(hash=hash)

    def _loaded(self) -> _Known:
        if self._known is None:
            try:
                self._known = self._load()
            except ManifestError as error:
                self._known = _Known({}, unreadable=error)  # whoever needs a name is told
        return self._known

    def read_manifest(self) -> str | None:  # type: ignore[override]  # the stubs forget None
        """Return the text of the manifest, ``None`` when there is none or no ``STATIC_ROOT`` for one."""
        if self.manifest_storage is self and not self.location:
            return None
        return super().read_manifest()

    def standing(self) -> Manifest | None:
        """Return the manifest that the last collect has written, be it the one in use or not.

        ``None`` before the first collect, and for that of Django's own storage. Raises ``ManifestError``.
        """
        return self._stored(alone=False).manifest

    def load_manifest(self) -> tuple[dict[str, str], str]:  # type: ignore[override]  # the stubs are old
        """Return names and hash of the manifest. Raises ``ManifestError`` for one that cannot be read."""
        known = self._load()
        return known.paths, known.hash

    def _load(self) -> _Known:
        if options().manifest_object:
            return _known(in_bucket(options()))
        return self._stored(alone=True)

    def _stored(self, *, alone: bool) -> _Known:
        """Return what is known of the manifest that stands; ``alone`` without earlier releases."""
        if self.manifest_storage is self and not self.location:
            return _Known({})
        try:
            with (self.manifest_storage or self).open(self.manifest_name) as file:
                content = file.read()
        except FileNotFoundError:
            return _Known({})
        except OSError as error:
            said = f"{self.manifest_name} cannot be read: {error}."
            raise ManifestError(said, "Run collectstatic.") from error
        if manifest_text.django_paths(content) is not None:
            paths: Any = super().load_manifest()  # names and hash; the stubs are old
            return _Known(*paths)
        return _known(manifest_text.from_json(content, self.manifest_name, alone=alone))

    def save_manifest(self) -> None:
        """Write the manifest in use once more. Publishing writes it; callers of Django's storage may too.

        A caller who has set ``hashed_files`` by hand gets what Django writes for them.
        """
        if not self.manifest or self.manifest.paths != self.hashed_files:
            super().save_manifest()
        else:
            from stator.django.collecting import directory_of, manifest_place  # noqa: PLC0415

            directory = directory_of(self)
            with directory.locked():
                whole = self.standing() or self.manifest
                directory.apply([], {manifest_place(self): manifest_text.Lines(whole)})

    def url(self, name: str | None, force: bool = False) -> str:
        """Return the URL of a static file: digested, or with ``DEBUG`` plain.

        Raises ``MissingEntry`` for a name that is not published, and with ``DEBUG`` for one that would
        not be.
        """
        if name and settings.DEBUG and not force and self.manifest_strict:
            self._require_source(name)
        return super().url(name or "", force)

    def stored_name(self, name: str) -> str:
        """Return the digested path of a logical path. Raises ``MissingEntry`` when there is none.

        With ``manifest_strict = False`` a name that the manifest lacks is returned as it is, if there is
        a file of that name.
        """
        if unreadable := self._loaded().unreadable:
            raise unreadable
        clean = self._clean(name)
        if not clean:
            return name  # {% static "" %}: the URL of all files
        if clean in self.hashed_files:
            return super().stored_name(name)
        if self.manifest_strict:
            raise _missing(clean, self.hashed_files, published=True)
        if not self.exists(clean):
            raise MissingEntry(f"The file '{clean}' could not be found with {self!r}.")
        return name

    def hashed_name(self, name: str, content: Any = None, filename: str | None = None) -> str:  # noqa: ARG002
        """Return the digested path. The content has no say: a digest covers more than one file."""
        return self.stored_name(name)

    def site(self) -> Site:
        """Return what is published, for serving it.

        Where ``DESTINATION`` is a folder that is what stands there, of all releases, while the names in pages
        are those of this storage's manifest. A manifest that cannot be read is logged, and nothing is served
        until there is another.
        """
        from stator.manifest_index import ManifestIndex  # noqa: PLC0415  (for servers only)
        from stator.serve import file_table, site  # noqa: PLC0415

        prefix, rules = self.base_url or "/", options().headers
        if shared := options().shared_folder(os.fspath(self.location or "")):
            return site.site_with(options(), shared, prefix, patient=True)
        if not self.location:
            return site.Site(file_table.path_prefix(prefix), lambda: file_table.NOTHING)
        if self.manifest_storage is self:
            return site.site_with(options(), self.path(""), prefix, patient=True)
        if isinstance(self.manifest_storage, FileSystemStorage):
            place = self.manifest_storage.path(self.manifest_name)
            if os.path.exists(place):
                return site.site_with(options(), self.path(""), prefix, place, patient=True)
        if unreadable := self._loaded().unreadable:
            raise unreadable
        standing = self.standing()
        if standing is None:
            return site.site_with(options(), self.path(""), prefix, patient=True)
        index = ManifestIndex(standing)
        return site.Site(
            file_table.path_prefix(prefix), lambda: file_table.table_of_index(index, self.path(""), 0, rules)
        )

    def _require_source(self, name: str) -> None:
        clean = self._clean(name)
        if not clean or clean.endswith("/"):
            return  # a folder, whose URL is never digested
        if not origins.offers(options(), clean):
            # A finder over a remote storage lists what it cannot find.
            load_path = origins.find(options(), [])
            if clean not in load_path.files:
                raise _missing(clean, load_path.files, load_path.findings)

    def _clean(self, name: str) -> str:
        return self.hash_key(self.clean_name(urlsplit(unquote(name)).path.strip()))

    # Writing: what collectstatic needs.

    def collect(self, load_path: LoadPath, *, digest: bool = True, jobs: int = 1, **how: Any) -> Collected:
        """Build a load path and publish it, and use its manifest from now on; see ``stator.collect``.

        Without ``digest`` all files stay as they are, and no manifest is written. Raises ``StatorError``.
        """
        from stator.collect import collect  # noqa: PLC0415  (the compiler, which servers do without)

        try:
            return collect(load_path, self.way(digest=digest, jobs=jobs, **how))
        finally:
            self._known = None  # the manifest is read again when a name is asked for

    def way(self, *, digest: bool = True, jobs: int = 1, **how: Any) -> Way:
        """Return how this storage collects, from which follows what is known of the last collect."""
        from stator.django.collecting import way_of  # noqa: PLC0415  (the compiler)

        return way_of(self, digest=digest, jobs=jobs, **how)

    def post_process(  # type: ignore[override]  # Django's passes everything on by keyword
        self, paths: dict[str, tuple[Storage, str]], dry_run: bool = False, **_: Any
    ) -> Iterator[tuple[str, str | None, bool | Exception]]:
        """Publish files that a ``collectstatic`` other than ours has found, as Django's storage does.

        Yields the logical path, the digested path, and whether it was processed or the exception.
        """
        if dry_run:
            return
        try:
            collected = self.collect(origins.from_storages(paths))
        except StatorError as error:
            yield "All", None, error
            return
        for finding in collected.build.findings:
            if finding.level is Level.ERROR:
                yield finding.path, None, FailedFinding(finding)
        if not collected.build.failed:
            yield from ((path, name, True) for path, name in self.hashed_files.items())


@functools.cache
def in_bucket(chosen: Options) -> Manifest:
    """Return the manifest of ``MANIFEST`` in a bucket, which a process reads once. Raises ``StatorError``."""
    from stator.destination import manifest_in_bucket  # noqa: PLC0415  (the network, for few sites)

    return manifest_in_bucket(chosen, os.environ)


def _known(manifest: Manifest) -> _Known:
    return _Known(dict(manifest.paths), manifest.hash, manifest)


def _missing(
    name: str, files: Collection[str], findings: tuple[Finding, ...] = (), *, published: bool = False
) -> MissingEntry:
    def explanation() -> str:
        from stator.diagnose.missing.mistakes import reasons  # noqa: PLC0415  (only for who reads it)
        from stator.django.searching import search_of  # noqa: PLC0415

        known = reasons(search_of(name, files, findings, published=published))
        return f"{known[0].what} {known[0].hint}" if known else ""

    return MissingEntry(f"Missing staticfiles manifest entry for '{name}'.", explanation)


class FailedFinding(ValueError):
    """A finding in the form of an exception, for callers that know no other."""

    def __init__(self, finding: Finding) -> None:
        super().__init__(as_text(finding))
        self.finding = finding
