"""Style sheets: what goes, what must stay, what is refused; and that a browser reads the same rules."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tinycss2 import parse_component_value_list

from stator.minify.css import minify
from stator.minify.tool import MinifyFailed
from tests.references.css_cases import CASES, FRAGMENTS

SHORTER = {
    "white space of a rule": ("a {\n  color : red ;\n  margin: 0 auto;\n}\n", "a{color :red;margin:0 auto}"),
    "CRLF": ("a {\r\n\tcolor: red;\r\n}\r\n", "a{color:red}"),
    "comment": ("/* one */ a { /* two */ color: red /* three */ } /* four */", "a{color:red}"),
    "comment that parts": ("a{margin:1px/**/2px}", "a{margin:1px/**/2px}"),
    "comment in white space": ("a /* x */ b{}", "a b{}"),
    "comments that are a selector's only parts": ("a/* x *//* y */:hover{}", "a/**/:hover{}"),
    "semicolons": ("a{color:red;;}", "a{color:red}"),
    "semicolons between declarations": ("a{b:c; ;; d:e}", "a{b:c;d:e}"),
    "semicolons with gaps": ("a{color:red; /* x */ ; }", "a{color:red}"),
    "semicolon of a statement": ("@import 'a' ; @layer a , b ;", "@import 'a';@layer a,b;"),
    "list": ("a , b{transition: color 1s , width 2s}", "a,b{transition:color 1s,width 2s}"),
    "child and sibling": ("a > b ~ c + d{}", "a>b~c + d{}"),
    "important": ("a{color: red !important}", "a{color:red!important}"),
    "arguments": ("a{color: rgb( 1 2 3 / 4% )}", "a{color:rgb(1 2 3 / 4%)}"),
    "quoted url": ("a{b:url( 'x  y' )}", "a{b:url('x  y')}"),
    "media query": ("@media screen and ( min-width: 1px ) {a{}}", "@media screen and (min-width:1px){a{}}"),
    "source map": ("a{}\n/*# sourceMappingURL=a.css.map */\n", "a{}"),
    "licence": ("/*! MIT\n by me */\na { }", "/*! MIT\n by me */ a{}"),
    "after a rule": ("@media x{a{}} :root{}", "@media x{a{}}:root{}"),
}
UNTOUCHED = {
    "descendant that is a pseudo-class": "a :hover{b:c}",
    "the same in a rule": ".a{.b :hover{c:d}}",
    "the same in a layer": "@layer a{.b :hover{c:d}}",
    "the same in a container query": "@container (width>1px){.a :is(b) :hover{c:d}}",
    "the same behind a declaration": "a{b:c;.d :hover{e:f}}",
    "nesting selector": "a{& :hover{b:c}&:hover{b:c}}",
    "mistyped pseudo-class": "a: hover{b:c}",
    "named page": "@page a :first{b:c}",
    "sums": "a{width:calc(1px + 2px);b:calc(1px - (2px) - -3px)}",
    "sum in a custom property": "a{--x:1px + 2px;--y:(1px) - 2px}",
    "signs": "a{margin:+1px -1px}",
    "empty custom property": "a{--x: ;--y: ;b:c}",
    "empty custom property at the end": "a{--x: }",
    "words before parentheses": "@media not all and (a){}@supports (a:b) and (not (c:d)){}",
    "compared widths": "@media (1px <= width <= 2px) and (height >= 1px){}",
    "attribute": "[a] [b~='c  d' i] [e]{f:g}",
    "strings": 'a{content:\'a  b /* c */ ; }\' "\\"  x"}',
    "string over two lines": "a{content:'b\\\n  c'}",
    "bare url": 'a{b:url( x/*y*/z ) url(data:image/svg+xml;utf8,<svg a="b  c"/>)}',
    "bare url in capitals": "a{b:URL( x  )}",
    "escape that takes a space along": ".\\31 0 .\\31 .b{c:d}",
    "escaped brackets": ".\\{ .b .\\, .c .w-\\[calc\\(1px\\)\\] .d{e:f}",
    "tokens that two characters make": "<! --x,-- >",
    "old hacks": "a{*zoom:1;_b:c;color:red\\9;filter:alpha(opacity=50)}",
    "grid": "a{grid:[a] 'b c' 'd e' / [f] 1fr}",
    "byte order mark": "\ufeffa{b:c}",
    "letters beyond ASCII": ".ü .日{content:'ß'}",
    "a function that only ends like url": "a{b:my-url('x) /*' c)}",
}
REFUSED = {
    "string": ("a{}\nb{content:'x\n}", "line 2"),
    "comment": ("a{}/* x", "line 1"),
    "licence that does not end": ("/*! x", "line 1"),
    "url": ("a{b:url(x", "line 1"),
    "backslash before a line break": ("a\\\nb{}", "line 1"),
    "function in escapes": ("a{b:\\75rl(x  y)}", "line 1"),
    "charset": ('@charset "latin1";a { }', "'latin1'"),
    "charset behind a comment": ("/* x */@CHARSET 'koi8-r';a { }", "'koi8-r'"),
}
CHARSETS = ['@charset "utf-8";a{}', '@charset "UTF-8";a{}']


@pytest.mark.parametrize(("before", "after"), SHORTER.values(), ids=SHORTER)
def test_takes_out(before: str, after: str) -> None:
    assert minify(before.encode()).decode() == after


@pytest.mark.parametrize("text", UNTOUCHED.values(), ids=UNTOUCHED)
def test_leaves(text: str) -> None:
    assert minify(text.encode()).decode() == text


@pytest.mark.parametrize(("text", "place"), REFUSED.values(), ids=REFUSED)
def test_refuses(text: str, place: str) -> None:
    with pytest.raises(MinifyFailed, match=re.escape(place)):
        minify(text.encode())


@pytest.mark.parametrize("piece", [": ", ":", ";", "; ", "/ ", "(", "url ", "\\ ", "a: b "])
def test_long_nonsense_costs_no_more_than_its_length(piece: str) -> None:
    assert len(minify(piece.encode() * 50_000)) <= len(piece) * 50_000


def test_refuses_what_is_not_utf8() -> None:
    with pytest.raises(MinifyFailed, match="it is not UTF-8"):
        minify("a { content: 'é' }".encode("latin-1"))


@pytest.mark.parametrize("text", CHARSETS)
def test_takes_utf8_by_name(text: str) -> None:
    assert minify(text.encode()) == text.encode()


@pytest.mark.parametrize(
    ("text", "line"),
    [("@namespace url(l);}", 1), ("a {\n}\n}", 3), ("a { b: c(d;} ) }", 1), ("a { b: [c) }", 1), ("a)", 1)],
)
def test_refuses_brackets_that_do_not_match(text: str, line: int) -> None:
    with pytest.raises(MinifyFailed, match=rf"in line {line} stands a . that closes nothing"):
        minify(text.encode())


@pytest.mark.parametrize("text", ["a{b:c", "a{b:'}'}", "a{b:\\}}", "a{}/*!}*/", "a{b:url(})}"])
def test_takes_brackets_that_match_or_are_none(text: str) -> None:
    assert minify(text.encode()) == text.encode()


@given(st.lists(st.sampled_from(FRAGMENTS), max_size=25).map("".join))
def test_tokens_stay(text: str) -> None:
    """Whatever is put together: the same tokens come out, white space apart, and nothing more goes then."""
    try:
        after = minify(text.encode()).decode()
    except MinifyFailed:
        return
    assert tokens(after) == tokens(text)
    assert minify(after.encode()).decode() == after


@pytest.mark.parametrize("content", [case.content for case in CASES], ids=[case.id for case in CASES])
def test_tokens_stay_in_cases_of_references(content: bytes) -> None:
    try:
        after = minify(content)
    except MinifyFailed:
        return
    assert tokens(after.decode()) == tokens(content.decode())


def tokens(text: str) -> list[str]:
    """The tokens that tinycss2 reads, without white space, comments and semicolons that part nothing."""
    return packed(parse_component_value_list(text, skip_comments=True))


def packed(nodes: list) -> list[str]:
    found: list[str] = []
    for node in nodes:
        inner = getattr(node, "content", None) if node.type.endswith("block") else None
        inner = node.arguments if node.type == "function" else inner
        if inner is not None:
            inside = packed(inner)
            if inside[-1:] == [";"] and node.type == "{} block":
                inside.pop()
            found += [node.type, getattr(node, "lower_name", ""), *inside, "end"]
        elif node.type != "whitespace" and not (node == ";" and found[-1:] == [";"]):
            found.append(node.serialize())
    return found
