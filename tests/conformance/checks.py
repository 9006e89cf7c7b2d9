"""What can be true of an answer: each function here returns a check, which says what is wrong, or nothing.

``LAWS`` are true of every answer to every request.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from email.utils import parsedate_to_datetime

from stator.fields import IMMUTABLE, NO_STORE, REVALIDATE
from tests.conformance import site
from tests.conformance.case import Check
from tests.conformance.wire import Answer
from tests.encode.decoders import DECODERS
from tests.serve.apps import PAGE

ENTITY_TAG = re.compile(r'(W/)?"[\x21\x23-\x7e\x80-\xff]*"')
DATE = re.compile(r"(Mon|Tue|Wed|Thu|Fri|Sat|Sun), \d\d [A-Z][a-z][a-z] \d{4} \d\d:\d\d:\d\d GMT")
BOUNDARY = re.compile(r'multipart/byteranges; *boundary=(?:"([^"]+)"|([^";]+))')
CONTENT_RANGE = re.compile(r"bytes (\d+)-(\d+)/(\d+)")
# What belongs to the connection or the moment, and not to the file.
MOMENTARY = {"date", "connection", "keep-alive", "server", "transfer-encoding", "alt-svc", "via"}
SINGLE = (
    *("content-type", "content-length", "content-range", "content-encoding", "etag", "last-modified", "date"),
    *(
        "cache-control",
        "access-control-allow-origin",
        "cross-origin-resource-policy",
        "x-content-type-options",
    ),
)


def all_of(*checks: Check) -> Check:
    """The first complaint of several checks."""

    def check(answer: Answer, earlier: Answer | None) -> str | None:
        return next(filter(None, (one(answer, earlier) for one in checks)), None)

    return check


def any_of(*checks: Check) -> Check:
    """One of several checks has no complaint."""

    def check(answer: Answer, earlier: Answer | None) -> str | None:
        complaints = [one(answer, earlier) for one in checks]
        return " and ".join(filter(None, complaints)) if all(complaints) else None

    return check


def status(*accepted: int) -> Check:
    wanted = " or ".join(map(str, accepted))

    def check(answer: Answer, _: Answer | None) -> str | None:
        return None if answer.status in accepted else f"status {answer.status}, not {wanted}"

    return check


def field(name: str, value: str) -> Check:
    """The field has this value, and one line."""

    def check(answer: Answer, _: Answer | None) -> str | None:
        found = answer.lines(name.lower())
        return None if found == [value] else f"{name} is {' | '.join(found) or 'not there'}, not {value}"

    return check


def lists(name: str, *members: str) -> Check:
    """The list in the field has these members, in any case and order, and maybe others."""

    def check(answer: Answer, _: Answer | None) -> str | None:
        lacking = {member.lower() for member in members} - _members(answer, name)
        return f"{name} is {answer.get(name.lower())}, without {', '.join(lacking)}" if lacking else None

    return check


def without(*names: str) -> Check:
    """The answer has none of these fields."""

    def check(answer: Answer, _: Answer | None) -> str | None:
        present = [f"{name}: {answer.get(name.lower())}" for name in names if answer.lines(name.lower())]
        return f"has {', '.join(present)}" if present else None

    return check


def has(*names: str) -> Check:
    """The answer has each of these fields."""

    def check(answer: Answer, _: Answer | None) -> str | None:
        lacking = [name for name in names if not answer.lines(name.lower())]
        return f"has no {', '.join(lacking)}" if lacking else None

    return check


def same(*names: str) -> Check:
    """The fields are those of the earlier answer, which has them."""

    def check(answer: Answer, earlier: Answer | None) -> str | None:
        for name in names:
            before = earlier.lines(name.lower()) if earlier else []
            if not before:
                return f"the earlier answer has no {name}"
            if answer.lines(name.lower()) != before:
                return f"{name} is {answer.get(name.lower())}, and was {before[0]}"
        return None

    return check


def other(name: str) -> Check:
    """The field is there and is not that of the earlier answer."""

    def check(answer: Answer, earlier: Answer | None) -> str | None:
        value = answer.get(name.lower())
        return f"{name} is {value} as before" if earlier and value == earlier.get(name.lower()) else None

    return all_of(has(name), check)


def same_fields(answer: Answer, earlier: Answer | None) -> str | None:
    """All fields that say something of the file are those of the earlier answer; HEAD may lack the length."""
    now, before = _lasting(answer), _lasting(earlier) if earlier else set()
    if answer.method == "HEAD" and not answer.lines("content-length"):
        before = {field for field in before if field[0] != "content-length"}
    return f"fields differ: {sorted(now ^ before)}" if now != before else None


def content(expected: bytes) -> Check:
    """The bytes, as they came."""
    return lambda answer, _: _compared("content", answer.content, expected)


def file(name: str) -> Check:
    """200 with the file that is published as ``name``, decoded if it came coded."""
    return all_of(status(200), decoded(site.SERVED[name].content))


def decoded(expected: bytes) -> Check:
    def check(answer: Answer, _: Answer | None) -> str | None:
        coding = answer.get("content-encoding")
        if coding is None:
            return _compared("content", answer.content, expected)
        if coding not in DECODERS:
            return f"Content-Encoding is {coding}"
        try:
            found = DECODERS[coding](answer.content)
        except Exception as error:  # noqa: BLE001  (three libraries, each with its own)
            return f"content is not {coding}: {error}"
        return _compared(f"content, decoded from {coding},", found, expected)

    return check


def coded(name: str, *codings: str) -> Check:
    """200 with one of these forms of a file; ``identity`` is the file itself."""

    def check(answer: Answer, _: Answer | None) -> str | None:
        coding = answer.get("content-encoding") or "identity"
        return None if coding in codings else f"coded as {coding}, not as {' or '.join(codings)}"

    return all_of(file(name), check)


def empty(answer: Answer, _: Answer | None) -> str | None:
    return f"{len(answer.content)} bytes of content" if answer.content else None


def in_words(answer: Answer, _: Answer | None) -> str | None:
    """A short plain text that says what is wrong."""
    if not (answer.get("content-type") or "").startswith("text/plain"):
        return f"Content-Type is {answer.get('content-type')}, not text/plain"
    return None if 0 < len(answer.content) < 500 else f"{len(answer.content)} bytes of text"


def length(expected: int) -> Check:
    return field("Content-Length", str(expected))


def part(start: int, stop: int, whole: bytes) -> Check:
    """206 with the bytes from ``start`` up to and without ``stop``, in one part."""
    return all_of(
        status(206),
        field("Content-Range", f"bytes {start}-{stop - 1}/{len(whole)}"),
        length(stop - start),
        content(whole[start:stop]),
    )


def parts(whole: bytes, *spans: tuple[int, int]) -> Check:
    """206 with these spans in this order: one as it is, several as multipart/byteranges."""

    def check(answer: Answer, _: Answer | None) -> str | None:
        found = list(_parts(answer))
        expected = [(start, stop, len(whole), whole[start:stop]) for start, stop in spans]
        return None if found == expected else f"parts {[one[:3] for one in found]}, not {spans}"

    return all_of(status(206), check)


def covers(whole: bytes, *spans: tuple[int, int]) -> Check:
    """206 with parts that are true and that together have the bytes of these spans and no others."""

    def check(answer: Answer, _: Answer | None) -> str | None:
        found = list(_parts(answer))
        if any(total != len(whole) or part != whole[start:stop] for start, stop, total, part in found):
            return "a part is not what its Content-Range says"
        sent = {place for start, stop, *_ in found for place in range(start, stop)}
        wanted = {place for start, stop in spans for place in range(start, stop)}
        return None if sent == wanted else f"parts {[one[:3] for one in found]} do not make {spans}"

    return all_of(status(206), check)


def unsatisfiable(total: int) -> Check:
    return all_of(status(416), field("Content-Range", f"bytes */{total}"))


def strong_tag(answer: Answer, _: Answer | None) -> str | None:
    found = ENTITY_TAG.fullmatch(answer.get("etag") or "")
    return None if found and not found[1] else f"ETag is {answer.get('etag')}"


def no_longer_than(size: int) -> Check:
    return lambda answer, _: f"{len(answer.content)} bytes" if len(answer.content) > size else None


def not_served(answer: Answer, _: Answer | None) -> str | None:
    """Nothing of the folder: an error, or the page of the application behind."""
    if answer.status in {400, 403, 404, 414} or (answer.status, answer.content) == (200, PAGE):
        return None
    return f"status {answer.status} with {answer.content[:40]!r}"


PUBLIC = all_of(
    field("X-Content-Type-Options", "nosniff"),
    field("Access-Control-Allow-Origin", "*"),
    field("Cross-Origin-Resource-Policy", "cross-origin"),
)
FOREVER = field("Cache-Control", IMMUTABLE)
ASK_AGAIN = field("Cache-Control", REVALIDATE)
KEEP_NOT = field("Cache-Control", NO_STORE)
VARIES = lists("Vary", "Accept-Encoding")
IDENTITY = without("Content-Encoding")
APPLICATIONS = all_of(status(200), content(PAGE))
UNKNOWN = all_of(status(404), KEEP_NOT)
NOT_MODIFIED = all_of(status(304), empty)
REFUSED = all_of(status(405), lists("Allow", "GET", "HEAD"))


# Laws


def _no_fault_of_the_server(answer: Answer, _: Answer | None) -> str | None:
    return f"status {answer.status}" if answer.status >= 500 and answer.status != 501 else None


def _no_secret(answer: Answer, _: Answer | None) -> str | None:
    leaked = site.SECRET in answer.content or b"root:x:" in answer.content
    return "shows what is not published" if leaked else None


def _each_field_once(answer: Answer, _: Answer | None) -> str | None:
    twice = [name for name in SINGLE if len(answer.lines(name)) > 1]
    return f"sent more than once: {', '.join(twice)}" if twice else None


def _errors_are_not_kept(answer: Answer, _: Answer | None) -> str | None:
    cache = answer.get("cache-control") or ""
    kept = answer.status >= 400 and ("immutable" in cache or "max-age" in cache or answer.get("expires"))
    return f"an error with Cache-Control: {cache}" if kept else None


def _says_what_it_must(answer: Answer, _: Answer | None) -> str | None:
    if answer.status == 405:
        return has("Allow")(answer, None)
    kind = answer.get("content-type") or ""
    if answer.status == 206 and not kind.startswith("multipart/byteranges"):
        return has("Content-Range")(answer, None)
    return None


def _well_formed(answer: Answer, _: Answer | None) -> str | None:
    etag, modified = answer.get("etag"), answer.get("last-modified")
    if etag is not None and not ENTITY_TAG.fullmatch(etag):
        return f"ETag: {etag}"
    if modified is None:
        return None
    if not DATE.fullmatch(modified):
        return f"Last-Modified: {modified}"
    date = answer.get("date")
    later = date and parsedate_to_datetime(modified) > parsedate_to_datetime(date)
    return f"Last-Modified {modified} is later than Date {date}" if later else None


LAWS: tuple[Check, ...] = (
    _no_fault_of_the_server,
    _no_secret,
    _each_field_once,
    _errors_are_not_kept,
    _says_what_it_must,
    _well_formed,
)


def _members(answer: Answer, name: str) -> set[str]:
    return {member.strip().lower() for member in (answer.get(name.lower()) or "").split(",")}


def _lasting(answer: Answer) -> set[tuple[str, str]]:
    return {(name, value) for name, value in answer.fields if name not in MOMENTARY}


def _compared(what: str, found: bytes, expected: bytes) -> str | None:
    if found == expected:
        return None
    return f"{what} is {len(found)} bytes {found[:30]!r}, not {len(expected)} bytes {expected[:30]!r}"


def _parts(answer: Answer) -> Iterator[tuple[int, int, int, bytes]]:
    """Yield start, stop, total and bytes of each part (RFC 9110, 14.6)."""
    boundary = BOUNDARY.fullmatch(answer.get("content-type") or "")
    if not boundary:
        yield _part(answer.get("content-range"), answer.content)
        return
    _, *found, end = (b"\r\n" + answer.content).split(f"\r\n--{boundary[1] or boundary[2]}".encode())
    for one in found:
        head, _, data = one.partition(b"\r\n\r\n")
        fields = dict(line.lower().split(": ", 1) for line in head.decode("latin-1").split("\r\n") if line)
        yield _part(fields.get("content-range"), data)
    if end.rstrip() != b"--":
        yield _part(None, end)


def _part(said: str | None, data: bytes) -> tuple[int, int, int, bytes]:
    found = CONTENT_RANGE.fullmatch(said or "")
    if not found:
        return (-1, -1, -1, data)
    return int(found[1]), int(found[2]) + 1, int(found[3]), data
