"""The setting ``STATOR``: from what a project has written to ``Options``, or to an error that helps.

A key is a line in ``_READERS``, at the end: its field of ``Options``, and the function that checks a value.
"""

from __future__ import annotations

import difflib
import os
import re
from collections.abc import Callable, Iterable, Mapping
from datetime import timedelta
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from stator.config import (
    AGE_KEPT,
    CODINGS,
    DAY,
    MINIFIED,
    RELEASES_KEPT,
    HeaderRules,
    Options,
    PurgeRules,
    UploadRules,
)
from stator.errors import ConfigError, UnsafePath
from stator.media_types import JAVASCRIPT
from stator.paths import logical_path
from stator.secret import Secret

MISSING_POLICIES = ("error", "warn", "ignore")
_ENDLESS = 10**15


def read_options(settings: Any) -> Options:
    """Return the options that the value of the setting ``STATOR`` asks for.

    Raises ``ConfigError`` for a key that does not exist, naming the nearest, and for a value that cannot
    be right, saying what one looks like.
    """
    if not isinstance(settings, Mapping):
        raise ConfigError(
            f"STATOR must be a dictionary, not {_named(settings)}.", "STATOR = {} is the default."
        )
    chosen: dict[str, Any] = {}
    for key, value in settings.items():
        if key not in _READERS:
            raise ConfigError(f"STATOR has no option {key!r}.", _nearest_key(key))
        field, read = _READERS[key]
        chosen |= {field: read(f"STATOR[{key!r}]", value)} if field else read(f"STATOR[{key!r}]", value)
    return Options(**chosen)


def _nearest_key(key: Any) -> str:
    near = difflib.get_close_matches(str(key).upper(), _READERS, n=1, cutoff=0.5)
    return f"Did you mean {near[0]!r}?" if near else f"There are: {', '.join(_READERS)}."


def _named(value: Any) -> str:
    return f"{value!r} ({type(value).__name__})"


def _bool(name: str, value: Any) -> bool:
    if not isinstance(value, bool):
        raise ConfigError(f"{name} must be True or False, not {_named(value)}.")
    return value


def _patterns(name: str, value: Any) -> tuple[str, ...]:
    return _list(name, value, "pattern", "['vendor/*']")


def _list(name: str, value: Any, what: str, example: str) -> tuple[str, ...]:
    if isinstance(value, str) or not isinstance(value, Iterable):
        raise ConfigError(
            f"{name} must be a list of {what}s, not {_named(value)}.", f"For example: {name} = {example}"
        )
    texts = tuple(value)
    for text in texts:
        if not isinstance(text, str):
            raise ConfigError(f"{name} holds {_named(text)}, which is no {what}.")
    return texts


def _keep_plain(name: str, value: Any) -> bool | tuple[str, ...]:
    return value if isinstance(value, bool) else _patterns(name, value)


def _policies(name: str, value: Any) -> tuple[tuple[str, str], ...]:
    by_pattern = value if isinstance(value, Mapping) else {"*": value}
    for pattern, policy in by_pattern.items():
        if not isinstance(pattern, str) or policy not in MISSING_POLICIES:
            raise ConfigError(
                f"{name} holds {pattern!r}: {policy!r}.",
                f"Give one of {', '.join(map(repr, MISSING_POLICIES))}, or a dictionary of patterns to them.",
            )
    return tuple(by_pattern.items())


def _file(name: str, value: Any) -> str:
    return _path(name, value, "a file", "BASE_DIR / 'staticfiles.json'")


def _path(name: str, value: Any, what: str, example: str) -> str:
    try:
        path = value.__fspath__() if hasattr(value, "__fspath__") else value
    except TypeError:
        path = None
    if not isinstance(path, str) or not os.path.isabs(path):
        raise ConfigError(
            f"{name} must be the absolute path of {what}, not {_named(value)}.",
            f"For example: {name} = {example}",
        )
    return path


def _cache(name: str, value: Any) -> str:
    return _path(name, value, "a folder", "BASE_DIR / '.stator-cache'")


def _root_files(name: str, value: Any) -> str:
    return _path(name, value, "a folder", "BASE_DIR / 'root_files'")


def _retention(name: str, value: Any) -> dict[str, int]:
    example = f"For example: {name} = {{'releases': {RELEASES_KEPT}, 'age': '7 days'}}"
    if not isinstance(value, Mapping) or set(value) - {"releases", "age"}:
        raise ConfigError(
            f"{name} must be a dictionary with the keys 'releases' and 'age', not {_named(value)}.", example
        )
    count = value.get("releases", RELEASES_KEPT)
    if not isinstance(count, int) or isinstance(count, bool) or count < 0:
        raise ConfigError(f"{name}['releases'] must be a number from 0 up, not {_named(count)}.", example)
    age = _amount(f"{name}['age']", value.get("age", AGE_KEPT), _SECONDS, "'7 days', '12 hours'")
    return {"releases": count, "age": age}


def _size(name: str, value: Any) -> int:
    return _amount(name, value, _BYTES, "'2 GB', '500 MB', a number of bytes")


_SECONDS = {"": 1, "s": 1, "second": 1, "minute": 60, "hour": 60 * 60, "day": DAY, "week": 7 * DAY}
_BYTES = {
    "": 1,
    "b": 1,
    "kb": 10**3,
    "mb": 10**6,
    "gb": 10**9,
    "kib": 1 << 10,
    "mib": 1 << 20,
    "gib": 1 << 30,
}
_AMOUNT = re.compile(r"(\d{1,15}(?:\.\d{1,6})?)\s*([a-z]*)")


def _amount(name: str, value: Any, units: Mapping[str, int], examples: str) -> int:
    """Return a number with a unit as a number of the smallest unit; plurals are as good."""
    if isinstance(value, timedelta):
        value = value.total_seconds()
    if isinstance(value, (int, float)) and not isinstance(value, bool) and 0 <= value < _ENDLESS:
        return int(value)
    found = _AMOUNT.fullmatch(value.strip().lower()) if isinstance(value, str) else None
    unit = (
        next((units[one] for one in (found[2], found[2].removesuffix("s") or "s") if one in units), 0)
        if found
        else 0
    )
    if not found or not unit:
        raise ConfigError(f"{name} cannot be {_named(value)}.", f"For example: {examples}.")
    return int(float(found[1]) * unit)


def _minify(name: str, value: Any) -> tuple[tuple[str, bool | str], ...]:
    chosen = value if isinstance(value, Mapping) else dict.fromkeys(MINIFIED, value)
    for kind, wanted in chosen.items():
        if kind not in MINIFIED:
            raise ConfigError(f"{name} has no media type {kind!r}.", f"There are: {', '.join(MINIFIED)}.")
        if not isinstance(wanted, bool) and (
            kind != JAVASCRIPT or not isinstance(wanted, (str, os.PathLike))
        ):
            raise ConfigError(
                f"{name} holds {kind!r}: {_named(wanted)}.",
                "Give True or False for each media type, and for JavaScript also the path of esbuild.",
            )
    return tuple(
        (kind, value if isinstance(value, bool) else os.fspath(value)) for kind, value in chosen.items()
    )


def _codings(name: str, value: Any) -> tuple[str, ...]:
    chosen = _list(name, value, "coding", "['br', 'gzip']")
    unknown = [coding for coding in chosen if coding not in CODINGS]
    if unknown:
        raise ConfigError(f"{name} has no coding {unknown[0]!r}.", f"There are: {', '.join(CODINGS)}.")
    return tuple(coding for coding in CODINGS if coding in chosen)


_TOKEN = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")  # the name of a field (RFC 9110, 5.6.2)
_VALUE = re.compile(r"(?:[\x21-\x7e](?:[ \t]*[\x21-\x7e])*)?")  # what every server can send (5.5)
_OF_THE_BODY = {"content-length", "content-range", "transfer-encoding", "etag", "vary", "accept-ranges"}


def _headers(name: str, value: Any) -> HeaderRules:
    example = f"For example: {name} = {{'*.pdf': {{'Content-Disposition': 'attachment'}}}}"
    if not isinstance(value, Mapping):
        raise ConfigError(f"{name} must be a dictionary of patterns to fields, not {_named(value)}.", example)
    return tuple((_pattern(name, pattern), _fields(name, fields)) for pattern, fields in value.items())


def _pattern(name: str, value: Any) -> str:
    if not isinstance(value, str) or not value:
        raise ConfigError(f"{name} holds {_named(value)}, which is no pattern.")
    return value


def _fields(name: str, fields: Any) -> tuple[tuple[str, str | None], ...]:
    if not isinstance(fields, Mapping):
        raise ConfigError(f"{name} holds {_named(fields)}, which is no dictionary of fields to values.")
    for field, value in fields.items():
        if not isinstance(field, str) or not _TOKEN.fullmatch(field):
            raise ConfigError(f"{name} holds {_named(field)}, which is no name of a header field.")
        if field.lower() in _OF_THE_BODY:
            raise ConfigError(f"{name} cannot set {field}: it follows from what is sent.")
        if value is not None and not (isinstance(value, str) and _VALUE.fullmatch(value)):
            raise ConfigError(
                f"{name} holds {field!r}: {_named(value)}.",
                "A value is one line of ASCII text, or None to leave the field out.",
            )
    return tuple(fields.items())


_SENDFILE = ("X-Accel-Redirect", "X-Sendfile")


def _media(name: str, value: Any) -> UploadRules:
    example = f"For example: {name} = {{'PDF': 'inline', 'PRIVATE': {{'invoices/': 'shop.access.may_read'}}}}"
    if not isinstance(value, Mapping) or set(value) - {"PDF", "PRIVATE", "SENDFILE"}:
        raise ConfigError(
            f"{name} must be a dictionary of 'PDF', 'PRIVATE' and 'SENDFILE', not {_named(value)}.", example
        )
    pdf, private, sendfile = value.get("PDF", "attachment"), value.get("PRIVATE", {}), value.get("SENDFILE")
    if pdf not in ("inline", "attachment"):
        raise ConfigError(f"{name}['PDF'] must be 'inline' or 'attachment', not {_named(pdf)}.", example)
    if sendfile is not None and sendfile not in _SENDFILE:
        raise ConfigError(f"{name}['SENDFILE'] must be {' or '.join(_SENDFILE)}, not {_named(sendfile)}.")
    if not isinstance(private, Mapping):
        raise ConfigError(f"{name}['PRIVATE'] must be a dictionary, not {_named(private)}.", example)
    guards = tuple((_prefix(name, prefix), _dotted(name, guard)) for prefix, guard in private.items())
    return UploadRules(pdf == "inline", guards, sendfile or "")


def _prefix(name: str, value: Any) -> str:
    try:
        path = value.strip("/")
        return f"{logical_path(path)}/" if path else ""  # all of them
    except (AttributeError, UnsafePath):
        raise ConfigError(
            f"{name}['PRIVATE'] holds {_named(value)}, which is no folder of uploads."
        ) from None


def _dotted(name: str, value: Any) -> str:
    if isinstance(value, str) and "." in value and all(part.isidentifier() for part in value.split(".")):
        return value
    raise ConfigError(
        f"{name}['PRIVATE'] holds {_named(value)}, which is no dotted path of a function.",
        "For example: 'shop.access.may_read', called with the request and the path below MEDIA_URL.",
    )


def _suppress(name: str, value: Any) -> tuple[tuple[str, str], ...]:
    """Read a list of ids, or a dictionary of ids to one pattern or a list of patterns of files."""
    if not isinstance(value, Mapping):
        return tuple((id, "*") for id in _list(name, value, "id", "['shadowed']"))
    given = {_pattern(name, id): [files] if isinstance(files, str) else files for id, files in value.items()}
    return tuple((id, one) for id, files in given.items() for one in _patterns(f"{name}[{id!r}]", files))


def _budgets(name: str, value: Any) -> tuple[tuple[str, int], ...]:
    example = f"For example: {name} = {{'*.js': '300 kB', 'img/hero.webp': '200 kB'}}"
    if not isinstance(value, Mapping):
        raise ConfigError(f"{name} must be a dictionary of patterns to sizes, not {_named(value)}.", example)
    return tuple((_pattern(name, one), _size(f"{name}[{one!r}]", size)) for one, size in value.items())


class _Purged(NamedTuple):
    """How a service is set up: the key of its id, if its secret is ours to give, and where it listens."""

    id: str = ""
    token: bool = False
    url: str = ""
    more: tuple[str, ...] = ()


_PURGED = {
    "cloudflare": _Purged("ZONE", True, "https://api.cloudflare.com/client/v4"),
    "cloudfront": _Purged("DISTRIBUTION", False, "https://cloudfront.amazonaws.com"),
    "fastly": _Purged("SERVICE_ID", True, "https://api.fastly.com", ("SOFT",)),
    "varnish": _Purged(),
}
_ID = re.compile(r"[A-Za-z0-9_-]+")
_VARIABLE = re.compile(r"[A-Z_][A-Z0-9_]*")  # with other letters it may be the token itself
_LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})


def _purge(name: str, value: Any) -> PurgeRules:
    """Read how a CDN is told. No value is repeated in an error but those that cannot be a secret."""
    example = (
        f"For example: {name} = {{'SERVICE': 'cloudflare', 'ZONE': '…', 'TOKEN_ENV': 'CLOUDFLARE_TOKEN'}}"
    )
    if not isinstance(value, Mapping):
        raise ConfigError(f"{name} must be a dictionary, not {type(value).__name__}.", example)
    service = value.get("SERVICE")
    if not isinstance(service, str) or service not in _PURGED:
        raise ConfigError(f"{name}['SERVICE'] must be one of {', '.join(map(repr, _PURGED))}.", example)
    kind = _PURGED[service]
    _only_known_keys(f"{name} for {service}", value, kind)
    id = value.get(kind.id, "") if kind.id else ""
    if kind.id and not (isinstance(id, str) and _ID.fullmatch(id)):
        raise ConfigError(
            f"{name}[{kind.id!r}] must be the id that {service} has given, letters and digits.", example
        )
    urls = _addresses(f"{name}['URL']", value.get("URL", kind.url), is_secure=bool(kind.url))
    if len(urls) != 1 and kind.url:
        raise ConfigError(f"{name}['URL'] must be one address: {service} has one.")
    return PurgeRules(
        service,
        id,
        _secret(name, value) if kind.token else None,
        urls,
        _origins(f"{name}['SITE']", value.get("SITE", ())),
        _bool(f"{name}['SOFT']", value.get("SOFT", True)),
    )


def _only_known_keys(name: str, value: Mapping[str, Any], kind: _Purged) -> None:
    keys = ["SERVICE", *filter(None, [kind.id]), *(["TOKEN", "TOKEN_ENV"] if kind.token else [])]
    keys += ["URL", "SITE", *kind.more]
    for key in value:
        if key not in keys:
            near = difflib.get_close_matches(str(key).upper(), keys, n=1, cutoff=0.5)
            hint = f"Did you mean {near[0]!r}?" if near else f"There are: {', '.join(keys)}."
            raise ConfigError(f"{name} has no key {key!r}.", hint)


def _secret(name: str, value: Mapping[str, Any]) -> Secret:
    text, variable = value.get("TOKEN"), value.get("TOKEN_ENV")
    hint = "Give the token itself as 'TOKEN', or the name of the environment variable with it as 'TOKEN_ENV'."
    if (text is None) is (variable is None):
        raise ConfigError(f"{name} must have 'TOKEN' or 'TOKEN_ENV', and not both.", hint)
    if variable is None:
        if not isinstance(text, str) or not text:
            raise ConfigError(f"{name}['TOKEN'] must be a text that is not empty.", hint)
        return Secret(f"{name}['TOKEN']", text)
    if not isinstance(variable, str) or not _VARIABLE.fullmatch(variable):
        raise ConfigError(f"{name}['TOKEN_ENV'] is no name of a variable, in capital letters.", hint)
    return Secret(f"{name}['TOKEN_ENV']", variable=variable)


def _addresses(name: str, value: Any, *, is_secure: bool) -> tuple[str, ...]:
    """Read one address of a service or several; where it has to know us, by HTTPS or on this machine."""
    urls = (value,) if isinstance(value, str) else _list(name, value, "address", "['http://10.0.0.5:6081']")
    if not any(urls):
        raise ConfigError(f"{name} is not set.", f"For example: {name} = 'http://127.0.0.1:6081'")
    for url in urls:
        host = _host(name, url)
        if is_secure and not url.startswith("https://") and host not in _LOOPBACK:
            raise ConfigError(f"{name} must begin with https://: what is sent there says who we are.")
    return tuple(url.rstrip("/") for url in urls)


def _origins(name: str, value: Any) -> tuple[str, ...]:
    sites = (value,) if isinstance(value, str) else _list(name, value, "site", "['https://www.example.com']")
    for site in sites:
        _host(name, site)
        if urlsplit(site).path.strip("/"):
            raise ConfigError(
                f"{name} holds a path. It is what stands before it: scheme and host.",
                f"For example: {name} = 'https://www.example.com'",
            )
    return tuple(site.rstrip("/") for site in sites)


def _host(name: str, url: str) -> str:
    """Return the host of an address. Raises ``ConfigError`` without repeating it: it may have a password."""
    hint = "For example: 'https://www.example.com'"
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname or "", parts.port
    except ValueError:
        host = ""
    if not host or parts.scheme not in {"http", "https"} or not _VALUE.fullmatch(url) or " " in url:
        raise ConfigError(f"{name} is no address of HTTP.", hint)
    if parts.query or parts.fragment or "@" in parts.netloc:
        raise ConfigError(f"{name} has more than scheme, host, port and path.", hint)
    return host


# key of STATOR: field of Options, "" for several; function that checks the value
_READERS: dict[str, tuple[str, Callable[[str, Any], Any]]] = {
    "MINIFY": ("minify", _minify),
    "CODINGS": ("codings", _codings),
    "CACHE_DIR": ("cache_dir", _cache),
    "CACHE_SIZE": ("cache_size", _size),
    "KEEP_PLAIN": ("keep_plain", _keep_plain),
    "ON_MISSING": ("on_missing", _policies),
    "IGNORE": ("ignore", _patterns),
    "PREDIGESTED": ("predigested", _patterns),
    "MANIFEST": ("manifest", _file),
    "RETENTION": ("", _retention),
    "FOLLOW_SYMLINKS": ("follow_symlinks", _bool),
    "HEADERS": ("headers", _headers),
    "ROOT_FILES": ("root_files", _root_files),
    "MEDIA": ("media", _media),
    "SUPPRESS": ("suppress", _suppress),
    "BUDGETS": ("budgets", _budgets),
    "PURGE": ("purge", _purge),
}
