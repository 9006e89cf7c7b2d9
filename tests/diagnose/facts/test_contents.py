from __future__ import annotations

from pathlib import Path

import pytest

from stator.diagnose.facts.contents import BEGINNING, LARGEST_TEXT, LARGEST_UNKNOWN, look_into, mentions
from stator.load_path import Origin, SourceFile

KEY = "-----BEGIN {}PRIVATE KEY-----{}" + "A" * 64 + "\n-----END PRIVATE KEY-----\n"
MERGE = "a\n<<<<<<< HEAD\nb\n=======\nc\n>>>>>>> theirs\n"
POINTER = "version https://git-lfs.github.com/spec/v1\noid sha256:4d7a\nsize 12345\n"
HASH = "pbkdf2_sha256$600000$abcdefghijklmnop$" + "h" * 43 + "="
AWS = "AKIA" + "ABCDEFGH" * 2
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
        ("server.pem", KEY.format("RSA ", "\n"), ("private-key", 1, "-----BEGIN RSA PRIVATE KEY-----")),
        ("key", KEY.format("", "\r\n"), ("private-key", 1, "-----BEGIN PRIVATE KEY-----")),
        ("robot.json", KEY.format("", "\\n"), ("private-key", 1, "-----BEGIN PRIVATE KEY-----")),
        (
            "old.key",
            KEY.format("RSA ", "\nProc-Type: 4,ENCRYPTED\nDEK-Info: AES-128-CBC,00\n\n"),
            ("private-key", 1, "-----BEGIN RSA PRIVATE KEY-----"),
        ),
        (
            "backup.sql",
            "INSERT INTO `auth_user` VALUES (1)",
            ("users-of-database", 1, "INSERT INTO `auth_user`"),
        ),
        (
            "site.dump",
            "--\nCOPY public.auth_user (id, password) FROM stdin;",
            ("users-of-database", 2, "COPY public.auth_user"),
        ),
        ("site.sql", 'INSERT INTO "auth_user"(id)', ("users-of-database", 1, 'INSERT INTO "auth_user"')),
        ("users.json", f'"password": "{HASH}"', ("password-hash", 1, "pbkdf2_sha256$")),
        ("config.js", f'{{key: "{AWS}", secret: "{"s" * 40}"}}', ("access-key", 1, AWS)),
        ("aws.conf", f"id = {AWS}\naws_secret_access_key = {'s' * 40}\n", ("access-key", 1, AWS)),
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
        ("schema.sql", "CREATE TABLE auth_user (id integer);\nINSERT INTO auth_user_groups (id)"),
        ("notes.md", "INSERT INTO auth_user (id)"),
        ("help.html", "A hash is pbkdf2_sha256$iterations$salt$hash."),
        ("config.js", f'{{key: "{AWS}"}}'),
        ("config.js", f'{{key: "AKIAIOSFODNN7EXAMPLE", secret: "{"s" * 40}"}}'),
        ("config.js", f'{{key: "{AWS}", secret: "{"s" * 64}"}}'),
    ],
)
def test_what_is_not_seen(tmp_path: Path, name: str, content: str) -> None:
    assert seen(tmp_path, name, content) == []


def test_only_the_beginning_is_read_of_what_is_no_text(tmp_path: Path) -> None:
    late = KEY.format("", "\n").encode()
    assert look_into([source(tmp_path, "a.png", b"\0" * BEGINNING + late)]).sightings == ()
    assert look_into([source(tmp_path, "unknown", b"\0" * LARGEST_UNKNOWN + late)]).sightings == ()
    assert look_into([source(tmp_path, "known", b"\0" * BEGINNING + late)]).sightings != ()


KEY_LINE = "-----BEGIN PRIVATE KEY-----"
HOSTILE = [
    ("a.pem", KEY_LINE + "\n" + "a: " * 40),
    ("a.pem", KEY_LINE + "\n" + "a: " * 300_000),
    ("a.pem", f"{KEY_LINE}a: " * 30_000),
    ("a.pem", f"{KEY_LINE}\na: b\na: " * 30_000),
    ("a.pem", KEY_LINE + " " * 1_000_000),
    ("a.pem", KEY_LINE + "\\n" * 500_000),
    ("a.pem", KEY_LINE + "a-" * 500_000),
    ("a.pem", "-----BEGIN " + "A " * 500_000),
    ("a.js", "<<<<<<< a\n" * 50_000 + "=======\n" * 50_000),
    ("a.js", "<<<<<<< a\n=======\n" * 50_000),
    ("a.css", "{% " + "/*x" * 300_000),
    ("a.css", "{{ " + "/*x" * 300_000),
    ("a.css", "{% if " * 150_000),
    ("a.css", "{% if" + "%" * 1_000_000),
    ("a.css", "{%" + " " * 1_000_000),
    ("a.css", "{{ a|" + " " * 1_000_000),
    ("a.css", "{{ a" + " " * 1_000_000),
    ("a.css", "{{ a|b" * 150_000),
    ("a.css", "{{" * 500_000),
    ("a.js", "//{% \n" + "/*x" * 300_000),
    ("a.js", "{% url " * 150_000),
    ("a.woff2", " " * 1_000_000 + "<"),
    ("a.sql", "auth_user" + "\n " * 500_000),
    ("a.sql", "INSERT INTO auth_user" * 50_000),
    ("a.js", f"{AWS} secret" * 30_000),
    ("a.js", "pbkdf2_sha256$100000$" * 50_000),
    ("a.jpg", "version https://git-lfs.github.com/spec/" + "v" * 1_000_000),
]


@pytest.mark.parametrize(("name", "content"), HOSTILE, ids=range(len(HOSTILE)))
def test_no_content_holds_the_look_up(tmp_path: Path, name: str, content: str) -> None:
    assert seen(tmp_path, name, content) == []


def test_what_follows_an_unfinished_conflict_is_seen(tmp_path: Path) -> None:
    assert [line for _, line, _ in seen(tmp_path, "a.js", "=======\n>>>>>>> a\n" + MERGE * 2)] == [4, 10]


def test_a_tag_may_hold_signs_of_tags(tmp_path: Path) -> None:
    tag = "{% url 'a{b' '100%' %}"
    assert seen(tmp_path, "app.js", f"'{tag}'") == [("template-tag-in-asset", 1, tag)]


def test_a_key_with_headers_is_seen_in_json(tmp_path: Path) -> None:
    key = KEY.format("RSA ", "\\nProc-Type: 4,ENCRYPTED\\nDEK-Info: AES-128-CBC,00\\n\\n")
    assert [id for id, _, _ in seen(tmp_path, "robot.json", key)] == ["private-key"]


def test_of_a_large_dump_the_first_part_is_read(tmp_path: Path) -> None:
    dump = "INSERT INTO auth_user (id)\n" + "x" * LARGEST_TEXT
    assert [id for id, _, _ in seen(tmp_path, "backup.sql", "y" * 2000 + "\n" + dump)] == [
        "users-of-database"
    ]


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
