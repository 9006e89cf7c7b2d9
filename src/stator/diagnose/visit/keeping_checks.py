"""Checks of keeping: how browsers and caches are told to keep a file, and what they may save.

Nothing is said against what the project has chosen in ``STATOR["HEADERS"]``. What a cache on the way has left
out is told as that, since the server behind may be right.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from urllib.parse import urlsplit

from stator.diagnose.check import Check, Found
from stator.diagnose.visit.answer import Answer
from stator.diagnose.visit.knowledge import Area
from stator.diagnose.visit.served import Served
from stator.diagnose.visit.telling import DAY, Step, found, nginx, time_text
from stator.encode.choices import compressible
from stator.fields import IMMUTABLE, INHERENT_CODINGS, REVALIDATE, Headers, fields_of
from stator.findings import Level
from stator.media_types import extension
from stator.webserver.patterns import DIGESTED

LONG = 30 * DAY  # from here on a file that never changes is kept well
SHORT = DAY  # up to here a file that may change is not kept too long
SMALL = 1400  # bytes that fit into one packet: coding them saves no visitor any time

_KEPT = (
    "map $uri $static_kept {",
    f'    default "{REVALIDATE}";',
    f'    "~{DIGESTED}" "{IMMUTABLE}";',
    "}",
)


def _wrongly_immutable(served: Served) -> Iterator[Found]:
    got = served.got
    if not served.is_plain_file or served.knowledge.never_changes(served.name) is not False:
        return
    if urlsplit(served.url).query or _chosen(served, immutable=False):
        return  # who writes a version behind the name gives it another address with each
    if got.lifetime > SHORT or ("immutable" in got.field("cache-control").lower() and got.lifetime):
        yield found(
            served,
            Step.SERVER,
            f"may change, and browsers keep it for {time_text(got.lifetime)} ({got.field('cache-control')}).",
            "Keep only names with a digest for long, and let others be asked for each time (no-cache).",
            nginx("expires off;", "add_header Cache-Control $static_kept;", before=_KEPT),
        )


def _no_vary(served: Served) -> Iterator[Found]:
    if served.got.cache:
        return
    for answer in _without_vary(served):
        form = f"in the coding {answer.coding}" if answer.coding else "uncoded, which depends on who asks,"
        yield found(
            served,
            Step.SERVER,
            f"is sent {form} without Vary: Accept-Encoding, so a cache gives everybody the same form.",
            "Send Vary: Accept-Encoding with each form of a file that has several.",
            nginx("gzip_vary on;"),
        )
        return


def _without_vary(served: Served) -> Iterator[Answer]:
    """Yield the answers that depend on ``Accept-Encoding`` and do not say so."""
    if not served.is_plain_file or extension(served.name) in INHERENT_CODINGS:
        return
    answers = list(served.answers())
    if any(answer.coding for answer in answers):
        for answer in answers:
            varies = {name.strip().lower() for name in answer.field("vary").split(",")}
            if not varies & {"accept-encoding", "*"}:
                yield answer


def _not_immutable(served: Served) -> Iterator[Found]:
    got = served.got
    if not served.is_plain_file or not served.knowledge.never_changes(served.name):
        return
    if got.lifetime < LONG and not _chosen(served, immutable=True):
        kept = f"keep it for {time_text(got.lifetime)} only" if got.lifetime else "are not told to keep it"
        yield found(
            served,
            Step.SERVER,
            f"never changes, and browsers {kept}.",
            "Let names with a digest be kept for a year, and say that they are immutable.",
            nginx("expires off;", "add_header Cache-Control $static_kept;", before=_KEPT),
        )


def _not_compressed(served: Served) -> Iterator[Found]:
    if _is_uncompressed(served) and not served.got.cache:
        yield found(
            served,
            Step.SERVER,
            f"is sent with all its {served.got.size} bytes to a browser that accepts compressed forms.",
            "Let the server look for the compressed form beside the file, or compress by itself.",
            nginx("gzip_static on;"),
        )


def _is_uncompressed(served: Served) -> bool:
    got = served.got
    is_text = served.is_plain_file and got.size >= SMALL and compressible(served.name)
    return is_text and not got.coding and bool(served.knowledge.codings(served.name))


def _no_validator(served: Served) -> Iterator[Found]:
    if served.got.cache or not served.is_plain_file or served.got.lifetime > SHORT:
        return
    if not _has_validator(served.got):
        yield found(
            served,
            Step.SERVER,
            "has neither ETag nor Last-Modified, so browsers load it whole each time.",
            "Do not switch them off.",
            nginx("etag on;"),
        )
    elif served.again is not None and served.again.status == 200:
        yield found(
            served,
            Step.SERVER,
            "is sent whole to who has it already, in place of 304.",
            "Let the server compare If-None-Match: the ETag must not change from answer to answer.",
            nginx("etag on;", "if_modified_since exact;"),
        )


def _has_validator(answer: Answer) -> bool:
    return bool(answer.field("etag") or answer.field("last-modified"))


def _stripped_headers(served: Served) -> Iterator[Found]:
    got = served.got
    if not got.cache or not served.is_plain_file:
        return
    lost = [
        *(["ETag and Last-Modified"] if not _has_validator(got) else []),
        *(["Vary"] if any(_without_vary(served)) else []),
        *(["the compressed form"] if _is_uncompressed(served) else []),
    ]
    if lost:
        yield found(
            served,
            Step.CACHE,
            f"comes through a cache ({got.cache}) without {' and '.join(lost)}.",
            "Ask the server behind the same: what it sends, the cache must pass on (its options for "
            "compression, ETags and Accept-Encoding); what it does not send is to be mended there.",
        )


def _no_nosniff(served: Served) -> Iterator[Found]:
    is_published = served.arrived and served.area is not Area.OTHER and not served.got.hops
    said = "nosniff" in served.got.field("x-content-type-options").lower()
    if is_published and not said and not _chosen(served, immutable=True, name="x-content-type-options"):
        yield found(
            served,
            Step.SERVER,
            "is sent without X-Content-Type-Options: nosniff, so browsers may take it for what it is not.",
            "Send it with static files and uploads.",
            nginx('add_header X-Content-Type-Options "nosniff";') if served.is_static else None,
        )


def _chosen(served: Served, *, immutable: bool, name: str = "cache-control") -> bool:
    """Say whether the project has chosen this field for this file by ``HEADERS``."""
    usual = fields_of(served.name, immutable=immutable)
    ours = fields_of(served.name, immutable=immutable, rules=served.knowledge.headers)
    return _value(usual, name) != _value(ours, name)


def _value(fields: Headers, name: str) -> str | None:
    return next((value for field, value in fields if field.lower() == name), None)


CHECKS: Mapping[str, Check[Served]] = {
    "live-wrongly-immutable": Check(
        Level.ERROR, "A name whose content changes is kept by browsers for long.", _wrongly_immutable
    ),
    "live-no-vary": Check(Level.ERROR, "A cache cannot tell the forms of a file apart.", _no_vary),
    "live-not-immutable": Check(
        Level.WARNING, "A name that never changes is asked for again.", _not_immutable
    ),
    "live-not-compressed": Check(Level.WARNING, "A file is sent without being compressed.", _not_compressed),
    "live-no-validator": Check(
        Level.WARNING, "Browsers cannot ask whether a file has changed.", _no_validator
    ),
    "live-stripped-headers": Check(
        Level.WARNING, "A cache on the way passes less on than it could.", _stripped_headers
    ),
    "live-no-nosniff": Check(Level.WARNING, "Browsers may guess another type of a file.", _no_nosniff),
}
