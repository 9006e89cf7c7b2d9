from __future__ import annotations

from stator.fields import IMMUTABLE, REVALIDATE, fields_of


def test_a_digested_name_is_kept_for_ever():
    assert dict(fields_of("a.0123456789ab.css", immutable=True))["Cache-Control"] == IMMUTABLE


def test_a_plain_name_is_asked_for_again():
    assert fields_of("a.css", immutable=False) == (
        ("Content-Type", "text/css; charset=utf-8"),
        ("Cache-Control", REVALIDATE),
        ("X-Content-Type-Options", "nosniff"),
        ("Access-Control-Allow-Origin", "*"),
        ("Cross-Origin-Resource-Policy", "cross-origin"),
    )


def test_a_file_that_is_compressed_itself_says_so():
    assert dict(fields_of("a.svgz", immutable=False))["Content-Encoding"] == "gzip"
    assert "Content-Encoding" not in dict(fields_of("a.svg", immutable=False))


RULES = (
    ("*.css", (("X-Kind", "style"),)),
    ("css/app.css", (("x-kind", "app"), ("Cache-Control", None))),
)


def test_rules_are_matched_by_name_and_logical_path():
    for name in ("css/app.css", "css/app.0123456789ab.css"):
        fields = dict(fields_of(name, immutable=True, rules=RULES))
        assert fields["x-kind"] == "app"
        assert "X-Kind" not in fields
        assert "Cache-Control" not in fields
    assert dict(fields_of("css/other.css", immutable=True, rules=RULES))["X-Kind"] == "style"
    assert "X-Kind" not in dict(fields_of("app.js", immutable=True, rules=RULES))
