"""The policy in the language of Apache, 2.4.47 or later.

Facts that shape it. mod_rewrite looks at a request before the proxy does, so it decides what is a file and
what goes on to the application, which form of a file is sent, and of which type it is: other modules read
meaning into each ending of a name. What was decided stands in the request's environment, from which the
fields follow. A weight of a coding is compared as text, which is why zeros stand behind it. With ``always``
a field stands on every answer, an error included, so each such line says on which.
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
from stator.uploads import PUBLIC, SANDBOX
from stator.webserver import patterns
from stator.webserver.patterns import extensions, from_shell, literal
from stator.webserver.policy import (
    INTERNAL,
    Media,
    ServingPolicy,
    hosts,
    inline_extensions,
    private_prefixes,
    types,
    upload_types,
)
from stator.webserver.text import Lines, comment, document, indented, together, with_gaps

_MEANINGFUL = re.compile(r'[$%\\"]')
_WEIGHT = "([01])(?:[.]([0-9]{0,3}))?"
_REFUSED = "00000"
_IDENTITY = "00005"  # the file itself is acceptable even when nobody says so, and then the last choice
_TOKENS = {"br": "br", "zstd": "zstd", "gzip": "(?:x-)?gzip", "identity": "identity"}
_SENT = "%{REQUEST_STATUS} -lt 400"
_NOT_SENT = "%{REQUEST_STATUS} -ge 400"

_TLS = """\
# For HTTPS and HTTP/2: a2enmod ssl http2; then take port 443 above, and these lines.
# SSLEngine on
# SSLCertificateFile /etc/letsencrypt/live/NAME/fullchain.pem
# SSLCertificateKeyFile /etc/letsencrypt/live/NAME/privkey.pem
# Protocols h2 http/1.1""".splitlines()

_WRITTEN = comment(
    "Written by 'manage.py stator serverconfig apache'. It is right for the next releases too; write it "
    "again when settings change, or when names that a bundler has digested do. Its modules: a2enmod "
    "headers rewrite proxy proxy_http."
)


def render(policy: ServingPolicy) -> str:
    """Return the configuration of a whole site, a file for ``sites-available``.

    Raises ``ConfigError`` for a value that Apache cannot be told.
    """
    host, _, port = policy.listen.rpartition(":")
    names = hosts(policy)
    listen = [] if policy.listen in {"80", "443"} else [f"Listen {policy.listen}"]
    site = _section(
        f"VirtualHost {host or '*'}:{port}",
        with_gaps(
            [
                *(f"ServerName {name}" for name in names[:1]),
                *(f"ServerAlias {name}" for name in names[1:]),
                *_TLS,
            ],
            *_files(policy),
            _everything_else(policy),
        ),
    )
    head = comment("A site with Apache 2.4.47 or later. A file for sites-available; a2ensite turns it on.")
    return document(head, _WRITTEN, [*listen, *site])


def render_include(policy: ServingPolicy) -> str:
    """Return what is included in an existing ``VirtualHost``. Raises ``ConfigError`` as ``render``."""
    head = comment(
        "For your VirtualHost: 'Include' this file there, before rewrite rules of your own. What it does "
        "not answer goes on to your WSGIScriptAlias or ProxyPass, which needs 'ProxyPreserveHost On' for "
        "Django to be told the right host; an Alias of yours for these paths is to be left out."
    )
    return document(head, _WRITTEN, *_files(policy))


# --- values


def quoted(text: str) -> str:
    """Return a text as Apache reads it."""
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _path(folder: str, behind: str = "") -> str:
    """Return a path as Apache reads it. Raises ``ConfigError`` for one that would mean something else."""
    if found := _MEANINGFUL.search(folder):
        raise ConfigError(
            f"Apache cannot be told {folder!r}: {found[0]!r} means something there.",
            "Choose a folder without it.",
        )
    return quoted(folder.rstrip("/") + behind)


def _value(text: str) -> str:
    """Return the value of a field as mod_headers reads it."""
    if "${" in text:
        raise ConfigError(f"Apache cannot be told {text!r}: '${{' begins a variable there.", "Leave it out.")
    return quoted(text.replace("%", "%%"))


def _expression(regex: str) -> str:
    """Return a regular expression as mod_rewrite reads it, to which a quote is always the end."""
    return '"' + regex.replace('"', r"\x22") + '"'


def _section(head: str, *parts: str | Iterable[str]) -> Lines:
    return [f"<{head}>", *indented(together(*parts)), f"</{head.partition(' ')[0]}>"]


def _rule(pattern: str, *flags: str, conditions: Sequence[str] = (), to: str = "-") -> Lines:
    return [
        *(f"RewriteCond {one}" for one in conditions),
        f'RewriteRule {_expression(pattern)} "{to}" "[{",".join(flags)}]"',
    ]


def _refuse(status: int, pattern: str = "^", *, conditions: Sequence[str] = ()) -> Lines:
    """Return the rule that answers with a status, which is not the application's."""
    return _rule(pattern, f"R={status}", "E=STATOR_REFUSED:yes", conditions=conditions)


def _unless(pattern: str, lines: Lines) -> Lines:
    """Return rules that count only for addresses that the pattern matches."""
    rules = sum(line.startswith("RewriteRule") for line in lines)
    return [*_rule(f"!{pattern}", f"S={rules}"), *lines]


# --- what is decided


def _files(policy: ServingPolicy) -> list[Lines]:
    media, root = policy.media, policy.root_files
    return [
        [
            *comment("A slash may come escaped, as any other character."),
            "AllowEncodedSlashes On",
            "TraceEnable Off",
            "RewriteEngine On",
            *comment("The addresses that files are sent from are not for visitors."),
            *_refuse(404, f"^{INTERNAL}"),
        ],
        [
            *comment("Published files. Names without a file are the application's. S skips as many rules."),
            *_published(policy),
        ],
        *(
            [[*comment("Uploads; private ones are the application's to give."), *_uploads(media)]]
            if media
            else []
        ),
        *([[*comment("Files for the root of the site."), *_root_files(root)]] if root else []),
        _folders(policy),
        _said_of_refusals(),
        _said_of_published(policy),
        *([_said_of_uploads(media)] if media else []),
        *([_said_of_root_files()] if root else []),
    ]


def _published(policy: ServingPolicy) -> Lines:
    static = literal(policy.static_prefix)
    file = _path(policy.static_root, "/%{ENV:STATOR_NAME}")
    hidden = "|".join(literal(name) for name in policy.hidden)
    sent = together(
        _methods(),
        comment("Types are those of Stator, not of this machine."),
        _types(types()),
        comment(
            "What never changes: names with the form of our digests, but those that look so by "
            "chance; and the "
            "names, each by itself, that were digested by others."
        ),
        _kept(policy),
        _rule_flags(policy),
        _forms(policy),
        comment("The file, or the form of it."),
        _rule(f"^{static}(.+)$", "PT", *_NO_OTHERS, to=f"{INTERNAL}static/$1%{{ENV:STATOR_SUFFIX}}"),
    )
    absent = _rule(
        "^", f"S={sum(line.startswith('RewriteRule') for line in sent)}", conditions=[f"{file} !-f"]
    )
    return _unless(
        f"^{static}[^?]+$",
        together(
            _rule(f"^{static}(.+)$", "E=STATOR_NAME:$1"),
            comment(
                "Nobody's to read: hidden files and folders, and the manifest; forms by their own address."
            ),
            _refuse(404, f"^{static}(?:(?:.*/)?[.]|(?:{hidden})$)"),
            _no_forms(policy),
            comment("Where there is no file of a name with the form of our digests, no release has it."),
            _refuse(404, patterns.DIGESTED, conditions=[f"{file} !-f"]),
            absent,
            sent,
        ),
    )


# Neither the proxy nor a module that compresses has anything to do with a file.
_NO_OTHERS = ("E=no-proxy:1", "E=no-gzip:1", "E=no-brotli:1")


def _methods() -> Lines:
    return [
        *_refuse(204, conditions=["%{REQUEST_METHOD} =OPTIONS"]),
        *_refuse(405, conditions=['%{REQUEST_METHOD} "!^(?:GET|HEAD)$"']),
    ]


def _no_forms(policy: ServingPolicy) -> Lines:
    """Return the rules by which precompressed forms have no address of their own."""
    if not policy.codings:
        return []
    suffixes = "|".join(CODING_SUFFIXES[coding][1:] for coding in policy.codings)
    own = "|".join(literal(name) for name in policy.own_forms)
    return _refuse(
        404,
        conditions=[
            *([f"%{{ENV:STATOR_NAME}} {_expression(f'!^(?:{own})$')}"] if own else []),
            f'%{{ENV:STATOR_NAME}} "^(.+)[.](?:{suffixes})$"',
            f"{_path(policy.static_root, '/%1')} -f",
        ],
    )


def _types(kinds: Mapping[str, Sequence[str]]) -> Lines:
    lines = _rule("^", f"T={UNKNOWN}")
    for kind, endings in kinds.items():
        lines += _rule(f"(?i){extensions(endings)}", f"T={kind}")
    return lines


def _kept(policy: ServingPolicy) -> Lines:
    static = literal(policy.static_prefix)
    return [
        *_rule(patterns.DIGESTED, "E=STATOR_KEPT:yes"),
        *(
            line
            for name in policy.lookalikes
            for line in _rule(f"^{static}{literal(name)}$", "E=!STATOR_KEPT")
        ),
        *(
            line
            for name in policy.undigested
            for line in _rule(f"^{static}{literal(name)}$", "E=STATOR_KEPT:yes")
        ),
    ]


def _rule_flags(policy: ServingPolicy) -> Lines:
    """Return what sets a flag for each rule of HEADERS that is about a name or its logical path."""
    if not policy.rules:
        return []
    lines = [
        *comment("HEADERS: its patterns are matched against the name and against its logical path."),
        *_rule("^", "E=STATOR_LOGICAL:%{ENV:STATOR_NAME}"),
        *_rule("^", "E=STATOR_LOGICAL:%1%2", conditions=[f'%{{ENV:STATOR_NAME}} "^(.+){patterns.DIGESTED}"']),
    ]
    for number, (pattern, fields) in enumerate(policy.rules, 1):
        regex = _expression(f"^(?:{from_shell(pattern)}//|.*//{from_shell(pattern)}$)")
        flags = [f"E=STATOR_RULE_{number}:yes"]
        flags += [f"T={_type(value)}" for name, value in fields if name.lower() == "content-type"]
        lines += _rule("^", *flags, conditions=[f'"%{{ENV:STATOR_NAME}}//%{{ENV:STATOR_LOGICAL}}" {regex}'])
    return lines


def _type(value: str | None) -> str:
    if value is None or set(value) & set('",$%\\[]'):
        raise ConfigError(
            f"STATOR['HEADERS'] sets Content-Type to {value!r}, which Apache cannot be told.",
            "Give a type such as 'application/wasm'.",
        )
    return value


def _forms(policy: ServingPolicy) -> Lines:
    """Return how the form to send is found: each weight counts only where the form exists.

    Of those that the client gives most weight the first is the smallest.
    """
    if not policy.codings:
        return []
    lines = comment(
        "The weight of each coding that there is a form in, as Accept-Encoding says, with zeros "
        "behind: 10000 is 1, "
        "050000 is 0.5. The greatest is chosen, among equals the smallest form, which is the first."
    )
    for coding in (*policy.codings, "identity"):
        lines += _weight(coding, policy.static_root)
    weights = [f"reqenv('STATOR_{coding.upper()}')" for coding in (*policy.codings, "identity")]
    lines += _refuse(406, conditions=[f'expr "{" && ".join(f"{weight} !~ /[1-9]/" for weight in weights)}"'])
    for at, coding in enumerate(policy.codings):
        flags = [f"E=STATOR_SUFFIX:{CODING_SUFFIXES[coding]}", f"E=STATOR_CODING:{coding}"]
        lines += _rule("^", *flags, conditions=[f'expr "{_greatest(weights, at)}"'])
    return lines


def _greatest(weights: Sequence[str], at: int) -> str:
    """Return the expression for: this weight is the greatest, and the first of those that are as great."""
    one = weights[at]
    before, behind = weights[:at], weights[at + 1 :]
    return " && ".join(
        [*(f"{one} > {other}" for other in before), *(f"{one} >= {other}" for other in behind)]
    )


def _weight(coding: str, root: str) -> Lines:
    """Return the rules for the weight that Accept-Encoding gives a coding (RFC 9110, 12.5.3)."""
    variable, identity = f"E=STATOR_{coding.upper()}", coding == "identity"
    exists = [] if identity else [f"{_path(root, '/%{ENV:STATOR_NAME}' + CODING_SUFFIXES[coding])} -f"]
    lines = _rule("^", f"{variable}:{_IDENTITY if identity else _REFUSED}")
    if exists:
        lines += _rule("^", "E=STATOR_VARY:yes", conditions=exists)
    for token in ("[*]", _TOKENS[coding]):
        said = rf'%{{HTTP:Accept-Encoding}} "(?:^|,)\s*{token}\s*'
        lines += _rule("^", f"{variable}:10000", conditions=[*exists, rf'{said}(?:,|$)" [NC]'])
        lines += _rule(
            "^", f"{variable}:%1%{2}0000", conditions=[*exists, rf'{said};\s*q={_WEIGHT}\s*(?:,|$)" [NC]']
        )
    return lines


def _uploads(media: Media) -> Lines:
    prefix, file = literal(media.prefix), _path(media.root, "/%{ENV:STATOR_UPLOAD}")
    public = together(
        _rule(f"^{prefix}(.*)$", "E=STATOR_UPLOAD:$1"),
        _refuse(404, f"^{prefix}(?:.*/)?[.]"),
        _refuse(404, conditions=[f"{file} !-f"]),
        _methods(),
        _types(upload_types(media.rules)),
        _rule(f"(?i){extensions(inline_extensions(media.rules))}", "E=STATOR_INLINE:yes"),
        _rule(f"^{prefix}([^?]+)$", "PT", *_NO_OTHERS, to=f"{INTERNAL}uploads/$1"),
        _refuse(404),
    )
    private = private_prefixes(media.rules)
    return _unless(f"^{prefix}(?!(?i:{private}))" if private else f"^{prefix}", public)


def _root_files(root: str) -> Lines:
    sent = together(
        _types(types()),
        _rule("^/([^?]+)$", "PT", *_NO_OTHERS, to=f"{INTERNAL}root/$1"),
    )
    count = sum(line.startswith("RewriteRule") for line in sent)
    other = _rule(
        "^",
        f"S={count}",
        conditions=[
            f"{_path(root, '%{REQUEST_URI}')} !-f [OR]",
            '%{REQUEST_METHOD} "!^(?:GET|HEAD)$" [OR]',
            '%{REQUEST_URI} "!^(?:/[.]well-known)?(?:/[^./][^/]*)+$"',
        ],
    )
    return [*other, *sent]


# --- what is said


def _folders(policy: ServingPolicy) -> Lines:
    folders = {"static": policy.static_root}
    folders |= {"uploads": policy.media.root} if policy.media else {}
    folders |= {"root": policy.root_files} if policy.root_files else {}
    lines = comment(
        "Nothing in these folders is run, listed, or configures the server; no link leads out of them."
    )
    for name, root in folders.items():
        lines += [
            f"Alias {quoted(f'{INTERNAL}{name}/')} {_path(root, '/')}",
            *_section(
                f"Directory {_path(root)}", "Require all granted", "Options None", "AllowOverride None"
            ),
        ]
    return [
        *lines,
        *_section(
            f'Location "{INTERNAL}"',
            "SetHandler default-handler",
            "FileETag MTime Size",
            "AddDefaultCharset Off",
            "Header unset Content-Language",
            f"MaxRanges {MOST_RANGES}",
            f"MaxRangeOverlaps {MOST_RANGES}",
            f"MaxRangeReversals {MOST_RANGES}",
            "RequestHeader unset Range \"expr=%{REQUEST_METHOD} != 'GET'\"",
            r'RequestHeader edit* Range "\s*,\s*" ","',
            comment("Of two conditions the one with tags goes over the one with a date (RFC 9110, 13.2.2)."),
            "RequestHeader unset If-Modified-Since \"expr=-n req_novary('If-None-Match')\"",
            "RequestHeader unset If-Unmodified-Since \"expr=-n req_novary('If-Match')\"",
            *(
                _header(f"unset {name}", _NOT_SENT).replace(" always", "")
                for name in ("ETag", "Last-Modified")
            ),
            _header(
                'set Content-Range "expr=bytes */%{filesize:%{REQUEST_FILENAME}}"',
                "%{REQUEST_STATUS} -eq 416",
            ),
        ),
    ]


def _header(action: str, when: str) -> str:
    return f'Header always {action} "expr={when}"'


def _said_of_refusals() -> Lines:
    refused = "reqenv('STATOR_REFUSED') == 'yes'"
    return [
        *comment("What is said with errors of ours, and to OPTIONS."),
        _header(f"set Cache-Control {NO_STORE}", refused),
        _header("set X-Content-Type-Options nosniff", refused),
        _header(f"set Allow {_value(METHODS)}", f"{refused} && %{{REQUEST_STATUS}} -in {{'204', '405'}}"),
        _header("merge Vary Accept-Encoding", "reqenv('STATOR_VARY') == 'yes'"),
    ]


def _said_of_published(policy: ServingPolicy) -> Lines:
    lines = [
        _header(f"set Cache-Control {_value(REVALIDATE)}", _SENT),
        _header(f"set Cache-Control {_value(IMMUTABLE)}", f"reqenv('STATOR_KEPT') == 'yes' && {_SENT}"),
        _header(f"set Cache-Control {NO_STORE}", _NOT_SENT),
        *(f"Header always set {name} {_value(value)}" for name, value in ALWAYS),
    ]
    for ending, coding in INHERENT_CODINGS.items():
        lines.append(
            _header(
                f"set Content-Encoding {coding}", f"%{{REQUEST_URI}} =~ /{extensions([ending])}/i && {_SENT}"
            )
        )
    for number, (_, fields) in enumerate(policy.rules, 1):
        when = f"reqenv('STATOR_RULE_{number}') == 'yes' && {_SENT}"
        lines += [
            _header(f"set {name} {_value(value)}" if value is not None else f"unset {name}", when)
            for name, value in fields
            if name.lower() != "content-type"
        ]
    coded = f"-n reqenv('STATOR_CODING') && {_SENT} && %{{REQUEST_STATUS}} -ne 304"
    lines.append(_header('set Content-Encoding "%{STATOR_CODING}e"', coded))
    asked = "reqenv('STATOR_REFUSED') == 'yes' && %{REQUEST_STATUS} -eq 204"
    return [
        *comment("What is said with published files."),
        *_section(f'Location "{INTERNAL}static/"', lines),
        *_section(
            f"LocationMatch {quoted(f'^{literal(policy.static_prefix)}')}",
            (_header(f"set {name} {_value(value)}", asked) for name, value in PREFLIGHT),
        ),
    ]


def _said_of_uploads(media: Media) -> Lines:
    active = f"-z reqenv('STATOR_INLINE') && {_SENT}"
    return [
        *comment("What is said with uploads: nothing may run in the origin of this site."),
        *_section(
            f'Location "{INTERNAL}uploads/"',
            _header(f"set Cache-Control {_value(PUBLIC)}", _SENT),
            "Header always set X-Content-Type-Options nosniff",
            _header("set Content-Disposition attachment", active),
            _header(f"set Content-Security-Policy {_value(SANDBOX)}", active),
        ),
        *(
            _section("IfModule mod_xsendfile.c", "XSendFile On", f"XSendFilePath {_path(media.root)}")
            if media.rules.private
            else []
        ),
    ]


def _said_of_root_files() -> Lines:
    return _section(
        f'Location "{INTERNAL}root/"',
        _header(f"set Cache-Control {_value(REVALIDATE)}", _SENT),
        "Header always set X-Content-Type-Options nosniff",
    )


def _everything_else(policy: ServingPolicy) -> Lines:
    upstream = policy.upstream
    target = f"{upstream}|http://localhost/" if upstream.startswith("unix:") else f"http://{upstream}/"
    return [
        *comment(
            "Everything else is the application's. Apache says X-Forwarded-For by itself, and passes on "
            "WebSockets and server-sent events as they come."
        ),
        "ProxyPreserveHost On",
        "ProxyErrorOverride Off",
        'RequestHeader set X-Forwarded-Proto "expr=%{REQUEST_SCHEME}"',
        f'ProxyPass "/" "{target}" upgrade=websocket',
    ]
