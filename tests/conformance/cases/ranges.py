"""Ranges (RFC 9110, 14 and 13.1.5)."""

from __future__ import annotations

from tests.conformance import site
from tests.conformance.case import CHOICES, CODINGS, DIGESTS, Case, case, get, head
from tests.conformance.checks import (
    FOREVER,
    PUBLIC,
    UNKNOWN,
    VARIES,
    all_of,
    any_of,
    coded,
    content,
    covers,
    empty,
    field,
    file,
    has,
    in_words,
    length,
    no_longer_than,
    part,
    parts,
    same,
    status,
    unsatisfiable,
    without,
)

PIXELS = site.PIXELS
SIZE = len(PIXELS)
BR = site.FILES["css/app.css"].forms["br"]
HUGE = "9" * 30
WHOLE = all_of(file(site.LOGO), without("Content-Range"))

_SINGLE = {
    "the first byte": ("bytes=0-0", 0, 1),
    "the first hundred": ("bytes=0-99", 0, 100),
    "some in the middle": ("bytes=400-599", 400, 600),
    "the last byte by its place": ("bytes=999-999", 999, SIZE),
    "all by place": ("bytes=0-999", 0, SIZE),
    "an open end": ("bytes=500-", 500, SIZE),
    "an open end from the start": ("bytes=0-", 0, SIZE),
    "an open end at the last byte": ("bytes=999-", 999, SIZE),
    "the last byte": ("bytes=-1", 999, SIZE),
    "the last hundred": ("bytes=-100", 900, SIZE),
    "a suffix as long as the file": ("bytes=-1000", 0, SIZE),
    "a suffix longer than the file": ("bytes=-5000", 0, SIZE),
    "an end behind the file": ("bytes=900-5000", 900, SIZE),
    "numbers with zeros before": ("bytes=0000-00099", 0, 100),
}
# Well formed, if seldom seen; a server may ignore any Range.
_SELDOM = {
    "a suffix of a huge number": (f"bytes=-{HUGE}", 0, SIZE),
    "an end at a huge number": (f"bytes=900-{HUGE}", 900, SIZE),
    "its unit in capitals": ("BYTES=0-9", 0, 10),
    "an empty member before": ("bytes=,0-9", 0, 10),
    "an empty member behind": ("bytes=0-9,", 0, 10),
}
_UNSATISFIABLE = {
    "a start behind the file": "bytes=1000-",
    "a span behind the file": "bytes=1000-2000",
}
_SELDOM_UNSATISFIABLE = {
    "a start at a huge number": f"bytes={HUGE}-",
    "the last no bytes": "bytes=-0",
    "two spans behind the file": "bytes=5000-6000, 7000-",
}
_MALFORMED = {
    "nothing": "",
    "no set": "bytes",
    "an empty set": "bytes=",
    "a word": "bytes=abc",
    "one number": "bytes=1",
    "a dash": "bytes=-",
    "an end before the start": "bytes=5-2",
    "more behind the span": "bytes=0-9x",
    "two dashes": "bytes=--1",
    "a semicolon": "bytes=0-0;2-2",
    "a sign": "bytes=+0-5",
    "hexadecimal digits": "bytes=0x0-0x5",
    "a fraction": "bytes=0.0-5",
    "spaces in the span": "bytes=0 - 5",
    "a colon": "bytes:0-5",
    "no unit": "0-5",
    "one wrong member": "bytes=0-5,abc",
    "one member turned round": "bytes=0-5,9-7",
    "digits of another script": "bytes=٠-٥".encode().decode("latin-1"),
}
_SEVERAL = {
    "two": ("bytes=0-0,2-2", [(0, 1), (2, 3)]),
    "three of three kinds": ("bytes=0-9, 20-29, -5", [(0, 10), (20, 30), (995, SIZE)]),
    "two of which one cannot be": ("bytes=0-9,5000-", [(0, 10)]),
    "two that are the wrong way round": ("bytes=500-509,0-9", [(500, 510), (0, 10)]),
}
_JOINED = {
    "that overlap": ("bytes=0-99,50-149", [(0, 150)]),
    "that touch": ("bytes=0-99,100-199", [(0, 200)]),
    "that are equal": ("bytes=5-9,5-9", [(5, 10)]),
    "of which one holds the other": ("bytes=0-499,100-199", [(0, 500)]),
    "that make the whole": ("bytes=0-499,500-", [(0, SIZE)]),
}

_SPANS = (
    *(
        case(f"a range of {what}", "9110 14.1.2", get(site.LOGO, range=value), part(start, stop, PIXELS))
        for what, (value, start, stop) in _SINGLE.items()
    ),
    *(
        case(
            f"a range of {what} is sent, or all",
            "9110 14.2",
            get(site.LOGO, range=value),
            any_of(part(start, stop, PIXELS), WHOLE),
        )
        for what, (value, start, stop) in _SELDOM.items()
    ),
    *(
        case(
            f"a range of {what} is sent",
            "9110 14.2",
            get(site.LOGO, range=value),
            part(start, stop, PIXELS),
            needs=[CHOICES],
        )
        for what, (value, start, stop) in _SELDOM.items()
    ),
    case(
        "a range of a plain name", "9110 14.2", get("img/logo.png", range="bytes=10-19"), part(10, 20, PIXELS)
    ),
    case(
        "a range of 3 MB that begins within",
        "9110 14.2",
        get(site.FILM, range="bytes=1000000-"),
        part(1000000, len(site.BIG), site.BIG),
    ),
    case(
        "a range of 1 MB in 3 MB",
        "9110 14.2",
        get(site.FILM, range="bytes=1000000-2000000"),
        part(1000000, 2000001, site.BIG),
    ),
    case(
        "the last bytes of 3 MB",
        "9110 14.2",
        get(site.FILM, range="bytes=-70000"),
        part(len(site.BIG) - 70000, len(site.BIG), site.BIG),
    ),
    case(
        "the last byte of 3 MB",
        "9110 14.2",
        get(site.FILM, range=f"bytes={len(site.BIG) - 1}-"),
        part(len(site.BIG) - 1, len(site.BIG), site.BIG),
    ),
    *(
        case(f"416 for {what}", "9110 15.5.17", get(site.LOGO, range=value), unsatisfiable(SIZE))
        for what, value in _UNSATISFIABLE.items()
    ),
    *(
        case(
            f"416 for {what}, or all",
            "9110 15.5.17",
            get(site.LOGO, range=value),
            any_of(unsatisfiable(SIZE), WHOLE),
        )
        for what, value in _SELDOM_UNSATISFIABLE.items()
    ),
    *(
        case(
            f"416 for {what}",
            "9110 15.5.17",
            get(site.LOGO, range=value),
            unsatisfiable(SIZE),
            needs=[CHOICES],
        )
        for what, value in _SELDOM_UNSATISFIABLE.items()
    ),
    *(
        case(
            f"nothing has no {what}",
            "9110 14.1.2",
            get(site.EMPTY, range=value),
            any_of(unsatisfiable(0), all_of(status(200), empty)),
        )
        for what, value in {"first byte": "bytes=0-0", "start": "bytes=0-", "last byte": "bytes=-1"}.items()
    ),
    case(
        "416 is explained in words",
        "9110 15.5.17",
        get(site.LOGO, range="bytes=5000-"),
        status(416),
        in_words,
        needs=[CHOICES],
    ),
    case(
        "416 says nothing of the content",
        "9110 15.5.17",
        get(site.LOGO, range="bytes=5000-"),
        status(416),
        without("Content-Encoding", "Last-Modified"),
        needs=[CHOICES],
    ),
)

_NOT_UNDERSTOOD = (
    *(
        case(
            f"a Range with {what} is ignored",
            "9110 14.2",
            get(site.LOGO, range=value),
            WHOLE,
            needs=[CHOICES],
        )
        for what, value in _MALFORMED.items()
    ),
    *(
        case(
            f"a Range with {what} is ignored or refused",
            "9110 14.2",
            get(site.LOGO, range=value),
            any_of(WHOLE, status(400, 416)),
        )
        for what, value in list(_MALFORMED.items())[3:9]
    ),
    case("a Range of another unit is ignored", "9110 14.2", get(site.LOGO, range="pixels=0-5"), WHOLE),
    case(
        "a Range of another unit with words is ignored", "9110 14.2", get(site.LOGO, range="none=abc"), WHOLE
    ),
    case(
        "HEAD knows no Range",
        "9110 14.2",
        head(site.LOGO, range="bytes=0-9"),
        status(200),
        length(SIZE),
        without("Content-Range"),
    ),
    case(
        "HEAD knows no Range that cannot be",
        "9110 14.2",
        head(site.LOGO, range="bytes=5000-"),
        status(200),
        length(SIZE),
    ),
    case(
        "a range of an unknown digest is missing",
        "9110 14.2",
        get(site.UNKNOWN_DIGEST, range="bytes=0-9"),
        UNKNOWN,
        needs=[DIGESTS],
    ),
)

_SETS = (
    *(
        case(f"several ranges: {what}", "9110 14.6", get(site.LOGO, range=value), covers(PIXELS, *spans))
        for what, (value, spans) in _SEVERAL.items()
    ),
    case(
        "several ranges come in the order that was asked for",
        "9110 15.3.7.2",
        get(site.LOGO, range="bytes=500-509,0-9"),
        parts(PIXELS, (500, 510), (0, 10)),
    ),
    case(
        "several ranges with spaces and tabs around, or all",
        "9110 14.1.2",
        get(site.LOGO, range="bytes=0-9 ,\t20-29"),
        any_of(covers(PIXELS, (0, 10), (20, 30)), WHOLE),
    ),
    *(
        case(
            f"ranges {what}",
            "9110 15.3.7.2",
            get(site.LOGO, range=value),
            any_of(covers(PIXELS, *spans), WHOLE),
        )
        for what, (value, spans) in _JOINED.items()
    ),
    *(
        case(
            f"ranges {what} become one",
            "9110 15.3.7.2",
            get(site.LOGO, range=value),
            parts(PIXELS, *spans),
            needs=[CHOICES],
        )
        for what, (value, spans) in _JOINED.items()
    ),
    case(
        "several ranges say their kind once",
        "9110 15.3.7.2",
        get(site.LOGO, range="bytes=0-0,2-2"),
        status(206),
        without("Content-Range"),
        has("Content-Length"),
    ),
    case(
        "sixteen ranges are sent",
        "9110 14.2",
        get(site.LOGO, range="bytes=" + ",".join(f"{2 * at}-{2 * at}" for at in range(16))),
        parts(PIXELS, *[(2 * at, 2 * at + 1) for at in range(16)]),
        needs=[CHOICES],
    ),
    case(
        "seventeen ranges are too many",
        "9110 17.15",
        get(site.LOGO, range="bytes=" + ",".join(f"{2 * at}-{2 * at}" for at in range(17))),
        WHOLE,
        needs=[CHOICES],
    ),
    case(
        "a thousand ranges of all cost no more than all",
        "9110 17.15",
        get(site.LOGO, range="bytes=" + ",".join(["0-"] * 1000)),
        status(200, 206, 416),
        no_longer_than(2 * SIZE),
    ),
    case(
        "five hundred ranges cost no more than twice all",
        "9110 17.15",
        get(site.FILM, range="bytes=" + ",".join(f"{at}-" for at in range(500))),
        status(200, 206, 416),
        no_longer_than(2 * len(site.BIG)),
    ),
)

_FORMS = (
    case(
        "a range of a form is of its own bytes",
        "9110 14.2",
        get(site.APP, accept_encoding="br", range="bytes=10-99"),
        part(10, 100, BR),
        field("Content-Encoding", "br"),
        VARIES,
        same("ETag"),
        after=get(site.APP, accept_encoding="br"),
        needs=[CODINGS],
    ),
    case(
        "the end of a form",
        "9110 14.2",
        get(site.APP, accept_encoding="br", range="bytes=-20"),
        part(len(BR) - 20, len(BR), BR),
        needs=[CODINGS],
    ),
    case(
        "all of a form from its start",
        "9110 14.2",
        get(site.APP, accept_encoding="gzip", range="bytes=0-"),
        status(206),
        content(site.FILES["css/app.css"].forms["gzip"]),
        needs=[CODINGS],
    ),
    case(
        "several ranges of a form",
        "9110 14.2",
        get(site.APP, accept_encoding="br", range="bytes=0-9,20-29"),
        covers(BR, (0, 10), (20, 30)),
        field("Content-Encoding", "br"),
        needs=[CODINGS],
    ),
    case(
        "416 has the length of the form",
        "9110 14.4",
        get(site.APP, accept_encoding="br", range=f"bytes={len(BR)}-"),
        unsatisfiable(len(BR)),
        needs=[CODINGS],
    ),
    case(
        "416 varies where there are forms",
        "9110 12.5.5",
        get(site.APP, accept_encoding="br", range="bytes=50000-"),
        status(416),
        VARIES,
        needs=[CODINGS],
    ),
    case(
        "a range of the file itself where there are forms",
        "9110 14.2",
        get(site.APP, range="bytes=0-9"),
        part(0, 10, site.CSS),
        without("Content-Encoding"),
        VARIES,
        needs=[CODINGS],
    ),
    case(
        "a range for a client that takes any form",
        "9110 14.2",
        get(site.LOGO, accept_encoding="gzip, br", range="bytes=0-9"),
        part(0, 10, PIXELS),
    ),
)

_IF_RANGE = (
    *(
        case(
            f"If-Range with {what} gives the range",
            "9110 13.1.5",
            get(site.LOGO, if_range=value, range="bytes=0-9"),
            part(0, 10, PIXELS),
        )
        for what, value in {"the tag": "{etag}", "Last-Modified": "{modified}"}.items()
    ),
    *(
        case(
            f"If-Range with {what} gives the file",
            "9110 13.1.5",
            get(site.LOGO, if_range=value, range="bytes=0-9"),
            WHOLE,
        )
        for what, value in {
            "another tag": '"other"',
            "the tag, said to be weak": "W/{etag}",
            "the tag without quotes": "{opaque}",
            "a list of tags": '"a", {etag}',
            "an asterisk": "*",
            "an earlier date": "{before}",
            "a later date": "{later}",
            "a word": "yesterday",
            "an ISO date": "2026-01-02T03:04:05Z",
        }.items()
    ),
    case(
        "If-Range with the date in an old form is understood or not",
        "9110 13.1.5",
        get(site.LOGO, if_range="Friday, 02-Jan-26 03:04:05 GMT", range="bytes=0-9"),
        any_of(part(0, 10, PIXELS), WHOLE),
    ),
    case("If-Range without a Range means nothing", "9110 13.1.5", get(site.LOGO, if_range="{etag}"), WHOLE),
    case(
        "If-Range with another tag and no Range means nothing",
        "9110 13.1.5",
        get(site.LOGO, if_range='"other"'),
        WHOLE,
    ),
    case(
        "If-Range with another tag hides a Range that cannot be",
        "9110 13.1.5",
        get(site.LOGO, if_range='"other"', range="bytes=5000-"),
        WHOLE,
    ),
    case(
        "If-Range with the tag does not",
        "9110 13.1.5",
        get(site.LOGO, if_range="{etag}", range="bytes=5000-"),
        unsatisfiable(SIZE),
    ),
    case(
        "If-Range with the tag gives several ranges",
        "9110 13.1.5",
        get(site.LOGO, if_range="{etag}", range="bytes=0-9,20-29"),
        covers(PIXELS, (0, 10), (20, 30)),
    ),
    case(
        "If-Range with the tag of a form gives its range",
        "9110 13.1.5",
        get(site.APP, accept_encoding="br", if_range="{etag}", range="bytes=0-9"),
        part(0, 10, BR),
        needs=[CODINGS],
    ),
    case(
        "If-Range with the tag of another form gives the file",
        "9110 13.1.5",
        get(site.APP, accept_encoding="br", if_range="{etag}", range="bytes=0-9"),
        coded(site.APP, "br"),
        after=get(site.APP, accept_encoding="gzip"),
        needs=[CODINGS],
    ),
)

_FIELDS = (
    case("a file says that it has ranges", "9110 14.3", get(site.LOGO), field("Accept-Ranges", "bytes")),
    case(
        "a plain file says that it has ranges",
        "9110 14.3",
        get("img/logo.png"),
        field("Accept-Ranges", "bytes"),
    ),
    case(
        "a 3 MB file says that it has ranges", "9110 14.3", head(site.FILM), field("Accept-Ranges", "bytes")
    ),
    case(
        "a range has the validators of the file",
        "9110 15.3.7",
        get(site.LOGO, range="bytes=0-9"),
        same("ETag", "Last-Modified", "Cache-Control"),
        after=get(site.LOGO),
    ),
    case(
        "a range has the media type of the file",
        "9110 15.3.7",
        get(site.LOGO, range="bytes=0-9"),
        field("Content-Type", "image/png"),
    ),
    case("a range is public as the file is", "Fetch", get(site.LOGO, range="bytes=0-9"), status(206), PUBLIC),
    case(
        "a range lasts as the file does",
        "8246",
        get(site.LOGO, range="bytes=0-9"),
        status(206),
        FOREVER,
        needs=[DIGESTS],
    ),
    case(
        "several ranges have the validators of the file",
        "9110 15.3.7.2",
        get(site.LOGO, range="bytes=0-0,2-2"),
        status(206),
        same("ETag", "Cache-Control"),
        after=get(site.LOGO),
    ),
)

CASES: tuple[Case, ...] = (*_SPANS, *_NOT_UNDERSTOOD, *_SETS, *_FORMS, *_IF_RANGE, *_FIELDS)
