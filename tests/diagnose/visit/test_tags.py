from __future__ import annotations

import pytest

from stator.diagnose.visit.tags import Tag, tags

TABLE: dict[str, list[tuple[str, dict[str, str]]]] = {
    "<a><B C=1 d='2' e=\"3\" f>": [("a", {}), ("b", {"c": "1", "d": "2", "e": "3", "f": ""})],
    "<a b = 1 c =\n'2'/>": [("a", {"b": "1", "c": "2"})],
    "<a b=1 B=2>": [("a", {"b": "1"})],
    "<a b=>": [("a", {"b": ""})],
    "<a b=/c/d>": [("a", {"b": "/c/d"})],
    "<a b='>'><c>": [("a", {"b": ">"}), ("c", {})],
    "<a/b=1>": [("a", {"b": "1"})],
    "<a =b=1>": [("a", {"=b": "1"})],
    "<a b='&amp;&#x41;&copy=1'>": [("a", {"b": "&A&copy=1"})],
    f"<a b='&#{'9' * 5000};'>": [("a", {"b": f"&#{'9' * 5000};"})],
    "</a b='<c>'><d>": [("d", {})],
    "</><a></ <b>": [("a", {})],
    "<1><a>": [("a", {})],
    "<!doctype html><a><?x <b>": [("a", {})],
    "<![if x y<a>": [],
    "<!--<a>--><b><!--><c><!---><d><!--x--!><e><!--<f>": [("b", {}), ("c", {}), ("d", {}), ("e", {})],
    "<title><a></title><b><textarea></style></textarea>": [("title", {}), ("b", {}), ("textarea", {})],
    "<script><a></scripts></SCRIPT ><b>": [("script", {}), ("b", {})],
    # What is open at the end is nothing.
    "<a b": [],
    "<a b='": [],
    "<a b='>": [],
    "<": [],
    "": [],
}


@pytest.mark.parametrize(("page", "expected"), TABLE.items(), ids=range(len(TABLE)))
def test_tags(page: str, expected: list[tuple[str, dict[str, str]]]) -> None:
    assert [(tag.name, dict(tag.attributes)) for tag in tags(page)] == expected


def test_lines_and_columns_are_counted_from_1() -> None:
    page = "<a\n b='\n'><b>\n<!--\n--> <c><script>\n</script><d>"
    assert [tag[:1] + tag[2:4] for tag in tags(page)] == [
        ("a", 1, 1),
        ("b", 3, 3),
        ("c", 5, 5),
        ("script", 5, 8),
        ("d", 6, 10),
    ]


def test_text_is_kept_as_it_is() -> None:
    script, style = tags("<script>a &amp; <b></b></script><style>c")
    assert script == Tag("script", {}, 1, 1, "a &amp; <b></b>")
    assert style.text == "c"


@pytest.mark.parametrize(
    "broken",
    [
        "<a ",
        "<!--",
        "</",
        "<?",
        "<![CDATA[",
        "<!x",
        '<a a="',
        "<a a='",
        "<a a =",
        "<script>",
        "<title></script>",
        "&",
        "<",
    ],
)
def test_work_grows_with_a_page_and_not_with_what_is_wrong_in_it(broken: str) -> None:
    assert len(list(tags("<img>" + broken * 300_000))) <= 300_001
