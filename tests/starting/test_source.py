"""Edits of Python sources. In each row the first line is read, the second is what comes of it."""

from __future__ import annotations

import ast

import pytest

from stator.starting.source import (
    Edit,
    Item,
    Source,
    assignments,
    changed_names,
    edited,
    is_alone,
    items,
    put_after,
    put_before,
    read,
    replaced,
    stated,
    taken_out,
    texts,
)


def source(text: str) -> Source:
    return read("settings.py", text.encode())


def item(text: str, value: str = "b") -> tuple[Source, Item]:
    module = source(text)
    (found,) = items([module], value)
    return module, found


def done(module: Source, edit: Edit | None) -> str:
    assert edit
    content = edited(module, [edit])
    ast.parse(content)
    return content.decode()


@pytest.mark.parametrize(("before", "after"), [
    ('A = ["a", "b"]', 'A = ["a", "new", "b"]'),
    ("A = ['b']", "A = ['new', 'b']"),
    ('A = ("b",)', 'A = ("new", "b",)'),
    ('A += ["b"]', 'A += ["new", "b"]'),
    ('A = [\n    "a",\n    "b",\n]\n', 'A = [\n    "a",\n    "new",\n    "b",\n]\n'),
    ('A = [\n    "a",\n    "b"\n]\n', 'A = [\n    "a",\n    "new",\n    "b"\n]\n'),
    ('A = [\r\n\t"b",\r\n]\r\n', 'A = [\r\n\t"new",\r\n\t"b",\r\n]\r\n'),
    ('A = ["ä", "b"]', 'A = ["ä", "new", "b"]'),
    ('A = [  # b\n  "b",  # the b\n]', 'A = [  # b\n  "new",\n  "b",  # the b\n]'),
    ('A = ["a",\n     "b"]', 'A = ["a",\n     "new",\n     "b"]'),
    ("A = f(['a'] + [r'b'])", "A = f(['a'] + [\"new\", r'b'])"),
])  # fmt: skip
def test_before(before: str, after: str) -> None:
    module, found = item(before)
    assert done(module, put_before(found, "new")) == after


@pytest.mark.parametrize(("before", "after"), [
    ('A = ["b", "c"]', 'A = ["b", "new", "c"]'),
    ("A = ['b']", "A = ['b', 'new']"),
    ('A = ("b",)', 'A = ("b", "new",)'),
    ('A = [\n    "b",\n    "c",\n]\n', 'A = [\n    "b",\n    "new",\n    "c",\n]\n'),
    ('A = [\n    "b"\n]\n', 'A = [\n    "b",\n    "new"\n]\n'),
    ('A = [\n    "b",  # one, two\n]\n', 'A = [\n    "b",  # one, two\n    "new",\n]\n'),
    ('A = [\n    "b", "c",\n]\n', 'A = [\n    "b", "new", "c",\n]\n'),
    ('A = [\r\n\t"b",\r\n]\r\n', 'A = [\r\n\t"b",\r\n\t"new",\r\n]\r\n'),
    ('A = [\n    "b"  # last\n]\n', 'A = [\n    "b",\n    "new"  # last\n]\n'),
    ('A = [\r    "b",\r]\r', 'A = [\r    "b",\r    "new",\r]\r'),
])  # fmt: skip
def test_after(before: str, after: str) -> None:
    module, found = item(before)
    assert done(module, put_after(found, "new")) == after


@pytest.mark.parametrize(("before", "after"), [
    ('A = ["a", "b", "c"]', 'A = ["a", "c"]'),
    ('A = ["b", *A]', "A = [*A]"),
    ('A = ["a", "b"]', 'A = ["a"]'),
    ('A = ["b"]', "A = []"),
    ('A += ["b",]', "A += []"),
    ('A = [\n    "a",\n    "b",  # gone\n    "c",\n]\n', 'A = [\n    "a",\n    "c",\n]\n'),
    ('A = [\n    "a",\n    "b"\n]\n', 'A = [\n    "a",\n]\n'),
    ('A = [\n    "a",\n    "b"]\n', 'A = [\n    "a",\n]\n'),
    ('A = [\n    "a",  # one\n    "b"]\n', 'A = [\n    "a",  # one\n]\n'),
    ('A = ("a", "b", "c")', 'A = ("a", "c")'),
])  # fmt: skip
def test_taken_out(before: str, after: str) -> None:
    module, found = item(before)
    assert done(module, taken_out(found)) == after


@pytest.mark.parametrize("text", ['A = ("a", "b")', 'A = ("b",)'])
def test_no_tuple_is_made_to_a_text(text: str) -> None:
    assert taken_out(item(text)[1]) is None


@pytest.mark.parametrize(("before", "after"), [
    ("A = {'x': 'b'}", "A = {'x': 'new'}"),
    ('"ä"; A["x"]["y"] = "b"', '"ä"; A["x"]["y"] = "new"'),
])  # fmt: skip
def test_replaced(before: str, after: str) -> None:
    module = source(before)
    (node,) = texts(module, "b")
    assert done(module, replaced(module, node, "new")) == after


@pytest.mark.parametrize("text", ['A = "a" "b"', 'A = r"ab"', 'A = """ab"""', 'A = "a\\x62"', 'B = f"ab{C}"'])
def test_only_plain_texts_are_replaced(text: str) -> None:
    assert not list(texts(source(text), "ab"))


@pytest.mark.parametrize(("before", "after"), [
    ("A = 1\nB = 2\n", "A = 1\nnew\nB = 2\n"),
    ("A = 1  # one\r\n\r\nB = 2\r\n", "A = 1  # one\r\nnew\r\n\r\nB = 2\r\n"),
    ("A = [\n    1,\n]\nB = 2\n", "A = [\n    1,\n]\nnew\nB = 2\n"),
    ("A = 1", "A = 1\nnew\n"),
])  # fmt: skip
def test_a_statement_after_another(before: str, after: str) -> None:
    module = source(before)
    (statement,) = assignments(module, "A")
    assert done(module, stated(module, statement, ["new"])) == after


@pytest.mark.parametrize(
    ("before", "after"), [("", "new\n"), ("A = 1", "A = 1\nnew\n"), ("A = 1\n", "A = 1\nnew\n")]
)
def test_a_statement_at_the_end(before: str, after: str) -> None:
    module = source(before)
    assert done(module, stated(module, None, ["new"])) == after


@pytest.mark.parametrize(
    "text", ["B = 1", "A += 1", "A.b = 1", "if x:\n    A = 1", "A = B = 1", "A, B = 1, 2"]
)
def test_what_is_no_plain_assignment(text: str) -> None:
    assert not list(assignments(source(text), "A"))


@pytest.mark.parametrize(("text", "alone"), [
    ("A = 1\nB = 2", True),
    ("A = 1; B = [\n2]", False),
    ("A = 1", True),
])  # fmt: skip
def test_a_statement_that_shares_its_line(text: str, alone: bool) -> None:
    module = source(text)
    (statement,) = assignments(module, "A")
    assert is_alone(module, statement) is alone


@pytest.mark.parametrize(("text", "names"), [
    ("A = 1", {"A"}),
    ("A: int = 1", {"A"}),
    ("A += [1]", {"A"}),
    ("if x:\n    A = 1", {"A"}),
    ('A["x"]["y"] = 1', {"A"}),
    ("A, B = C", {"A", "B"}),
    ("print(A)", set()),
    ("a.b[0] = A", set()),
])  # fmt: skip
def test_names_that_are_changed(text: str, names: set[str]) -> None:
    assert changed_names(source(text)) == names


@pytest.mark.parametrize("content", [
    "\ufeffA = ['ä', 'b']\n".encode(),
    "# coding: latin-1\nA = ['ä', 'b']\n".encode("latin-1"),
    b"# -*- coding: cp1252 -*-\r\nA = ['\x80', 'b']\r\n",
])  # fmt: skip
def test_the_encoding_stays(content: bytes) -> None:
    module = read("settings.py", content)
    (found,) = items([module], "b")
    assert edited(module, [put_before(found, "new")]) == content.replace(b"'b'", b"'new', 'b'")


def test_what_is_not_edited_stays_byte_for_byte() -> None:
    content = b"\xef\xbb\xbfA = 1\r\nB = '\xc3\xa4'\n\x0cC = 3\rD = 4"
    assert edited(read("settings.py", content), []) == content


def test_edits_of_one_place_stay_in_order() -> None:
    module = source("A = 1\n")
    edits = [stated(module, None, [text]) for text in ("first", "second")]
    assert edited(module, edits) == b"A = 1\nfirst\nsecond\n"


@pytest.mark.parametrize("content", [b"A = (", b"# coding: nonsense\n", b"A = '\xff'\n"])
def test_what_is_no_python(content: bytes) -> None:
    with pytest.raises((SyntaxError, ValueError)):
        read("settings.py", content)
