from __future__ import annotations

import pytest

from stator.manifest import Content, Manifest, Release, Row, succeed
from stator.report.changes import changes, rows_before, sent


def row(name: str, content: str = "", codings: tuple[tuple[str, int], ...] = ()) -> Row:
    return Row(name, Content(len(content), content.encode(), codings))


def manifest(id: str, rows: dict[str, Row]) -> Manifest:
    paths = {path: one.name for path, one in rows.items()}
    return Manifest(id, paths, {one.name: one.content for one in rows.values()}, plain=True)


FIRST = {"a.css": row("a.1.css", "a"), "gone.css": row("gone.1.css", "gone"), "same.css": row("same.1.css")}
SECOND = {"a.css": row("a.2.css", "other"), "new.css": row("new.1.css"), "same.css": row("same.1.css")}


def test_the_release_before_is_told_by_its_differences() -> None:
    both = succeed(manifest("2", SECOND), manifest("1", FIRST), keep=3)
    assert rows_before(both) == FIRST


@pytest.mark.parametrize(
    "earlier", [(), (Release("1", {}),)], ids=["none", "one of which only files are known"]
)
def test_what_is_not_known_of_it_is_not_told(earlier: tuple[Release, ...]) -> None:
    assert rows_before(manifest("2", SECOND)._replace(earlier=earlier)) is None


def test_changes_are_told_with_what_was_before() -> None:
    found = changes(SECOND, FIRST)
    assert found.added == ("new.css",)
    assert found.removed == {"gone.css": FIRST["gone.css"].content}
    assert found.changed == {"a.css": FIRST["a.css"].content}


def test_equal_releases_have_none() -> None:
    assert not any(changes(FIRST, FIRST))


def test_another_form_of_the_same_content_is_no_change() -> None:
    smaller = {**FIRST, "a.css": row("a.1.css", "a", (("br", 1),))}
    assert not any(changes(smaller, FIRST))


@pytest.mark.parametrize(
    ("codings", "bytes"), [((), 5), ((("br", 2), ("gzip", 3)), 2), ((("gzip", 3),), 3), ((("gzip", 9),), 5)]
)
def test_the_smallest_form_is_sent(codings: tuple[tuple[str, int], ...], bytes: int) -> None:
    assert sent(Content(5, b"", codings)) == bytes
