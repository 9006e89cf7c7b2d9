"""Release: publish finished files to a directory, and make them current."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass, replace

from stator import manifest as manifests
from stator.artifact import Artifact
from stator.errors import ManifestError
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
    manifest_name: str | None = manifests.NAME,
    keep: int = 0,
    symlink: bool = False,
    clear: bool = False,
    dry_run: bool = False,
    on_wait: Callable[[], None] = lambda: None,
) -> Receipt:
    """Publish the artifacts of a build that has not failed, and write their manifest last.

    ``manifest_name`` is relative to the directory, or absolute; with ``None`` no manifest is read or
    written. ``keep`` is how many earlier releases go on being served; with ``clear`` none does, and all
    other files go once the new release stands.
    Raises ``EnvironmentFailed``; the release that was current stays so.
    """

    def planned() -> Receipt:
        old, findings = _earlier(directory, manifest_name)
        manifest = manifests.succeed(manifests.manifest_of(artifacts), old, 0 if clear else keep)
        others = directory.names() if clear else ()
        steps = plan(artifacts, directory.listing(names(artifacts)), symlink=symlink, clear=others)
        if manifest_name:
            own = directory.name_of(manifest_name)  # not to be cleared, nor taken by a file called so
            steps = [step for step in steps if step.name != own]
        return Receipt(_without_lost(manifest, directory), tuple(steps), findings)

    if dry_run:
        return planned()
    with directory.locked(on_wait):
        receipt = planned()
        current = {manifest_name: manifests.to_json(receipt.manifest)} if manifest_name else {}
        directory.apply(receipt.steps, current)
        return receipt


def _without_lost(manifest: Manifest, directory: Directory) -> Manifest:
    """Return the manifest without the files of earlier releases that somebody has removed."""
    earlier = tuple(
        Release(one.id, {name: content for name, content in one.files.items() if directory.holds(name)})
        for one in manifest.earlier
    )
    return replace(manifest, earlier=earlier)


def _earlier(directory: Directory, manifest_name: str | None) -> tuple[Manifest | None, tuple[Finding, ...]]:
    """Return the manifest that is current now, be it ours or that of Django's own storage."""
    content = directory.read(manifest_name) if manifest_name else None
    if manifest_name is None or content is None:
        return None, ()
    paths = manifests.django_paths(content)
    if paths is not None:
        files = directory.listing(sorted(set(paths.values())))
        return Manifest("django", {}, files, plain=False), ()
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
