"""The serving policy: what a web server shall do, in no server's language.

It is made from settings and manifest by ``policy_of()``, which touches no disk. Every value in it was
checked: a path is absolute, a name, an address or a prefix holds no character that could end it where it is
written. Which files exist is the disk's to say, in the moment of a request; which of them never change is
told by the form of their names, made exact by the manifest: so a configuration is exact for the release that
it was written for, and stays right after the next collect.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Mapping
from typing import NamedTuple
from unicodedata import normalize
from urllib.parse import unquote, urlsplit

from stator.config import CODINGS, HeaderRules, Options, UploadRules
from stator.errors import ConfigError
from stator.fields import ALWAYS
from stator.manifest import NAME, Manifest
from stator.media_types import BY_EXTENSION as TYPES
from stator.media_types import UNKNOWN, content_type
from stator.uploads import is_inline, upload_fields
from stator.webserver.patterns import form_of, literal, looks_digested

UPSTREAM = "127.0.0.1:8000"
LISTEN = "80"
# Below it stand the addresses that a web server asks itself for and no visitor can.
INTERNAL = "/_stator/"

_CONTROL = re.compile(r"[\x00-\x1f\x7f]")
_HOST = r"(?:\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9_](?:[A-Za-z0-9_.-]*[A-Za-z0-9_])?)"
_UPSTREAM = re.compile(rf"(?:{_HOST}(?::[0-9]{{1,5}})?|unix:/[A-Za-z0-9_./@+-]+)")
_LISTEN = re.compile(rf"(?:(?:{_HOST}|\*):)?[0-9]{{1,5}}")
_SERVER_NAME = re.compile(r"(?:\*?\.)?[A-Za-z0-9_](?:[A-Za-z0-9_.-]*[A-Za-z0-9_])?")


class Media(NamedTuple):
    """Where uploads are, under which path, and what may be said with them."""

    prefix: str
    root: str
    rules: UploadRules = UploadRules()


class ServingPolicy(NamedTuple):
    """What a web server shall do.

    ``static_prefix``: the path that published files stand under, as it is after decoding, with both slashes.
    ``static_root``: their folder. ``codings``: those that forms can have, the preferred first.
    ``undigested``: names that never change and do not look digested by us. ``lookalikes``: names that look
    so and do change. ``own_forms``: published names that look like the precompressed form of another.
    ``hidden``: names in the folder that are nobody's to read. ``rules``: the option ``HEADERS``.
    ``media``: uploads, ``None`` where there are none. ``root_files``: the folder of files for ``/``, or "".
    ``server_names``: the site's host names; ``listen``: the address and port of the web server;
    ``upstream``: where the application listens, ``HOST:PORT`` or ``unix:/PATH``.
    """

    static_prefix: str
    static_root: str
    codings: tuple[str, ...] = CODINGS
    undigested: tuple[str, ...] = ()
    lookalikes: tuple[str, ...] = ()
    own_forms: tuple[str, ...] = ()
    hidden: tuple[str, ...] = (NAME,)
    rules: HeaderRules = ()
    media: Media | None = None
    root_files: str = ""
    server_names: tuple[str, ...] = ()
    listen: str = LISTEN
    upstream: str = UPSTREAM


def policy_of(
    options: Options,
    manifest: Manifest | None,
    *,
    static_url: str,
    static_root: str,
    media_url: str = "",
    media_root: str = "",
    server_names: Iterable[str] = (),
    listen: str = LISTEN,
    upstream: str = UPSTREAM,
) -> ServingPolicy:
    """Return the policy of a site; ``manifest`` is ``None`` before its first collect.

    ``media_root`` is empty for a site without uploads. Raises ``ConfigError`` for a value that no
    configuration can hold safely or that would take the whole site from the application.
    """
    media = None
    if media_root:
        media = Media(_prefix("MEDIA_URL", media_url), _folder("MEDIA_ROOT", media_root), options.media)
    static = _prefix("STATIC_URL", static_url)
    if media and media.prefix == static:
        raise ConfigError(f"MEDIA_URL and STATIC_URL are both {static}.", "Give each a path of its own.")
    policy = ServingPolicy(
        static_prefix=static,
        static_root=_folder("STATIC_ROOT", static_root),
        codings=_codings(options, manifest),
        hidden=_hidden(options.manifest, static_root),
        rules=options.headers,
        media=media,
        root_files=_folder("STATOR['ROOT_FILES']", options.root_files) if options.root_files else "",
        server_names=tuple(_matching(_SERVER_NAME, "server name", name) for name in server_names),
        listen=_matching(_LISTEN, "address to listen on", listen),
        upstream=_matching(_UPSTREAM, "address of the application", upstream.removeprefix("http://")),
    )
    return _exact(policy, manifest) if manifest else policy


def _exact(policy: ServingPolicy, manifest: Manifest) -> ServingPolicy:
    """Return the policy with the names about which the form of a name says the wrong thing."""
    immutable = set(manifest.files).union(*(release.files for release in manifest.earlier))
    published = {name for name, _ in manifest.published()}
    return policy._replace(
        undigested=tuple(sorted(name for name in immutable if not looks_digested(name))),
        lookalikes=tuple(sorted(name for name in published - immutable if looks_digested(name))),
        own_forms=tuple(sorted(name for name in published if form_of(name) in published)),
    )


def _codings(options: Options, manifest: Manifest | None) -> tuple[str, ...]:
    files = [manifest.files, *(release.files for release in manifest.earlier)] if manifest else []
    there = {coding for some in files for content in some.values() for coding, _ in content.codings}
    return tuple(coding for coding in CODINGS if coding in there.union(options.codings))


def _hidden(manifest: str, static_root: str) -> tuple[str, ...]:
    """Return the names in the published folder that hold the manifest, wherever it is now."""
    inside = os.path.relpath(manifest, static_root) if manifest else NAME
    return (NAME,) if inside.startswith("..") or inside == NAME else (NAME, inside)


def _prefix(setting: str, url: str) -> str:
    path = unquote(urlsplit(url).path)
    if not path.startswith("/") or not path.endswith("/") or path.strip("/") == "" or "//" in path:
        raise ConfigError(
            f"{setting} is {url!r}, which leaves the application no address of its own.",
            f"For example: {setting} = '/{setting.partition('_')[0].lower()}/'",
        )
    if _CONTROL.search(path) or "\\" in path or set(path.split("/")) & {".", ".."}:
        raise ConfigError(f"{setting} is {url!r}, which is no path that a web server can be told.")
    return path


def _folder(setting: str, path: str) -> str:
    if not os.path.isabs(path) or _CONTROL.search(path):
        raise ConfigError(
            f"{setting} is {path!r}, which is no absolute path that a configuration can hold.",
            "Control characters, line ends among them, cannot be written there.",
        )
    return os.path.normpath(path)


def _matching(form: re.Pattern[str], what: str, text: str) -> str:
    if not form.fullmatch(text):
        raise ConfigError(f"{text!r} is no {what}.")
    return text


def hosts(policy: ServingPolicy) -> list[str]:
    """Return the host names for servers to which ``.example.com`` is no name for it and all below it."""
    names: list[str] = []
    for name in policy.server_names:
        names += [name[1:], f"*{name}"] if name.startswith(".") else [name]
    return names


class Field(NamedTuple):
    """A field of answers with static files: its name, its value where no rule says another, and the rules.

    The first rule that matches decides; a value of ``None`` leaves the field out.
    """

    name: str
    value: str | None
    rules: tuple[tuple[str, str | None], ...] = ()


def static_fields(policy: ServingPolicy) -> tuple[Field, ...]:
    """Return the fields that are said with every published file or that a rule is about."""
    fields = {name.lower(): Field(name, value) for name, value in ALWAYS}
    for pattern, ruled in policy.rules:
        for name, value in ruled:
            known = fields.get(name.lower(), Field(name, None))
            fields[name.lower()] = Field(name, known.value, ((pattern, value), *known.rules))
    return tuple(fields.values())


def types() -> Mapping[str, tuple[str, ...]]:
    """Return the extensions, with their dots, of each value of ``Content-Type`` that published files have."""
    return _by_type({ending: content_type(f"x{ending}") for ending in TYPES})


def upload_types(rules: UploadRules) -> Mapping[str, tuple[str, ...]]:
    """Return the extensions, with their dots, of each value of ``Content-Type`` that uploads have."""
    said = {ending: dict(upload_fields(f"x{ending}", rules))["Content-Type"] for ending in TYPES}
    return _by_type({ending: kind for ending, kind in said.items() if kind != UNKNOWN})


def _by_type(kinds: Mapping[str, str]) -> Mapping[str, tuple[str, ...]]:
    known: dict[str, list[str]] = {}
    for ending, kind in sorted(kinds.items(), key=lambda one: one[::-1]):
        known.setdefault(kind, []).append(ending)
    return {kind: tuple(endings) for kind, endings in known.items()}


def private_prefixes(rules: UploadRules) -> str:
    """Return the expression for the prefixes of private uploads, to be matched without regard to case.

    They come in both of Unicode's forms, since some file systems do not tell them apart.
    """
    forms = {normalize(form, prefix) for prefix, _ in rules.private for form in ("NFC", "NFD")}
    return "|".join(literal(prefix) for prefix in sorted(forms))


def inline_extensions(rules: UploadRules) -> tuple[str, ...]:
    """Return the extensions, with their dots, of the uploads that a browser may show."""
    return tuple(ending for ending in sorted(TYPES) if is_inline(f"x{ending}", rules))
