"""The graph: which file refers to which."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping

from stator.references.resolve import Link

Links = Mapping[str, tuple[Link, ...]]


def targets(links: Iterable[Link]) -> list[str]:
    """Return the logical paths that the links lead to, each once, sorted."""
    return sorted({link.target for link in links})


def with_referrers(changed: Iterable[str], referrers: Callable[[str], Iterable[str]]) -> set[str]:
    """Return the changed files and all that refer to one of them, directly or not.

    ``referrers`` gives the files that refer to a file.
    """
    reached = set(changed)
    pending = list(reached)
    while pending:
        for path in referrers(pending.pop()):
            if path not in reached:
                reached.add(path)
                pending.append(path)
    return reached


def components(links: Links) -> Iterator[list[str]]:
    """Yield the strongly connected components of the files that refer to others, dependencies first.

    A component is a sorted list of files that all refer to one another, directly or not; most have one
    member. Files without references are in none. Tarjan's algorithm, without recursion, so that a chain
    of imports may be as long as it likes.
    """
    index: dict[str, int] = {}
    lowest: dict[str, int] = {}
    trail: list[str] = []
    on_trail: set[str] = set()
    for root in links:
        if root in index:
            continue
        work: list[tuple[str, Iterator[str]]] = []
        node: str | None = root
        while node is not None or work:
            if node is not None:
                index[node] = lowest[node] = len(index)
                trail.append(node)
                on_trail.add(node)
                work.append((node, iter([path for path in targets(links[node]) if path in links])))
                node = None
            current, remaining = work[-1]
            for target in remaining:
                if target not in index:
                    node = target
                    break
                if target in on_trail:
                    lowest[current] = min(lowest[current], index[target])
            if node is not None:
                continue
            work.pop()
            if work:
                caller = work[-1][0]
                lowest[caller] = min(lowest[caller], lowest[current])
            if lowest[current] == index[current]:
                members = [trail.pop()]
                while members[-1] != current:
                    members.append(trail.pop())
                on_trail.difference_update(members)
                yield sorted(members)
