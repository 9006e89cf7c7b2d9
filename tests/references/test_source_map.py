from __future__ import annotations

import json
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stator.references import source_map
from stator.references.reference import NOTHING, Kind, Reference, Remark, Scan
from tests.parts import CORPUS


def check(marked: str, specifier: str | None = None) -> None:
    """Scan a map whose reference is marked «so»; without a mark there must be none."""
    before, mark, behind = marked.partition("«")
    text, _, behind = behind.partition("»")
    start = len(before.encode())
    end = start + len(text.encode())
    reference = Reference(start, end, Kind.MAP_FILE, text if specifier is None else specifier)

    assert source_map.scan((before + text + behind).encode()) == (Scan((reference,)) if mark else NOTHING)


@pytest.mark.parametrize(
    "marked",
    {
        "file": '{"version":3,"file":"«a.js»","mappings":""}',
        "first": '{"file":"«a.js»"}',
        "last": '{"version":3,"sources":["a.ts"],"names":[],"mappings":"AAAA;;","file":"«a.js»"}',
        "white space": '\r\n\t {\n "file"\t:\r\n "«a.js»" } \n',
        "byte order mark": '\ufeff{"file":"«a.js»"}',
        "line against running": ')]}\'\n{"file":"«a.js»"}',
        "line against running with words": ')]}\', x {"file":"b"}\r\n{"file":"«a.js»"}',
        "path": '{"file":"«../dist/ä b.js?v=1»"}',
        "index map": '{"file":"«a.js»","sections":[{"offset":{"line":0,"column":0},"map":{"file":"b.js"}}]}',
        "index map, file last": '{"sections":[{"map":{"file":"b.js","names":[]}}],"file":"«a.js»"}',
        "two members, the last counts": '{"file":"b.js","file":"«a.js»"}',
        "nested member behind": '{"file":"«a.js»","x":{"file":"b.js"}}',
        "every kind of value": '{"a":[],"b":{},"c":[{}],"d":-1.5e+3,"e":[null,true,0],"file":"«a.js»"}',
        "name that is a string elsewhere": '{"names":["file","file:"],"x":"file","file":"«a.js»"}',
        "source with a map in it": r'{"sourcesContent":["{\"file\":\"b.js\"}","\\\\"],"file":"«a.js»"}',
        "brackets in strings": '{"x":["[{","}]"],"file":"«a.js»"}',
        "broken behind": '{"file":"«a.js»","x":',
        "nothing": "",
        "empty object": "{}",
        "no member": '{"version":3,"sources":["file"]}',
        "list": '[{"file":"a.js"}]',
        "string": '"file"',
        "only nested": '{"sections":[{"map":{"file":"b.js"}}]}',
        "only in a list": '{"names":["file","x"]}',
        "sources and root": '{"sources":["a.js"],"sourceRoot":"/b/","sourceMappingURL":"c.map"}',
        "other names": '{"files":"a","File":"b","x_file":"c"," file":"d"}',
        "name in a string": r'{"x":"\"file\":\"b.js\""}',
        "name behind an escaped quote": r'{"x\"file":"b.js"}',
        "empty name": '{"file":""}',
        "null": '{"file":null}',
        "list of names": '{"file":["a.js"]}',
        "object": '{"file":{"file":"a.js"}}',
        "two members, the last is null": '{"file":"a.js","file":null}',
        "words before": 'x={"file":"a.js"}',
        "words behind the object": '{} {"file":"a.js"}',
        "end of file in the string": '{"file":"a.js',
        "end of file behind the string": '{"file":"a.js"',
        "newline in the string": '{"file":"a\n.js"}',
        "escape that is none": r'{"file":"a\x.js"}',
        "single quotes": "{'file':'a.js'}",
        "comma missing": '{"a":1 "file":"a.js"}',
        "comma too many": '{"a":1,,"file":"a.js"}',
        "comma too many in a list": '{"a":[1,],"file":"a.js"}',
        "comma too many in an object": '{"a":{"b":1,},"file":"a.js"}',
        "comma first": '{,"file":"a.js"}',
        "comma missing in a list": '{"a":[1 2],"file":"a.js"}',
        "colon missing": '{"a" 1,"file":"a.js"}',
        "colon in a list": '{"a":["b":1],"file":"a.js"}',
        "value in an object": '{"a":{1},"file":"a.js"}',
        "brackets that do not match": '{"a":[1},"file":"a.js"}',
        "brackets that do not match, deeper": '{"a":[{"b":[{]}],"file":"a.js"}',
        "bracket too many": '{"a":1}],"file":"a.js"}',
        "number with a zero": '{"a":01,"file":"a.js"}',
        "number without digits": '{"a":-,"file":"a.js"}',
        "word of JavaScript": '{"a":undefined,"file":"a.js"}',
        "comment": '{/* x */"file":"a.js"}',
    }.items(),
    ids=lambda case: case[0],
)
def test_finds(marked: tuple[str, str]) -> None:
    check(marked[1])


@pytest.mark.parametrize(
    ("marked", "specifier"),
    {
        r'{"file":"«a\/b.js»"}': "a/b.js",
        r'{"file":"«\u0061\u00fc.js»"}': "aü.js",
        r'{"file":"«\"\\\b\f\n\r\t»"}': '"\\\b\f\n\r\t',
        r'{"file":"«\ud83d\ude00.js»"}': "😀.js",
        r'{"file":"«\ud83d.js»"}': "\ufffd.js",
        r'{"file":"«a%20b.js»"}': "a%20b.js",
    }.items(),
)
def test_resolves_escapes(marked: str, specifier: str) -> None:
    check(marked, specifier)


def test_encoding() -> None:
    assert source_map.scan(b'{"file":"\xe4.js"}') == Scan(
        remarks=(Remark(9, 13, "broken-encoding", Kind.MAP_FILE),)
    )
    assert source_map.scan(b'{"names":["\xe4"],"file":"a"}').references[0].specifier == "a"
    assert source_map.scan('{"file":"a.js"}'.encode("utf-16")) is NOTHING


@pytest.mark.parametrize(
    "fragment",
    [
        b"[", b"{", b'{"a":', b'[{"a":', b'"', b'"file"', b'"file":', b'"file":"', b'{"file":', b"\\",
        b'\\"', b"]", b"}", b"1,", b"[1,", b"[1,1,[", b'"a",', b'"b":1,', b'"file":"a",', b" ", b"-", b"1",
        b"\\u0061", b"a", b")]}'", b"\xff", b"[],", b"[[]],", b"{},",
    ],
)  # fmt: skip
@pytest.mark.parametrize("before", [b"", b"{", b'{"a":', b'{"a":[', b'{"a":"'])
def test_time_is_linear(before: bytes, fragment: bytes) -> None:
    content = before + fragment * (500_000 // len(fragment)) + b'"file":"a"}'
    start = time.process_time()
    source_map.scan(content)

    assert time.process_time() - start < 4


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.sampled_from(["file", "map", "x"]) | st.text(), inner),
)


@given(JSON, st.booleans(), st.sampled_from([None, 1]))
def test_agrees_with_json_on_anything(value: object, ascii_only: bool, indent: int | None) -> None:
    content = json.dumps(value, ensure_ascii=ascii_only, indent=indent).encode(errors="replace")
    value = json.loads(content)
    name = value.get("file") if isinstance(value, dict) else None

    found = [r.specifier for r in source_map.scan(content).references]

    expected = (
        [name.encode("utf-16", "surrogatepass").decode("utf-16", "replace")] if isinstance(name, str) else []
    )
    assert found == [name for name in expected if name]


@given(st.lists(st.sampled_from(['"file":', '"file"', '"a"', "1", *'{}[],:"\\ ']), max_size=20).map("".join))
def test_finds_nothing_where_json_is_broken_before(noise: str) -> None:
    content = "{" + noise + '"file":"b.js"}'
    try:
        expected = [json.loads(content)["file"]]
    except (ValueError, KeyError):
        expected = []

    assert [r.specifier for r in source_map.scan(content.encode()).references] == expected


@given(st.binary(max_size=40))
def test_any_bytes_will_do(noise: bytes) -> None:
    source_map.scan(noise)
    source_map.scan(b'{"a":"' + noise + b'","file":"' + noise + b'"}')


@pytest.mark.needs("npm corpus")
@pytest.mark.whole_corpus
def test_reads_what_json_reads_in_the_corpus() -> None:
    maps = sorted(path for path in CORPUS.rglob("*.map") if path.is_file())
    named = 0
    for path in maps:
        content = path.read_bytes()
        name = json.loads(content).get("file")
        references = source_map.scan(content).references

        assert [r.specifier for r in references] == ([name] if name else []), path
        assert all(json.loads(content[r.start - 1 : r.end + 1]) == name for r in references)
        named += bool(name)
    assert len(maps) > 1000
    assert named > 500
