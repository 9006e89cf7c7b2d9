"""Release: publish finished files to a directory, and make them current."""

from __future__ import annotations

import functools
import os
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from types import MappingProxyType
from typing import NamedTuple

from stator import manifest as manifests
from stator import manifest_text
from stator.artifact import Artifact
from stator.errors import ConfigError, ManifestError
from stator.findings import Finding, Level, Place
from stator.frontend import Frontends
from stator.load_path import SourceFile, inode
from stator.manifest import Content, Manifest
from stator.paths import CODING_SUFFIXES, folders_of
from stator.publish.directory import Directory
from stator.publish.plan import Action, Step, names, plan
from stator.publish.retention import expired


class Receipt(NamedTuple):
    """What a publish did, or in a dry run would have done.

    Without a ``manifest`` there was nothing to do, and none was read. ``stamps`` are the modification times,
    in nanoseconds, of the files that were written, by name. ``freed`` are the bytes that pruning frees.
    ``before`` is the id of the release that was current, as far as it is known.
    """

    manifest: Manifest | None
    steps: tuple[Step, ...]
    findings: tuple[Finding, ...] = ()
    stamps: Mapping[str, int] = MappingProxyType({})
    freed: int = 0
    before: str = ""

    @property
    def changes(self) -> bool:
        """Whether anything is another now: the release that is current, or a file."""
        if self.manifest is None:
            return False
        return self.before != self.manifest.id or any(step.action is not Action.KEEP for step in self.steps)


class Outdated(Exception):
    """Somebody else has published since it was seen what stands."""


def release(
    artifacts: Collection[Artifact],
    directory: Directory,
    *,
    manifest_name: str = manifests.NAME,
    keep: int = 0,
    age: int = 0,
    now: int = 0,
    made: Collection[Artifact] | None = None,
    paths: Sequence[str] | None = None,
    frontends: Frontends = MappingProxyType({}),
    sources: Iterable[SourceFile] | None = None,
    stamp: Sequence[int] | None = None,
    record: bool = True,
    symlink: bool = False,
    clear: bool = False,
    dry_run: bool = False,
    on_wait: Callable[[], None] = lambda: None,
) -> Receipt:
    """Publish the artifacts of a build that has not failed, and write their manifest last.

    ``manifest_name`` is relative to the directory, or absolute; without ``record`` it is left alone.

    ``made`` are those that may not stand as they should; all, if not given. That the others do was seen
    when the manifest had the ``stamp``. Raises ``Outdated`` if it has another now. ``sources`` are those that
    must not be overwritten; those of the artifacts, if not given. ``paths`` are those of all artifacts, given
    if the manifest in place is that of the build which this one went on from: only what was ``made`` is then
    looked at. ``frontends`` is what pages start of what other tools have built.

    An earlier release goes on being served while it is among the ``keep`` newest, or was current less than
    ``age`` seconds ``now`` ago; the files of the others go once the new release stands. With ``clear`` none
    is kept, and all other files go as well.

    Raises ``ConfigError`` when a source would be overwritten, and ``EnvironmentFailed``; the release that
    was current stays so.
    """

    def planned() -> Receipt:
        if made is not None and directory.stamp(manifest_name) != stamp:
            raise Outdated
        new, old, findings = _manifests(
            directory, manifest_name, artifacts, made, paths, frontends, record=record
        )
        manifest = manifests.succeed(new, old, *((0, 0) if clear else (keep, age)), now)
        manifest = without_lost(manifest, directory)
        others = (
            _all_others(directory, artifacts, manifest_name)
            if clear
            else expired(old, manifest, directory.stands)
        )
        spared = {*manifest.paths, *manifest.forms_of_earlier()}
        steps = plan(written, directory.listing(), symlink=symlink, delete=others, spared=spared)
        steps = without_manifest(steps, directory, manifest_name)
        findings += changed_for_good(manifest, old)
        return Receipt(manifest, tuple(steps), findings, before=old.id if old else "")

    written = artifacts if made is None else made
    keep_from_sources(
        (one.source for one in artifacts) if sources is None else sources,
        functools.partial(names, written),
        directory,
    )
    if dry_run:
        return planned()
    with directory.locked(on_wait):
        receipt = planned()
        current = (
            {manifest_name: manifest_text.Lines(receipt.manifest)} if record and receipt.manifest else {}
        )
        return receipt._replace(stamps=directory.apply(receipt.steps, current))


def prune(
    directory: Directory,
    *,
    manifest_name: str = manifests.NAME,
    keep: int = 0,
    age: int = 0,
    now: int = 0,
    dry_run: bool = False,
    on_wait: Callable[[], None] = lambda: None,
) -> Receipt:
    """Remove what earlier releases have left and need not stay; see ``release``.

    Raises ``ManifestError`` when there is no manifest, or none that can be read, and ``EnvironmentFailed``.
    """

    def planned() -> Receipt:
        old = current_manifest(directory, manifest_name)
        manifest = without_lost(manifests.succeed(old, old, keep, age, now), directory)
        steps = plan((), directory.listing(), delete=expired(old, manifest, directory.stands))
        steps = without_manifest(steps, directory, manifest_name)
        return Receipt(manifest, tuple(steps), freed=_freed(steps, directory))

    if dry_run:
        return planned()
    with directory.locked(on_wait):
        receipt = planned()
        current = {manifest_name: manifest_text.Lines(receipt.manifest)} if receipt.manifest else {}
        directory.apply(receipt.steps, current)
        return receipt


def _freed(steps: Iterable[Step], directory: Directory) -> int:
    """Return the size in bytes of the files that go, each once however many of its names do."""
    found = (directory.status(step.name) for step in steps)
    return sum({(status.st_dev, status.st_ino): status.st_size for status in found if status}.values())


def current_manifest(directory: Directory, manifest_name: str) -> Manifest:
    """Return the manifest in place. Raises ``ManifestError`` when there is none, or none that can be read."""
    content = directory.read(manifest_name)
    if content is None:
        raise ManifestError(f"There is no manifest at {manifest_name}.", "Run collectstatic.")
    return manifest_text.from_json(content, manifest_name)


def without_manifest(steps: Iterable[Step], directory: Directory, manifest_name: str) -> list[Step]:
    """Return the steps but those of a file called as the manifest, whose name is not to be touched."""
    own = directory.name_of(manifest_name)
    return [step for step in steps if step.name != own]


def _all_others(
    directory: Directory, artifacts: Collection[Artifact], manifest_name: str
) -> Iterator[tuple[str, str]]:
    needed = {*names(artifacts), directory.name_of(manifest_name)}
    needed |= folders_of(needed)  # one of them may be a symbolic link, which has a name to clear
    yield from ((name, "not in this release") for name in directory.names() if name not in needed)


def keep_from_sources(
    sources: Iterable[SourceFile], written: Callable[[], Iterable[str]], directory: Directory
) -> None:
    """Raise ``ConfigError`` when a file would be published over a source, through whatever links.

    It may be any source, and not only one of what is ``written``, which are names.
    """
    place = functools.cache(inode)
    ours = {place(os.path.join(directory.root, _parent(name))) for name in written()} - {None}
    if not ours:
        return
    taken = {
        (place(folder), base)
        for folder, _, base in (one.location.rpartition("/") for one in sources if one.opener is None)
        if place(folder) in ours
    }
    for name in written() if taken else ():
        folder, base = os.path.split(os.path.join(directory.root, name))
        if (place(folder), base) in taken:
            raise ConfigError(
                f"{folder}/{base} is a source file, and would be overwritten.",
                "Give STATIC_ROOT a folder of its own, in which no link leads to sources.",
            )


def _parent(path: str) -> str:
    return path.rpartition("/")[0]


def changed_for_good(new: Manifest, old: Manifest | None) -> tuple[Finding, ...]:
    """Return a finding for each name that never changes, by its maker's word, and has changed."""
    return tuple(
        Finding(
            "predigested-changed",
            Level.WARNING,
            f"{name!r} has a name that never changes, and its content has: browsers keep the old one",
            Place(name),
            "Let its maker put a digest of the content into the name, or mend STATOR['PREDIGESTED'].",
            name,
        )
        for name, content in new.files.items()
        if old and name in old.files and old.files[name][:2] != content[:2]
    )


def without_lost(manifest: Manifest, directory: Directory) -> Manifest:
    """Return the manifest without the files of earlier releases that somebody has removed."""
    earlier = tuple(
        one._replace(files={name: content for name, content in one.files.items() if directory.holds(name)})
        for one in manifest.earlier
    )
    return manifest._replace(earlier=earlier)


def _manifests(
    directory: Directory,
    manifest_name: str,
    artifacts: Iterable[Artifact],
    made: Iterable[Artifact] | None,
    paths: Sequence[str] | None,
    frontends: Frontends,
    *,
    record: bool,
) -> tuple[Manifest, Manifest | None, tuple[Finding, ...]]:
    """Return the new manifest, the one in place, and what is wrong with that."""
    if made is not None and paths is not None:
        old, _ = parsed(directory.read(manifest_name) or b"", manifest_name)
        with suppress(KeyError):  # a hand has changed it, and kept its time and size
            if old:
                return manifests.following(old, paths, {one.path: one for one in made}, frontends), old, ()
    new = manifests.manifest_of(artifacts, frontends)
    return new, *(_current(directory, manifest_name, new) if record else (None, ()))


def _current(
    directory: Directory, manifest_name: str, new: Manifest
) -> tuple[Manifest | None, tuple[Finding, ...]]:
    """Return the manifest that is current now, be it ours or that of Django's own storage."""
    with directory.opened(manifest_name) as file:
        earlier = manifest_text.earlier_of_same(new, file) if file else None
    if earlier is not None:
        return new._replace(earlier=earlier), ()
    content = directory.read(manifest_name)
    if content is None:
        return None, ()
    paths = manifest_text.django_paths(content)
    if paths is not None:
        held = ((name, directory.listing().get(name)) for name in sorted(set(paths.values())))
        files = {name: _with_forms(name, one.content, directory) for name, one in held if one}
        return Manifest("django", {}, files, plain=False, maker="Django"), ()
    return parsed(content, manifest_name)


def _with_forms(name: str, content: Content, directory: Directory) -> Content:
    """Return the content of a file that others published, with the compressed forms that stand beside it.

    They tell nobody which these are, so each is decoded; what is another content is no form.
    """
    from stator.encode.decoding import decodes_to  # noqa: PLC0415  (for sites that have just come to us)

    codings = []
    for coding, suffix in CODING_SUFFIXES.items():
        with directory.opened(name + suffix) as form:
            if form and decodes_to(form, coding, content.size, content.sha256):
                codings.append((coding, os.fstat(form.fileno()).st_size))
    return content._replace(codings=tuple(codings))


def parsed(
    content: bytes,
    manifest_name: str,
    earlier: str = "files of earlier releases stay, and are no longer known",
) -> tuple[Manifest | None, tuple[Finding, ...]]:
    """Return the manifest that is replaced; if it cannot be read ``None``, and what is said of that.

    ``earlier`` says what becomes of the releases before it then.
    """
    try:
        return manifest_text.from_json(content, manifest_name), ()
    except ManifestError as error:
        finding = Finding(
            "manifest-unreadable",
            Level.WARNING,
            f"{error.message} It is replaced; {earlier}.",
            Place(manifest_name),
        )
        return None, (finding,)
