"""Objects: what a release is in a bucket, told before anything is written. Pure.

The rules of this file:

1. An object is what its *mark* says: a hash of its content's hash, its coding and its fields. The mark is
   written beside the object, so that any machine can tell whether an object is what it is to be.
2. What a digested name refers to is written before it, and plain names last, since their objects are seen by
   visitors as soon as they are written.
3. A store says only some of the fields that a server of ours says; ``STORED`` are those.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from typing import NamedTuple

from stator.config import DestinationRules, HeaderRules
from stator.fields import fields_of
from stator.manifest import Content, Manifest
from stator.media_types import CSS, JAVASCRIPT, content_type
from stator.paths import CODING_SUFFIXES
from stator.urls import quoted

STORED = ("Content-Type", "Cache-Control", "Content-Encoding", "Content-Disposition", "Content-Language")
EVERY_KEY = "static"  # the surrogate key of all that is published
_MARK_DIGITS = 24
_REFERRING = frozenset({CSS, JAVASCRIPT})
_ASSET, _REFERRER, _PLAIN = range(3)


class Names(NamedTuple):
    """What a service calls the things that are written beside an object: its mark and its surrogate keys."""

    mark: str = "stator-mark"
    keys: str = "surrogate-key"


NAMES = {"s3": Names(), "gs": Names(), "az": Names("stator_mark", "surrogate_key")}  # Azure takes no hyphens


class Wanted(NamedTuple):
    """An object that is to be: its name, and the ``file`` of the release whose bytes it has.

    ``content`` is what is known of these bytes: of a precompressed form its size alone, and the hash of
    what is compressed. ``stage`` tells what is written before what, ``is_plain`` if it can change with a
    release.
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


def objects(manifest: Manifest, rules: DestinationRules, headers: HeaderRules = ()) -> Iterator[Wanted]:
    """Yield what the release of a manifest is in a bucket, without those before it, in order of writing."""
    yield from sorted(_objects(manifest, rules, headers), key=lambda one: one.stage)


def _objects(manifest: Manifest, rules: DestinationRules, headers: HeaderRules) -> Iterator[Wanted]:
    plain = frozenset(manifest.plain_names())
    described = Described(rules, headers)
    for path, name in manifest.paths.items():
        content = manifest.files[name]
        stage = _REFERRER if content_type(path).partition(";")[0] in _REFERRING else _ASSET
        yield from described.forms(name, name, path, content, stage)
        if path in plain:
            yield from described.forms(path, name, path, content, _PLAIN)


class Described:
    """Makes objects from files by the rules of a destination; fields of many objects are the same."""

    def __init__(self, rules: DestinationRules, headers: HeaderRules) -> None:
        self._rules = rules
        self._headers = headers
        self._names = NAMES[rules.service]

    def forms(self, name: str, file: str, path: str, content: Content, stage: int) -> Iterator[Wanted]:
        """Yield the object of a file, and where forms have keys of their own, those of its forms."""
        said = dict(fields_of(name, immutable=stage != _PLAIN, rules=self._headers))
        fields = {field: said[field] for field in STORED if field in said}
        fields[self._names.keys] = f"{EVERY_KEY} {quoted(path)}"
        if self._rules.storage_class:
            fields["Storage-Class"] = self._rules.storage_class
        yield self._wanted(name, file, content.size, content.sha256, content.sha256, fields, "", stage)
        if self._rules.codings == "keys":
            for coding, size in content.codings:
                ending = CODING_SUFFIXES[coding]
                coded = {**fields, "Content-Encoding": coding}
                yield self._wanted(
                    name + ending, file + ending, size, None, content.sha256, coded, coding, stage
                )

    def _wanted(
        self,
        name: str,
        file: str,
        size: int,
        sha256: bytes | None,
        of: bytes,
        fields: dict[str, str],
        coding: str,
        stage: int,
    ) -> Wanted:
        told = "\n".join((coding, self._rules.acl, *(f"{field}: {value}" for field, value in fields.items())))
        mark = hashlib.sha256(of + told.encode()).hexdigest()[:_MARK_DIGITS]
        return Wanted(name, file, size, sha256, {**fields, self._names.mark: mark}, mark, stage)
