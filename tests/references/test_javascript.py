"""The JavaScript scanner by itself: snippets, specifiers, what cannot be read, and how long it takes."""

from __future__ import annotations

import time

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from stator.references.javascript import scan
from stator.references.reference import NOTHING, Kind, Reference, Remark
from tests.references.javascript_snippets import SNIPPETS, Snippet


@pytest.mark.parametrize("snippet", SNIPPETS, ids=lambda s: s.name)
def test_finds_what_is_marked_and_nothing_else(snippet: Snippet) -> None:
    found = scan(snippet.source)

    assert [(each.start, each.end, each.kind) for each in found.references] == snippet.references
    assert [(each.start, each.end, each.kind) for each in found.remarks] == snippet.computed
    assert {each.id for each in found.remarks} <= {"computed-reference"}


def test_names_of_snippets_are_unique() -> None:
    assert len({snippet.source for snippet in SNIPPETS}) == len(SNIPPETS)


LINE_ENDS = [b"\r\n", b"\r", "\u2028".encode(), "\u2029".encode()]
ABOUT_LINE_ENDS = {"import: CRLF", "import: CR", "import(): slash: string continues"}


@pytest.mark.parametrize(
    "snippet", [each for each in SNIPPETS if b"\n" in each.source], ids=lambda each: each.name
)
def test_line_ends_are_all_alike(snippet: Snippet) -> None:
    for line_end in LINE_ENDS:
        if snippet.name in ABOUT_LINE_ENDS or (line_end[0] > 127 and Kind.SOURCE_MAP in snippet.name):
            continue  # the lines of a source map comment end in CR or LF only

        found = scan(snippet.source.replace(b"\n", line_end))

        assert len(found.references) == len(snippet.references), line_end
        assert len(found.remarks) == len(snippet.computed), line_end


@pytest.mark.parametrize(
    ("literal", "specifier"),
    [
        (rb'"./a.js"', "./a.js"),
        (rb"'./a%20b.js?c=d#e'", "./a%20b.js?c=d#e"),
        (rb'"\u002e/\u{61}\u{00000062}\x63"', "./abc"),
        (rb'"\b\f\n\r\t\v\0\q\"\'\\"', "\b\f\n\r\t\v\0q\"'\\"),
        (rb'"\101\60\7\400\8"', "A0\x07\x200" + "8"),
        (rb'"\ud83d\ude00\u{1f600}"', "😀😀"),
        (b'"a\\\nb\\\r\nc\\\rd\\\xe2\x80\xa8e\\\xe2\x80\xa9f"', "abcdef"),
        ('"ü日😀"'.encode(), "ü日😀"),
        (b"`a\\\r\nb`", "ab"),
        (b"`a\r\nb\rc\nd`", "a\nb\nc\nd"),
        (rb"`\`\${a}$`", "`${a}$"),
        (b'""', ""),
    ],
)
def test_specifier_is_what_the_literal_means(literal: bytes, specifier: str) -> None:
    assert scan(b"import(" + literal + b")").references == (
        Reference(8, 6 + len(literal), Kind.JS_DYNAMIC_IMPORT, specifier),
    )


@pytest.mark.parametrize(
    "text",
    [
        rb"\ud83d",
        rb"\ude00\ud83d",
        rb"\ud83d\u{61}",
        rb"\u{110000}",
        rb"\u{ffffffffffffffffffff}",
        b"\xe9",
        b"\xed\xa0\x80",
        rb"\xg",
    ],
)
@pytest.mark.parametrize(
    ("before", "after", "kind"),
    [
        (b'import "', b'"', Kind.JS_IMPORT),
        (b'export * from "', b'"', Kind.JS_EXPORT),
        (b"import(`", b"`)", Kind.JS_DYNAMIC_IMPORT),
        (b"new URL('", b"', import.meta.url)", Kind.JS_URL),
    ],
)  # fmt: skip
def test_specifier_that_is_no_text(before: bytes, text: bytes, after: bytes, kind: Kind) -> None:
    found = scan(before + text + after)

    assert found.references == ()
    assert found.remarks == (Remark(len(before), len(before) + len(text), "broken-encoding", kind),)


def test_source_map_that_is_no_text() -> None:
    assert scan(b"//# sourceMappingURL=\xe9.map").remarks == (
        Remark(21, 26, "broken-encoding", Kind.SOURCE_MAP),
    )


@pytest.mark.parametrize(
    "unended",
    ['"', "'", '"a\\', "`", "`${a}", "`${`", "/*", "/**", "= /", "= /[/", "= /\\", '"\n"'],
)
def test_text_without_end_hides_the_rest(unended: str) -> None:
    source = 'import("a"); b ' + unended + '\n\n; import("b")'

    found = scan(source.encode())

    assert [each.specifier for each in found.references] == ["a"]
    assert [each.id for each in found.remarks] == ["unclear-syntax"]


def test_source_map_is_not_trusted_where_the_file_is_unclear() -> None:
    found = scan(b'a = "\nimport("b")\n//# sourceMappingURL=c.map')

    assert found.references == ()
    assert found.remarks == (Remark(4, 5, "unclear-syntax"),)


def test_reads_no_further_than_the_last_candidate() -> None:
    assert scan(b'import "a"; "').remarks == ()
    assert scan(b"'important: /* `${ exported") is NOTHING


FAR = b"a(b);\n" * 1_000  # more than is looked at when a bracket is sought nearby


@pytest.mark.parametrize("snippet", SNIPPETS, ids=lambda snippet: snippet.name)
def test_what_is_far_before_changes_nothing(snippet: Snippet) -> None:
    is_about_the_start = snippet.source.startswith((b"#!", b"\xef\xbb\xbf"))
    far = b"" if is_about_the_start else FAR

    found = scan(far + snippet.source)

    assert [(each.start - len(far), each.end - len(far), each.kind) for each in found.references] == (
        snippet.references
    )
    assert [(each.start - len(far), each.end - len(far), each.kind) for each in found.remarks] == (
        snippet.computed
    )


HIDING = [
    "",
    "')'",
    '"("',
    "`)`",
    r"'\'('",
    r'"\\"',
    r'")\\\")"',
    r"`\`(`",
    "'`', \"'\", '\"(\"'",
    "/[)]/",
    "/* ( */",
    "b, // )\n",
    "`${c}`",
    "`${ '(' }(`",
    "[{}]",
    r"\u{61}",
    "'" + "b" * 10_000 + "'",
    "'" + r"\'" * 10_000 + "'",
    "`" + "(" * 10_000 + "`",
    "/*" + ")" * 10_000 + "*/",
    "c(); " * 2_000 + "function d(){}",
]


@pytest.mark.parametrize("hiding", HIDING, ids=lambda hiding: hiding[:20] or "nothing")
@pytest.mark.parametrize("far", [b"", FAR, b"'" + FAR.replace(b"\n", b"") + b"\\''\n;"])
def test_brackets_match_whatever_is_between_them(hiding: str, far: bytes) -> None:
    body = hiding if hiding.startswith("c(") else f"a({hiding})"
    divided = f'; (function(){{ {body} }}) / "import(a)" / 1; import("x");'
    matched = f'; if ((function(){{ {body} }})) /"/.test("/"); import("x");'
    block = f'; if (a) {{ {body} }} /"/.test("/"); import("x");'
    operand = f'; b = {{ c() {{ {body} }} }} / "import(a)" / 1; import("x");'

    for source in (divided, matched, block, operand):
        found = scan(far + source.encode())

        assert ([each.specifier for each in found.references], found.remarks) == (["x"], ()), source[:60]


@pytest.mark.parametrize(
    "nested",
    [
        ("`${", 'import("x")', "}`"),
        ("`${{a:(", 'import("x")', ")}}`"),
        ("(", 'import("x")', ")"),
        ("{", 'import("x")', "}"),
        ("a=[", 'import("x")', "]"),
        ("()=>{", 'import("x")', "}"),
        ("{a:", 'import("x")', "}"),
        ("import(", '"x"', ")"),
    ],
    ids=lambda nested: nested[0],
)
def test_nesting_has_no_limit(nested: tuple[str, str, str]) -> None:
    opening, middle, closing = nested
    depth = 100_000

    found = scan((opening * depth + middle + closing * depth + '/1;import("y")').encode())

    assert [each.specifier for each in found.references][:1] == ["x"]


UNITS = [
    "/", "/ ", "(", "{", "[", ")", "}", "`", '"', "'", "${", "`${", "import(", 'import("', "import(`",
    "import{", "import{a,", "import ", "import{/*", "import/**/", "import(/*", "import(a(", "import(`${",
    "x.import(", "import.meta.url)", "import.meta.url,", "new URL(", "new URL(a,import.meta.url),",
    "new URL(import.meta.url,", 'import a from "', "import*as a from", 'import\n"x"\n', "export{",
    "export{a,", "export*", "export{/*", "export/**/", "x={}/", "{}/a/", "{}/", "()/", "(a)/", "++/",
    "++", "a,b\n/", "a?b:{}/", "x:{}/a/\n", "case a:{}/", "function(){}/", "class{}/", "class extends ",
    "of ", "of /", "yield/", "[yield/", "await/", "[await/", "async a=>await/", "<!--", "-->", "\n-->",
    "sourceMappingURL=", "//# sourceMappingURL=a\n", "/*# sourceMappingURL=", "//# sourceMappingURL=",
    "/**/", "a/**//", "//\n", "\\", "\\u{61}", "\xa0", "\u2028", "a\xa0/", "var a\n/b/\n", "`a`/",
    "`${a}`/", "`${{", "}`/", "/a/", "/[", "=/a", "a=/[/]/;", "{a:", "({a:", "a?{b:", "\x00",
    "class A{import(a){}", "({import(a){}", '"\\', "case ", "a\nb\n/c", ")(", "=>{}/", ".../", "var a,",
    " ", "\n",
]  # fmt: skip


@pytest.mark.parametrize("unit", UNITS)
def test_time_grows_with_length_only(unit: str) -> None:
    def seconds(size: int) -> float:
        source = unit.encode() * (size // len(unit.encode())) + b'\n;import("x");\n//# sourceMappingURL=a\n;'
        best = float("inf")
        for _ in range(2):
            start = time.process_time()
            scan(source)
            best = min(best, time.process_time() - start)
        return best

    # Eight times the text: eight times as long when linear, 64 times when quadratic.
    assert seconds(32_000) < 24 * max(seconds(4_000), 0.0005)


FRAGMENTS = [
    "/", "//", "/*", "*/", "/a/", "/[/]/", "(", ")", "[", "]", "{", "}", "`", "${", "$", "'", '"', "\\",
    "\n", "\r", "\u2028", "\xa0", " ", ";", ",", ".", ":", "?", "?.", "...", "=>", "=", "+", "++", "-",
    "--", "!", "*", "<", ">", "<!--", "-->", "#", "#!", "a", "b", "1", "1.", ".5", "of", "in", "if",
    "else", "while", "for", "do", "return", "yield", "await", "async", "function", "class", "extends",
    "static", "get", "new", "new.target", "typeof", "var", "let", "case", "switch", "try", "catch",
    "import", "export", "from", "as", "with", "default", "URL", "import.meta", "import.meta.url",
    "import(", 'import("x")', 'import("x",{})', "import(a)", 'import"x";', 'export*from"x";',
    'export{a}from"x";', 'from"x"', '"x"', "'x'", "`x`", "sourceMappingURL=", "//# sourceMappingURL=x",
    "\\u{61}", "\\u0069", "\udce9", "\x00",
]  # fmt: skip


@given(st.lists(st.sampled_from(FRAGMENTS), max_size=40))
@example(["import", "(", "`", "x", "`", ")"])
def test_anything_can_be_scanned(fragments: list[str]) -> None:
    source = "".join(fragments).encode("utf-8", "surrogateescape")

    found = scan(source)

    for each in (*found.references, *found.remarks):
        assert 0 <= each.start <= each.end <= len(source)
    assert list(found.references) == sorted(found.references, key=lambda each: each.start)
    assert list(found.remarks) == sorted(found.remarks, key=lambda each: each.start)
    for one, next_one in zip(found.references, found.references[1:], strict=False):
        assert one.end < next_one.start
    for reference in found.references:
        written = source[reference.start : reference.end].decode()
        assert "\\" in written or "\r" in written or written == reference.specifier


@given(st.binary(max_size=200))
def test_any_bytes_can_be_scanned(content: bytes) -> None:
    scan(b'import("x");' + content + b';import("y")')
