"""The setting ``STATOR``: from what a project has written to ``Options``, or to an error that helps.

A key is a line in ``_READERS``, at the end: its field of ``Options``, and the function that checks a value.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Mapping
from typing import Any

from stator.config import (
    AGE_KEPT,
    CODINGS,
    MINIFIED,
    RELEASES_KEPT,
    DestinationRules,
    HeaderRules,
    Options,
    UploadRules,
)
from stator.errors import ConfigError, UnsafePath
from stator.media_types import JAVASCRIPT
from stator.paths import logical_path
from stator.setting.destination import destination_rules
from stator.setting.frontends import frontend_rules
from stator.setting.purge import purge_rules
from stator.setting.values import (
    BYTES,
    LINE,
    SECONDS,
    absolute_path,
    amount,
    boolean,
    list_of_texts,
    named,
    nearest_key,
    one_pattern,
    patterns,
)

MISSING_POLICIES = ("error", "warn", "ignore")


def read_options(settings: Any) -> Options:
    """Return the options that the value of the setting ``STATOR`` asks for.

    Raises ``ConfigError`` for keys that do not exist, naming the nearest, and for values that cannot be
    right, saying what one looks like: for all of them at once.
    """
    if not isinstance(settings, Mapping):
        raise ConfigError(
            f"STATOR must be a dictionary, not {named(settings)}.", "STATOR = {} is the default."
        )
    chosen: dict[str, Any] = {}
    wrong: list[ConfigError] = []
    for key, value in settings.items():
        try:
            chosen |= _read(key, value)
        except ConfigError as error:
            wrong.append(error)
    if wrong:
        raise wrong[0] if len(wrong) == 1 else ConfigError("\n".join(map(str, wrong)))
    options = Options(**chosen)
    if not options.manifest_object:
        return options
    return options._replace(manifest_object=_name_in_bucket(options.manifest_object, options.destination))


def _read(key: Any, value: Any) -> dict[str, Any]:
    """Return the fields of ``Options`` that one key gives."""
    if key not in _READERS:
        raise ConfigError(f"STATOR has no option {key!r}.", nearest_key(key, _READERS))
    field, read = _READERS[key]
    name = f"STATOR[{key!r}]"
    return {field: read(name, value)} if field else read(name, value)


def _place(value: Any, key: Any) -> str:
    """Return how an error goes on to a key of the value: not at all where one value stands for all keys."""
    return f"[{key!r}]" if isinstance(value, Mapping) else ""


def _keep_plain(name: str, value: Any) -> bool | tuple[str, ...]:
    return value if isinstance(value, bool) else patterns(name, value)


def _policies(name: str, value: Any) -> tuple[tuple[str, str], ...]:
    by_pattern = value if isinstance(value, Mapping) else {"*": value}
    for pattern, policy in by_pattern.items():
        if not isinstance(pattern, str) or policy not in MISSING_POLICIES:
            raise ConfigError(
                f"{name}{_place(value, pattern)} cannot be {policy!r}.",
                f"Give one of {', '.join(map(repr, MISSING_POLICIES))}, or a dictionary of patterns to them.",
            )
    return tuple(by_pattern.items())


def _manifest(name: str, value: Any) -> dict[str, str]:
    """Read the path of a file, or an address in a bucket."""
    if isinstance(value, str) and "://" in value:
        return {"manifest_object": value}
    return {"manifest": absolute_path(name, value, "a file", "BASE_DIR / 'staticfiles.json'")}


def _name_in_bucket(address: str, destination: DestinationRules | None) -> str:
    """Return the name of a manifest below the prefix of the bucket that is published to."""
    place = f"{destination.place}/" if destination and not destination.folder else ""
    name = address.removeprefix(place)
    if not place or name == address or not name.endswith(".json"):
        example = f"{place or 's3://bucket/static/'}.stator/staticfiles.json"
        raise ConfigError(
            "STATOR['MANIFEST'] names no manifest in the bucket of STATOR['DESTINATION'].",
            f"For example: {example!r}, or the path of a file on this machine.",
        )
    return name


def _cache(name: str, value: Any) -> str:
    return absolute_path(name, value, "a folder", "BASE_DIR / '.stator-cache'")


def _root_files(name: str, value: Any) -> str:
    return absolute_path(name, value, "a folder", "BASE_DIR / 'root_files'")


def _retention(name: str, value: Any) -> dict[str, int]:
    example = f"For example: {name} = {{'releases': {RELEASES_KEPT}, 'age': '7 days'}}"
    if not isinstance(value, Mapping) or set(value) - {"releases", "age"}:
        raise ConfigError(
            f"{name} must be a dictionary with the keys 'releases' and 'age', not {named(value)}.", example
        )
    count = value.get("releases", RELEASES_KEPT)
    if not isinstance(count, int) or isinstance(count, bool) or count < 0:
        raise ConfigError(f"{name}['releases'] must be a number from 0 up, not {named(count)}.", example)
    age = amount(f"{name}['age']", value.get("age", AGE_KEPT), SECONDS, "'7 days', '12 hours'")
    return {"releases": count, "age": age}


def _size(name: str, value: Any) -> int:
    return amount(name, value, BYTES, "'2 GB', '500 MB', a number of bytes")


def _minify(name: str, value: Any) -> tuple[tuple[str, bool | str], ...]:
    chosen = value if isinstance(value, Mapping) else dict.fromkeys(MINIFIED, value)
    for kind, wanted in chosen.items():
        if kind not in MINIFIED:
            raise ConfigError(f"{name} has no media type {kind!r}.", f"There are: {', '.join(MINIFIED)}.")
        if not isinstance(wanted, bool) and (
            kind != JAVASCRIPT or not isinstance(wanted, (str, os.PathLike))
        ):
            raise ConfigError(
                f"{name}{_place(value, kind)} cannot be {named(wanted)}.",
                "Give True or False for each media type, and for JavaScript also the path of esbuild.",
            )
    return tuple(
        (kind, value if isinstance(value, bool) else os.fspath(value)) for kind, value in chosen.items()
    )


def _codings(name: str, value: Any) -> tuple[str, ...]:
    chosen = list_of_texts(name, value, "coding", "['br', 'gzip']")
    unknown = [coding for coding in chosen if coding not in CODINGS]
    if unknown:
        raise ConfigError(f"{name} has no coding {unknown[0]!r}.", f"There are: {', '.join(CODINGS)}.")
    return tuple(coding for coding in CODINGS if coding in chosen)


_TOKEN = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")  # the name of a field (RFC 9110, 5.6.2)
_OF_THE_BODY = {"content-length", "content-range", "transfer-encoding", "etag", "vary", "accept-ranges"}


def _headers(name: str, value: Any) -> HeaderRules:
    example = f"For example: {name} = {{'*.pdf': {{'Content-Disposition': 'attachment'}}}}"
    if not isinstance(value, Mapping):
        raise ConfigError(f"{name} must be a dictionary of patterns to fields, not {named(value)}.", example)
    return tuple((one_pattern(name, pattern), _fields(name, fields)) for pattern, fields in value.items())


def _fields(name: str, fields: Any) -> tuple[tuple[str, str | None], ...]:
    if not isinstance(fields, Mapping):
        raise ConfigError(f"{name} holds {named(fields)}, which is no dictionary of fields to values.")
    for field, value in fields.items():
        if not isinstance(field, str) or not _TOKEN.fullmatch(field):
            raise ConfigError(f"{name} holds {named(field)}, which is no name of a header field.")
        if field.lower() in _OF_THE_BODY:
            raise ConfigError(f"{name} cannot set {field}: it follows from what is sent.")
        if value is not None and not (isinstance(value, str) and LINE.fullmatch(value)):
            raise ConfigError(
                f"{name} holds {field!r}: {named(value)}.",
                "A value is one line of ASCII text, or None to leave the field out.",
            )
    return tuple(fields.items())


_SENDFILE = ("X-Accel-Redirect", "X-Sendfile")


def _media(name: str, value: Any) -> UploadRules:
    example = f"For example: {name} = {{'PDF': 'inline', 'PRIVATE': {{'invoices/': 'shop.access.may_read'}}}}"
    if not isinstance(value, Mapping) or set(value) - {"PDF", "PRIVATE", "SENDFILE"}:
        raise ConfigError(
            f"{name} must be a dictionary of 'PDF', 'PRIVATE' and 'SENDFILE', not {named(value)}.", example
        )
    pdf, private, sendfile = value.get("PDF", "attachment"), value.get("PRIVATE", {}), value.get("SENDFILE")
    if pdf not in ("inline", "attachment"):
        raise ConfigError(f"{name}['PDF'] must be 'inline' or 'attachment', not {named(pdf)}.", example)
    if sendfile is not None and sendfile not in _SENDFILE:
        raise ConfigError(f"{name}['SENDFILE'] must be {' or '.join(_SENDFILE)}, not {named(sendfile)}.")
    if not isinstance(private, Mapping):
        raise ConfigError(f"{name}['PRIVATE'] must be a dictionary, not {named(private)}.", example)
    guards = tuple((_prefix(name, prefix), _dotted(name, guard)) for prefix, guard in private.items())
    return UploadRules(pdf == "inline", guards, sendfile or "")


def _prefix(name: str, value: Any) -> str:
    try:
        path = value.strip("/")
        return f"{logical_path(path)}/" if path else ""  # all of them
    except (AttributeError, UnsafePath):
        raise ConfigError(f"{name}['PRIVATE'] holds {named(value)}, which is no folder of uploads.") from None


def _dotted(name: str, value: Any) -> str:
    if isinstance(value, str) and "." in value and all(part.isidentifier() for part in value.split(".")):
        return value
    raise ConfigError(
        f"{name}['PRIVATE'] holds {named(value)}, which is no dotted path of a function.",
        "For example: 'shop.access.may_read', called with the request and the path below MEDIA_URL.",
    )


def _suppress(name: str, value: Any) -> tuple[tuple[str, str], ...]:
    """Read a list of ids, or a dictionary of ids to one pattern or a list of patterns of files."""
    if not isinstance(value, Mapping):
        return tuple((id, "*") for id in list_of_texts(name, value, "id", "['shadowed']"))
    given = {
        one_pattern(name, id): [files] if isinstance(files, str) else files for id, files in value.items()
    }
    return tuple((id, one) for id, files in given.items() for one in patterns(f"{name}[{id!r}]", files))


def _budgets(name: str, value: Any) -> tuple[tuple[str, int], ...]:
    example = f"For example: {name} = {{'*.js': '300 kB', 'img/hero.webp': '200 kB'}}"
    if not isinstance(value, Mapping):
        raise ConfigError(f"{name} must be a dictionary of patterns to sizes, not {named(value)}.", example)
    return tuple((one_pattern(name, one), _size(f"{name}[{one!r}]", size)) for one, size in value.items())


# key of STATOR: field of Options, "" for several; function that checks the value
_READERS: dict[str, tuple[str, Callable[[str, Any], Any]]] = {
    "MINIFY": ("minify", _minify),
    "CODINGS": ("codings", _codings),
    "CACHE_DIR": ("cache_dir", _cache),
    "CACHE_SIZE": ("cache_size", _size),
    "KEEP_PLAIN": ("keep_plain", _keep_plain),
    "ON_MISSING": ("on_missing", _policies),
    "IGNORE": ("ignore", patterns),
    "PREDIGESTED": ("predigested", patterns),
    "MANIFEST": ("", _manifest),
    "RETENTION": ("", _retention),
    "FOLLOW_SYMLINKS": ("follow_symlinks", boolean),
    "HEADERS": ("headers", _headers),
    "ROOT_FILES": ("root_files", _root_files),
    "MEDIA": ("media", _media),
    "SUPPRESS": ("suppress", _suppress),
    "BUDGETS": ("budgets", _budgets),
    "PURGE": ("purge", purge_rules),
    "DESTINATION": ("destination", destination_rules),
    "FRONTENDS": ("frontends", frontend_rules),
    "OVERRIDES": ("overrides", patterns),
    "LINK_BY_IMPORTMAP": ("link_by_importmap", boolean),
}
