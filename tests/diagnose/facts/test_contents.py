from __future__ import annotations

from pathlib import Path

import pytest

from stator.diagnose.facts.contents import BEGINNING, LARGEST_UNKNOWN, look_into, mentions
from stator.load_path import Origin, SourceFile

KEY = "-----BEGIN {}PRIVATE KEY-----{}" + "A" * 64 + "\n-----END PRIVATE KEY-----\n"
MERGE = "a\n<<<<<<< HEAD\nb\n=======\nc\n>>>>>>> theirs\n"
POINTER = "version https://git-lfs.github.com/spec/v1\noid sha256:4d7a\nsize 12345\n"
STATIC = '{% static "a.svg" %}'


def source(folder: Path, name: str, content: bytes) -> SourceFile:
    file = folder / name
    file.write_bytes(content)
    return SourceFile(name, str(file), Origin("", str(folder)), size=len(content))


def seen(folder: Path, name: str, content: str) -> list[tuple[str, int, str]]:
    contents = look_into([source(folder, name, content.encode())])
    return [(one.id, one.place.line, one.text) for one in contents.sightings]


@pytest.mark.parametrize(
    ("name", "content", "expected"),
    [
        ("app.css", MERGE, ("merge-conflict", 2, "<<<<<<< HEAD")),
        ("app.css", MERGE.replace("\n", "\r\n"), ("merge-conflict", 2, "<<<<<<< HEAD")),
        ("hero.jpg", POINTER, ("lfs-pointer", 1, "version https://git-lfs.github.com/spec/v1")),
        ("app.js", "\ufeff\n <!doctype html>", ("html-as-asset", 2, "<!doctype html")),
        ("text.woff2", "<html lang=en>", ("html-as-asset", 1, "<html")),
        ("app.css", f"a {{ background: url({STATIC}) }}", ("template-tag-in-asset", 1, STATIC)),
        (
            "app.css",
            "a { color: {{ theme.color|default:'red' }} }",
            ("template-tag-in-asset", 1, "{{ theme.color|default:'red' }}"),
        ),
        ("app.js", f"const a = '{STATIC}';", ("template-tag-in-asset", 1, STATIC)),
        ("server.pem", KEY.format("RSA ", "\n"), ("secret-published", 1, "-----BEGIN RSA PRIVATE KEY-----")),
        ("key", KEY.format("", "\r\n"), ("secret-published", 1, "-----BEGIN PRIVATE KEY-----")),
        ("robot.json", KEY.format("", "\\n"), ("secret-published", 1, "-----BEGIN PRIVATE KEY-----")),
        (
            "old.key",
            KEY.format("RSA ", "\nProc-Type: 4,ENCRYPTED\nDEK-Info: AES-128-CBC,00\n\n"),
            ("secret-published", 1, "-----BEGIN RSA PRIVATE KEY-----"),
        ),
    ],
)
def test_what_is_seen(tmp_path: Path, name: str, content: str, expected: tuple[str, int, str]) -> None:
    assert seen(tmp_path, name, content) == [expected]


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("app.css", "/* <<<<<<< is where a conflict begins */\n<<<<<<< HEAD\n"),
        ("notes.md", "Title\n=======\n>>>>>>> quoted three times\n"),
        ("notes.txt", f"A pointer:\n{POINTER}"),
        ("help.html", "<!DOCTYPE html>"),
        ("logo.svg", '<!DOCTYPE svg PUBLIC "-//W3C//DTD SVG 1.1//EN" ""><svg/>'),
        ("app.js", 'export const page = "<!doctype html>";'),
        ("app.css", f"/* {STATIC} */ a {{ color: red }}"),
        ("app.css", "@media print{a{color:red}}@supports (a:b){{}}"),
        ("app.js", "const a = '{{ name }}{% if name %}!{% endif %}';"),
        ("app.js", f"// {STATIC}\n/* {STATIC} */"),
        ("page.html", STATIC),
        ("crypto.js", "const pem = '-----BEGIN PRIVATE KEY-----\\n' + body;"),
        ("server.pem", "-----BEGIN CERTIFICATE-----\n" + "A" * 64),
        ("server.pem", "-----BEGIN PUBLIC KEY-----\n" + "A" * 64),
    ],
)
def test_what_is_not_seen(tmp_path: Path, name: str, content: str) -> None:
    assert seen(tmp_path, name, content) == []


def test_only_the_beginning_is_read_of_what_is_no_text(tmp_path: Path) -> None:
    late = KEY.format("", "\n").encode()
    assert look_into([source(tmp_path, "a.png", b"\0" * BEGINNING + late)]).sightings == ()
    assert look_into([source(tmp_path, "unknown", b"\0" * LARGEST_UNKNOWN + late)]).sightings == ()
    assert look_into([source(tmp_path, "known", b"\0" * BEGINNING + late)]).sightings != ()


def test_what_cannot_be_read_is_passed_over(tmp_path: Path) -> None:
    gone = SourceFile("gone.css", str(tmp_path / "gone.css"), Origin("", str(tmp_path)), size=10)
    assert look_into([gone]).sightings == ()


def test_many_of_a_kind_are_told_to_a_limit(tmp_path: Path) -> None:
    assert len(seen(tmp_path, "app.css", "{{ colour }}\n" * 1000)) == 20


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (b'"/static/img/logo.svg"', ["logo.svg"]),
        (b"`${base}/icons/a-b@2x.PNG?v=1`", ["a-b@2x.PNG"]),
        (b'import "./cart.js"; import x from "./app.min.mjs"', ["cart.js", "app.min.mjs"]),
        (b"a.png.map b.json", []),
        ("'café.woff2'".encode(), ["café.woff2"]),
    ],
)
def test_names_that_a_text_mentions(text: bytes, expected: list[str]) -> None:
    assert list(mentions(text)) == expected


def test_names_are_taken_from_all_files_but_style_sheets(tmp_path: Path) -> None:
    files = [
        source(tmp_path, "app.js", b"'a.png'"),
        source(tmp_path, "app.css", b"url(b.png)"),
        source(tmp_path, "app.webmanifest", b'{"icons": [{"src": "c.png"}]}'),
    ]
    assert look_into(files).mentioned == {"a.png", "c.png"}
