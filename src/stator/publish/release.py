"""Release: publish finished files to a directory, and make them current."""

from __future__ import annotations

import functools
import os
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass, replace

from stator import manifest as manifests
from stator.artifact import Artifact
from stator.errors import ConfigError, ManifestError
from stator.findings import Finding, Level, Place
from stator.manifest import Manifest, Release
from stator.publish.directory import Directory
from stator.publish.plan import Step, names, plan


@dataclass(frozen=True, slots=True)
class Receipt:
    """What a publish did, or in a dry run would have done."""

    manifest: Manifest
    steps: tuple[Step, ...]
    findings: tuple[Finding, ...] = ()


def release(
    artifacts: Collection[Artifact],
    directory: Directory,
    *,
    manifest_name: str = manifests.NAME,
    keep: int = 0,
    record: bool = True,
    symlink: bool = False,
    clear: bool = False,
    dry_run: bool = False,
    on_wait: Callable[[], None] = lambda: None,
) -> Receipt:
    """Publish the artifacts of a build that has not failed, and write their manifest last.

    ``manifest_name`` is relative to the directory, or absolute; without ``record`` it is left alone.
    ``keep`` is how many earlier releases go on being served; with ``clear`` none does, and all other files
    go once the new release stands.

    Raises ``ConfigError`` when a source would be overwritten, and ``EnvironmentFailed``; the release that
    was current stays so.
    """

    def planned() -> Receipt:
        new = manifests.manifest_of(artifacts)
        old, findings = _current(directory, manifest_name, new) if record else (None, ())
        manifest = manifests.succeed(new, old, 0 if clear else keep)
        others = directory.names() if clear else ()
        steps = plan(artifacts, directory.listing(), symlink=symlink, clear=others)
        own = directory.name_of(manifest_name)  # not to be cleared, nor taken by a file called so
        steps = [step for step in steps if step.name != own]
        findings += _changed_for_good(manifest, old)
        return Receipt(_without_lost(manifest, directory), tuple(steps), findings)

    _keep_from_sources(artifacts, directory)
    if dry_run:
        return planned()
    with directory.locked(on_wait):
        receipt = planned()
        current = {manifest_name: manifests.Lines(receipt.manifest)} if record else {}
        directory.apply(receipt.steps, current)
        return receipt


def _keep_from_sources(artifacts: Collection[Artifact], directory: Directory) -> None:
    """Raise ``ConfigError`` when a file would be published over a source, through whatever links."""
    real = functools.cache(os.path.realpath)
    sources = {
        (real(os.path.dirname(artifact.source.location)), os.path.basename(artifact.source.location))
        for artifact in _in_reach(artifacts, directory, real)
    }
    for name in names(artifacts) if sources else ():
        folder, base = os.path.split(os.path.join(directory.root, name))
        if (real(folder), base) in sources:
            raise ConfigError(
                f"{folder}/{base} is a source file, and would be overwritten.",
                "Give STATIC_ROOT a folder of its own, in which no link leads to sources.",
            )


def _in_reach(
    artifacts: Collection[Artifact], directory: Directory, real: Callable[[str], str]
) -> Iterator[Artifact]:
    """Yield those whose source lies in a folder that will be published to: hardly ever one."""
    folders = {real(os.path.dirname(os.path.join(directory.root, name))) for name in names(artifacts)}
    for artifact in artifacts:
        if artifact.source.opener is None and real(os.path.dirname(artifact.source.location)) in folders:
            yield artifact


def _changed_for_good(new: Manifest, old: Manifest | None) -> tuple[Finding, ...]:
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
        if old and name in old.files and old.files[name] != content
    )


def _without_lost(manifest: Manifest, directory: Directory) -> Manifest:
    """Return the manifest without the files of earlier releases that somebody has removed."""
    earlier = tuple(
        Release(one.id, {name: content for name, content in one.files.items() if directory.holds(name)})
        for one in manifest.earlier
    )
    return replace(manifest, earlier=earlier)


def _current(
    directory: Directory, manifest_name: str, new: Manifest
) -> tuple[Manifest | None, tuple[Finding, ...]]:
    """Return the manifest that is current now, be it ours or that of Django's own storage."""
    with directory.opened(manifest_name) as file:
        earlier = manifests.earlier_of_same(new, file) if file else None
    if earlier is not None:
        return replace(new, earlier=earlier), ()
    content = directory.read(manifest_name)
    if content is None:
        return None, ()
    paths = manifests.django_paths(content)
    if paths is not None:
        held = ((name, directory.listing().get(name)) for name in sorted(set(paths.values())))
        return Manifest("django", {}, {name: content for name, content in held if content}, plain=False), ()
    try:
        return manifests.from_json(content, manifest_name), ()
    except ManifestError as error:
        finding = Finding(
            "manifest-unreadable",
            Level.WARNING,
            f"{error.message} It is replaced; files of earlier releases stay, and are no longer known.",
            Place(manifest_name),
        )
        return None, (finding,)
