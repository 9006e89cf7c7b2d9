"""The policy in the language of Varnish, 7.1 or later, which stands before a site as its CDN.

Facts that shape it. Varnish sees no disk: what exists is the origin's to say. A web server negotiates codings
itself, and needs ``Accept-Encoding`` in few spellings, since what is sent to each is kept apart. A store
cannot negotiate: there each form is an object of its own, ``app.css.br``, and only asking tells whether there
is one. So the form that the client likes best is asked for and, where it is missing, the next, in one fetch;
what is found is kept under the address of the file as a variant, which a ``PURGE`` drops with all others.
Addresses come percent-encoded. ``Vary`` is worked out from the request to the origin after its answer was
looked at, so what was changed in it is put back. Subroutines of one name run one after the other as they
stand in the file, Varnish's own last, unless one returns.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from ipaddress import ip_network
from typing import NamedTuple
from urllib.parse import quote, unquote, urlsplit

from stator.config import CODINGS
from stator.encode.choices import compressible
from stator.errors import ConfigError
from stator.fields import METHODS, NO_STORE, PREFLIGHT
from stator.media_types import BY_EXTENSION as TYPES
from stator.paths import CODING_SUFFIXES
from stator.webserver import patterns
from stator.webserver.patterns import extensions, from_shell, literal
from stator.webserver.policy import Field, ServingPolicy, static_fields
from stator.webserver.text import Lines, block, comment, document, indented, together, with_gaps

PURGERS = ("127.0.0.1", "::1")

_LOOPBACK = PURGERS
_AUTHORITY = re.compile(
    r"(?P<host>\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9_](?:[A-Za-z0-9_.-]*[A-Za-z0-9_])?)(?::(?P<port>[0-9]{1,5}))?"
)
_UNWRITABLE = re.compile(r'"\}|[\x00-\x1f\x7f]')
_MANIFESTS = "^staticfiles[.][0-9a-f]+[.]json$"  # each of one release alone, in a store
# Malformed, or a control character once decoded, which would end the field that the name is kept in.
_UNDECODABLE = "%(?![0-9A-Fa-f]{2})|%[01]|%7[Ff]"
_WEIGHT = "([01])(?:[.]([0-9]{0,3}))?"
_REFUSED = "00000"
_IDENTITY = "00005"  # it is acceptable even when nobody says so, and then the last choice
_NO_IDENTITY = "identity;q=0"
# The fields that a store says itself.
_STORED = frozenset(
    {"cache-control", "content-disposition", "content-encoding", "content-language", "content-type"}
)
_KEY_FIELDS = ("x-amz-meta-surrogate-key", "x-goog-meta-surrogate-key", "x-ms-meta-surrogate_key")
# What a visitor is not told: keys, and what stores say of themselves.
_UNTOLD = (
    "Surrogate-Key",
    *_KEY_FIELDS,
    *("x-amz-meta-stator-mark", "x-goog-meta-stator-mark", "x-ms-meta-stator_mark"),
    *("x-amz-id-2", "x-amz-request-id", "x-ms-request-id", "x-guploader-uploadid"),
)


class Origin(NamedTuple):
    """A store that holds the published files: its host and port, and the path that they have there."""

    host: str
    port: int
    path: str

    @property
    def authority(self) -> str:
        """What the store is told in ``Host``."""
        return self.host if self.port == 80 else f"{self.host}:{self.port}"


def origin_of(url: str) -> Origin:
    """Return the store at an address such as ``http://127.0.0.1:8333/assets/static/``.

    Raises ``ConfigError`` for one that Varnish cannot ask.
    """
    parts = urlsplit(url)
    if parts.scheme == "https":
        raise ConfigError(
            "Varnish speaks no HTTPS to an origin.",
            "Let a proxy on this machine do it, and name that: docs/cdn.md has one.",
        )
    found = _AUTHORITY.fullmatch(parts.netloc)
    path = unquote(parts.path).rstrip("/") + "/"
    port = int(found["port"] or 80) if found else 0
    strange = parts.query or parts.fragment or "//" in path or _UNWRITABLE.search(path)
    if parts.scheme != "http" or not found or not 0 < port < 1 << 16 or strange:
        raise ConfigError(
            f"{url!r} is no address of a store.", "For example: --origin http://127.0.0.1:8333/assets/static/"
        )
    return Origin(found["host"], port, path)


def render(policy: ServingPolicy, *, origin: Origin | None = None, purgers: Iterable[str] = PURGERS) -> str:
    """Return the configuration, a file for ``varnishd -f``.

    ``origin`` is the store that published files are asked from, ``None`` where whoever listens at the
    policy's ``upstream`` has them too. ``purgers`` are the addresses and networks that may purge. Raises
    ``ConfigError`` for a value that Varnish cannot be told.
    """
    return document(
        _head(policy),
        _declarations(policy, origin, purgers),
        _accept_encoding(policy.codings or CODINGS),
        _asked(policy),
        *([_store(policy, origin)] if origin else []),
        _purging(),
        _published(policy, origin),
        _EVERYTHING_ELSE,
        _KEPT,
        *([_fields(policy)] if origin else []),
        _delivered(),
        _errors(),
    )


# --- values


def quoted(text: str) -> str:
    """Return a text as Varnish reads it. Raises ``ConfigError`` for one that it has no form for."""
    if _UNWRITABLE.search(text):
        raise ConfigError(
            f"Varnish cannot be told {text!r}: there no text holds '\"}}' or a control character.",
            "Choose a value without them.",
        )
    return f'{{"{text}"}}' if '"' in text else f'"{text}"'


def _expression(regex: str) -> str:
    """Return a regular expression as Varnish reads it, to which a quote is always the end."""
    return '"' + regex.replace('"', r"\x22") + '"'


def _choice(cases: Mapping[str, str | Lines], otherwise: str | Sequence[str] = ()) -> Lines:
    """Return ``if … elsif … else``: what is done by condition, and what is done where none holds."""
    lines: Lines = []
    for condition, done in cases.items():
        lines += [f"{'} elsif' if lines else 'if'} ({condition}) {{", *indented(together(done))]
    return [*lines, *(["} else {", *indented(together(otherwise))] if otherwise else []), "}"]


# --- what is declared


def _head(policy: ServingPolicy) -> Lines:
    listen = policy.listen if ":" in policy.listen else f":{policy.listen}"
    return [
        *comment(
            "Varnish 7.1 or later before a site, as its CDN. Written by 'manage.py stator serverconfig "
            "varnish'. It is right for the next releases too; write it again when settings change, or when "
            "names that a bundler has digested do. Start it so, or br and zstd are never asked for:"
        ),
        f"# varnishd -a {listen} -f FILE -p http_gzip_support=off -s malloc,256m",
    ]


def _declarations(policy: ServingPolicy, origin: Origin | None, purgers: Iterable[str]) -> Lines:
    return [
        *("vcl 4.1;", "", "import blob;", "import proxy;", "import std;", ""),
        *with_gaps(
            block("backend stator_application", _upstream(policy.upstream)),
            block("backend stator_store", _at(origin.host, origin.port)) if origin else [],
            block("acl purgers", *(_network(one) for one in purgers)),
            [
                *comment("Who ends HTTPS before Varnish, and is believed to say so."),
                *block("acl stator_terminators", *(_network(one) for one in _LOOPBACK)),
            ],
        ),
    ]


def _at(host: str, port: int) -> Lines:
    return [f".host = {quoted(host.strip('[]'))};", f'.port = "{port}";']


def _upstream(address: str) -> Lines:
    if found := _AUTHORITY.fullmatch(address):
        return _at(found["host"], int(found["port"] or 80))
    return [f".path = {quoted(address.removeprefix('unix:'))};"]


def _network(text: str) -> str:
    """Return the entry for an address or a network. Raises ``ConfigError`` for what is neither."""
    try:
        network = ip_network(text)
    except ValueError as error:
        raise ConfigError(
            f"Nobody can purge from {text!r}: {error}.", "For example: --purger 10.0.0.0/24"
        ) from None
    whole = network.prefixlen == network.max_prefixlen
    return f'"{network.network_address}"{"" if whole else f"/{network.prefixlen}"};'


# --- what is asked for


def _accept_encoding(codings: Sequence[str]) -> Lines:
    """Return the subroutines that say ``Accept-Encoding`` anew: in few spellings that mean the same.

    Left are the codings that the client likes at least as well as the file itself, the best first, and
    whether the file itself is refused (RFC 9110, 12.5.3).
    """
    every = (*codings, "identity")
    by_any = "".join(rf",{coding}=\1" for coding in every)
    by_default = "".join(f",{one}={_IDENTITY if one == 'identity' else _REFUSED}" for one in every)
    return [
        *comment("Few spellings of Accept-Encoding, since what is sent to each is kept apart."),
        *block(
            "sub stator_accept_encoding",
            "std.collect(req.http.Accept-Encoding);",
            comment('In digits: ",br=10000,gzip=050000," for "br, gzip;q=0.5". Of each the last counts.'),
            rf'set {_SAID} = "," + regsuball(std.tolower(req.http.Accept-Encoding), "\s", "") + ",";',
            f'set {_SAID} = regsuball({_SAID}, ",x-gzip(?=[,;])", ",gzip");',
            rf'set {_SAID} = regsuball({_SAID}, ",([^,;]+)(?=,)", ",\1;q=1");',
            rf'set {_SAID} = regsuball({_SAID}, ";q={_WEIGHT}(?=,)", "=\1\20000");',
            _choice(
                {f'{_SAID} ~ ",[*]=[0-9]"': f"set {_SAID} = {_said_of('[*]', by_any)} + {_SAID};"},
                f'set {_SAID} = "{by_default}" + {_SAID};',
            ),
            *(rf"set {_weight(one)} = {_said_of(one, _FIRST)};" for one in every),
            *(
                block(f"if ({_number(one)} < {_number('identity')})", f'set {_weight(one)} = "0";')
                for one in codings
            ),
            "unset req.http.Accept-Encoding;",
            *("call stator_next_coding;" for _ in codings),
            comment("Whoever weighs them again shall come to the same order."),
            *(_replaced(rf"^({', '.join(['[^,]+'] * at)}, [a-z]+)", rf"\1;q=0.{10 - at}") for at in (1, 2)),
            block(
                f"if ({_number('identity')} == 0)",
                f'set req.http.Accept-Encoding = req.http.Accept-Encoding + "{_NO_IDENTITY}";',
            ),
            _replaced(", $", ""),
            block('if (req.http.Accept-Encoding == "")', "unset req.http.Accept-Encoding;"),
            f"unset {_SAID};",
            *(f"unset {_weight(one)};" for one in every),
        ),
        "",
        *comment("That of the greatest weight is next; of equals the smallest form, which is the first."),
        *block(
            "sub stator_next_coding",
            _choice({_is_greatest(one, codings): _taken(one) for one in codings}),
        ),
    ]


_SAID = "req.http.X-Stator-Said"
_FIRST = r"\1"


def _said_of(coding: str, written: str) -> str:
    r"""Return the expression for a text in which ``\1`` stands for the digits of a coding."""
    return f'regsub({_SAID}, "^.*,{coding}=([0-9]{{5}}).*$", "{written}")'


def _replaced(regex: str, written: str) -> str:
    return f'set req.http.Accept-Encoding = regsub(req.http.Accept-Encoding, "{regex}", "{written}");'


def _weight(coding: str) -> str:
    return f"req.http.X-Stator-{coding}"


def _number(coding: str) -> str:
    return f"std.integer({_weight(coding)}, 0)"


def _is_greatest(coding: str, codings: Sequence[str]) -> str:
    others = (f"{_number(coding)} >= {_number(other)}" for other in codings if other != coding)
    return " && ".join([f"{_number(coding)} > 0", *others])


def _taken(coding: str) -> Lines:
    return [
        f'set req.http.Accept-Encoding = req.http.Accept-Encoding + "{coding}, ";',
        f'set {_weight(coding)} = "0";',
    ]


def _asked(policy: ServingPolicy) -> Lines:
    return [
        *comment("X-Stator says that a published file is asked for. Such a file takes no query."),
        *block(
            "sub vcl_recv",
            "unset req.http.X-Stator;",
            "unset req.http.X-Stator-Name;",
            block("if (req.http.Host)", "set req.http.Host = std.tolower(req.http.Host);"),
            "call stator_accept_encoding;",
            block(
                f'if (req.method ~ "^(?:GET|HEAD|PURGE)$" && {_is_published(policy)})',
                'set req.url = regsub(req.url, "[?].*$", "");',
                'set req.http.X-Stator = "plain";',
            ),
        ),
    ]


def _is_published(policy: ServingPolicy) -> str:
    return f"req.url ~ {_expression(f'^{_raw_prefix(policy)}[^?]')}"


def _raw_prefix(policy: ServingPolicy) -> str:
    """Return the expression for the prefix of published files as it stands in an address, escaped or not."""
    return "".join(_raw(character, quote(character)) for character in policy.static_prefix)


def _raw(character: str, escaped: str) -> str:
    one = literal(character)
    return one if escaped == character else f"(?:{one}|(?i:{escaped}))"


def _published(policy: ServingPolicy, origin: Origin | None) -> Lines:
    named = [f"{_NAME} == {quoted(name)}" for name in policy.hidden]
    hidden = [f"{_NAME} ~ {_expression(regex)}" for regex in (patterns.HIDDEN, _MANIFESTS)]
    return [
        *comment(
            "What never changes has a name with the form of our digests, unless it looks so by chance, or "
            "one that was digested by others. Hidden files and the manifest are nobody's to read."
        ),
        *block(
            "sub vcl_recv",
            *(_refused_by_store(policy) if origin else []),
            block(
                "if (req.http.X-Stator)",
                "unset req.http.Cookie;",
                block(f'if (req.url ~ "{_UNDECODABLE}")', "return (synth(404));"),
                f"set {_NAME} = blob.transcode(decoding=URL, encoded="
                f'regsub(req.url, {_expression(f"^{_raw_prefix(policy)}")}, ""));',
                block(f"if ({' || '.join([*hidden, *named])})", "return (synth(404));"),
                block(f"if ({_NAME} ~ {_expression(patterns.DIGESTED)})", _IMMUTABLE),
                *_named(policy.lookalikes, _PLAIN),
                *_named(policy.undigested, _IMMUTABLE),
                *(_asked_of_store(policy) if origin else []),
            ),
        ),
    ]


def _named(names: Sequence[str], done: str) -> Lines:
    """Return what is done for these names, in a few long conditions: many take Varnish minutes to compile."""
    parts = (names[at : at + _NAMES_AT_ONCE] for at in range(0, len(names), _NAMES_AT_ONCE))
    regexes = (_expression(f"^(?:{'|'.join(map(literal, part))})$") for part in parts)
    return together(*(block(f"if ({_NAME} ~ {regex})", done) for regex in regexes))


_NAMES_AT_ONCE = 100
_NAME = "req.http.X-Stator-Name"
_IMMUTABLE = 'set req.http.X-Stator = "immutable";'
_PLAIN = 'set req.http.X-Stator = "plain";'


# --- a store


def _refused_by_store(policy: ServingPolicy) -> Lines:
    """Return what is said to other methods, which a store may understand in ways of its own."""
    return block(
        f"if (!req.http.X-Stator && {_is_published(policy)})",
        block('if (req.method == "OPTIONS")', "return (synth(204));"),
        "return (synth(405));",
    )


def _asked_of_store(policy: ServingPolicy) -> Lines:
    refused = f'req.http.Accept-Encoding ~ "{_NO_IDENTITY}$"'
    return [
        "unset req.http.Authorization;",
        "unset req.http.Origin;",
        "set req.backend_hint = stator_store;",
        *_choice(
            {
                f"req.url !~ {_coded(policy)}": [
                    *block(f"if ({refused})", "return (synth(406));"),
                    "unset req.http.Accept-Encoding;",
                ],
                f'req.http.Accept-Encoding == "{_NO_IDENTITY}"': "return (synth(406));",
            }
        ),
    ]


def _coded(policy: ServingPolicy) -> str:
    """Return the expression for names that may have forms."""
    endings = [ending for ending in TYPES if compressible(f"x{ending}")] if policy.codings else []
    return _expression(f"(?i){extensions(endings)}" if endings else "^$")


def _store(policy: ServingPolicy, origin: Origin) -> Lines:
    path = quoted(quote(origin.path))
    prefix = _expression(f"^{_raw_prefix(policy)}")
    suffixes = {
        f'bereq.http.Accept-Encoding == "{coding}"': f"set bereq.url = bereq.url + {quoted(suffix)};"
        for coding, suffix in CODING_SUFFIXES.items()
        if coding in policy.codings
    }
    return [
        *comment(
            "Published files are in a store. The forms that the client would take are asked for one after "
            "the other, until there is one. What was asked for stands in fields meanwhile, and is put back."
        ),
        *block(
            "sub vcl_backend_fetch",
            block(
                "if (bereq.http.X-Stator)",
                block("if (bereq.retries == 0)", _REMEMBERED),
                f"set bereq.http.Host = {quoted(origin.authority)};",
                'set bereq.http.Accept-Encoding = regsub(bereq.http.X-Stator-Try, ",.*$", "");',
                f"set bereq.url = regsub(bereq.http.X-Ban-Url, {prefix}, {path});",
                *(_choice(suffixes) if suffixes else []),
            ),
        ),
        "",
        *block(
            "sub vcl_backend_response",
            block(
                "if (bereq.http.X-Stator)",
                _ANSWERED_BY_STORE,
                block(f"if (bereq.url ~ {_coded(policy)})", 'set beresp.http.Vary = "Accept-Encoding";'),
            ),
        ),
    ]


_REMEMBERED = rf"""
set bereq.http.X-Ban-Host = bereq.http.Host;
set bereq.http.X-Ban-Url = bereq.url;
set bereq.http.X-Stator-Accepts = bereq.http.Accept-Encoding;
set bereq.http.X-Stator-Try = bereq.http.Accept-Encoding + ", identity";
set bereq.http.X-Stator-Try = regsub(bereq.http.X-Stator-Try, "(?:^|, ){_NO_IDENTITY}, identity$", "");
set bereq.http.X-Stator-Try = regsuball(bereq.http.X-Stator-Try, "^, |;q=0[.][0-9]", "");
""".strip().splitlines()

# A file of somebody's own may be called as the form of another: only the coding tells.
_ANSWERED_BY_STORE = rf"""
if (beresp.status >= 500) {{
    return (error(503, "Service Unavailable"));
}}
if (beresp.status != 200 || (bereq.http.Accept-Encoding != "identity"
    && beresp.http.Content-Encoding != bereq.http.Accept-Encoding)) {{
    set bereq.http.X-Stator-Try = regsub(bereq.http.X-Stator-Try, "^[^,]+(?:, )?", "");
    if (bereq.http.X-Stator-Try != "") {{
        return (retry);
    }}
    if (bereq.http.X-Stator-Accepts ~ "{_NO_IDENTITY}$") {{
        return (error(406, "Not Acceptable"));
    }}
    return (error(404, "Not Found"));
}}
set bereq.http.Host = bereq.http.X-Ban-Host;
set bereq.url = bereq.http.X-Ban-Url;
set bereq.http.Accept-Encoding = bereq.http.X-Stator-Accepts;
if (bereq.http.Accept-Encoding == "") {{
    unset bereq.http.Accept-Encoding;
}}
""".strip().splitlines()


def _fields(policy: ServingPolicy) -> Lines:
    """Return the fields that a store cannot keep, those that HEADERS sets among them."""
    logical = [
        *comment("HEADERS: patterns are matched against the name and its logical path."),
        f'set {_BOTH} = {_NAME} + "//" + regsub({_NAME}, {_expression(_WITH_DIGEST)}, "\\1");',
    ]
    said = [field for field in static_fields(policy) if field.name.lower() not in _STORED]
    return [
        *comment("What a store does not say of its files."),
        *block(
            "sub vcl_deliver",
            block(
                "if (req.http.X-Stator && resp.status < 400)",
                *(logical if any(field.rules for field in said) else []),
                *(_field_lines(field) for field in said),
            ),
        ),
    ]


_BOTH = "req.http.X-Stator-Names"
_WITH_DIGEST = rf"[.]{patterns.HEX}((?:[.][^./]+)?)$"


def _field_lines(field: Field) -> Lines:
    cases = {}
    for pattern, value in field.rules:
        regex = from_shell(pattern)
        cases[f"{_BOTH} ~ {_expression(f'^(?:{regex}//|.*//{regex}$)')}"] = _set(field.name, value)
    return _choice(cases, _set(field.name, field.value)) if cases else [_set(field.name, field.value)]


def _set(name: str, value: str | None) -> str:
    return f"unset resp.http.{name};" if value is None else f"set resp.http.{name} = {quoted(value)};"


# --- what is the same for every site


def _purging() -> Lines:
    return [
        *comment(
            "Purging, as docs/purge.md has it; what a proxy before Varnish hands on may be anybody's. A "
            "store has the keys of a file in a field of its own."
        ),
        *_PURGE,
        "",
        *block(
            "sub vcl_backend_response",
            "set beresp.http.X-Ban-Host = bereq.http.Host;",
            "set beresp.http.X-Ban-Url = bereq.url;",
            "set beresp.http.X-Ban-Keys = beresp.http.Surrogate-Key;",
            *(
                block(f"if (beresp.http.{field})", f"set beresp.http.X-Ban-Keys = beresp.http.{field};")
                for field in _KEY_FIELDS
            ),
        ),
    ]


_PURGE = r"""
sub vcl_recv {
    if ((req.method == "PURGE" || req.method == "BAN") && req.http.X-Forwarded-For ~ ",") {
        return (synth(403));
    }
    if (req.method == "PURGE" || req.method == "BAN") {
        if (client.ip !~ purgers) { return (synth(403)); }
        if (req.method == "PURGE") { return (purge); }
        if (req.http.X-Ban-Key) {
            ban("obj.http.X-Ban-Keys ~ (^|[\s,])" + regsuball(req.http.X-Ban-Key, "[][.+*?(){}|$]", "[\0]")
                + "([\s,]|$)");
        } elsif (req.http.X-Ban-Prefix) {
            ban("obj.http.X-Ban-Host == " + req.http.Host
                + " && obj.http.X-Ban-Url ~ ^" + regsuball(req.http.X-Ban-Prefix, "[][.+*?(){}|$]", "[\0]"));
        } else {
            ban("obj.status != 0");
        }
        return (synth(200));
    }
}
""".strip().splitlines()

_EVERYTHING_ELSE = """
# Everything else is the application's, and is kept only where it says for how long.
sub vcl_recv {
    if (proxy.is_ssl()) {
        set req.http.X-Forwarded-Proto = "https";
    } elsif (client.ip !~ stator_terminators || !req.http.X-Forwarded-Proto) {
        set req.http.X-Forwarded-Proto = "http";
    }
    if (req.http.Upgrade ~ "(?i)^websocket$") {
        return (pipe);
    }
}

sub vcl_pipe {
    if (req.http.Upgrade) {
        set bereq.http.Upgrade = req.http.Upgrade;
        set bereq.http.Connection = req.http.Connection;
    }
}

sub vcl_backend_fetch {
    unset bereq.http.X-Stator-Name;
}
""".strip().splitlines()

# With none in place of the second Varnish would ask the origin for one waiting client after the other.
_KEPT = """
# A file that never changes is shown while it is fetched again, for days if the origin fails. A plain one is
# asked for again after a second, by its ETag. What is missing now may soon be there.
sub vcl_backend_response {
    if (bereq.is_bgfetch && beresp.status >= 500) {
        return (abandon);
    }
    if (!bereq.http.X-Stator) {
        if (!beresp.http.Cache-Control && !beresp.http.Expires) {
            return (pass(120s));
        }
    } elsif (beresp.status >= 400) {
        set beresp.grace = 0s;
        set beresp.keep = 0s;
        if (beresp.ttl > 2s) {
            set beresp.ttl = 2s;
        }
    } else {
        unset beresp.http.Set-Cookie;
        set beresp.grace = 0s;
        set beresp.keep = 1d;
        if (bereq.http.X-Stator == "immutable") {
            set beresp.grace = 30d;
        }
        if (beresp.http.Cache-Control ~ "(?i)no-cache"
            && beresp.http.Cache-Control !~ "(?i)no-store|private") {
            set beresp.ttl = 1s;
            return (deliver);
        }
    }
}
""".strip().splitlines()


def _delivered() -> Lines:
    fields = ("X-Ban-Host", "X-Ban-Url", "X-Ban-Keys", *_UNTOLD)
    return [
        *comment("What is nobody's business."),
        *block("sub vcl_deliver", *(f"unset resp.http.{field};" for field in fields)),
    ]


def _errors() -> Lines:
    return [
        *comment("Errors of our own: short, and kept by nobody."),
        *block(
            "sub vcl_backend_error",
            *_error("beresp"),
            block("if (beresp.status == 404)", "set beresp.ttl = 2s;"),
            'synthetic(beresp.status + " " + beresp.reason);',
            "return (deliver);",
        ),
        "",
        *block(
            "sub vcl_synth",
            *_choice(
                {
                    "resp.status == 204": [
                        f"set resp.http.{name} = {quoted(value)};" for name, value in PREFLIGHT
                    ],
                },
                [*_error("resp"), 'synthetic(resp.status + " " + resp.reason);'],
            ),
            block(
                "if (resp.status == 204 || resp.status == 405)",
                f"set resp.http.Allow = {quoted(METHODS)};",
            ),
            "return (deliver);",
        ),
    ]


def _error(answer: str) -> Lines:
    return [
        f'set {answer}.http.Cache-Control = "{NO_STORE}";',
        f'set {answer}.http.Content-Type = "text/plain; charset=utf-8";',
        f'set {answer}.http.X-Content-Type-Options = "nosniff";',
    ]
