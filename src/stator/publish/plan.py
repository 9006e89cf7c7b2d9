"""The plan: what will be done to a destination, decided before anything is done, with a reason a step."""

from __future__ import annotations

from collections.abc import Collection, Container, Iterable, Iterator
from enum import Enum
from typing import NamedTuple, Protocol

from stator.artifact import Artifact
from stator.cache import Blob
from stator.manifest import Content, Manifest
from stator.paths import CODING_SUFFIXES

_MISTAKEN = "a server would take it for a form of the file beside it"


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
    spared: Container[str] = (),
) -> list[Step]:
    """Return the steps that make a destination hold the artifacts.

    ``listing`` says what the destination holds under a name. With ``symlink``, plain names are symbolic
    links to the sources, without precompressed forms. ``delete`` are names that go, each with the reason;
    so do forms of other content that stand beside an artifact, unless they are ``spared``.
    """
    steps: list[Step] = []
    gone: dict[str, str] = {}
    for artifact in artifacts:
        for suffix, blob in forms(artifact):
            first = Step(artifact.name + suffix, Action.KEEP, "", artifact, blob)
            held, wanted = listing.get(first.name), _wanted(first)
            steps.append(_step(Action.WRITE, first, wanted, held, held))
            if not artifact.has_second_name:
                continue
            second = first._replace(name=artifact.path + suffix, first=first.name)
            if not symlink or artifact.source.opener:
                steps.append(_step(Action.LINK, second, wanted, listing.get(second.name), held))
            elif not blob:
                steps.append(second._replace(action=Action.SYMLINK, reason="links were asked for"))
        has = dict(artifact.codings)
        second_has = {} if symlink and not artifact.source.opener else has
        others = [*_others(artifact.name, has)]
        others += _others(artifact.path, second_has) if artifact.has_second_name else ()
        gone |= {name: _MISTAKEN for name in others if name not in spared and listing.get(name)}
    gone |= dict(delete)
    return steps + [Step(name, Action.DELETE, reason) for name, reason in gone.items()]


class Restoring(NamedTuple):
    """The steps that make a destination hold an earlier release again, and what it would need and lacks.

    Each of the ``lost`` is a name with what is wrong with it.
    """

    steps: tuple[Step, ...]
    lost: tuple[str, ...]


def restoring(manifest: Manifest, listing: Held, *, spared: Container[str] = ()) -> Restoring:
    """Return how a destination comes to hold the release of ``manifest`` by the files that it has kept.

    Forms of other content that stand beside a file go, unless they are ``spared``.
    """
    steps: list[Step] = []
    gone: list[Step] = []
    lost: list[str] = []
    plain = frozenset(manifest.plain_names())
    for path, name in manifest.paths.items():
        content = manifest.files[name]
        has = dict(content.codings)
        for suffix, size in (("", content.size), *((CODING_SUFFIXES[coding], has[coding]) for coding in has)):
            held = listing.get(name + suffix)
            if held is None:
                lost.append(f"{name}{suffix} is not there")
            elif held.content.size != size or (not suffix and held.content.sha256 != content.sha256):
                lost.append(f"{name}{suffix} is not what it was")
            else:
                steps.append(Step(name + suffix, Action.KEEP, "unchanged"))
                if path in plain:
                    second = Step(path + suffix, Action.KEEP, "", first=name + suffix)
                    wanted = held.content.size, held.content.sha256
                    steps.append(_step(Action.LINK, second, wanted, listing.get(second.name), held))
        others = [*_others(name, has), *(_others(path, has) if path in plain else ())]
        gone += (
            Step(other, Action.DELETE, _MISTAKEN)
            for other in others
            if other not in spared and listing.get(other)
        )
    return Restoring((*steps, *gone), tuple(lost))


def _others(name: str, has: Collection[str]) -> Iterator[str]:
    """Yield the names that forms of a file would have in the codings that it does not have."""
    yield from (name + suffix for coding, suffix in CODING_SUFFIXES.items() if coding not in has)


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


def _wanted(step: Step) -> tuple[int, bytes] | None:
    """Return size and hash of what a step writes."""
    made = step.blob or step.artifact
    return (made.size, made.sha256) if made else None


def _step(
    action: Action,
    step: Step,
    wanted: tuple[int, bytes] | None,
    present: Present | None,
    first: Present | None,
) -> Step:
    """Return the step with what happens to a name where ``present`` stands, and ``first`` under the first.

    ``wanted`` are size and hash of what is to stand there.
    """
    if present is None:
        return step._replace(action=action, reason="not there yet")
    if present.content[:2] != wanted:
        return step._replace(action=action, reason="content differs")
    if present != first:
        # It could be changed later without a trace on the first, which is all that is looked at then.
        return step._replace(action=action, reason="a file of its own")
    return step._replace(reason="unchanged")
