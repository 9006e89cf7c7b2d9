"""The policy in the language of Caddy, 2.6 or later: a Caddyfile.

Facts that shape it. A ``map`` is worked out whenever its result is asked for, so a deferred field can follow
from the fields of the answer: ``Accept-Ranges`` stands only on a file that is sent, and a 304 has no type.
``file_server`` leaves out the length of a file that has a ``Content-Encoding`` already, so that is deferred
too. It takes weights of codings into account, but for that of the file itself, so forms are chosen here. Of
a field in several lines it reads the first, so they are joined; a ``Range`` that it would refuse goes. It
follows symbolic links, which no directive forbids.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence

from stator.errors import ConfigError
from stator.fields import (
    ALWAYS,
    IMMUTABLE,
    INHERENT_CODINGS,
    METHODS,
    MOST_RANGES,
    NO_STORE,
    PREFLIGHT,
    REVALIDATE,
)
from stator.media_types import UNKNOWN
from stator.paths import CODING_SUFFIXES
from stator.uploads import INTERNAL as PRIVATE_MEDIA
from stator.uploads import PUBLIC, SANDBOX
from stator.webserver import patterns
from stator.webserver.patterns import extensions, from_shell, literal
from stator.webserver.policy import (
    Media,
    ServingPolicy,
    hosts,
    inline_extensions,
    private_prefixes,
    types,
    upload_types,
)
from stator.webserver.text import INDENT, Lines, block, comment, document, indented, with_gaps

_MEANINGFUL = re.compile(r"[{}\\]")
_GLOB = re.compile(r"[*?\[\]]")
_WEIGHT = "([01]([.][0-9]?[0-9]?[0-9]?)?)"
_IDENTITY = "0.0005"  # the file itself is acceptable even when nobody says so, and then the last choice
_TOKENS = {"br": "br", "zstd": "zstd", "gzip": "(x-)?gzip", "identity": "identity"}
_RANGE = "([0-9]{1,18}-[0-9]{0,18}|-0*[1-9][0-9]{0,17})"  # of greater numbers it makes an error
_LISTS = ("Accept-Encoding", "If-Match", "If-None-Match")

_TLS = comment(
    "Without 'http://' and the port, Caddy gets a certificate for each name by itself, and serves HTTPS, "
    "HTTP/2 and HTTP/3."
)


def render(policy: ServingPolicy) -> str:
    """Return the configuration of a whole site: a Caddyfile.

    Raises ``ConfigError`` for a value that Caddy cannot be told.
    """
    host, _, port = policy.listen.rpartition(":")
    names = hosts(policy) or [""]
    site = block(
        ", ".join(f"http://{name}:{port}" for name in names),
        *with_gaps(
            [f"bind {host.strip('[]')}"] if host not in {"", "*"} else [],
            block("route", with_gaps(*_route(policy), _everything_else(policy))),
        ),
    )
    return _tabbed(
        document(comment("A site with Caddy 2.6 or later: a Caddyfile."), _WRITTEN, [*_TLS, *site])
    )


def render_include(policy: ServingPolicy) -> str:
    """Return what is imported into an existing site block. Raises ``ConfigError`` as ``render``."""
    head = comment(
        "For your site block: 'import' this file there, and leave out your own file_server for these "
        "paths. What it does not answer goes on to your directives, but to no 'handle', which Caddy runs "
        "before it: where one asks the application, import this in there."
    )
    return _tabbed(document(head, _WRITTEN, block("route", with_gaps(*_route(policy)))))


_WRITTEN = comment(
    "Written by 'manage.py stator serverconfig caddy'. It is right for the next releases too; write it "
    "again when settings change, or when names that a bundler has digested do."
)


def _tabbed(text: str) -> str:
    """Return the text as ``caddy fmt`` would leave it."""
    return re.sub(
        rf"^(?:{INDENT})+", lambda found: "\t" * (len(found[0]) // len(INDENT)), text, flags=re.MULTILINE
    )


# --- values


def quoted(text: str) -> str:
    """Return a text as Caddy reads it. Raises ``ConfigError`` for one that would mean something else."""
    if _MEANINGFUL.search(text) or ('"' in text and "`" in text):
        raise ConfigError(
            f"Caddy cannot be told {text!r}: braces are for placeholders there, and nothing undoes that.",
            "Choose one without braces, backslashes, and quotes of both kinds.",
        )
    return f"`{text}`" if '"' in text else f'"{text}"'


def _folder(path: str) -> str:
    if _GLOB.search(path):
        raise ConfigError(
            f"Caddy cannot be told {path!r}: it would look for all files that match it.",
            "Choose a folder without *, ? and brackets in its path.",
        )
    return quoted(path)


def _literal(text: str) -> str:
    """Return a regular expression for just this text."""
    return _unquoted(literal(text))


def _unquoted(regex: str) -> str:
    """Return the expression without characters that enclose placeholders or tokens."""
    return re.sub(r'[{}"`]', lambda found: rf"\x{ord(found[0]):x}", regex)


def _map(about: str, source: str, results: str, lines: Iterable[str]) -> Lines:
    return [*comment(about), *block(f"map {source} {results}", lines)]


def _matcher(name: str, *lines: str | Iterable[str]) -> Lines:
    return block(f"@stator_{name}", *lines)


def _file(root: str, name: str) -> Lines:
    return block("file", f"root {_folder(root)}", f'try_files "{name}"')


_ASKED = "{http.request.orig_uri.path}"


# --- the route


def _route(policy: ServingPolicy) -> list[Lines]:
    return [
        *_maps(policy),
        *_unpublished(policy),
        _published(policy),
        *(_uploads(policy.media, policy.upstream) if policy.media else []),
        *([_root_files(policy.root_files)] if policy.root_files else []),
    ]


def _maps(policy: ServingPolicy) -> list[Lines]:
    forms = "|".join(CODING_SUFFIXES[coding][1:] for coding in policy.codings)
    return [
        _map(
            "The name of a published file, without the path that all stand under.",
            _ASKED,
            "{stator_name}",
            [f'"~^{_literal(policy.static_prefix)}(.+)$" "${{1}}"', 'default ""'],
        ),
        _map(
            "What never changes: names with the form of our digests, but those that look so by chance; and "
            "the names, each by itself, that were digested by others.",
            "{stator_name}",
            "{stator_kept}",
            [
                *(f'"~^{_literal(name)}$" "{REVALIDATE}"' for name in policy.lookalikes),
                *(f'"~^{_literal(name)}$" "{IMMUTABLE}"' for name in policy.undigested),
                f'"~{patterns.DIGESTED}" "{IMMUTABLE}"',
                f'default "{REVALIDATE}"',
            ],
        ),
        _map(
            "The file whose precompressed form has this name: where it exists, the form has no address of "
            "its own.",
            "{stator_name}",
            "{stator_form_of}",
            [
                *(f'"~^{_literal(name)}$" ""' for name in policy.own_forms),
                f'"~^(.+)[.]({forms})$" "${{1}}"',
                'default ""',
            ],
        )
        if forms
        else [],
        _types("Types are those of Stator, not of this machine.", "{stator_type}", types()),
        *(_weight(coding) for coding in (*policy.codings, "identity") if policy.codings),
        _map(
            "The logical path of a name, which the patterns of HEADERS are matched against as well.",
            "{stator_name}",
            "{stator_logical}",
            [f'"~^(.+){patterns.DIGESTED}" "${{1}}${{2}}"', '"~^(.*)$" "${1}"'],
        )
        if policy.rules
        else [],
        *_maps_of_outcome(),
    ]


def _types(about: str, result: str, kinds: Mapping[str, Sequence[str]]) -> Lines:
    lines = [f'"~(?i){extensions(endings)}" "{kind}"' for kind, endings in kinds.items()]
    return _map(about, _ASKED, result, [*lines, f"default {UNKNOWN}"])


def _maps_of_outcome() -> list[Lines]:
    """Return the maps that tell a file from an error, once it is known: an error has a type and no ranges."""
    outcome = "{http.response.header.Accept-Ranges}{http.response.header.Content-Type}"
    return [
        _map(
            "How long to keep the answer. A file that is sent has Accept-Ranges, and a 304 has no type; "
            "anything else is an error. A field whose name stands in the second column is left out.",
            f'"{{vars.stator_kept}}|{outcome}"',
            "{stator_cache_control} {stator_no_cache_control}",
            [
                '"~^[|](bytes.*)?$" "" Cache-Control',
                '"~^(.*)[|](bytes.*)?$" "${1}" ""',
                f'default {NO_STORE} ""',
            ],
        ),
        _map(
            "",
            f'"{{vars.stator_coding}}|{outcome}"',
            "{stator_content_encoding} {stator_no_content_encoding}",
            ['"~^(.+)[|]bytes" "${1}" ""', 'default "" Content-Encoding'],
        ),
        _map(
            "",
            f'"{outcome}"',
            "{stator_no_tag} {stator_no_date}",
            ['"~^(bytes.*)?$" "" ""', "default Etag Last-Modified"],
        ),
    ]


def _weight(coding: str) -> Lines:
    """Return the map of the weight that Accept-Encoding gives a coding (RFC 9110, 12.5.3)."""
    lines = []
    for token in (_TOKENS[coding], "[*]"):
        at = 3 if token.startswith("(") else 2
        lines += [
            rf'"~(?i)(^|,)\s*{token}\s*;\s*q={_WEIGHT}\s*(,|$)" "${{{at}}}"',
            rf'"~(?i)(^|,)\s*{token}\s*(,|$)" 1',
        ]
    return _map(
        f"The weight of {coding} in Accept-Encoding.",
        "{header.Accept-Encoding}",
        f"{{stator_accepts_{coding}}}",
        [*lines, f"default {_IDENTITY if coding == 'identity' else 0}"],
    )


def _unpublished(policy: ServingPolicy) -> list[Lines]:
    static, root = _literal(policy.static_prefix), policy.static_root
    hidden = "|".join(["[.].*", *(_literal(name) for name in policy.hidden)])
    return [
        [
            *comment("Nobody's to read: hidden files and folders, and the manifest."),
            f'@stator_hidden path_regexp "^{static}(.*/[.].*|{hidden})$"',
            *_refusal("hidden", 404),
        ],
        [
            *comment("Precompressed forms have no address of their own."),
            *_matcher("form", f'path_regexp "^{static}"', _file(root, "{stator_form_of}")),
            *_refusal("form", 404),
        ]
        if policy.codings
        else [],
        [
            *comment("Where there is no file of a name with the form of our digests, no release has it."),
            *_matcher(
                "nobody",
                f'path_regexp "^{static}.*{patterns.DIGESTED}"',
                ["not {", *indented(_file(root, "{stator_name}")), "}"],
            ),
            *_refusal("nobody", 404),
        ],
    ]


_WORDS = {404: "Not found.", 405: "Method not allowed.", 406: "Not acceptable."}


def _refusal(name: str, status: int, *more: str) -> Lines:
    return block(
        f"route @stator_{name}",
        "header {",
        *(
            f"{INDENT}{line}"
            for line in (f"Cache-Control {NO_STORE}", "X-Content-Type-Options nosniff", *more)
        ),
        "}",
        f'respond "{_WORDS[status]}" {status}',
    )


def _published(policy: ServingPolicy) -> Lines:
    static, root = policy.static_prefix, policy.static_root
    return [
        *comment("Published files. Names without a file are the application's."),
        *_matcher("published", f'path_regexp "^{_literal(static)}"', _file(root, "{stator_name}")),
        *block(
            "route @stator_published",
            with_gaps(
                _methods(*(f'{name} "{value}"' for name, value in PREFLIGHT)),
                _requests(),
                *_forms(policy),
                _static_fields(policy),
                [f"uri strip_prefix {quoted(static.rstrip('/'))}"],
                [
                    f'uri @stator_{coding} path_regexp "$" "{CODING_SUFFIXES[coding]}"'
                    for coding in policy.codings
                ],
                _file_server(root),
            ),
        ),
    ]


def _methods(*preflight: str) -> Lines:
    return [
        "@stator_options method OPTIONS",
        *block("route @stator_options", block("header", f'Allow "{METHODS}"', preflight), "respond 204"),
        "@stator_others not method GET HEAD",
        *_refusal("others", 405, f'Allow "{METHODS}"'),
    ]


def _requests() -> Lines:
    member = f"[, \\t]*{_RANGE}"
    several = f'header_regexp Range "(?i)^bytes={member}([ \\t]*,{member}){{0,{MOST_RANGES - 1}}}[, \\t]*$"'
    lines = comment(
        "Several lines of a list are one list. A Range is for GET, well formed, and of not too many parts."
    )
    for name in _LISTS:
        matcher = f"@stator_{name.lower().replace('-', '_')}"
        lines += [f"{matcher} header {name} *", f"request_header {matcher} {name} {{header.{name}}}"]
    return [
        *lines,
        *_matcher("no_range", block("not", "method GET", several)),
        "request_header @stator_no_range -Range",
        'request_header Range "(?i)^bytes" bytes',
    ]


def _forms(policy: ServingPolicy) -> list[Lines]:
    """Return how the form to send is found: each weight counts only where the form exists.

    Of those that the client gives most weight the first is the smallest.
    """
    if not policy.codings:
        return []
    weights = [f"double({{vars.stator_{coding}}})" for coding in policy.codings]
    weights.append("double({stator_accepts_identity})")
    return [
        [
            line
            for coding in policy.codings
            for line in (
                *_matcher(
                    f"has_{coding}", _file(policy.static_root, f"{{stator_name}}{CODING_SUFFIXES[coding]}")
                ),
                f"vars stator_{coding} 0",
                f"vars @stator_has_{coding} stator_{coding} {{stator_accepts_{coding}}}",
                f"header @stator_has_{coding} Vary Accept-Encoding",
            )
        ],
        [
            *(
                f"@stator_{coding} expression `{_greatest(weights, at)}`"
                for at, coding in enumerate(policy.codings)
            ),
            f"@stator_refused expression `{' && '.join(f'{weight} == 0.0' for weight in weights)}`",
            *_refusal("refused", 406),
        ],
    ]


def _greatest(weights: Sequence[str], at: int) -> str:
    """Return the expression for: this weight is the greatest, and the first of those that are as great."""
    one = weights[at]
    before, behind = weights[:at], weights[at + 1 :]
    return " && ".join(
        [*(f"{one} > {other}" for other in before), *(f"{one} >= {other}" for other in behind)]
    )


def _static_fields(policy: ServingPolicy) -> Lines:
    known = '"{stator_name}//{stator_logical}"'
    lines = [
        *block("header", "Content-Type {stator_type}", *(f'{name} "{value}"' for name, value in ALWAYS)),
        "vars stator_kept {stator_kept}",
        'vars stator_coding ""',
    ]
    for ending, coding in INHERENT_CODINGS.items():
        matcher = f"@stator_{ending[1:]}"
        lines += [
            f'{matcher} path_regexp "(?i){extensions([ending])}"',
            f"vars {matcher} stator_coding {coding}",
        ]
    for number, (pattern, fields) in enumerate(policy.rules, 1):
        regex = _unquoted(from_shell(pattern, "."))
        lines.append(f'@stator_rule_{number} vars_regexp {known} "^({regex}//|.*//{regex}$)"')
        lines += [_ruled(f"@stator_rule_{number}", name, value) for name, value in fields]
    lines += [f"vars @stator_{coding} stator_coding {coding}" for coding in policy.codings]
    return [*lines, *_OUTCOME]


def _ruled(matcher: str, name: str, value: str | None) -> str:
    """Return the line that does what a rule of HEADERS says."""
    variable = {"cache-control": "stator_kept", "content-encoding": "stator_coding"}.get(name.lower())
    if variable:
        return f"vars {matcher} {variable} {quoted(value or '')}"
    return f"header {matcher} {name} {quoted(value)}" if value is not None else f"header {matcher} -{name}"


_OUTCOME = block(
    "header",
    "Cache-Control {stator_cache_control}",
    "Content-Encoding {stator_content_encoding}",
    *(f"-{{stator_no_{name}}}" for name in ("cache_control", "content_encoding", "tag", "date")),
    "defer",
)


def _file_server(root: str) -> Lines:
    return block("file_server", f"root {_folder(root)}", "disable_canonical_uris")


def _uploads(media: Media, upstream: str) -> list[Lines]:
    prefix, inline = _literal(media.prefix), extensions(inline_extensions(media.rules))
    name = _map("", _ASKED, "{stator_upload}", [f'"~^{prefix}(.+)$" "${{1}}"', 'default ""'])
    stated = [
        *block(
            "header",
            "X-Content-Type-Options nosniff",
            f"Cache-Control {PUBLIC}",
            "Content-Type {stator_upload_type}",
        ),
        f'@stator_active not path_regexp "(?i){inline}"',
        *block(
            "header @stator_active", "Content-Disposition attachment", f'Content-Security-Policy "{SANDBOX}"'
        ),
    ]
    strip = f"uri strip_prefix {quoted(media.prefix.rstrip('/'))}"
    return [
        name,
        _types("A script is sent as no script.", "{stator_upload_type}", upload_types(media.rules)),
        *([_private(media, upstream)] if media.rules.private else []),
        [
            *comment("Uploads. Never a listing, and nothing that could run in the origin of this site."),
            f'@stator_no_upload path_regexp "^{prefix}(.*/)?[.]"',
            *_refusal("no_upload", 404),
            *_matcher("upload", f'path_regexp "^{prefix}"', _file(media.root, "{stator_upload}")),
            *block(
                "route @stator_upload",
                with_gaps(_methods(), _requests(), stated, [strip], _file_server(media.root)),
            ),
            f'@stator_lost_upload path_regexp "^{prefix}"',
            *_refusal("lost_upload", 404),
        ],
    ]


def _private(media: Media, upstream: str) -> Lines:
    prefixes = _unquoted(private_prefixes(media.rules))
    inline = extensions(inline_extensions(media.rules))
    sent = block(
        "handle_response @stator_accel",
        block(
            "copy_response_headers", "include Content-Type Content-Disposition Cache-Control Set-Cookie Vary"
        ),
        "header X-Content-Type-Options nosniff",
        f'@stator_active_private not path_regexp "(?i){inline}"',
        f'header @stator_active_private Content-Security-Policy "{SANDBOX}"',
        "rewrite * {rp.header.X-Accel-Redirect}",
        f"uri strip_prefix {PRIVATE_MEDIA.rstrip('/')}",
        _file_server(media.root),
    )
    return [
        *comment(
            "Private uploads: the application says who may read one, and with X-Accel-Redirect that Caddy "
            "shall send it."
        ),
        f'@stator_private path_regexp "(?i)^{_literal(media.prefix)}({prefixes})"',
        *block(
            f"reverse_proxy @stator_private {_upstream(upstream)}",
            "@stator_accel header X-Accel-Redirect *",
            sent,
        ),
    ]


def _root_files(root: str) -> Lines:
    return [
        *comment(
            "Files for the root of the site, such as robots.txt; hidden ones are not, but for /.well-known/."
        ),
        *_matcher(
            "root_file",
            "method GET HEAD",
            'path_regexp "^(/[.]well-known)?(/[^./][^/]*)+$"',
            _file(root, "{path}"),
        ),
        *block(
            "route @stator_root_file",
            _requests(),
            block(
                "header",
                "X-Content-Type-Options nosniff",
                f"Cache-Control {REVALIDATE}",
                "Content-Type {stator_type}",
            ),
            _file_server(root),
        ),
    ]


def _upstream(address: str) -> str:
    """Return the address of the application in Caddy's form."""
    return address.replace("unix:", "unix/", 1)


def _everything_else(policy: ServingPolicy) -> Lines:
    return [
        *comment(
            "Everything else is the application's. Caddy says Host, X-Forwarded-For and X-Forwarded-Proto "
            "by itself, and passes on WebSockets and server-sent events as they come."
        ),
        f"reverse_proxy {_upstream(policy.upstream)}",
    ]
