"""The policy: what settings and manifest make of it, and what it refuses."""

from __future__ import annotations

from typing import Any

import pytest

from stator.config import Options, UploadRules
from stator.errors import ConfigError
from stator.webserver.policy import (
    ServingPolicy,
    inline_extensions,
    policy_of,
    private_prefixes,
    static_fields,
    types,
    upload_types,
)
from tests.webserver.policies import FULL, MANIFEST


def made(**chosen: Any) -> ServingPolicy:
    return policy_of(**{"options": Options(), "manifest": None, **USUAL, **chosen})


USUAL = {"static_url": "/static/", "static_root": "/srv/static"}


@pytest.mark.parametrize(
    ("url", "prefix"),
    [
        ("/static/", "/static/"),
        ("https://cdn.example.com/a/b/", "/a/b/"),
        ("/st%C3%A4tic/", "/stätic/"),
        ("//cdn.example.com/static/", "/static/"),
    ],
)
def test_the_prefix_is_the_path_of_the_url(url: str, prefix: str) -> None:
    assert made(static_url=url).static_prefix == prefix


@pytest.mark.parametrize(
    "url", ["/", "", "static", "https://cdn.example.com/", "/a//b/", "/../", "/a%0Ab/", "/a%5Cb/"]
)
def test_a_url_that_no_server_can_be_told_is_refused(url: str) -> None:
    with pytest.raises(ConfigError, match="STATIC_URL"):
        made(static_url=url)


@pytest.mark.parametrize(
    "wrong",
    [
        {"static_root": "static"},
        {"static_root": "/srv/a\nb"},
        {"media_url": "/", "media_root": "/srv/media"},
        {"media_url": "/static/", "media_root": "/srv/media"},
        {"server_names": ["a b"]},
        {"server_names": ["x;"]},
        {"listen": "80; root /"},
        {"upstream": "127.0.0.1:8000/evil"},
        {"upstream": "unix:/run/a b"},
    ],
    ids=str,
)
def test_what_cannot_be_right_is_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(ConfigError):
        made(**wrong)


@pytest.mark.parametrize(
    "upstream", ["127.0.0.1:8000", "app", "[::1]:80", "unix:/run/app.sock", "http://app:1"]
)
def test_the_application_can_be_in_many_places(upstream: str) -> None:
    assert made(upstream=upstream).upstream == upstream.removeprefix("http://")


def test_names_that_never_change_and_do_not_look_so_are_listed() -> None:
    assert FULL.undigested == (
        "build/INDEX-drvb_9fx.js",
        "build/index-DRvb_9fX.js",
        "default",
        'odd "$name" {1}.js',
    )


def test_names_that_look_digested_and_change_are_listed() -> None:
    assert FULL.lookalikes == ("vendor/widget.0123456789ab.css",)


def test_a_source_that_looks_like_a_form_is_listed() -> None:
    assert FULL.own_forms == ("data.json.gz",)


def test_codings_are_those_of_the_options_and_of_what_is_published() -> None:
    assert made(options=Options(codings=("gzip",)), manifest=MANIFEST).codings == ("br", "zstd", "gzip")
    assert made(options=Options(codings=())).codings == ()


@pytest.mark.parametrize(
    ("manifest", "hidden"),
    [
        ("", ("staticfiles.json",)),
        ("/srv/static/x/names.json", ("staticfiles.json", "x/names.json")),
        ("/srv/elsewhere.json", ("staticfiles.json",)),
    ],
)
def test_the_manifest_is_hidden(manifest: str, hidden: tuple[str, ...]) -> None:
    assert made(options=Options(manifest=manifest)).hidden == hidden


def test_a_later_rule_goes_over_an_earlier() -> None:
    rules = (("*", (("X-A", "1"),)), ("*.js", (("x-a", None), ("X-Content-Type-Options", None))))
    fields = {field.name.lower(): field for field in static_fields(made(options=Options(headers=rules)))}
    assert fields["x-a"].rules == (("*.js", None), ("*", "1"))
    assert fields["x-a"].value is None
    assert fields["x-content-type-options"].value == "nosniff"


def test_types_are_those_of_our_table() -> None:
    assert types()["text/javascript; charset=utf-8"] == (".cjs", ".js", ".mjs")


def test_an_uploaded_script_is_none() -> None:
    assert not any(".js" in endings for endings in upload_types(UploadRules()).values())


@pytest.mark.parametrize(("rules", "shown"), [(UploadRules(), False), (UploadRules(pdf=True), True)])
def test_what_may_be_shown_follows_the_rules(rules: UploadRules, shown: bool) -> None:
    endings = inline_extensions(rules)
    assert ".png" in endings
    assert ".svg" not in endings
    assert ".html" not in endings
    assert (".pdf" in endings) is shown


def test_private_prefixes_come_in_both_forms_of_unicode() -> None:
    assert private_prefixes(UploadRules(private=(("é/", "a.b"),))) == "e\u0301/|\u00e9/"
