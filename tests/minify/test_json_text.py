"""JSON: white space goes, every token stays, and what is no JSON is refused."""

from __future__ import annotations

import json
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stator.minify.json_text import minify
from stator.minify.tool import MinifyFailed

KEPT = {
    "white space in strings": ('{"a  b": "c\\t \\" d"}', '{"a  b":"c\\t \\" d"}'),
    "backslash at the end of a string": ('["\\\\" , " "]', '["\\\\"," "]'),
    "numbers as they are": ("[1.0, 1e5, -0, 0.10E+2, 12345678901234567890123]", None),
    "very long number": (f"[{'1' * 5000}]", f"[{'1' * 5000}]"),
    "names twice": ('{"a": 1, "a": 2}', '{"a":1,"a":2}'),
    "escapes": ('["\\u00e9", "\\/", "\\ud800"]', None),
    "line breaks": ("\r\n[\r\n\t1,\n2\r]\n", "[1,2]"),
    "a single value": (' "a" ', '"a"'),
    "letters beyond ASCII": ('["é", "\u2028", "\u00a0 "]', '["é","\u2028","\u00a0 "]'),
    "byte order mark": ("\ufeff{ }", "\ufeff{}"),
}
REFUSED = {
    "nothing": (b"", "it is not JSON"),
    "comment": (b"{} // x", "it is not JSON"),
    "comma at the end": (b"[1,]", "it is not JSON"),
    "NaN": (b"[NaN]", "NaN is no value"),
    "infinity": (b"[-Infinity]", "-Infinity is no value"),
    "single quotes": (b"['a']", "it is not JSON"),
    "line break in a string": (b'["a\nb"]', "it is not JSON"),
    "other white space": ("[\u00a01]".encode(), "it is not JSON"),
    "Latin-1": ('["é"]'.encode("latin-1"), "it is not UTF-8"),
    "UTF-16": ("[1]".encode("utf-16"), "it is not UTF-8"),
    "depth": (b"[" * 100_000 + b"]" * 100_000, "too deeply"),
}


@pytest.mark.parametrize(("before", "after"), KEPT.values(), ids=KEPT)
def test_takes_out_white_space_between_tokens(before: str, after: str | None) -> None:
    assert minify(before.encode()).decode() == (before.replace(" ", "") if after is None else after)


@pytest.mark.parametrize(("content", "reason"), REFUSED.values(), ids=REFUSED)
def test_refuses(content: bytes, reason: str) -> None:
    with pytest.raises(MinifyFailed, match=re.escape(reason)):
        minify(content)


@given(
    st.recursive(
        st.none()
        | st.booleans()
        | st.integers()
        | st.floats(allow_nan=False, allow_infinity=False)
        | st.text(),
        lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    ),
    st.sampled_from([None, 0, 1, "\t"]),
)
def test_is_the_shortest_form_of_any_value(value: object, indent: int | str | None) -> None:
    before = json.dumps(value, indent=indent, separators=(" , ", " : "))

    assert minify(before.encode()).decode() == json.dumps(value, separators=(",", ":"))
