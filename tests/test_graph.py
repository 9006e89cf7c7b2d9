from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from stator.graph import components, targets
from stator.references.resolve import Link


def graph(edges: dict[str, str]) -> dict[str, tuple[Link, ...]]:
    """Return links from ``{"a": "b c"}``: a refers to b and to c."""
    return {
        path: tuple(
            Link(place, place + 1, target, target, "import") for place, target in enumerate(to.split())
        )
        for path, to in edges.items()
    }


def found(edges: dict[str, str]) -> list[list[str]]:
    return list(components(graph(edges)))


def test_dependencies_come_first() -> None:
    assert found({"a": "b", "b": "c", "c": "leaf"}) == [["c"], ["b"], ["a"]]


def test_a_circle_is_one_component() -> None:
    assert found({"a": "b", "b": "c", "c": "a", "outside": "a"}) == [["a", "b", "c"], ["outside"]]


def test_a_file_that_refers_to_itself() -> None:
    assert found({"a": "a"}) == [["a"]]


def test_two_circles_with_a_bridge() -> None:
    assert found({"a": "b", "b": "a c", "c": "d", "d": "c"}) == [["c", "d"], ["a", "b"]]


def test_a_long_chain_needs_no_stack() -> None:
    count = 50_000
    edges = {str(number): str(number + 1) for number in range(count)}
    order = list(components(graph(edges)))
    assert order[0] == [str(count - 1)]
    assert len(order) == count


def test_a_large_circle_needs_no_stack() -> None:
    count = 50_000
    edges = {str(number): str((number + 1) % count) for number in range(count)}
    assert [len(members) for members in components(graph(edges))] == [count]


def test_targets_are_named_once() -> None:
    assert targets(graph({"a": "c b c"})["a"]) == ["b", "c"]


nodes = st.sampled_from("abcdefgh")


@given(st.dictionaries(nodes, st.lists(nodes).map(" ".join)))
def test_components_are_those_of_the_definition(edges: dict[str, str]) -> None:
    links = graph(edges)

    def reached(start: str) -> set[str]:
        seen: set[str] = set()
        pending = [start]
        while pending:
            for link in links.get(pending.pop(), ()):
                if link.target not in seen:
                    seen.add(link.target)
                    pending.append(link.target)
        return seen

    listed = list(components(links))
    assert sorted(member for members in listed for member in members) == sorted(links)
    done: set[str] = set()
    for members in listed:
        for member in members:
            together = {other for other in links if other in reached(member) and member in reached(other)}
            assert together | {member} == set(members)
            assert {path for path in reached(member) if path in links} <= done | set(members)
        done.update(members)
