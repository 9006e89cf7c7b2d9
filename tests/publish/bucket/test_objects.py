from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any

import pytest

from stator.config import DestinationRules, HeaderRules
from stator.manifest import Content, Manifest
from stator.publish.bucket.objects import Wanted, has_same_content, is_ours, objects

PLAIN = DestinationRules(service="s3", bucket="assets")
KEYS = PLAIN._replace(codings="keys")
CODINGS = (("br", 3), ("gzip", 4))


def content(text: str, *codings: tuple[str, int]) -> Content:
    return Content(len(text), hashlib.sha256(text.encode()).digest(), codings)


FILES = {
    "app.css": ("app.111111111111.css", content("css", *CODINGS)),
    "img/a b.png": ("img/a b.222222222222.png", content("png")),
    "vendor-1a2b3c4d.js": ("vendor-1a2b3c4d.js", content("js")),
}


def manifest(plain: bool | tuple[str, ...] = True) -> Manifest:
    paths = {path: name for path, (name, _) in FILES.items()}
    return Manifest("1", paths, dict(FILES.values()), plain)


def by_name(rules: DestinationRules = PLAIN, headers: HeaderRules = ()) -> dict[str, Wanted]:
    return {one.name: one for one in objects(manifest(), rules, headers)}


def test_what_others_refer_to_goes_first_and_plain_names_last() -> None:
    assert [one.name for one in objects(manifest(), PLAIN)] == [
        "img/a b.222222222222.png",
        "app.111111111111.css",
        "vendor-1a2b3c4d.js",
        "app.css",
        "img/a b.png",
    ]


def test_plain_names_are_only_those_that_are_published() -> None:
    names = [one.name for one in objects(manifest(plain=("app.css",)), PLAIN) if one.is_plain]
    assert names == ["app.css"]


def test_forms_have_names_of_their_own() -> None:
    made = by_name(KEYS)
    assert {name for name in made if name.startswith("app.")} == {
        "app.css", "app.css.br", "app.css.gz",
        "app.111111111111.css", "app.111111111111.css.br", "app.111111111111.css.gz",
    }  # fmt: skip
    form = made["app.css.br"]
    assert (form.file, form.size, form.sha256) == ("app.111111111111.css.br", 3, None)
    assert form.fields["Content-Encoding"] == "br"
    assert form.fields["Content-Type"] == made["app.css"].fields["Content-Type"]
    assert "Content-Encoding" not in made["app.css"].fields


@pytest.mark.parametrize(
    ("name", "fields"),
    [
        (
            "app.css",
            {
                "Content-Type": "text/css; charset=utf-8",
                "Cache-Control": "no-cache",
                "surrogate-key": "static app.css",
            },
        ),
        (
            "img/a b.222222222222.png",
            {
                "Content-Type": "image/png",
                "Cache-Control": "public, max-age=31536000, immutable",
                "surrogate-key": "static img/a%20b.png",
            },
        ),
    ],
)
def test_fields(name: str, fields: Mapping[str, str]) -> None:
    made = by_name()[name]
    assert made.fields == {**fields, "stator-mark": made.mark}


def test_names_of_fields_are_those_that_azure_takes() -> None:
    made = by_name(PLAIN._replace(service="az"))["app.css"]
    assert {"stator_mark", "surrogate_key"} < made.fields.keys()


@pytest.mark.parametrize("field", ["Content-Disposition", "content-disposition", "CONTENT-DISPOSITION"])
def test_rules_for_fields_count_by_name_and_path_however_they_are_written(field: str) -> None:
    made = by_name(headers=(("*.css", ((field, "inline"), ("X-Other", "1"), ("Cache-Control", None))),))
    for name in ("app.css", "app.111111111111.css"):
        assert made[name].fields["Content-Disposition"] == "inline"
        assert not {"X-Other", "Cache-Control"} & made[name].fields.keys()
    assert "Content-Disposition" not in made["img/a b.png"].fields


def test_a_storage_class_is_a_field_of_all() -> None:
    assert {
        one.fields["Storage-Class"] for one in objects(manifest(), PLAIN._replace(storage_class="IA"))
    } == {"IA"}


CHANGES: dict[str, dict[str, Any]] = {
    "a field": {"headers": (("*.css", (("Cache-Control", "no-store"),)),)},
    "the ACL": {"rules": KEYS._replace(acl="public-read")},
    "the storage class": {"rules": KEYS._replace(storage_class="IA")},
}


@pytest.mark.parametrize("change", CHANGES)
@pytest.mark.parametrize("name", ["app.css", "app.111111111111.css", "app.css.br"])
def test_other_fields_are_another_mark_of_the_same_content(change: str, name: str) -> None:
    before, after = by_name(KEYS)[name].mark, by_name(**{"rules": KEYS, **CHANGES[change]})[name].mark
    assert before != after
    assert has_same_content(before, after)


def test_marks_tell_names_and_contents_apart() -> None:
    marks = {name: one.mark for name, one in by_name(KEYS).items()}
    assert len({mark.rpartition("-")[0] for mark in marks.values()}) == len(marks)
    for name, mark in marks.items():
        assert [other for other in marks if is_ours(other, mark)] == [name]
    assert not is_ours("app.css", "")
    assert not has_same_content("", marks["app.css"])
    assert marks == {name: one.mark for name, one in by_name(KEYS).items()}
