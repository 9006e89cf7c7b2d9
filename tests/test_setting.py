from __future__ import annotations

import math
from datetime import timedelta
from pathlib import Path

import pytest

from stator.config import NO_MINIFY, Options, PurgeRules, UploadRules
from stator.errors import ConfigError
from stator.media_types import CSS, JAVASCRIPT
from stator.secret import Secret
from stator.setting import read_options


def test_nothing_chosen_gives_the_defaults() -> None:
    assert read_options({}) == Options()


@pytest.mark.parametrize(
    ("settings", "field", "value"),
    [
        ({"KEEP_PLAIN": False}, "keep_plain", False),
        ({"KEEP_PLAIN": ["img/*"]}, "keep_plain", ("img/*",)),
        ({"ON_MISSING": "ignore"}, "on_missing", (("*", "ignore"),)),
        ({"ON_MISSING": {"a/*": "warn"}}, "on_missing", (("a/*", "warn"),)),
        ({"IGNORE": ["*.psd"]}, "ignore", ("*.psd",)),
        ({"PREDIGESTED": ("assets/*",)}, "predigested", ("assets/*",)),
        ({"MANIFEST": Path("/x/m.json")}, "manifest", "/x/m.json"),
        (
            {"DESTINATION": "s3://b/p/", "MANIFEST": "s3://b/p/.stator/staticfiles.json"},
            "manifest_object",
            ".stator/staticfiles.json",
        ),
        ({"MANIFEST": "gs://b/x/1.json", "DESTINATION": "gs://b"}, "manifest_object", "x/1.json"),
        ({"RETENTION": {"releases": 0}}, "releases", 0),
        ({"FOLLOW_SYMLINKS": True}, "follow_symlinks", True),
        ({"RETENTION": {"age": "2 days"}}, "age", 172_800),
        ({"RETENTION": {"age": 0}}, "age", 0),
        ({"RETENTION": {"releases": 1}}, "age", 604_800),
        ({"RETENTION": {"age": 60}}, "releases", 3),
        ({"CODINGS": ["gzip", "br"]}, "codings", ("br", "gzip")),
        ({"CODINGS": []}, "codings", ()),
        ({"CACHE_DIR": Path("/x/cache")}, "cache_dir", "/x/cache"),
        ({"CACHE_SIZE": "500 MB"}, "cache_size", 500_000_000),
        ({"MINIFY": {CSS: False}}, "minify", ((CSS, False),)),
        ({"MINIFY": {JAVASCRIPT: Path("/x/esbuild")}}, "minify", ((JAVASCRIPT, "/x/esbuild"),)),
        ({"MINIFY": False}, "minify", NO_MINIFY),
        ({"ROOT_FILES": Path("/x/top")}, "root_files", "/x/top"),
        (
            {"HEADERS": {"*.pdf": {"X-A": "b c", "ETAG2": None}}},
            "headers",
            (("*.pdf", (("X-A", "b c"), ("ETAG2", None))),),
        ),
        ({"HEADERS": {"*": {"X-Empty": ""}}}, "headers", (("*", (("X-Empty", ""),)),)),
        ({"MEDIA": {}}, "media", UploadRules()),
        (
            {"MEDIA": {"PDF": "inline", "SENDFILE": "X-Sendfile"}},
            "media",
            UploadRules(True, (), "X-Sendfile"),
        ),
        ({"MEDIA": {"PRIVATE": {"/a/b": "c.d"}}}, "media", UploadRules(private=(("a/b/", "c.d"),))),
        ({"MEDIA": {"PRIVATE": {"": "c.d"}}}, "media", UploadRules(private=(("", "c.d"),))),
        ({"SUPPRESS": ["shadowed", "name-*"]}, "suppress", (("shadowed", "*"), ("name-*", "*"))),
        ({"SUPPRESS": {"shadowed": "admin/*"}}, "suppress", (("shadowed", "admin/*"),)),
        ({"SUPPRESS": {"*": ["a", "b"]}}, "suppress", (("*", "a"), ("*", "b"))),
        ({"BUDGETS": {"*.js": "300 kB", "*.css": 1}}, "budgets", (("*.js", 300_000), ("*.css", 1))),
    ],
)
def test_chosen(settings: dict[str, object], field: str, value: object) -> None:
    assert getattr(read_options(settings), field) == value


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        (None, "must be a dictionary"),
        ({"SUPPRESS": "shadowed"}, "STATOR['SUPPRESS'] must be a list of ids"),
        ({"SUPPRESS": [3]}, "which is no id"),
        ({"SUPPRESS": {"shadowed": 3}}, "STATOR['SUPPRESS']['shadowed'] must be a list of patterns"),
        ({"SUPPRESS": {"": "*"}}, "no pattern"),
        ({"BUDGETS": "300 kB"}, "a dictionary of patterns to sizes"),
        ({"BUDGETS": {"*.js": "300 apples"}}, "STATOR['BUDGETS']['*.js'] cannot be"),
        ([], "must be a dictionary"),
        ({"KEPP_PLAIN": True}, "Did you mean 'KEEP_PLAIN'?"),
        ({"keep_plain": True}, "Did you mean 'KEEP_PLAIN'?"),
        ({3: True}, "no option 3"),
        ({"XYZ": 1}, "There are: MINIFY, CODINGS,"),
        ({"KEEP_PLAIN": "yes"}, "must be a list of patterns, not 'yes' (str)"),
        ({"IGNORE": "*.psd"}, "STATOR['IGNORE'] = ['vendor/*']"),
        ({"IGNORE": [1]}, "1 (int)"),
        ({"IGNORE": 7}, "list of patterns"),
        ({"ON_MISSING": "eror"}, "STATOR['ON_MISSING'] cannot be 'eror'.\nhint: Give one of 'error',"),
        ({"ON_MISSING": {"*": True}}, "STATOR['ON_MISSING']['*'] cannot be True."),
        ({"ON_MISSING": None}, "'error', 'warn', 'ignore'"),
        ({"MANIFEST": 3}, "absolute path of a file"),
        ({"MANIFEST": b"x"}, "path of a file"),
        ({"MANIFEST": ""}, "path of a file"),
        ({"MANIFEST": "m.json"}, "absolute path"),
        ({"MANIFEST": "s3://b/.stator/staticfiles.json"}, "no manifest in the bucket"),
        ({"MANIFEST": "s3://b/a.json", "DESTINATION": "/srv/shared"}, "no manifest in the bucket"),
        ({"MANIFEST": "s3://other/a.json", "DESTINATION": "s3://b"}, "no manifest in the bucket"),
        ({"MANIFEST": "s3://b/pre/a.json", "DESTINATION": "s3://b/prefix"}, "s3://b/prefix/.stator/"),
        ({"MANIFEST": "s3://b/.stator/", "DESTINATION": "s3://b"}, "no manifest in the bucket"),
        ({"RETENTION": 3}, "= {'releases': 3, 'age': '7 days'}"),
        ({"RETENTION": {"releases": -1}}, "a number from 0 up"),
        ({"RETENTION": {"releases": True}}, "a number from 0 up"),
        ({"RETENTION": {"release": 1}}, "the keys 'releases' and 'age'"),
        ({"RETENTION": {"age": "a week"}}, "For example: '7 days', '12 hours'."),
        ({"RETENTION": {"age": -1}}, "STATOR['RETENTION']['age'] cannot be -1 (int)."),
        ({"FOLLOW_SYMLINKS": "no"}, "True or False"),
        ({"CODINGS": "gzip"}, "must be a list of codings, not 'gzip' (str)"),
        ({"CODINGS": "gzip"}, "For example: STATOR['CODINGS'] = ['br', 'gzip']"),
        ({"CODINGS": ["deflate"]}, "no coding 'deflate'.\nhint: There are: br, zstd, gzip."),
        ({"CODINGS": [7]}, "7 (int), which is no coding"),
        ({"CACHE_DIR": ".cache"}, "absolute path of a folder"),
        ({"CACHE_SIZE": "much"}, "For example: '2 GB'"),
        ({"MINIFY": "yes"}, "STATOR['MINIFY'] cannot be 'yes' (str)."),
        ({"MINIFY": {"text/plain": True}}, "no media type 'text/plain'"),
        ({"MINIFY": {CSS: "/x/tool"}}, "STATOR['MINIFY']['text/css'] cannot be '/x/tool' (str)."),
        ({"MINIFY": {CSS: "/x/tool"}}, "for JavaScript also the path of esbuild"),
        ({"ROOT_FILES": "top"}, "BASE_DIR / 'root_files'"),
        ({"HEADERS": {"*": {"X A": "b"}}}, "no name of a header field"),
        ({"HEADERS": {"*": {"X": "a\r\nSet-Cookie: b"}}}, "one line of ASCII text"),
        ({"HEADERS": {"*": {"X": "é"}}}, "one line of ASCII text"),
        ({"HEADERS": {"*": {"X": " a"}}}, "one line of ASCII text"),
        ({"HEADERS": {"*": {"Content-Length": "1"}}}, "it follows from what is sent"),
        ({"HEADERS": {"*": ["X"]}}, "no dictionary of fields"),
        ({"HEADERS": {"": {"X": "a"}}}, "no pattern"),
        ({"HEADERS": {"X": "a"}}, "no dictionary of fields"),
        ({"HEADERS": "X: a"}, "a dictionary of patterns to fields"),
        ({"MEDIA": {"pdf": "inline"}}, "a dictionary of 'PDF', 'PRIVATE' and 'SENDFILE'"),
        ({"MEDIA": {"PDF": True}}, "must be 'inline' or 'attachment'"),
        ({"MEDIA": {"SENDFILE": "nginx"}}, "must be X-Accel-Redirect or X-Sendfile"),
        ({"MEDIA": {"PRIVATE": ["a/"]}}, "must be a dictionary"),
        ({"MEDIA": {"PRIVATE": {"../a": "b.c"}}}, "which is no folder"),
        ({"MEDIA": {"PRIVATE": {"a": "b"}}}, "no dotted path of a function"),
        ({"MEDIA": {"PRIVATE": {"a": print}}}, "no dotted path of a function"),
    ],
)
def test_a_bad_setting_says_what_would_be_right(settings: object, said: str) -> None:
    with pytest.raises(ConfigError) as raised:
        read_options(settings)
    assert said in str(raised.value)
    assert raised.value.exit_code == 2


def test_all_that_is_wrong_is_told_at_once() -> None:
    with pytest.raises(ConfigError) as raised:
        read_options({"RETENSION": 3, "KEEP_PLAIN": True, "CODINGS": ["brotli"]})
    assert str(raised.value).splitlines() == [
        "STATOR has no option 'RETENSION'.",
        "hint: Did you mean 'RETENTION'?",
        "STATOR['CODINGS'] has no coding 'brotli'.",
        "hint: There are: br, zstd, gzip.",
    ]


@pytest.mark.parametrize(
    ("given", "seconds"),
    [
        (0, 0),
        (90, 90),
        (1.5, 1),
        ("90", 90),
        ("30 s", 30),
        ("1 second", 1),
        ("2 minutes", 120),
        ("12 hours", 43_200),
        (" 7 Days ", 604_800),
        ("1week", 604_800),
        ("1.5 days", 129_600),
        (timedelta(days=2, seconds=1), 172_801),
    ],
)
def test_an_age(given: object, seconds: int) -> None:
    assert read_options({"RETENTION": {"age": given}}).age == seconds


@pytest.mark.parametrize(
    ("given", "size"),
    [
        (0, 0),
        (2048, 2048),
        ("1000", 1000),
        ("7 B", 7),
        ("2 kB", 2_000),
        ("500 MB", 500_000_000),
        ("1.5GB", 1_500_000_000),
        ("1 KiB", 1 << 10),
        ("1 MiB", 1 << 20),
        ("2 GiB", 2 << 30),
    ],
)
def test_a_size(given: object, size: int) -> None:
    assert read_options({"CACHE_SIZE": given}).cache_size == size


@pytest.mark.parametrize(
    "given",
    [
        None,
        True,
        -1,
        -0.5,
        math.inf,
        math.nan,
        10**15,
        "",
        " ",
        "GB",
        "-1 GB",
        "1 week",
        "5 s",
        "1,5 GB",
        "1 GB 2",
    ],
)
def test_no_size(given: object) -> None:
    with pytest.raises(ConfigError, match=r"STATOR\['CACHE_SIZE'\] cannot be "):
        read_options({"CACHE_SIZE": given})


PURGE = {"SERVICE": "cloudflare", "ZONE": "z1", "TOKEN": "s3cr3t"}
NAMED = Secret("STATOR['PURGE']['TOKEN_ENV']", variable="CDN_TOKEN")


@pytest.mark.parametrize(
    ("setting", "rules"),
    [
        (
            PURGE,
            PurgeRules(
                "cloudflare",
                "z1",
                Secret("STATOR['PURGE']['TOKEN']", "s3cr3t"),
                ("https://api.cloudflare.com/client/v4",),
            ),
        ),
        (
            {"SERVICE": "cloudfront", "DISTRIBUTION": "E1", "SITE": ["https://a/", "http://b"]},
            PurgeRules(
                "cloudfront",
                "E1",
                urls=("https://cloudfront.amazonaws.com",),
                sites=("https://a", "http://b"),
            ),
        ),
        (
            {"SERVICE": "fastly", "SERVICE_ID": "S1", "TOKEN_ENV": "CDN_TOKEN", "SOFT": False},
            PurgeRules("fastly", "S1", NAMED, ("https://api.fastly.com",), soft=False),
        ),
        (
            {"SERVICE": "varnish", "URL": ["http://10.0.0.5:6081/", "http://[::1]"]},
            PurgeRules("varnish", urls=("http://10.0.0.5:6081", "http://[::1]")),
        ),
        (
            {"SERVICE": "fastly", "SERVICE_ID": "S1", "TOKEN_ENV": "CDN_TOKEN", "URL": "http://127.0.0.1:8"},
            PurgeRules("fastly", "S1", NAMED, ("http://127.0.0.1:8",)),
        ),
    ],
)
def test_purge(setting: dict[str, object], rules: PurgeRules) -> None:
    assert read_options({"PURGE": setting}).purge == rules


@pytest.mark.parametrize(
    ("setting", "said"),
    [
        ("s3cr3t", "STATOR['PURGE'] must be a dictionary, not str"),
        ({}, "STATOR['PURGE']['SERVICE'] must be one of 'cloudflare', 'cloudfront', 'fastly', 'varnish'"),
        ({"SERVICE": "akamai"}, "must be one of"),
        ({"SERVICE": ["s3cr3t"]}, "must be one of"),
        ({**PURGE, "TOKN": "s3cr3t"}, "for cloudflare has no key 'TOKN'.\nhint: Did you mean 'TOKEN'?"),
        ({**PURGE, "SOFT": True}, "for cloudflare has no key 'SOFT'"),
        ({**PURGE, 3: "s3cr3t"}, "no key 3"),
        (
            {"SERVICE": "cloudfront", "DISTRIBUTION": "E1", "TOKEN": "s3cr3t"},
            "for cloudfront has no key 'TOKEN'",
        ),
        ({**PURGE, "ZONE": "s3cr3t/../x"}, "STATOR['PURGE']['ZONE'] must be the id"),
        ({"SERVICE": "cloudflare", "TOKEN": "s3cr3t"}, "STATOR['PURGE']['ZONE'] must be the id"),
        ({**PURGE, "TOKEN_ENV": "CDN_TOKEN"}, "must have 'TOKEN' or 'TOKEN_ENV', and not both"),
        ({"SERVICE": "cloudflare", "ZONE": "z1"}, "must have 'TOKEN' or 'TOKEN_ENV'"),
        ({**PURGE, "TOKEN": ""}, "must be a text that is not empty"),
        ({**PURGE, "TOKEN": b"s3cr3t"}, "must be a text that is not empty"),
        ({"SERVICE": "cloudflare", "ZONE": "z1", "TOKEN_ENV": "s3cr3t-token"}, "no name of a variable"),
        ({"SERVICE": "cloudflare", "ZONE": "z1", "TOKEN_ENV": "s3cr3t_token"}, "no name of a variable"),
        (
            {"SERVICE": "cloudfront", "DISTRIBUTION": "E1", "URL": "http://proxy.example.com"},
            "must begin with https://",
        ),
        (
            {**PURGE, "URL": "http://proxy.example.com"},
            "must begin with https://",
        ),
        ({**PURGE, "URL": ["https://a", "https://b"]}, "must be one address"),
        ({**PURGE, "URL": "https://me:s3cr3t@proxy"}, "more than scheme, host, port and path"),
        ({**PURGE, "URL": "ftp://s3cr3t"}, "no address of HTTP"),
        ({**PURGE, "URL": "https://s3cr3t:port"}, "no address of HTTP"),
        ({**PURGE, "URL": "https://a\nb"}, "no address of HTTP"),
        ({**PURGE, "SITE": "www.example.com"}, "STATOR['PURGE']['SITE'] is no address of HTTP"),
        ({**PURGE, "SITE": "https://www.example.com/static/"}, "STATOR['PURGE']['SITE'] holds a path"),
        ({**PURGE, "SITE": 3}, "STATOR['PURGE']['SITE'] must be a list of sites"),
        ({"SERVICE": "varnish"}, "STATOR['PURGE']['URL'] is not set"),
        ({"SERVICE": "varnish", "URL": []}, "STATOR['PURGE']['URL'] is not set"),
        (
            {"SERVICE": "fastly", "SERVICE_ID": "S1", "TOKEN": "s3cr3t", "SOFT": 1},
            "STATOR['PURGE']['SOFT'] must be True or False",
        ),
    ],
)
def test_what_purge_cannot_be_and_no_error_has_a_secret(setting: object, said: str) -> None:
    with pytest.raises(ConfigError) as raised:
        read_options({"PURGE": setting})
    assert said in str(raised.value)
    assert "s3cr3t" not in str(raised.value)


def test_whom_to_tell_of_changes_changes_no_build() -> None:
    assert read_options({"PURGE": PURGE}).deciding() == Options().deciding()


def test_options_are_printed_without_secrets() -> None:
    assert "s3cr3t" not in repr(read_options({"PURGE": PURGE}))
