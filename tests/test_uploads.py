from __future__ import annotations

from urllib.parse import unquote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stator.config import UploadRules
from stator.uploads import PRIVATE, PUBLIC, SANDBOX, guard_of, is_inline, upload_fields

NONE = UploadRules()
GUARDED = UploadRules(
    private=(
        ("invoices/", "a.b"),
        ("invoices/open/", "c.d"),
        ("öffentlich nicht/", "e.f"),
        ("straße/", "g.h"),
    )
)

SHOWN = [
    "cover.png",
    "photo.JPG",
    "a.gif",
    "a.avif",
    "song.mp3",
    "film.mp4",
    "film.webm",
    "notes.txt",
    "x.html.png",
]
ACTIVE = [
    "evil.html",
    "evil.htm",
    "evil.xhtml",
    "evil.svg",
    "evil.SVG",
    "evil.svgz",
    "evil.xml",
    "evil.xsl",
    "evil.rss",
    "evil.js",
    "evil.mjs",
    "evil.css",
    "evil.json",
    "evil.wasm",
    "evil.swf",
    "evil.mht",
    "evil.hta",
    "x.png.html",
    "cover.png.",
    "cover.png ",
    "no-extension",
    ".html",
    "evil.pdf",
]


@pytest.mark.parametrize("name", SHOWN)
def test_what_cannot_run_is_shown(name: str) -> None:
    fields = dict(upload_fields(name, NONE))
    assert is_inline(name, NONE)
    assert set(fields) == {"Content-Type", "Cache-Control", "X-Content-Type-Options"}
    assert fields["X-Content-Type-Options"] == "nosniff"


@pytest.mark.parametrize("name", ACTIVE)
def test_what_can_run_or_is_unknown_is_an_attachment_that_can_do_nothing(name: str) -> None:
    fields = dict(upload_fields(name, NONE))
    assert not is_inline(name, NONE)
    assert fields["Content-Disposition"].startswith("attachment; filename=")
    assert fields["Content-Security-Policy"] == SANDBOX
    assert fields["X-Content-Type-Options"] == "nosniff"


def test_a_project_can_let_browsers_show_pdf() -> None:
    assert is_inline("report.pdf", UploadRules(pdf=True))
    assert not is_inline("report.svg", UploadRules(pdf=True))


@pytest.mark.parametrize("name", ["evil.js", "evil.mjs", "evil.CJS"])
def test_a_script_has_the_type_of_no_script(name: str) -> None:
    assert dict(upload_fields(name, NONE))["Content-Type"] == "application/octet-stream"


@pytest.mark.parametrize(
    ("name", "disposition"),
    [
        ("a/b/report.pdf", 'attachment; filename="report.pdf"'),
        ("two words.pdf", 'attachment; filename="two words.pdf"'),
        ("a;b,c.pdf", 'attachment; filename="a;b,c.pdf"'),
        ("Grüße.pdf", "attachment; filename=\"Gr__e.pdf\"; filename*=UTF-8''Gr%C3%BC%C3%9Fe.pdf"),
        ('"quoted".pdf', "attachment; filename=\"_quoted_.pdf\"; filename*=UTF-8''%22quoted%22.pdf"),
        ("50%20off.pdf", "attachment; filename=\"50_20off.pdf\"; filename*=UTF-8''50%2520off.pdf"),
        ("it's.pdf", 'attachment; filename="it\'s.pdf"'),
        (
            "it's ü(1)*.pdf",
            "attachment; filename=\"it's _(1)*.pdf\"; filename*=UTF-8''it%27s%20%C3%BC%281%29%2A.pdf",
        ),
        ("日本.zip", "attachment; filename=\"__.zip\"; filename*=UTF-8''%E6%97%A5%E6%9C%AC.zip"),
    ],
)
def test_an_attachment_has_the_name_of_the_upload(name: str, disposition: str) -> None:
    assert dict(upload_fields(name, NONE))["Content-Disposition"] == disposition


@given(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="/"), min_size=1))
def test_no_name_breaks_out_of_its_field(name: str) -> None:
    disposition = dict(upload_fields(f"x/{name}.zip", NONE))["Content-Disposition"]
    plain, _, coded = disposition.removeprefix('attachment; filename="').partition("; filename*=UTF-8''")
    assert disposition.isascii()
    assert disposition.isprintable()
    assert plain.endswith('"')
    assert not set(plain[:-1]) & {'"', "\\", "%"}
    assert unquote(coded or plain[:-1]) == f"{name}.zip"


@pytest.mark.parametrize(
    ("name", "guard"),
    [
        ("invoices/1.pdf", "a.b"),
        ("invoices/open/2.pdf", "c.d"),  # the longest prefix decides
        ("invoices/opened/2.pdf", "a.b"),
        ("INVOICES/1.pdf", "a.b"),
        ("Invoices/OPEN/1.pdf", "c.d"),
        ("o\N{COMBINING DIAERESIS}ffentlich nicht/1.pdf", "e.f"),
        ("Öffentlich NICHT/1.pdf", "e.f"),
        ("STRASSE/1.pdf", "g.h"),
        ("invoices", ""),
        ("invoices.pdf", ""),
        ("public/invoices/1.pdf", ""),
        ("covers/1.png", ""),
    ],
)
def test_the_longest_prefix_says_who_is_asked(name: str, guard: str) -> None:
    assert guard_of(name, GUARDED) == guard
    assert dict(upload_fields(name, GUARDED))["Cache-Control"] == (PRIVATE if guard else PUBLIC)


def test_the_order_of_prefixes_does_not_matter() -> None:
    assert guard_of("invoices/open/2.pdf", UploadRules(private=GUARDED.private[::-1])) == "c.d"
