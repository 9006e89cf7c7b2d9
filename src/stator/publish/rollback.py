"""Rollback: make a release that is kept the current one, without building.

The rules of this file:

1. What is restored is the release itself, by its id, or nothing: every digested file and every precompressed
   form of it must stand as the manifest knows them. A release of which one is lost is refused. Only where a
   later release has compressed the same file anew, as after an update of a compressor, is that form taken,
   and the release has another id.
2. The only names that are written are plain ones, put back as second names of the digested files; the
   manifest comes last (``directory.py``).
3. The release that was current becomes an earlier one, and none falls out: who rolls back may be wrong, and
   wants to return. What is too old goes with the next publish.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterable

from stator import manifest as manifests
from stator import manifest_text
from stator.errors import ConfigError, EnvironmentFailed
from stator.load_path import SourceFile
from stator.manifest import Content, Manifest
from stator.paths import CODING_SUFFIXES
from stator.publish.directory import Directory
from stator.publish.plan import Action, restoring
from stator.publish.release import (
    Receipt,
    current_manifest,
    keep_from_sources,
    without_lost,
    without_manifest,
)

_MOST_NAMED = 10  # lost files that an error names


def roll_back(
    id: str,
    directory: Directory,
    *,
    sources: Iterable[SourceFile] = (),
    manifest_name: str = manifests.NAME,
    now: int = 0,
    dry_run: bool = False,
    on_wait: Callable[[], None] = lambda: None,
) -> Receipt:
    """Make the release of this id current; without a manifest in the receipt it was so already.

    ``sources`` are files that must not be overwritten, ``now`` is the time in seconds since 1970; the others
    are as in ``release``.

    Raises ``ConfigError`` when no such release is kept, or a source would be overwritten,
    ``EnvironmentFailed`` when files of it are lost or the disk refuses, and ``ManifestError``; the release
    that was current stays so.
    """

    def planned() -> Receipt:
        old = current_manifest(directory, manifest_name)
        restored = with_newer_forms(restored_release(id, old), old, functools.partial(_has_size, directory))
        if restored.id == old.id:
            return Receipt(None, ())
        manifest = manifests.succeed(restored, old, keep=len(old.earlier) + 1, now=now)
        manifest = without_lost(manifest, directory)
        spared = {*manifest.paths, *manifest.forms_of_earlier()}
        steps, lost = restoring(manifest, directory.listing(), spared=spared)
        if lost:
            raise incomplete(id, lost)
        kept = without_manifest(steps, directory, manifest_name)
        written = [step.name for step in kept if step.action is Action.LINK]
        keep_from_sources(sources, lambda: written, directory)
        return Receipt(manifest, tuple(kept))

    if dry_run:
        return planned()
    with directory.locked(on_wait):
        receipt = planned()
        if receipt.manifest:
            directory.apply(receipt.steps, {manifest_name: manifest_text.Lines(receipt.manifest)})
        return receipt


def restored_release(id: str, manifest: Manifest) -> Manifest:
    """Return an earlier release as it was. Raises ``ConfigError`` where it is not kept or known."""
    restored = manifest.restored(id)
    if restored is None:
        known = any(one.id == id for one in manifest.earlier)
        raise ConfigError(
            f"Of release {id} the manifest tells only files, not their names: another version of Stator, or "
            "Django's own storage, has written it."
            if known
            else f"Release {id} is not kept.",
            "Check its sources out and publish them, which makes it anew.",
        )
    return restored


def with_newer_forms(restored: Manifest, old: Manifest, has_size: Callable[[str, int], bool]) -> Manifest:
    """Return the release with those forms that a later one has written in place of its own.

    ``has_size`` says whether a form of this name and size stands. The release has another id then, since it
    is another.
    """
    newer: dict[str, Content] = {}
    for name, content in restored.files.items():
        later = old.find(name)
        if later is None or later == content or later[:2] != content[:2]:
            continue
        sizes = {
            coding: size for coding, size in later.codings if has_size(name + CODING_SUFFIXES[coding], size)
        }
        codings = tuple((coding, sizes.get(coding, size)) for coding, size in content.codings)
        newer[name] = content._replace(codings=codings)
    return restored.described_by({**restored.files, **newer}) if newer else restored


def _has_size(directory: Directory, name: str, size: int) -> bool:
    status = directory.status(name)
    return status is not None and status.st_size == size


def incomplete(id: str, lost: tuple[str, ...]) -> EnvironmentFailed:
    """Return the error that files of a release are not what they were, each told with what it lacks."""
    more = f", and {len(lost) - _MOST_NAMED:,} more" if len(lost) > _MOST_NAMED else ""
    return EnvironmentFailed(
        f"Release {id} is not whole any more: {', '.join(lost[:_MOST_NAMED])}{more}.",
        "The current release stays. Check the sources of the other out and publish them, which makes it "
        "anew.",
    )


def chosen(wanted: str | None, manifest: Manifest) -> str:
    """Return the id of the release that somebody wants: by how it begins, or the one before this.

    Raises ``ConfigError`` when that is none, or more than one.
    """
    earlier = [one.id for one in manifest.earlier]
    if wanted is None:
        if not earlier:
            raise ConfigError(
                "No earlier release is kept.",
                "There is one once another is published; RETENTION says how many.",
            )
        return earlier[0]
    every = list(dict.fromkeys([manifest.id, *earlier]))
    found = [wanted] if wanted in every else [id for id in every if id.startswith(wanted)]
    if len(found) != 1 or not wanted:
        problem = "More than one release begins with" if found else "No release is called"
        raise ConfigError(f"{problem} {wanted!r}.", f"There are: {', '.join(every)}.")
    return found[0]
