from __future__ import annotations

import pytest

from stator.live.injection import nonce_of, script_tag, with_tag

TAG = b"<script></script>"


@pytest.mark.parametrize(("page", "then"), [
    (b"<body>a</body>", b"<body>a<script></script></body>"),
    (b"a</BODY \n>b", b"a<script></script></BODY \n>b"),
    (b"<script>'</body>'</script></body>", b"<script>'</body>'</script><script></script></body>"),
    ("ü</body>".encode(), "ü<script></script></body>".encode()),
    ("ü</body>".encode("latin-1"), "ü<script></script></body>".encode("latin-1")),
    (b"<p>a piece of a page</p>", None),
    (b"</bodyguard>", None),
    (b"", None),
])  # fmt: skip
def test_the_tag_goes_before_the_end_of_the_body(page: bytes, then: bytes | None) -> None:
    assert with_tag(page, TAG) == then


def test_the_tag_says_when_the_request_came() -> None:
    assert script_tag("/static/c.js", 5) == b'<script async src="/static/c.js" data-since="5"></script>'


def test_the_tag_has_what_the_page_needs_and_breaks_nothing() -> None:
    tag = script_tag('/"<&/c.js', 5, "a+/=", by_hand=True).decode()
    assert 'src="/&quot;&lt;&amp;/c.js"' in tag
    assert ' nonce="a+/="' in tag
    assert tag.endswith(" data-by-hand></script>")


@pytest.mark.parametrize(("policy", "nonce"), [
    ("script-src 'nonce-abc'", "abc"),
    ("default-src 'self'; Script-Src 'self' 'nonce-a_b-c=='", "a_b-c=="),
    ("default-src 'nonce-abc'", "abc"),
    ("script-src-elem 'nonce-new'; script-src 'nonce-old'", "new"),
    ("default-src 'none', script-src 'nonce-second'", "second"),
    ("script-src 'self'; style-src 'nonce-abc'", ""),
    ("script-src 'self'; default-src 'nonce-abc'", ""),
    ("script-src 'self'", ""),
    ("", ""),
])  # fmt: skip
def test_the_nonce_is_that_of_scripts(policy: str, nonce: str) -> None:
    assert nonce_of(policy) == nonce
