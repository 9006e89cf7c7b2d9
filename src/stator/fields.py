"""The header fields that are said with a published file, by our servers and by those that we configure.

Facts. A digested name never changes its bytes, so it is kept for a year and not asked for again (RFC 8246).
A plain name does change, so it is asked for each time, which the ETag makes cheap. Published files are
public: any page may use them as a font or a module (Fetch, CORS) and embed them (Fetch, CORP), which a site
needs as soon as its static files have a host of their own. No browser may guess another type.
"""

from __future__ import annotations

from collections.abc import Iterable
from fnmatch import fnmatchcase

from stator.config import HeaderRules
from stator.media_types import content_type, extension
from stator.paths import parse_digested

Headers = tuple[tuple[str, str], ...]

IMMUTABLE = "public, max-age=31536000, immutable"
REVALIDATE = "no-cache"
NO_STORE = "no-store"

ALWAYS: Headers = (
    ("X-Content-Type-Options", "nosniff"),
    ("Access-Control-Allow-Origin", "*"),
    ("Cross-Origin-Resource-Policy", "cross-origin"),
)
METHODS = "GET, HEAD, OPTIONS"
# What browsers ask by OPTIONS before some requests across origins (Fetch, CORS).
PREFLIGHT: Headers = (
    ("Access-Control-Allow-Origin", "*"),
    ("Access-Control-Allow-Methods", METHODS),
    ("Access-Control-Allow-Headers", "*"),
    ("Access-Control-Max-Age", "86400"),
)
MOST_RANGES = 16  # parts of a file in one answer
# A file whose own bytes are compressed, whatever the client accepts: no other form of it exists.
INHERENT_CODINGS = {".svgz": "gzip"}


def fields_of(name: str, *, immutable: bool, rules: HeaderRules = ()) -> Headers:
    """Return the fields of an answer with the file served as ``name``, those of its form excepted.

    ``rules`` are matched against the name and, for a digested one, against its logical path; a later rule
    goes over an earlier one.
    """
    fields = {
        "content-type": ("Content-Type", content_type(name)),
        "cache-control": ("Cache-Control", IMMUTABLE if immutable else REVALIDATE),
        **{field.lower(): (field, value) for field, value in ALWAYS},
    }
    if coding := INHERENT_CODINGS.get(extension(name)):
        fields["content-encoding"] = ("Content-Encoding", coding)
    for field, value in _chosen(name, rules):
        if value is None:
            fields.pop(field.lower(), None)
        else:
            fields[field.lower()] = (field, value)
    return tuple(fields.values())


def _chosen(name: str, rules: HeaderRules) -> Iterable[tuple[str, str | None]]:
    if not rules:
        return
    digested = parse_digested(name)
    names = (name, digested[0]) if digested else (name,)
    for pattern, fields in rules:
        if any(fnmatchcase(one, pattern) for one in names):
            yield from fields
