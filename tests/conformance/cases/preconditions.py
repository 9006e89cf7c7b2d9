"""Conditional requests (RFC 9110, 13)."""

from __future__ import annotations

from tests.conformance import site
from tests.conformance.case import APPLICATION, CHOICES, CODINGS, DIGESTS, Case, case, get, head
from tests.conformance.checks import (
    APPLICATIONS,
    ASK_AGAIN,
    FOREVER,
    NOT_MODIFIED,
    UNKNOWN,
    VARIES,
    all_of,
    coded,
    field,
    file,
    in_words,
    part,
    same,
    status,
    without,
)

FAILED = status(412)
WHOLE = file(site.APP)
BOUNDARY_TAGS = ", ".join(f'"{number}"' for number in range(200))

_HAS_IT = {
    "its tag": "{etag}",
    "its tag, said to be weak": "W/{etag}",
    "its tag behind another": '"a", {etag}',
    "its tag before another": '{etag}, "a"',
    "its weak tag between others": 'W/"a" , W/{etag}, "c"',
    "its tag without a space": '"a",{etag}',
    "its tag among empty members": ",, {etag},",
    "its tag behind a tab": '"a",\t{etag}',
    "its tag behind one with a comma": '"a,b", {etag}',
    "its tag behind an empty one": '"", {etag}',
    "its tag behind two hundred": BOUNDARY_TAGS + ", {etag}",
    "an asterisk": "*",
    "an asterisk with space around": " * ",
}
_LACKS_IT = {
    "another tag": '"other"',
    "nothing": "",
    "its tag without quotes": "{opaque}",
    "its tag with more in it": '"{opaque}x"',
    "its tag with more before it": '"x{opaque}"',
    "the beginning of a tag": '"{opaque}',
    "a quoted asterisk": '"*"',
    "a weak asterisk": "W/*",
    "a tag of odd bytes": '"\xff"',
    "a single quote": '"',
}

_IF_NONE_MATCH = (
    *(
        case(
            f"304 for a client that has {what}",
            "9110 13.1.2",
            get(site.APP, if_none_match=value),
            NOT_MODIFIED,
        )
        for what, value in _HAS_IT.items()
    ),
    *(
        case(f"304 for HEAD and {what}", "9110 13.1.2", head(site.APP, if_none_match=value), NOT_MODIFIED)
        for what, value in list(_HAS_IT.items())[:3]
    ),
    *(
        case(
            f"the file for a client that has {what}", "9110 13.1.2", get(site.APP, if_none_match=value), WHOLE
        )
        for what, value in _LACKS_IT.items()
    ),
    case(
        "two lines of If-None-Match are one list",
        "9110 5.3",
        get(site.APP, ("If-None-Match", '"a"'), ("if-none-match", "{etag}")),
        NOT_MODIFIED,
    ),
    case(
        "a 304 says tag and caching as the 200 does",
        "9110 15.4.5",
        get(site.APP, if_none_match="{etag}"),
        NOT_MODIFIED,
        same("ETag", "Cache-Control"),
    ),
    case(
        "a 304 says nothing of the content",
        "9110 15.4.5",
        get(site.APP, if_none_match="{etag}"),
        NOT_MODIFIED,
        without("Content-Type", "Content-Range", "Content-Encoding"),
    ),
    case(
        "a 304 of a digested name lasts",
        "8246",
        get(site.APP, if_none_match="{etag}"),
        NOT_MODIFIED,
        FOREVER,
        needs=[DIGESTS],
    ),
    case(
        "a 304 of a plain name is asked for again",
        "9111 5.2.2.4",
        get("css/app.css", if_none_match="{etag}"),
        NOT_MODIFIED,
        ASK_AGAIN,
    ),
    case("304 for a file without forms", "9110 13.1.2", get(site.LOGO, if_none_match="{etag}"), NOT_MODIFIED),
    case("304 for an empty file", "9110 13.1.2", get(site.EMPTY, if_none_match="{etag}"), NOT_MODIFIED),
    case(
        "304 for a file of an earlier release",
        "9110 13.1.2",
        get(site.OLD_APP, if_none_match="{etag}"),
        NOT_MODIFIED,
        needs=[DIGESTS],
    ),
    *(
        case(
            f"304 for a client that has the form in {coding}",
            "9110 8.8.3.3",
            get(site.APP, accept_encoding=coding, if_none_match="{etag}"),
            NOT_MODIFIED,
            same("ETag", "Cache-Control", "Vary"),
            needs=[CODINGS],
        )
        for coding in site.ALL
    ),
    case(
        "the tag of a form is not that of the file itself",
        "9110 8.8.3.3",
        get(site.APP, accept_encoding="br", if_none_match="{etag}"),
        coded(site.APP, "br"),
        after=get(site.APP),
        needs=[CODINGS],
    ),
    case(
        "the tag of the file itself is not that of a form",
        "9110 8.8.3.3",
        get(site.APP, if_none_match="{etag}"),
        coded(site.APP, "identity"),
        after=get(site.APP, accept_encoding="gzip"),
        needs=[CODINGS],
    ),
    case(
        "the tag of one form is not that of another",
        "9110 8.8.3.3",
        get(site.APP, accept_encoding="gzip", if_none_match="{etag}"),
        coded(site.APP, "gzip"),
        after=get(site.APP, accept_encoding="br"),
        needs=[CODINGS],
    ),
    case(
        "an asterisk is true of a form",
        "9110 13.1.2",
        get(site.APP, accept_encoding="br", if_none_match="*"),
        NOT_MODIFIED,
        VARIES,
        needs=[CODINGS],
    ),
    case(
        "an unknown digest is missing, whatever the client has",
        "9110 13.2.1",
        get(site.UNKNOWN_DIGEST, if_none_match="*"),
        UNKNOWN,
        needs=[DIGESTS],
    ),
)

# RFC 9110, 5.6.7: three forms are read, and no others. Each of these would be later than the file.
_NO_DATES = {
    "a word": "tomorrow",
    "a number": "1999999999",
    "minus one": "-1",
    "nothing": "",
    "an ISO date": "2035-01-01T00:00:00Z",
    "no time zone": "Mon, 01 Jan 2035 00:00:00",
    "another time zone": "Mon, 01 Jan 2035 00:00:00 +0100",
    "a day that does not exist": "Fri, 32 Jan 2099 00:00:00 GMT",
    "a month that does not exist": "Mon, 01 Foo 2035 00:00:00 GMT",
    "an hour that does not exist": "Mon, 01 Jan 2035 25:00:00 GMT",
    "two dates": "Mon, 01 Jan 2035 00:00:00 GMT, Tue, 02 Jan 2035 00:00:00 GMT",
    "more behind it": "Mon, 01 Jan 2035 00:00:00 GMT; length=5",
    "a year without end": "Mon, 01 Jan 99999999999999999999 00:00:00 GMT",
    "odd bytes": "Mon, 01 J\xe4n 2035 00:00:00 GMT",
}
_DATES = {  # the time of every file, as the RFC has it and had it
    "an IMF date": "Fri, 02 Jan 2026 03:04:05 GMT",
    "an RFC 850 date": "Friday, 02-Jan-26 03:04:05 GMT",
    "an asctime date": "Fri Jan  2 03:04:05 2026",
}

_IF_MODIFIED_SINCE = (
    *(
        case(
            f"304 if not modified since {what}",
            "9110 13.1.3",
            get(site.APP, if_modified_since=value),
            NOT_MODIFIED,
        )
        for what, value in _DATES.items()
    ),
    case(
        "304 if not modified since Last-Modified",
        "9110 13.1.3",
        get(site.APP, if_modified_since="{modified}"),
        NOT_MODIFIED,
    ),
    case(
        "304 if not modified since a later time",
        "9110 13.1.3",
        get(site.APP, if_modified_since="{later}"),
        NOT_MODIFIED,
    ),
    case("the file if modified since", "9110 13.1.3", get(site.APP, if_modified_since="{before}"), WHOLE),
    case(
        "the file if modified since the year 1",
        "9110 13.1.3",
        get(site.APP, if_modified_since="Mon, 01 Jan 0001 00:00:00 GMT"),
        WHOLE,
    ),
    *(
        case(
            f"If-Modified-Since with {what} is ignored",
            "9110 13.1.3",
            get(site.APP, if_modified_since=value),
            WHOLE,
        )
        for what, value in _NO_DATES.items()
    ),
    case(
        "a leap second breaks nothing",
        "9110 5.6.7",
        get(site.APP, if_modified_since="Sat, 31 Dec 2016 23:59:60 GMT"),
        WHOLE,
    ),
    case(
        "304 for HEAD if not modified",
        "9110 13.1.3",
        head(site.APP, if_modified_since="{modified}"),
        NOT_MODIFIED,
    ),
    case(
        "304 for a plain name if not modified",
        "9110 13.1.3",
        get("css/app.css", if_modified_since="{modified}"),
        NOT_MODIFIED,
    ),
    case(
        "304 for a form if not modified",
        "9110 13.1.3",
        get(site.APP, accept_encoding="br", if_modified_since="{modified}"),
        NOT_MODIFIED,
        same("ETag", "Vary"),
        needs=[CODINGS],
    ),
    case(
        "If-Modified-Since is for GET and HEAD only",
        "9110 13.1.3",
        get(site.APP, method="POST", if_modified_since="{modified}"),
        status(405),
        after=get(site.APP),
    ),
)

_IF_MATCH = (
    *(
        case(f"the file if it still has {what}", "9110 13.1.1", get(site.APP, if_match=value), WHOLE)
        for what, value in {
            "the tag": "{etag}",
            "one of two tags": '"a", {etag}',
            "a tag behind one with a comma": '"a,b",{etag}',
            "any tag": "*",
        }.items()
    ),
    *(
        case(f"412 if it no longer has {what}", "9110 13.1.1", get(site.APP, if_match=value), FAILED)
        for what, value in {
            "the tag": '"other"',
            "one of the tags": '"a", "b"',
            "the tag, which is weak": "W/{etag}",
            "the tag, quoted asterisk": '"*"',
            "the tag with more in it": '"{opaque}x"',
        }.items()
    ),
    case(
        "two lines of If-Match are one list",
        "9110 5.3",
        get(site.APP, ("If-Match", '"a"'), ("If-Match", "{etag}")),
        WHOLE,
    ),
    case("412 for HEAD if the tag is another", "9110 13.1.1", head(site.APP, if_match='"other"'), FAILED),
    case(
        "412 for a plain name if the tag is another",
        "9110 13.1.1",
        get("css/app.css", if_match='"other"'),
        FAILED,
    ),
    case(
        "412 is explained in words",
        "9110 15.5.13",
        get(site.APP, if_match='"other"'),
        FAILED,
        in_words,
        needs=[CHOICES],
    ),
    case(
        "412 varies where a form would have been chosen",
        "9110 12.5.5",
        get(site.APP, if_match='"other"', accept_encoding="br"),
        FAILED,
        VARIES,
        needs=[CODINGS],
    ),
    case(
        "the form if it still has the tag",
        "9110 13.1.1",
        get(site.APP, accept_encoding="br", if_match="{etag}"),
        coded(site.APP, "br"),
        needs=[CODINGS],
    ),
    case(
        "412 for the tag of a form that was not chosen",
        "9110 13.1.1",
        get(site.APP, if_match="{etag}"),
        FAILED,
        after=get(site.APP, accept_encoding="br"),
        needs=[CODINGS],
    ),
    case(
        "an unknown digest is missing, whatever tag was expected",
        "9110 13.2.1",
        get(site.UNKNOWN_DIGEST, if_match='"other"'),
        UNKNOWN,
        needs=[DIGESTS],
    ),
    case(
        "preconditions on other names are the application's",
        "9110 13.2.1",
        get("none", if_match='"other"'),
        APPLICATIONS,
        needs=[APPLICATION],
    ),
)

_IF_UNMODIFIED_SINCE = (
    *(
        case(
            f"the file if unmodified since {what}",
            "9110 13.1.4",
            get(site.APP, if_unmodified_since=value),
            WHOLE,
        )
        for what, value in {**_DATES, "Last-Modified": "{modified}", "a later time": "{later}"}.items()
    ),
    case("412 if modified since", "9110 13.1.4", get(site.APP, if_unmodified_since="{before}"), FAILED),
    case(
        "412 for HEAD if modified since",
        "9110 13.1.4",
        head(site.APP, if_unmodified_since="{before}"),
        FAILED,
    ),
    case(
        "412 if modified since an RFC 850 date",
        "9110 13.1.4",
        get(site.APP, if_unmodified_since="Thursday, 01-Jan-26 03:04:05 GMT"),
        FAILED,
    ),
    *(
        case(
            f"If-Unmodified-Since with {what} is ignored",
            "9110 13.1.4",
            get(site.APP, if_unmodified_since=value),
            WHOLE,
        )
        for what, value in {
            "a word": "yesterday",
            "a number": "1",
            "an ISO date": "2001-01-01T00:00:00Z",
            "a day that does not exist": "Fri, 32 Jan 1999 00:00:00 GMT",
            "nothing": "",
        }.items()
    ),
)

_PRECEDENCE = (
    case(
        "If-None-Match goes over If-Modified-Since: modified",
        "9110 13.2.2",
        get(site.APP, if_none_match='"other"', if_modified_since="{later}"),
        WHOLE,
    ),
    case(
        "If-None-Match goes over If-Modified-Since: not modified",
        "9110 13.2.2",
        get(site.APP, if_none_match="{etag}", if_modified_since="{before}"),
        NOT_MODIFIED,
    ),
    case(
        "If-Match goes over If-Unmodified-Since: true",
        "9110 13.2.2",
        get(site.APP, if_match="{etag}", if_unmodified_since="{before}"),
        WHOLE,
    ),
    case(
        "If-Match goes over If-Unmodified-Since: false",
        "9110 13.2.2",
        get(site.APP, if_match='"other"', if_unmodified_since="{later}"),
        FAILED,
    ),
    case(
        "If-Match comes before If-None-Match: false",
        "9110 13.2.2",
        get(site.APP, if_match='"other"', if_none_match="{etag}"),
        FAILED,
    ),
    case(
        "If-Match comes before If-None-Match: true",
        "9110 13.2.2",
        get(site.APP, if_match="{etag}", if_none_match="{etag}"),
        NOT_MODIFIED,
    ),
    case(
        "If-Unmodified-Since comes before If-None-Match",
        "9110 13.2.2",
        get(site.APP, if_unmodified_since="{before}", if_none_match="{etag}"),
        FAILED,
    ),
    case(
        "If-Unmodified-Since comes before If-Modified-Since",
        "9110 13.2.2",
        get(site.APP, if_unmodified_since="{before}", if_modified_since="{later}"),
        FAILED,
    ),
    case(
        "If-None-Match comes before Range: not modified",
        "9110 13.2.2",
        get(site.LOGO, if_none_match="{etag}", range="bytes=0-9"),
        NOT_MODIFIED,
    ),
    case(
        "If-None-Match comes before Range: modified",
        "9110 13.2.2",
        get(site.LOGO, if_none_match='"other"', range="bytes=0-9"),
        part(0, 10, site.PIXELS),
    ),
    case(
        "If-Modified-Since comes before Range",
        "9110 13.2.2",
        get(site.LOGO, if_modified_since="{modified}", range="bytes=0-9"),
        NOT_MODIFIED,
    ),
    case(
        "If-Match comes before Range: false",
        "9110 13.2.2",
        get(site.LOGO, if_match='"other"', range="bytes=0-9"),
        FAILED,
    ),
    case(
        "If-Match comes before Range: true",
        "9110 13.2.2",
        get(site.LOGO, if_match="{etag}", range="bytes=0-9"),
        part(0, 10, site.PIXELS),
    ),
    case(
        "If-Match comes before a Range that cannot be",
        "9110 13.2.2",
        get(site.LOGO, if_match='"other"', range="bytes=5000-"),
        FAILED,
    ),
    case(
        "If-None-Match comes before a Range that cannot be",
        "9110 13.2.2",
        get(site.LOGO, if_none_match="{etag}", range="bytes=5000-"),
        NOT_MODIFIED,
    ),
    case(
        "the file says what can be compared",
        "9110 8.8",
        get(site.APP),
        all_of(WHOLE, field("Last-Modified", _DATES["an IMF date"])),
    ),
)

CASES: tuple[Case, ...] = (
    *_IF_NONE_MATCH,
    *_IF_MODIFIED_SINCE,
    *_IF_MATCH,
    *_IF_UNMODIFIED_SINCE,
    *_PRECEDENCE,
)
