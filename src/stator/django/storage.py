"""The storage: Django's ``ManifestStaticFilesStorage`` for its callers, our compiler underneath."""

from __future__ import annotations

import os
from collections.abc import Collection, Iterator
from contextlib import contextmanager, suppress
from typing import Any
from urllib.parse import unquote, urlsplit

from django.conf import settings
from django.contrib.staticfiles.storage import ManifestStaticFilesStorage
from django.core.files.storage import FileSystemStorage, Storage

from stator import manifest as manifests
from stator.build import Build, build
from stator.django import origins
from stator.django.conf import options
from stator.errors import ConfigError, ManifestError, StatorError
from stator.findings import Finding, Level, as_text
from stator.load_path import LoadPath
from stator.manifest import Manifest
from stator.nearest import Names
from stator.publish.directory import Directory
from stator.publish.release import Receipt, release
from stator.serve.file_table import FileTable, load_table, table_of_manifest


class MissingEntry(ValueError):
    """A name that templates or code ask for and that is not published."""


class StatorStorage(ManifestStaticFilesStorage):
    """Static files under digested names, found through the manifest.

    It offers what ``ManifestStaticFilesStorage`` offers. With ``DEBUG`` the same names fail as in
    production, with the same message, though files are served plain.

    ``manifest`` is the manifest in use, ``None`` before the first collect.
    """

    manifest: Manifest | None = None
    _unreadable: ManifestError | None = None

    def __init__(self, *args: Any, manifest_storage: Storage | None = None, **kwargs: Any) -> None:
        place = options().manifest
        if place and manifest_storage is None:
            folder, self.manifest_name = os.path.split(os.path.abspath(place))
            manifest_storage = FileSystemStorage(folder)
        try:
            super().__init__(*args, manifest_storage=manifest_storage, **kwargs)
        except ManifestError as error:
            # Reading the manifest is the last thing that Django's storage does here. Whoever needs a name
            # is told; collectstatic needs none, and mends it.
            self.hashed_files, self.manifest_hash, self._unreadable = {}, "", error

    # Reading: what templates need.

    def read_manifest(self) -> str | None:  # type: ignore[override]  # the stubs forget None
        """Return the text of the manifest, ``None`` when there is none or no ``STATIC_ROOT`` for one."""
        if self.manifest_storage is self and not self.location:
            return None
        return super().read_manifest()

    def load_manifest(self) -> tuple[dict[str, str], str]:  # type: ignore[override]  # the stubs are old
        """Return names and hash of the manifest. Raises ``ManifestError`` for one that cannot be read."""
        if self.manifest_storage is self and not self.location:
            return {}, ""
        try:
            with (self.manifest_storage or self).open(self.manifest_name) as file:
                content = file.read()
        except FileNotFoundError:
            return {}, ""
        except OSError as error:
            said = f"{self.manifest_name} cannot be read: {error}."
            raise ManifestError(said, "Run collectstatic.") from error
        paths = manifests.django_paths(content)
        if paths is not None:
            return super().load_manifest()  # type: ignore[return-value]
        self.manifest = manifests.from_json(content, self.manifest_name)
        return dict(self.manifest.paths), self.manifest.hash

    def save_manifest(self) -> None:
        """Write the manifest in use once more. Publishing writes it; callers of Django's storage may too.

        A caller who has set ``hashed_files`` by hand gets what Django writes for them.
        """
        if not self.manifest or self.manifest.paths != self.hashed_files:
            super().save_manifest()
        else:
            directory = self._directory()
            with directory.locked():
                directory.apply([], {self._manifest_place(): manifests.Lines(self.manifest)})

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
        if self._unreadable:
            raise self._unreadable
        clean = self._clean(name)
        if not clean:
            return name  # {% static "" %}: the URL of all files
        if clean in self.hashed_files:
            return super().stored_name(name)
        if self.manifest_strict:
            raise self._missing(clean, self.hashed_files)
        if not self.exists(clean):
            raise MissingEntry(f"The file '{clean}' could not be found with {self!r}.")
        return name

    def hashed_name(self, name: str, content: Any = None, filename: str | None = None) -> str:  # noqa: ARG002
        """Return the digested path. The content has no say: a digest covers more than one file."""
        return self.stored_name(name)

    def file_table(self) -> FileTable:
        """Return the table of what is published, for serving it. Raises ``ManifestError``."""
        if self._unreadable:
            raise self._unreadable
        if self.manifest:
            return table_of_manifest(self.manifest, self.path(""))
        return load_table(self.path("")) if self.location else {}

    def _require_source(self, name: str) -> None:
        clean = self._clean(name)
        if not clean or clean.endswith("/"):
            return  # a folder, whose URL is never digested
        if not origins.offers(options(), clean):
            # A finder over a remote storage lists what it cannot find.
            known = origins.find(options(), []).files
            if clean not in known:
                raise self._missing(clean, known)

    def _clean(self, name: str) -> str:
        return self.hash_key(self.clean_name(urlsplit(unquote(name)).path.strip()))

    def _missing(self, name: str, known: Collection[str]) -> MissingEntry:
        message = f"Missing staticfiles manifest entry for '{name}'"
        if not known:
            return MissingEntry(f"{message}: nothing has been collected yet. Run collectstatic.")
        if name.lstrip("/") in known:
            return MissingEntry(f"{message}. Remove the slash in front of it.")
        nearest = Names(known).nearest(name)
        return MissingEntry(f"{message}. Did you mean '{nearest}'?" if nearest else f"{message}.")

    # Writing: what collectstatic needs.

    def compile(self, load_path: LoadPath, *, digest: bool = True) -> Build:
        """Return the build of a load path for this storage; without ``digest`` all files stay as they are."""
        chosen = options() if digest else options().undigested()
        return build(load_path, chosen, self.base_url or "/")

    def publish(self, finished: Build, *, digest: bool = True, **how: Any) -> Receipt:
        """Publish a build that has not failed, and use its manifest from now on; see ``release``."""
        receipt = release(
            finished.artifacts.values(),
            self._directory(),
            manifest_name=self._manifest_place(),
            record=digest,
            keep=options().releases,
            **how,
        )
        if digest and not how.get("dry_run"):
            self.manifest, self._unreadable = receipt.manifest, None
            self.hashed_files = dict(receipt.manifest.paths)
            self.manifest_hash = receipt.manifest.hash
        return receipt

    @contextmanager
    def set_aside(self) -> Iterator[None]:
        """Hold no manifest while a new one is made: of a large site, one at a time is enough.

        If none was made after all, the one that stands is read again.
        """
        self.manifest, self.hashed_files = None, {}
        try:
            yield
        finally:
            if self.manifest is None:
                with suppress(ManifestError):  # which is told to whoever needs a name
                    self.hashed_files, self.manifest_hash = self.load_manifest()

    def _directory(self) -> Directory:
        return Directory(self.path(""), self.file_permissions_mode, self.directory_permissions_mode)

    def _manifest_place(self) -> str:
        storage = self.manifest_storage
        if storage is None or storage is self:
            return self.manifest_name
        if not isinstance(storage, FileSystemStorage):
            raise ConfigError(
                f"The manifest must be a file on this machine, not in {type(storage).__name__}.",
                "Name the file in STATOR['MANIFEST'].",
            )
        return storage.path(self.manifest_name)

    def post_process(  # type: ignore[override]  # Django's passes everything on by keyword
        self, paths: dict[str, tuple[Storage, str]], dry_run: bool = False, **_: Any
    ) -> Iterator[tuple[str, str | None, bool | Exception]]:
        """Publish files that a ``collectstatic`` other than ours has found, as Django's storage does.

        Yields the logical path, the digested path, and whether it was processed or the exception.
        """
        if dry_run:
            return
        finished = self.compile(origins.from_storages(paths))
        for finding in finished.findings:
            if finding.level is Level.ERROR:
                yield finding.path, None, FailedFinding(finding)
        if finished.failed:
            return
        try:
            receipt = self.publish(finished)
        except StatorError as error:
            yield "All", None, error
            return
        yield from ((path, name, True) for path, name in receipt.manifest.paths.items())


class FailedFinding(ValueError):
    """A finding in the form of an exception, for callers that know no other."""

    def __init__(self, finding: Finding) -> None:
        super().__init__(as_text(finding))
        self.finding = finding
