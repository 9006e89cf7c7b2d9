"""The plan: what will be done to a destination, decided before anything is done, with a reason a step."""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator
from enum import Enum
from typing import NamedTuple, Protocol

from stator.artifact import Artifact
from stator.cache import Blob
from stator.manifest import Content
from stator.paths import CODING_SUFFIXES


class Action(Enum):
    """What happens to one name."""

    WRITE = "write"  # the bytes of an artifact, or of a precompressed form of it
    LINK = "link"  # a second name for the file with the digested name
    SYMLINK = "symlink"  # a symbolic link to the source
    KEEP = "keep"
    DELETE = "delete"


class Present(NamedTuple):
    """What stands under a name; ``identity`` is the same under two names of one file."""

    content: Content
    identity: tuple[int, int]


class Held(Protocol):
    """What a destination holds: a dictionary will do."""

    def get(self, name: str, /) -> Present | None:
        """Return what stands under the name, ``None`` when there is nothing."""


class Step(NamedTuple):
    """One name, what happens to it, and why, in words that can follow the name.

    ``blob`` is the precompressed form that is written, ``first`` the name that a link is a second name for.
    """

    name: str
    action: Action
    reason: str
    artifact: Artifact | None = None
    blob: Blob | None = None
    first: str = ""


def plan(
    artifacts: Iterable[Artifact],
    listing: Held,
    *,
    symlink: bool = False,
    delete: Iterable[tuple[str, str]] = (),
    paths: Container[str] = (),
) -> list[Step]:
    """Return the steps that make a destination hold the artifacts.

    ``listing`` says what the destination holds under a name. With ``symlink``, plain names are symbolic
    links to the sources, without precompressed forms. ``delete`` are names that go, each with the reason;
    so do forms of other content that stand beside an artifact, unless they are among the ``paths`` of all.
    """
    steps: list[Step] = []
    gone: dict[str, str] = {}
    for artifact in artifacts:
        for suffix, blob in forms(artifact):
            first = Step(artifact.name + suffix, Action.KEEP, "", artifact, blob)
            held = listing.get(first.name)
            steps.append(_step(Action.WRITE, first, held, held))
            if not artifact.has_second_name:
                continue
            second = first._replace(name=artifact.path + suffix, first=first.name)
            if not symlink or artifact.source.opener:
                steps.append(_step(Action.LINK, second, listing.get(second.name), held))
            elif not blob:
                steps.append(second._replace(action=Action.SYMLINK, reason="links were asked for"))
        for name in _others(artifact, symlink=symlink and not artifact.source.opener):
            if name not in paths and listing.get(name):
                gone[name] = "a server would take it for a form of the file beside it"
    gone |= dict(delete)
    return steps + [Step(name, Action.DELETE, reason) for name, reason in gone.items()]


def _others(artifact: Artifact, *, symlink: bool) -> Iterator[str]:
    """Yield the names that forms of an artifact would have that it does not have."""
    has = {coding for coding, _ in artifact.codings}
    for coding, suffix in CODING_SUFFIXES.items():
        if coding not in has:
            yield artifact.name + suffix
        if artifact.has_second_name and (symlink or coding not in has):
            yield artifact.path + suffix


def forms(artifact: Artifact) -> Iterator[tuple[str, Blob | None]]:
    """Yield the ending of the name and the bytes of each form of an artifact; the first is itself."""
    yield "", None
    for coding, blob in artifact.codings:
        yield CODING_SUFFIXES[coding], blob


def names(artifacts: Iterable[Artifact]) -> Iterator[str]:
    """Yield every name that the artifacts are published under."""
    for artifact in artifacts:
        for suffix, _ in forms(artifact):
            yield artifact.name + suffix
            if artifact.has_second_name:
                yield artifact.path + suffix


def _step(action: Action, step: Step, present: Present | None, first: Present | None) -> Step:
    """Return the step with what happens to a name where ``present`` stands, and ``first`` under the first."""
    wanted = step.blob or step.artifact
    if present is None:
        return step._replace(action=action, reason="not there yet")
    if not wanted or present.content[:2] != (wanted.size, wanted.sha256):
        return step._replace(action=action, reason="content differs")
    if present != first:
        # It could be changed later without a trace on the first, which is all that is looked at then.
        return step._replace(action=action, reason="a file of its own")
    return step._replace(reason="unchanged")
