"""Objects: what a release is in a bucket, told before anything is written. Pure.

The rules of this file:

1. An object is what its *mark* says: hashes of its name, of its content with the coding, and of its fields.
   The mark is written beside the object, so that any machine can tell whether an object is what it is to be,
   and whether we have written it: a copy under another name is somebody else's.
2. What a digested name refers to is written before it, and plain names last, since their objects are seen by
   visitors as soon as they are written.
3. A store says only some of the fields that a server of ours says; ``STORED`` are those.
"""

from __future__ import annotations

import functools
import hashlib
import itertools
from collections.abc import Callable, Container, Iterator, Mapping
from typing import NamedTuple

from stator.config import DestinationRules, HeaderRules
from stator.fields import fields_of
from stator.manifest import Content, Manifest
from stator.media_types import CSS, JAVASCRIPT, extension, media_type
from stator.paths import CODING_SUFFIXES
from stator.urls import quoted

STORED = ("Content-Type", "Cache-Control", "Content-Encoding", "Content-Disposition", "Content-Language")
EVERY_KEY = "static"  # the surrogate key of all that is published
_NAME_DIGITS, _CONTENT_DIGITS, _FIELDS_DIGITS = 6, 24, 8
_REFERRING = frozenset({CSS, JAVASCRIPT})
_ASSET, _REFERRER, _PLAIN = range(3)


class Names(NamedTuple):
    """What a service calls the things that are written beside an object: its mark and its surrogate keys."""

    mark: str = "stator-mark"
    keys: str = "surrogate-key"


NAMES = {"s3": Names(), "gs": Names(), "az": Names("stator_mark", "surrogate_key")}  # Azure takes no hyphens


class Wanted(NamedTuple):
    """An object that is to be: its name, and the ``file`` of the release whose bytes it has.

    ``size`` and ``sha256`` are of these bytes; of a precompressed form the hash is not known. ``stage`` tells
    what is written before what, ``is_plain`` if it can change with a release.
    """

    name: str
    file: str
    size: int
    sha256: bytes | None
    fields: Mapping[str, str]
    mark: str
    stage: int

    @property
    def is_plain(self) -> bool:
        return self.stage == _PLAIN

    def with_plain(self) -> Wanted:
        """Return the object to be written with plain names, since it changes as they do."""
        return self._replace(stage=_PLAIN)


class _Form(NamedTuple):
    """One of the forms of a file; of the file as it is, coding and ending are empty."""

    coding: str
    ending: str
    size: int


class _Said(NamedTuple):
    """What many objects have in common: their fields, and the hash of those."""

    fields: Mapping[str, str]
    hash: str


def objects(manifest: Manifest, rules: DestinationRules, headers: HeaderRules = ()) -> list[Wanted]:
    """Return what the release of a manifest is in a bucket, without those before it, in order of writing."""
    return sorted(_objects(manifest, rules, headers), key=lambda one: one.stage)


def is_ours(name: str, mark: str) -> bool:
    """Say whether a mark is of an object that was written under this name."""
    return mark.startswith(f"{_name_hash(name)}-")


def has_same_content(mark: str, other: str) -> bool:
    """Say whether two marks are of the same name and content, whatever the fields."""
    return mark.rpartition("-")[0] == other.rpartition("-")[0]


def forms_beside(
    manifest: Manifest, rules: DestinationRules, there: Container[str]
) -> Iterator[tuple[str, str]]:
    """Yield names of forms that are ``there``, and that files of a release do not have, each with a mark.

    The mark is that of a form with the content of the file. Only names whose content can change are of
    interest: a digested one has no form of other content.
    """
    plain = frozenset(manifest.plain_names())
    taken = manifest.contents().keys() | plain
    for path, file in manifest.paths.items():
        if file != path and path not in plain:
            continue
        for coding, ending in CODING_SUFFIXES.items():
            own = path + ending
            if own not in there or own in taken:
                continue
            content = manifest.files[file]
            if coding not in {form.coding for form in _forms(content, rules)}:
                yield own, f"{_name_hash(own)}-{_content_hash(content, _Form(coding, ending, 0))}-"


def _objects(manifest: Manifest, rules: DestinationRules, headers: HeaderRules) -> Iterator[Wanted]:
    plain = frozenset(manifest.plain_names())
    said = _saying(rules, headers)
    called = NAMES[rules.service]
    for path, file in manifest.paths.items():
        content = manifest.files[file]
        digested = (file, _REFERRER if media_type(path) in _REFERRING else _ASSET)
        names = (digested, (path, _PLAIN)) if path in plain else (digested,)
        keys = f"{EVERY_KEY} {quoted(path)}"
        for (name, stage), form in itertools.product(names, _forms(content, rules)):
            fields, fields_hash = said(name, form.coding, stage == _PLAIN)
            own = name + form.ending
            mark = f"{_name_hash(own)}-{_content_hash(content, form)}-{fields_hash}"
            yield Wanted(
                own,
                file + form.ending,
                form.size,
                None if form.coding else content.sha256,
                {**fields, called.keys: keys, called.mark: mark},
                mark,
                stage,
            )


def _forms(content: Content, rules: DestinationRules) -> list[_Form]:
    coded = content.codings if rules.codings == "keys" else ()
    return [
        _Form("", "", content.size),
        *(_Form(coding, CODING_SUFFIXES[coding], size) for coding, size in coded),
    ]


def _saying(rules: DestinationRules, headers: HeaderRules) -> Callable[[str, str, bool], _Said]:
    """Return what tells the fields of an object from the name of the file, its coding, and if it is plain."""
    more = {"Storage-Class": rules.storage_class} if rules.storage_class else {}

    @functools.cache
    def said(name: str, coding: str, is_plain: bool) -> _Said:
        told = {
            field.title(): value for field, value in fields_of(name, immutable=not is_plain, rules=headers)
        }
        fields = {field: told[field] for field in STORED if field in told} | more
        if coding:
            fields["Content-Encoding"] = coding
        text = "\n".join((rules.acl, EVERY_KEY, *(f"{field}: {value}" for field, value in fields.items())))
        return _Said(fields, _hash(text.encode())[:_FIELDS_DIGITS])

    # Without rules the fields follow from the ending, of which there are few.
    return said if headers else lambda name, coding, is_plain: said(f"x{extension(name)}", coding, is_plain)


def _name_hash(name: str) -> str:
    return _hash(name.encode())[:_NAME_DIGITS]


def _content_hash(content: Content, form: _Form) -> str:
    return _hash(f"{form.coding} ".encode() + content.sha256)[:_CONTENT_DIGITS]


def _hash(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
