"""The cases that a server cannot pass, whatever stands behind its parser or in its configuration, and why."""

from __future__ import annotations

_LLHTTP = "llhttp, the parser, answers 400 to a method that is not in its list"
_ONE_PATH = "hypercorn hands a target with a host on as if all of it were the path"
_ONE_LINE = "nginx refuses a second line of this field, which is a list, with 400"
_NO_DATE = "nginx takes a date that it cannot read for one before all others"
_NO_ORDER = "nginx looks at If-Unmodified-Since even where there is an If-Match"
_BOTH = "nginx wants If-None-Match and If-Modified-Since both to hold, where the former goes over the latter"
_HANGS_UP = "nginx ends the connection after a 412, and does not say so"
_LINKS = "Caddy follows symbolic links, and has no word against it"
_NOTHING = "Go answers 206 with no bytes, and only it knows that the file is empty"
_NO_TARGET = "Django's server takes a target with a host for a path"
_NO_LENGTH = "Django's server ends the connection after every answer without a length"

_UVICORN = {
    "BREW, which nobody has heard of, is refused": _LLHTTP,
    "X-PURGE, which nobody has heard of, is refused": _LLHTTP,
}
_NGINX = {
    "two lines of If-None-Match are one list": _ONE_LINE,
    "two lines of If-Match are one list": _ONE_LINE,
    "If-Unmodified-Since with a word is ignored": _NO_DATE,
    "If-Unmodified-Since with a number is ignored": _NO_DATE,
    "If-Unmodified-Since with an ISO date is ignored": _NO_DATE,
    "If-Unmodified-Since with a day that does not exist is ignored": _NO_DATE,
    "If-Unmodified-Since with nothing is ignored": _NO_DATE,
    "If-Match goes over If-Unmodified-Since: true": _NO_ORDER,
    "If-None-Match goes over If-Modified-Since: not modified": _BOTH,
    "GET after 412 on one connection": _HANGS_UP,
    "GET after 412 for HEAD on one connection": _HANGS_UP,
}

# By kind of server and id of a case, the reason. A case that is listed here and passes is a failure.
EXCEPTIONS: dict[str, dict[str, str]] = {
    "uvicorn": _UVICORN,
    "Django, uvicorn": _UVICORN,
    "before Django, uvicorn": _UVICORN,
    "hypercorn": {
        "get in lower case is another method": "hypercorn writes every method in capitals",
        "the same name with a host before it": _ONE_PATH,
        "the same name with a host and a query": _ONE_PATH,
    },
    "nginx 1.22": {
        **_NGINX,
        "two lines of Accept-Encoding are one list": "nginx before 1.23 shows a map the first line alone",
    },
    "nginx 1.26": _NGINX,
    "runserver": {
        "the same name with a host before it": _NO_TARGET,
        "the same name with a host and a query": _NO_TARGET,
        "GET after 304 on one connection": _NO_LENGTH,
        "GET after OPTIONS on one connection": _NO_LENGTH,
        "twenty requests on one connection": _NO_LENGTH,
        "304 and 206 at once": _NO_LENGTH,
        "the last answer says that it is the last": "Django's server does not repeat Connection: close",
    },
    "Caddy": {
        "a symbolic link that leads out is not served": _LINKS,
        "a file below a link that leads out is not served": _LINKS,
        "nothing has no last byte": _NOTHING,
    },
}
