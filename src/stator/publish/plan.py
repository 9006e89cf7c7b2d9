"""The plan: what will be done to a destination, decided before anything is done, with a reason a step."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from enum import Enum
from typing import NamedTuple, Protocol

from stator.artifact import Artifact
from stator.manifest import Content


class Action(Enum):
    """What happens to one name."""

    WRITE = "write"  # bytes from the source
    LINK = "link"  # a second name for the file with the digested name
    SYMLINK = "symlink"  # a symbolic link to the source
    KEEP = "keep"
    DELETE = "delete"


class Held(Protocol):
    """What a destination holds: a dictionary will do."""

    def get(self, name: str, /) -> Content | None:
        """Return what stands under the name, ``None`` when there is nothing."""


class Step(NamedTuple):
    """One name, what happens to it, and why, in words that can follow the name."""

    name: str
    action: Action
    reason: str
    artifact: Artifact | None = None


def plan(
    artifacts: Iterable[Artifact],
    listing: Held,
    *,
    symlink: bool = False,
    clear: Iterable[str] = (),
) -> list[Step]:
    """Return the steps that make a destination hold the artifacts.

    ``listing`` says what the destination holds under a name. With ``symlink``, plain
    names are symbolic links to the sources. Of the names in ``clear``, those not in this release go.
    """
    steps: list[Step] = []
    for artifact in artifacts:
        wanted = Content(artifact.size, artifact.sha256)
        steps.append(_step(artifact.name, Action.WRITE, wanted, listing.get(artifact.name), artifact))
        if artifact.plain and artifact.name != artifact.path:
            action = Action.SYMLINK if symlink and artifact.source.opener is None else Action.LINK
            steps.append(_step(artifact.path, action, wanted, listing.get(artifact.path), artifact))
    needed = {step.name for step in steps}
    needed |= _folders(needed)  # one of them may be a symbolic link, which has a name to clear
    steps += [Step(name, Action.DELETE, "not in this release") for name in clear if name not in needed]
    return steps


def names(artifacts: Iterable[Artifact]) -> Iterator[str]:
    """Yield every name that the artifacts are published under."""
    for artifact in artifacts:
        yield artifact.name
        if artifact.plain and artifact.name != artifact.path:
            yield artifact.path


def _folders(names: Iterable[str]) -> set[str]:
    folders: set[str] = set()
    for name in names:
        folder = name.rpartition("/")[0]
        while folder and folder not in folders:
            folders.add(folder)
            folder = folder.rpartition("/")[0]
    return folders


def _step(name: str, action: Action, wanted: Content, present: Content | None, artifact: Artifact) -> Step:
    if action is Action.SYMLINK:
        return Step(name, action, "links were asked for", artifact)
    if present is None:
        return Step(name, action, "not there yet", artifact)
    if present == wanted:
        return Step(name, Action.KEEP, "unchanged", artifact)
    return Step(name, action, "content differs", artifact)
