"""Checks of an nginx configuration: what is often wrong where static files and uploads are served.

A check is a line in ``CHECKS``: an id for good, a level, a summary, and a function that yields what it finds
in one server. ``docs/webservers.md`` has a paragraph for each, and ``tests/webserver/samples`` a
configuration in which it must report and one in which it must stay silent.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from typing import NamedTuple

from stator.findings import Finding, Level, ordered
from stator.webserver.policy import ServingPolicy
from stator.webserver.tree import Directive, Location, Server, place_of, servers

# What a page may load whose type browsers insist on, or that comes out wrong as octets.
NEEDED_TYPES = ("avif", "css", "js", "json", "mjs", "svg", "wasm", "webmanifest", "woff2")
_BUILT_IN_TYPES = {"html", "gif", "jpg"}  # what nginx knows without any types
_TO_PROGRAMS = ("fastcgi_pass", "uwsgi_pass", "scgi_pass")
_TO_OTHERS = ("proxy_pass", "grpc_pass", *_TO_PROGRAMS)
_LONG = 30 * 24 * 60 * 60  # seconds from which on a name must never change its content
_MAX_AGE = re.compile(r"max-age=([0-9]+)")
_EXPIRES = re.compile(r"([0-9]+)(y|M|w|d)?")
_DAYS = {"y": 365, "M": 30, "w": 7, "d": 1}
_ABOUT_DIGESTS = re.compile(r"0-9|\\d|\\w|a-f|xdigit")  # what an expression for digested names has in it


class Found(NamedTuple):
    """What a check has found: where, what is wrong, and the next step."""

    directive: Directive
    message: str
    hint: str


class Check(NamedTuple):
    """``find`` takes a server and the policy, of which it needs the paths of static files and uploads."""

    level: Level
    summary: str
    find: Callable[[Server, ServingPolicy], Iterator[Found]]


def check(root: Directive, policy: ServingPolicy) -> tuple[Finding, ...]:
    """Return what the checks find in a configuration, in order of place."""
    return ordered(
        Finding(id, one.level, found.message, place_of(found.directive), found.hint)
        for server in servers(root)
        for id, one in CHECKS.items()
        for found in one.find(server, policy)
    )


# --- which locations send a file


def _sending(server: Server, prefix: str) -> list[Location]:
    """Return the locations that may answer for files below a path, the one that nginx takes first in front.

    Those inside it are among them, and those that a ``rewrite`` of theirs leads to.
    """
    first = server.location_for(prefix + "x")
    if first is None:
        return []
    found = [first, *first.inside()]
    for location in list(found):
        for rewrite in (one for block in _blocks(location.directive) for one in block.all("rewrite")):
            target = rewrite.args[1].partition("$")[0] if len(rewrite.args) > 1 else ""
            led = server.location_for(target) if target.startswith("/") else None
            if led and led not in found:
                found += [led, *led.inside()]
    return found


def _blocks(directive: Directive) -> Iterator[Directive]:
    """Yield a block and the ``if`` blocks in it."""
    yield directive
    yield from directive.all("if")


def _is_about(prefix: str, location: Location | None) -> bool:
    """Say whether a location is for this path and not for the whole site."""
    return location is not None and location.pattern.rstrip("/") != "" and prefix.startswith(location.pattern)


def _overruling(server: Server, location: Location) -> Iterator[Location]:
    """Yield the locations by expression that nginx prefers to this one."""
    if location.modifier != "^~":
        yield from (one for one in server.locations() if one.is_regex and one.around[-1] == server.directive)


def _sends(location: Location) -> bool:
    """Say whether a location sends files itself, and does not only say where to go on."""
    own = location.directive
    if own.all("alias", "root"):
        return True
    return bool(location.holding("alias", "root")) and not own.all("return", "rewrite", *_TO_OTHERS)


def _media(server: Server, policy: ServingPolicy) -> Location | None:
    return server.location_for(policy.media.prefix + "x") if policy.media else None


def _headers(location: Location) -> Mapping[str, Directive]:
    return {one.args[0].lower(): one for one in location.holding("add_header") if len(one.args) >= 2}


# --- the checks


def _alias(server: Server, _: ServingPolicy) -> Iterator[Found]:
    for location in server.locations():
        for alias in location.directive.all("alias"):
            if (
                location.is_regex
                or location.modifier == "="
                or location.pattern.startswith("@")
                or not alias.args
            ):
                continue
            target, prefix = alias.args[0], location.pattern
            if target.endswith("/") and not prefix.endswith("/"):
                yield Found(
                    alias,
                    f"'location {prefix}' has no slash at its end and its alias has one: {prefix}../ "
                    f"leads out of "
                    "the folder.",
                    f"Write 'location {prefix}/'.",
                )
            elif prefix.endswith("/") and not target.endswith("/"):
                yield Found(
                    alias,
                    f"'location {prefix}' has a slash at its end and its alias has none: {prefix}x becomes "
                    f"{target}x.",
                    f"Write 'alias {target}/;'.",
                )


def _lost_headers(server: Server, _: ServingPolicy) -> Iterator[Found]:
    for location in server.locations():
        own = location.directive.all("add_header")
        outer = next((found for block in reversed(location.around) if (found := block.all("add_header"))), [])
        names = {one.args[0].lower() for one in own if one.args}
        lost = [one.args[0] for one in outer if one.args and one.args[0].lower() not in names]
        if own and lost:
            yield Found(
                own[0],
                f"This add_header drops those around it: {', '.join(dict.fromkeys(lost))}.",
                "Repeat them here, or keep all in a file that each block includes.",
            )


def _media_types(server: Server, policy: ServingPolicy) -> Iterator[Found]:
    for location in _sending(server, policy.static_prefix):
        if not _sends(location):
            continue
        tables = location.holding("types")
        known = {ending for table in tables for kind in table.body for ending in kind.args} or _BUILT_IN_TYPES
        if missing := [ending for ending in NEEDED_TYPES if ending not in known]:
            yield Found(
                location.directive,
                f"Files with these extensions are sent without their type: {', '.join(missing)}.",
                "Add them in a types block; 'stator serverconfig nginx' writes a whole one.",
            )
            return


def _static_proxied(server: Server, policy: ServingPolicy) -> Iterator[Found]:
    location = server.location_for(policy.static_prefix + "x")
    passes = location.directive.all(*_TO_OTHERS) if location else []
    if location and passes and not any(map(_sends, _overruling(server, location))):
        yield Found(
            passes[0],
            f"Files below {policy.static_prefix} are asked for from the application.",
            f"Give {policy.static_prefix} a location of its own, with an alias to STATIC_ROOT.",
        )


def _is_long(location: Location) -> Directive | None:
    """Return the directive by which all that a location sends is kept for long, as it is."""
    for expires in location.holding("expires"):
        value = expires.args[-1] if expires.args else ""
        amount = _EXPIRES.fullmatch(value)
        seconds = int(amount[1]) * (_DAYS[amount[2]] * 86400 if amount[2] else 1) if amount else 0
        if value == "max" or seconds >= _LONG:
            return expires
    header = _headers(location).get("cache-control")
    if header and "$" not in header.args[1]:
        age = _MAX_AGE.search(header.args[1])
        if "immutable" in header.args[1] or (age and int(age[1]) >= _LONG):
            return header
    return None


def _all_immutable(server: Server, policy: ServingPolicy) -> Iterator[Found]:
    static = server.location_for(policy.static_prefix + "x")
    if static is None or not _is_about(policy.static_prefix, static):
        return
    candidates = [one for one in _sending(server, policy.static_prefix) if not one.is_regex]
    regexes = [*(one for one in static.inside() if one.is_regex), *_overruling(server, static)]
    candidates += [one for one in regexes if not _ABOUT_DIGESTS.search(one.pattern)]
    for location in candidates:
        if kept := _is_long(location):
            yield Found(
                kept,
                "Names that change their content are kept for long too: visitors do not see the next "
                "release.",
                "Say so for digested names only, by a map of $uri; for others 'no-cache'.",
            )
            return


def _none_immutable(server: Server, policy: ServingPolicy) -> Iterator[Found]:
    static = server.location_for(policy.static_prefix + "x")
    if static is None or not _is_about(policy.static_prefix, static) or static.directive.all(*_TO_OTHERS):
        return
    for location in (*_sending(server, policy.static_prefix), *_overruling(server, static)):
        varying = _headers(location).get("cache-control")
        by_map = location.holding("expires")
        if (
            _is_long(location)
            or (varying and "$" in varying.args[1])
            or any("$" in one.args[0] for one in by_map)
        ):
            return
    yield Found(
        static.directive,
        "Nothing is said to be kept: browsers ask for digested names, which never change, again and again.",
        'For digested names: add_header Cache-Control "public, max-age=31536000, immutable".',
    )


def _gzip_for_proxies(server: Server, policy: ServingPolicy) -> Iterator[Found]:
    for location in _sending(server, policy.static_prefix):
        on = [one for one in location.holding("gzip_static") if one.args == ("on",)]
        if not on:
            continue
        proxied = location.holding("gzip_proxied")
        version = location.holding("gzip_http_version")
        missing = [] if proxied and "off" not in proxied[0].args else ["gzip_proxied any;"]
        missing += [] if version and version[0].args == ("1.0",) else ["gzip_http_version 1.0;"]
        if missing:
            yield Found(
                on[0],
                "Requests that come through a proxy, as all from a CDN do, get the file uncompressed.",
                f"Add {' '.join(missing)}",
            )
            return


def _media_active(server: Server, policy: ServingPolicy) -> Iterator[Found]:
    media = _media(server, policy)
    if media is None or policy.media is None or not _is_about(policy.media.prefix, media):
        return
    for location in filter(_sends, _sending(server, policy.media.prefix)):
        headers = _headers(location)
        missing = [] if "x-content-type-options" in headers else ["X-Content-Type-Options nosniff"]
        if not headers.keys() & {"content-disposition", "content-security-policy"}:
            missing.append("Content-Disposition attachment")
        if missing:
            yield Found(
                location.directive,
                "An upload that holds a script runs in the origin of the site.",
                f"Say with all but harmless types: {', '.join(missing)}.",
            )
            return


def _media_programs(server: Server, policy: ServingPolicy) -> Iterator[Found]:
    media = _media(server, policy)
    if media is None or policy.media is None:
        return
    reached = [media, *media.inside(), *_overruling(server, media)]
    for location in reached:
        if passed := location.directive.all(*_TO_PROGRAMS):
            yield Found(
                passed[0],
                f"What is uploaded can be run as a program: requests below {policy.media.prefix} come here.",
                f"Write 'location ^~ {policy.media.prefix}', so that no expression is asked.",
            )
            return


def _media_proxied(server: Server, policy: ServingPolicy) -> Iterator[Found]:
    media = _media(server, policy)
    if media and policy.media and (passed := media.directive.all("proxy_pass", "grpc_pass")):
        yield Found(
            passed[0],
            f"Uploads below {policy.media.prefix} are asked for from the application.",
            "Give them a location with an alias to MEDIA_ROOT; only private ones need the application.",
        )


CHECKS: Mapping[str, Check] = {
    "nginx-alias-slash": Check(Level.ERROR, "alias and location differ by a slash", _alias),
    "nginx-lost-headers": Check(Level.WARNING, "add_header drops those around it", _lost_headers),
    "nginx-media-types": Check(Level.WARNING, "types of static files are missing", _media_types),
    "nginx-static-proxied": Check(Level.WARNING, "the application sends static files", _static_proxied),
    "nginx-all-immutable": Check(Level.ERROR, "names that change are kept for long", _all_immutable),
    "nginx-none-immutable": Check(Level.WARNING, "digested names are not kept", _none_immutable),
    "nginx-gzip-for-proxies": Check(Level.WARNING, "a CDN gets no gzip", _gzip_for_proxies),
    "nginx-media-active": Check(Level.ERROR, "uploads can run scripts in browsers", _media_active),
    "nginx-media-programs": Check(Level.ERROR, "uploads can run on the server", _media_programs),
    "nginx-media-proxied": Check(Level.WARNING, "the application sends uploads", _media_proxied),
}
