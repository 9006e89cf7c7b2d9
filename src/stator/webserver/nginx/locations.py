"""What goes into the ``server`` block: the locations that ask the maps and send files.

One location says what becomes of a request, by looking up what exists; another, which nobody can ask from
outside, sends the file. So what is said with a file stands in one place, and its type follows from its name
whichever form of it is sent.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from stator.config import HeaderRules
from stator.errors import ConfigError
from stator.fields import METHODS, MOST_RANGES, NO_STORE, PREFLIGHT, REVALIDATE
from stator.media_types import UNKNOWN
from stator.paths import CODING_SUFFIXES
from stator.uploads import INTERNAL as PRIVATE_MEDIA
from stator.uploads import PUBLIC
from stator.webserver.nginx.maps import NO_DATE, NO_RANGES, RANGES, REFUSED, variable_of
from stator.webserver.nginx.values import expression, path_of, quoted
from stator.webserver.patterns import literal
from stator.webserver.policy import (
    INTERNAL,
    Media,
    ServingPolicy,
    private_prefixes,
    static_fields,
    types,
    upload_types,
)
from stator.webserver.text import Lines, block, comment, together, with_gaps

_EXTENSION_PATTERN = re.compile(r"\*\.[A-Za-z0-9_+-]+")

PROXY = """\
proxy_pass http://stator_application;
proxy_http_version 1.1;
proxy_set_header Host $http_host;
proxy_set_header X-Real-IP $remote_addr;
proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;
proxy_set_header X-Forwarded-Proto $scheme;
proxy_set_header Upgrade $http_upgrade;
proxy_set_header Connection $stator_connection;
proxy_redirect off;""".splitlines()


def locations(policy: ServingPolicy) -> list[Lines]:
    return [
        [
            *comment("Said with errors too; set where a file with precompressed forms is asked for."),
            'set $stator_vary "";',
        ],
        _published(policy),
        *([_uploads(policy.media)] if policy.media else []),
        _sent(policy),
        _REFUSALS,
        [*comment("The application."), *block("location @stator_application", PROXY)],
    ]


_REFUSALS = [
    *comment("Answers with an error: short, and never kept."),
    *block(
        "location @stator_refused",
        "types { }",
        "default_type text/plain;",
        "charset off;",
        "expires off;",
        f"add_header Cache-Control {NO_STORE} always;",
        "add_header X-Content-Type-Options $stator_refusal_nosniff always;",
        "add_header Vary $stator_vary always;",
        "add_header Allow $stator_refusal_allow always;",
        'add_header ETag "" always;',
        'add_header Last-Modified "" always;',
        'return 404 "$status\\n";',
    ),
]


def _published(policy: ServingPolicy) -> Lines:
    static, root = policy.static_prefix, policy.static_root
    return [
        *comment("Published files. Names without a file are the application's."),
        *block(
            f"location ^~ {quoted(static)}",
            "expires off;",
            "error_page 404 405 406 @stator_refused;",
            "error_page 418 = @stator_application;",
            "",
            block(
                f"location ~ {expression(f'^{literal(static)}(?<stator_name>.+)$')}",
                _symlinks(root),
                'set $stator_absent "";',
                block("if ($stator_hidden)", "return 404;"),
                block(f"if (-f {path_of(root, '$stator_form_of')})", "return 404;") if policy.codings else [],
                block(f"if (!-f {path_of(root, '/$stator_name')})", "set $stator_absent absent;"),
                block("if ($stator_unpublished = nobody)", "return 404;"),
                block("if ($stator_unpublished = application)", "return 418;"),
                _METHODS,
                _forms(policy),
                f"rewrite ^ {INTERNAL}static/$stator_how/$stator_name last;",
                _OPTIONS,
            ),
            "",
            "return 418;",
        ),
    ]


_METHODS = together(
    block("if ($request_method = OPTIONS)", "return 204;"),
    block('if ($request_method !~ "^(?:GET|HEAD)$")', "return 405;"),
)


_OPTIONS = [
    "",
    *comment("Said to OPTIONS, which browsers ask before some requests across origins."),
    f"add_header Allow {quoted(METHODS)};",
    *(f"add_header {name} {quoted(value)};" for name, value in PREFLIGHT),
]


def _forms(policy: ServingPolicy) -> Lines:
    """Return how the form to send is found: each weight counts only where the form exists."""
    if not policy.codings:
        return ['set $stator_suffix "";']
    return together(
        *(f"set $stator_{coding} {REFUSED};" for coding in policy.codings),
        *(
            block(
                f"if (-f {path_of(policy.static_root, f'/$stator_name{CODING_SUFFIXES[coding]}')})",
                f"set $stator_{coding} $stator_accepts_{coding};",
                "set $stator_vary Accept-Encoding;",
            )
            for coding in policy.codings
        ),
        block("if ($stator_suffix = refused)", "return 406;"),
    )


def _uploads(media: Media) -> Lines:
    private = block(
        f"location ~* {expression(f'^{literal(media.prefix)}(?:{private_prefixes(media.rules)})')}",
        "error_page 418 = @stator_application;",
        "return 418;",
    )
    return [
        *comment("Uploads. Never a listing; private ones are the application's to give."),
        *block(
            f"location ^~ {quoted(media.prefix)}",
            *(private if media.rules.private else []),
            block(
                f"location ~ {expression(f'^{literal(media.prefix)}(?<stator_upload>.+)$')}",
                "error_page 404 405 @stator_refused;",
                _symlinks(media.root),
                block('if ($stator_upload ~ "(?:^|/)[.]")', "return 404;"),
                block(f"if (!-f {path_of(media.root, '/$stator_upload')})", "return 404;"),
                _METHODS,
                f"rewrite ^ {INTERNAL}uploads/$stator_how/$stator_upload last;",
                ["", f"add_header Allow {quoted(METHODS)};"],
            ),
            "error_page 404 @stator_refused;",
            "return 404;",
        ),
    ]


def _sent(policy: ServingPolicy) -> Lines:
    return [
        *comment(
            "Sends a file, once it is known which. Nobody can ask for these addresses from outside. Types "
            "are those of Stator, not of this machine."
        ),
        *block(
            f"location ^~ {INTERNAL}",
            "internal;",
            "error_page 403 404 405 412 416 @stator_refused;",
            *_types(types(), policy.rules),
            "charset off;",
            "expires off;",
            "gzip off;",
            "etag on;",
            "if_modified_since before;",
            "",
            *with_gaps(
                _sender("static", policy.static_root, "$stator_suffix", _static_fields(policy)),
                *([_root_files(policy.root_files)] if policy.root_files else []),
                *(_uploads_sent(policy.media) if policy.media else []),
            ),
        ),
    ]


_SENT_HOW: Mapping[str, Lines] = {
    RANGES: [f"max_ranges {MOST_RANGES};"],
    NO_RANGES: ["max_ranges 0;"],
    NO_DATE: ["max_ranges 0;", "if_modified_since off;"],
}


def _sender(name: str, root: str, suffix: str, fields: Lines) -> Lines:
    """Return the location that sends the files of a folder, with and without regard to a ``Range``."""
    place = f"{INTERNAL}{name}/"
    kinds = [
        block(
            f'location ~ "^{place}{kind}/(?<stator_file>.+)$"',
            "internal;",
            _SENT_HOW[kind],
            f"alias {path_of(root, f'/$stator_file{suffix}')};",
        )
        for kind in _SENT_HOW
    ]
    lines = [
        "internal;",
        *_symlinks(root),
        *fields,
        "add_header Accept-Ranges $stator_accept_ranges;",
    ]
    return block(f"location ^~ {place}", *lines, *kinds)


def _symlinks(folder: str) -> Lines:
    return [f"disable_symlinks on {path_of(f'from={folder}', '')};"]


def _static_fields(policy: ServingPolicy) -> Lines:
    lines = [
        "add_header Cache-Control $stator_cache_control;",
        "add_header Content-Encoding $stator_content_encoding;",
        "add_header Vary $stator_negotiated;",
    ]
    for field in static_fields(policy):
        if field.name.lower() not in {"cache-control", "content-encoding", "content-type"}:
            value = f"${variable_of(field)}" if field.rules else quoted(field.value or "")
            lines.append(f"add_header {field.name} {value};")
    return lines


def _root_files(root: str) -> Lines:
    fields = [f"add_header Cache-Control {REVALIDATE};", "add_header X-Content-Type-Options nosniff;"]
    return _sender("root", root, "", fields)


def _uploads_sent(media: Media) -> list[Lines]:
    nosniff = "add_header X-Content-Type-Options nosniff;"
    policy = "add_header Content-Security-Policy $stator_policy;"
    fields = [
        *_types(upload_types(media.rules)),
        f"add_header Cache-Control {PUBLIC};",
        nosniff,
        "add_header Content-Disposition $stator_disposition;",
        policy,
    ]
    public = _sender("uploads", media.root, "", fields)
    if not media.rules.private:
        return [public]
    private = [
        *comment(
            "What the application sends by X-Accel-Redirect, having said who may read it. Type, "
            "disposition and Cache-Control are the application's."
        ),
        *block(
            f"location ^~ {PRIVATE_MEDIA}",
            "internal;",
            f"alias {path_of(media.root, '/')};",
            *_symlinks(media.root),
            nosniff,
            policy,
        ),
    ]
    return [public, private]


def _types(kinds: Mapping[str, Sequence[str]], rules: HeaderRules = ()) -> Lines:
    """Return the media types of files, those that HEADERS sets for an extension among them."""
    ruled = _ruled_types(rules)
    table = {kind: [ending for ending in endings if ending not in ruled] for kind, endings in kinds.items()}
    for ending, kind in ruled.items():
        table.setdefault(kind, []).append(ending)
    lines = [
        f"{quoted(kind)} {' '.join(end[1:] for end in endings)};"
        for kind, endings in table.items()
        if endings
    ]
    return [*block("types", lines), f"default_type {UNKNOWN};"]


def _ruled_types(rules: HeaderRules) -> Mapping[str, str]:
    """Return the media types that HEADERS sets. Raises ``ConfigError`` where it is not for an extension."""
    ruled = {}
    for pattern, fields in rules:
        for name, value in fields:
            if name.lower() != "content-type":
                continue
            if not value or not _EXTENSION_PATTERN.fullmatch(pattern):
                raise ConfigError(
                    f"STATOR['HEADERS'] sets Content-Type for {pattern!r}: nginx knows types by "
                    f"extension only.",
                    "Use a pattern such as '*.wasm', and a value.",
                )
            ruled[pattern[1:].lower()] = value
    return ruled


def everything_else(policy: ServingPolicy) -> Lines:
    root_file = block(
        f"if (-f {path_of(policy.root_files, '$stator_root_file')})",
        f"rewrite ^ {INTERNAL}root/$stator_how$uri last;",
    )
    return [
        *comment("Everything else is the application's. Server-sent events are passed on as they come."),
        *block(
            "location /",
            *(root_file if policy.root_files else []),
            "error_page 418 = @stator_application;",
            "error_page 421 = @stator_events;",
            block('if ($http_accept ~* "text/event-stream")', "return 421;"),
            "return 418;",
        ),
        "",
        *block("location @stator_events", PROXY, "proxy_buffering off;", "proxy_read_timeout 1h;"),
    ]
