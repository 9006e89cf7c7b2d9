"""Checks of content: whether what arrived is the file, and whether a browser can use it."""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Iterator, Mapping

from stator.diagnose.check import Check, Found
from stator.diagnose.visit.address import origin_of
from stator.diagnose.visit.answer import Answer
from stator.diagnose.visit.mention import Use
from stator.diagnose.visit.served import Served
from stator.diagnose.visit.telling import Step, found, nginx
from stator.findings import How, Level, Mend
from stator.media_types import CSS, JAVASCRIPT, extension, media_type


def _broken_coding(served: Served) -> Iterator[Found]:
    if not served.arrived:
        return
    for answer in served.answers():
        why = answer.garbled
        if served.is_coded_unsaid(answer):
            why = "it is compressed twice" if answer.coding else "it is compressed, and does not say so"
        if why:
            yield found(
                served,
                Step.SERVER,
                f"cannot be read by a browser: {why}.",
                "Compress once, and let who does so say it: Content-Encoding belongs to precompressed files "
                "(gzip_static, not a type), and nothing behind it may compress again.",
            )
            return


def _stale_coding(served: Served) -> Iterator[Found]:
    identity = served.identity
    if not served.is_static or not served.arrived or not identity.is_whole or identity.coding:
        return
    for answer in (served.got, *served.coded):
        if answer.coding and answer.is_whole and answer.hashes != identity.hashes:
            yield found(
                served,
                Step.FILE,
                f"has other bytes in the coding {answer.coding} than without one.",
                "The compressed form is of an earlier version of the file: collect again, which writes all "
                "forms anew, and purge the cache if there is one.",
                Mend(How.RUN, "python manage.py collectstatic --noinput --rehash"),
            )
            return


def _integrity(served: Served) -> Iterator[Found]:
    for mention in served.mentions:
        if not mention.integrity or not served.arrived:
            continue
        if served.crosses_origins and not mention.cors:
            problem = "has an integrity attribute and none for crossorigin, so browsers refuse it"
            hint = 'Write crossorigin="anonymous" beside it.'
        elif served.got.is_whole and not _is_intact(mention.integrity, served.got):
            problem = "has not the content that the integrity attribute asks for, so browsers refuse it"
            hint = "Take the attribute from the manifest, or see who rewrites the file on its way."
        else:
            continue
        told = found(served, Step.TEMPLATE, f"{problem}.", hint)
        yield told._replace(place=mention.place)


def _is_intact(integrity: str, answer: Answer) -> bool:
    """Say whether a body matches the strongest of the hashes in an attribute (W3C, SRI, 3.3.4)."""
    given: dict[str, set[bytes]] = {}
    for word in integrity.split():
        algorithm, _, value = word.partition("-")
        try:
            given.setdefault(algorithm, set()).add(base64.b64decode(value.partition("?")[0], validate=True))
        except ValueError:
            continue  # browsers pass over what is no hash
    known = [name for name in answer.hashes if given.get(name)]
    strongest = max(known, key=lambda name: hashlib.new(name).digest_size, default="")
    return not strongest or answer.hashes[strongest] in given[strongest]


_SCRIPTS = re.compile(
    r"(?:text|application)/(?:x-)?(?:java|ecma)script|text/(?:jscript|livescript|javascript1\.\d)"
)
# Refused even where browsers may guess (Fetch, "should response to request be blocked due to its MIME type").
_NEVER_SCRIPTS = re.compile(r"(?:image|audio|video)/.*|text/csv")
_TYPES = "/etc/nginx/mime.types"
_NOT_IN_TYPES = frozenset([".mjs", ".cjs", ".webmanifest", ".map"])


def _type(served: Served) -> Iterator[Found]:
    got = served.got
    if not served.is_static or not served.arrived or served.is_moved:
        return
    expected = media_type(served.name)
    level = _refusal(served, got.media_type)
    if level is not None:
        yield found(
            served,
            Step.SERVER,
            f"has {f'the type {got.media_type}' if got.media_type else 'no type'} and not {expected}"
            f"{', so browsers refuse it' if level is Level.ERROR else ''}.",
            "Tell the server the types: in nginx by mime.types, included where nothing replaces it.",
            nginx(*_types_for(extension(served.name), expected)),
            level,
        )
        return
    charset = re.search(r"charset\s*=\s*\"?([^\s;\"]+)", got.field("content-type"), re.IGNORECASE)
    if charset and expected in {CSS, JAVASCRIPT} and charset[1].lower() not in {"utf-8", "utf8"}:
        yield found(
            served,
            Step.SERVER,
            f"is said to be in {charset[1]}, while files are published as UTF-8.",
            "Tell the server that text is in UTF-8, or nothing about it.",
            nginx("charset utf-8;"),
            Level.WARNING,
        )


def _refusal(served: Served, kind: str) -> Level | None:
    """Return how bad it is that a file has this type, ``None`` where it is right or no browser minds."""
    use, expected = served.mention.use, media_type(served.name)
    sniffs = "nosniff" not in served.got.field("x-content-type-options").lower()
    if use is Use.STYLE or expected == CSS:
        if kind == CSS:
            return None
        return Level.WARNING if not kind and sniffs else Level.ERROR
    if use in {Use.SCRIPT, Use.MODULE} or expected == JAVASCRIPT:
        if _SCRIPTS.fullmatch(kind):
            return None
        is_refused = use is Use.MODULE or not sniffs or _NEVER_SCRIPTS.fullmatch(kind)
        return Level.ERROR if is_refused else Level.WARNING
    if expected == "image/svg+xml":
        return None if kind == expected else Level.ERROR
    if expected.startswith("image/"):
        return None if kind.startswith("image/") else Level.WARNING
    return None


def _types_for(ending: str, expected: str) -> tuple[str, ...]:
    """Return the lines that give a type to an ending; not all are in the list that comes with nginx."""
    own = (f"types {{ {expected} {ending[1:]}; }}",) if ending in _NOT_IN_TYPES else ()
    return (f"include {_TYPES};", *own)


def _no_cors(served: Served) -> Iterator[Found]:
    got, page = served.got, origin_of(served.mention.page)
    needs = any(mention.cors for mention in served.mentions) and served.crosses_origins
    if needs and served.arrived and got.field("access-control-allow-origin") not in {"*", page}:
        allowed = got.field("access-control-allow-origin")
        whose = f"only for {allowed}" if allowed else "not for others"
        yield found(
            served,
            Step.SERVER,
            f"is of another origin than the page, and {whose}, so browsers refuse the {served.mention.use}.",
            "Send Access-Control-Allow-Origin with static files.",
            nginx('add_header Access-Control-Allow-Origin "*";'),
        )


CHECKS: Mapping[str, Check[Served]] = {
    "live-broken-coding": Check(Level.ERROR, "A compressed file cannot be read.", _broken_coding),
    "live-stale-coding": Check(
        Level.ERROR, "A compressed form has other content than its file.", _stale_coding
    ),
    "live-integrity": Check(Level.ERROR, "A file is not what its integrity attribute asks for.", _integrity),
    "live-type": Check(Level.ERROR, "A file is sent with a type that browsers refuse or misread.", _type),
    "live-no-cors": Check(Level.ERROR, "A file of another origin may not be used by the page.", _no_cors),
}
