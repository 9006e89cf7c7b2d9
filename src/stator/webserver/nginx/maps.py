"""What goes into the ``http`` block: the maps that decide, from a request, a name and the disk, what is sent.

A map is worked out when its variable is first asked for, and once in a request; so those of what exists are
asked after it was looked up, and those of the answer by ``add_header``, when its status is known.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from stator.fields import IMMUTABLE, INHERENT_CODINGS, METHODS, MOST_RANGES, REVALIDATE
from stator.paths import CODING_SUFFIXES
from stator.uploads import SANDBOX
from stator.webserver import patterns
from stator.webserver.nginx.values import expression, key, map_of, quoted
from stator.webserver.patterns import extensions, from_shell, literal
from stator.webserver.policy import (
    Field,
    Media,
    ServingPolicy,
    inline_extensions,
    static_fields,
)
from stator.webserver.text import Lines, block

_WEIGHT = r"(?<stator_whole>[01])(?:[.](?<stator_part>[0-9]{0,3}))?"
# What Accept-Encoding says of a coding, as digits: 10000 for 1, 050000 for 0.5, only zeros for a refusal.
_WEIGHED = '"${stator_whole}${stator_part}0000"'
_WITHOUT_DIGEST = rf"^(?<stator_stem>.+)[.]{patterns.HEX}(?<stator_ending>[.][^./]+)?$"
REFUSED = "00000"
_IDENTITY = "00005"  # it is acceptable even when nobody says so, and then the last choice
_DIGITS = "0123456789"
# Says that a later one of the weights, which stand in a row with the ten digits behind, is greater than the
# one at the cursor: both begin alike, then comes a digit that stands further right among the ten.
_OUTDONE = r"([0-9]*)([0-9])[0-9]*-(?:[0-9]+-)*\1([0-9]).* [0-9]*\2[0-9]*\3"
_LONGEST_KEY = 46  # bytes that have room in nginx's tables as they are, on machines with cache lines of 64
_RANGE = r"(?:[0-9]+-[0-9]{0,18}|-[0-9]{1,18})"  # nginx refuses a whole Range for an end that is larger
_NUMBER = 19  # digits that the numbers of a Range are compared in
_ENDLESS = "9" * _NUMBER
RANGES, NO_RANGES, NO_DATE = "ranges", "whole", "undated"
_MONTH = "(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)"
_TIME = "[0-9]{2}:[0-9]{2}:[0-9]{2}"
_DATES = (  # RFC 9110, 5.6.7
    f"^[A-Z][a-z]{{2}}, [0-9]{{2}} {_MONTH} [0-9]{{4}} {_TIME} GMT$",
    f"^[A-Z][a-z]+day, [0-9]{{2}}-{_MONTH}-[0-9]{{2}} {_TIME} GMT$",
    f"^[A-Z][a-z]{{2}} {_MONTH} [ 0-9][0-9] {_TIME} [0-9]{{4}}$",
)


def maps(policy: ServingPolicy) -> list[Lines]:
    return [
        block("upstream stator_application", f"server {policy.upstream};"),
        map_of(
            "A WebSocket is asked for by Upgrade; other connections to the application end with the answer.",
            "$http_upgrade",
            "stator_connection",
            ["default upgrade;", '"" close;'],
        ),
        *_maps_of_names(policy),
        *_maps_of_codings(policy.codings),
        *_maps_of_kinds(),
        *_maps_of_outcome(),
        *_maps_of_fields(policy),
        *_maps_of_refusals(),
        *(_maps_of_media(policy.media) if policy.media else []),
        _map_of_root_files() if policy.root_files else [],
    ]


def _maps_of_names(policy: ServingPolicy) -> list[Lines]:
    forms = "|".join(CODING_SUFFIXES[coding][1:] for coding in policy.codings)
    return [
        map_of(
            "Names with the form of our digests: where there is no such file, no release has it.",
            "$stator_name",
            "stator_digested",
            ['default "";', f"{expression('~' + patterns.DIGESTED)} yes;"],
        ),
        map_of(
            "What never changes: names of that form, but those that look so by chance; and the names, each "
            "by itself, that were digested by others.",
            "$stator_name",
            "stator_immutable",
            [
                'default "";',
                *_named(policy.lookalikes, '""'),
                *_named(policy.undigested, "yes"),
                f"{expression('~' + patterns.DIGESTED)} yes;",
            ],
        ),
        map_of(
            "What is nobody's to read: hidden files and folders, and the manifest.",
            "$stator_name",
            "stator_hidden",
            [
                'default "";',
                *_named(policy.hidden, "yes"),
                f"{expression('~' + patterns.HIDDEN)} yes;",
            ],
        ),
        map_of(
            "The file whose precompressed form has this name: where it exists, the form has no address of "
            "its own.",
            "$stator_name",
            "stator_form_of",
            [
                'default "";',
                *_named(policy.own_forms, '""'),
                f'"~^(?<stator_formed>.+)[.](?:{forms})$" "/$stator_formed";',
            ],
        )
        if forms
        else [],
        map_of(
            "Who answers for a name without a file: nobody, if it looks digested; else the application.",
            '"$stator_absent$stator_digested"',
            "stator_unpublished",
            ['default "";', "absent application;", "absentyes nobody;"],
        ),
    ]


def _named(names: Sequence[str], value: str) -> Lines:
    """Return the lines of a map for these names.

    nginx takes two that differ in case only for one, and for a long one it would need larger tables, whose
    size can be set only once and before all maps; such names are expressions.
    """
    counted = Counter(name.lower() for name in names)
    plain = {name for name in names if counted[name.lower()] == 1 and len(name.encode()) <= _LONGEST_KEY}
    return [f"{key(name) if name in plain else expression(f'~^{literal(name)}$')} {value};" for name in names]


def _maps_of_codings(codings: Sequence[str]) -> list[Lines]:
    names = {"br": "br", "zstd": "zstd", "gzip": "(?:x-)?gzip"}
    if not codings:
        return []
    weights = "-".join([*(f"$stator_{coding}" for coding in codings), "$stator_accepts_identity"])
    return [
        *(
            _weight(f"stator_accepts_{coding}", token, _IDENTITY if coding == "identity" else REFUSED)
            for coding, token in [*((one, names[one]) for one in codings), ("identity", "identity")]
        ),
        map_of(
            "The suffix of the form that is sent: of those that exist, the one that the client gives most "
            "weight; among equals the smallest, which is the first. The ten digits behind are there to "
            "compare with.",
            f'"{weights} {_DIGITS}"',
            "stator_suffix",
            [
                'default "";',
                '"~^[0-]+ " refused;',
                *(
                    f'"~^{"[0-9]+-" * place}(?!{_OUTDONE})" {CODING_SUFFIXES[coding]};'
                    for place, coding in enumerate(codings)
                ),
            ],
        ),
    ]


def _weight(variable: str, token: str, otherwise: str) -> Lines:
    """Return the map of the weight that Accept-Encoding gives a coding (RFC 9110, 12.5.3)."""
    lines = [f"default {otherwise};"]
    for one in (token, "[*]"):
        lines += [
            rf'"~*(?:^|,)\s*{one}\s*;\s*q={_WEIGHT}\s*(?:,|$)" {_WEIGHED};',
            rf'"~*(?:^|,)\s*{one}\s*(?:,|$)" 10000;',
        ]
    return map_of(
        f"The weight of {variable.rpartition('_')[2]} in Accept-Encoding as digits: 10000 is 1, "
        f"050000 is 0.5.",
        "$http_accept_encoding",
        variable,
        lines,
    )


def _maps_of_kinds() -> list[Lines]:
    """Return the maps that say how a file is sent: with regard to ``Range``, without, or without a date."""
    return [
        map_of(
            "A date that is none is as good as none (RFC 9110, 13.1.3).",
            "$http_if_modified_since",
            "stator_date",
            [f"default {NO_DATE};", f'"" {NO_RANGES};', *(f'"~{date}" {NO_RANGES};' for date in _DATES)],
        ),
        map_of(
            "A Range is for GET, well formed, and of not too many parts; any other is as good as none.",
            '"$stator_date $request_method $http_range"',
            "stator_how",
            [
                "default $stator_date;",
                f'"~*^{NO_RANGES} GET bytes= *{_RANGE}(?: *, *{_RANGE}){{0,{MOST_RANGES - 1}}}$" {RANGES};',
            ],
        ),
        map_of(
            "Since nginx says so only where it has looked for a Range.",
            "$stator_how",
            "stator_accept_ranges",
            ["default bytes;", f'{RANGES} "";'],
        ),
    ]


def _maps_of_outcome() -> list[Lines]:
    """Return the maps that tell add_header of an answer with 416, of which nginx knows only afterwards."""
    return [
        map_of(
            "Whether the Range counts: there is no If-Range, or it is this file's. A Range that begins "
            "behind the end is answered with 416, of which add_header does not know. So its numbers and "
            "the file's length are brought to one length and compared.",
            '"$http_if_range|$sent_http_etag|$sent_http_last_modified|"',
            "stator_range_is_for_this",
            ['default "";', r'"~^(.*)\|.*(?<=\|)\1\|" yes;', r'"~^\|" yes;'],
        ),
        *_padded(
            "$http_range",
            "start",
            "^bytes= *0*(?<stator_digits>[0-9]+)-[0-9]*(?: *,.*)?$",
            '""',
            "^bytes= *-0+(?: *,.*)?$",
        ),
        *_padded("$http_range", "end", "^bytes= *[0-9]+-0*(?<stator_digits>[0-9]+)$", _ENDLESS),
        *_padded("$sent_http_content_length", "length", "^(?<stator_digits>[0-9]+)$", _ENDLESS),
        map_of(
            "The range begins behind the end of the file, or behind its own.",
            f'"$stator_how$stator_range_is_for_this $stator_length-$stator_start {_DIGITS}"',
            "stator_behind_the_file",
            ['default "";', rf'"~^{RANGES}yes ([0-9]+)-\1 " yes;', f'"~^{RANGES}yes (?={_OUTDONE})" yes;'],
        ),
        map_of(
            "",
            f'"$stator_how$stator_range_is_for_this $stator_end-$stator_start {_DIGITS}"',
            "stator_turned_round",
            ['default "";', f'"~^{RANGES}yes (?={_OUTDONE})" yes;'],
        ),
        map_of(
            "Whether the file is sent, whole or in part, or told to be unchanged: only then is it said how "
            "long to keep it. Of several ranges, the first of them behind the end, it is not known.",
            '"$status$stator_behind_the_file$stator_turned_round $stator_how $http_range"',
            "stator_outcome",
            [
                "default refused;",
                '"~^200 " sent;',
                f'"~^200[a-z]+ {RANGES} .*," several;',
                '"~^304 " unchanged;',
            ],
        ),
    ]


def _padded(source: str, name: str, number: str, otherwise: str, endless: str = "") -> list[Lines]:
    """Return maps that bring a number to one length; one that is longer is as great as can be."""
    lines = [f"default {otherwise};", f'"~*{number}" $stator_digits;']
    lines += [f'"~*{endless}" {_ENDLESS};'] if endless else []
    return [
        map_of("", source, f"stator_{name}_digits", lines),
        map_of(
            "",
            f'"{"0" * _NUMBER}$stator_{name}_digits"',
            f"stator_{name}",
            [f"default {_ENDLESS};", f'"~^0*(?<stator_digits>[0-9]{{{_NUMBER}}})$" $stator_digits;'],
        ),
    ]


def _maps_of_fields(policy: ServingPolicy) -> list[Lines]:
    maps = [
        map_of(
            "",
            "$stator_immutable",
            "stator_kept",
            [f"default {quoted(REVALIDATE)};", f"yes {quoted(IMMUTABLE)};"],
        )
    ]
    if policy.rules:
        maps += [
            map_of(
                "The logical path of a name, which the patterns of HEADERS are matched against as well.",
                "$stator_name",
                "stator_logical",
                [
                    "default $stator_name;",
                    f'{expression(f"~{_WITHOUT_DIGEST}")} "${{stator_stem}}${{stator_ending}}";',
                ],
            ),
        ]
        maps += [
            map_of(
                f"HEADERS: {field.name}. The first pattern that matches decides.",
                '"$stator_name//$stator_logical"',
                variable_of(field),
                _rule_lines(field),
            )
            for field in static_fields(policy)
            if field.rules and field.name.lower() != "content-type"
        ]
    wanted = _field("cache-control", policy)
    coded = _field("content-encoding", policy)
    return [
        *maps,
        map_of(
            "An error is never kept for long.",
            "$stator_outcome",
            "stator_cache_control",
            ['default "";', f"sent {wanted};", f"unchanged {wanted};"],
        ),
        map_of(
            "",
            "$stator_outcome",
            "stator_negotiated",
            ['default "";', "sent $stator_vary;", "several $stator_vary;", "unchanged $stator_vary;"],
        ),
        _inherent_codings(),
        map_of(
            "",
            '"$stator_outcome$stator_suffix"',
            "stator_content_encoding",
            [
                'default "";',
                f'"~^(?:sent|several)$" {coded};',
                *(
                    f'"~^(?:sent|several)[.]{CODING_SUFFIXES[coding][1:]}$" {coding};'
                    for coding in policy.codings
                ),
            ],
        ),
    ]


def _inherent_codings() -> Lines:
    return map_of(
        "Files whose own bytes are compressed.",
        "$stator_name",
        "stator_inherent_coding",
        [
            'default "";',
            *(
                f"{expression('~*' + extensions([end]))} {coding};"
                for end, coding in INHERENT_CODINGS.items()
            ),
        ],
    )


def variable_of(field: Field) -> str:
    return f"stator_field_{field.name.lower().replace('-', '_')}"


def _rule_lines(field: Field) -> Lines:
    defaults = {"cache-control": "$stator_kept", "content-encoding": "$stator_inherent_coding"}
    lines = [f"default {defaults.get(field.name.lower()) or quoted(field.value or '')};"]
    for pattern, value in field.rules:
        regex = from_shell(pattern)
        lines.append(f"{expression(f'~^(?:{regex}//|.*//{regex}$)')} {quoted(value or '')};")
    return lines


def _field(name: str, policy: ServingPolicy) -> str:
    """Return the variable that holds the value of a field before the outcome is known."""
    ruled = {field.name.lower(): field for field in static_fields(policy) if field.rules}
    if name in ruled:
        return f"${variable_of(ruled[name])}"
    return {"cache-control": "$stator_kept", "content-encoding": "$stator_inherent_coding"}[name]


def _maps_of_refusals() -> list[Lines]:
    return [
        map_of(
            "What may be asked of a file, for whoever asked something else.",
            "$status",
            "stator_refusal_allow",
            ['default "";', f"405 {quoted(METHODS)};"],
        ),
        map_of(
            "With 416 it has been said already.",
            "$status",
            "stator_refusal_nosniff",
            ["default nosniff;", '416 "";'],
        ),
    ]


def _maps_of_media(media: Media) -> list[Lines]:
    inline = extensions(inline_extensions(media.rules))
    return [
        map_of(
            "Uploads that a browser may show: what cannot run. Everything else is an attachment.",
            "$uri",
            "stator_disposition",
            ["default attachment;", f'"~*{inline}" "";'],
        ),
        map_of(
            "Should a browser show it all the same, it has an origin of its own and may do nothing.",
            "$uri",
            "stator_policy",
            [f"default {quoted(SANDBOX)};", f'"~*{inline}" "";'],
        ),
    ]


def _map_of_root_files() -> Lines:
    return map_of(
        "What may be a file of the folder for /: hidden files are not, but for those of /.well-known/.",
        '"$request_method $uri"',
        "stator_root_file",
        ['default "";', '"~^(?:GET|HEAD) (?:/[.]well-known)?(?!.*/[.])/" $uri;'],
    )
