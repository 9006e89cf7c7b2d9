"""The option ``PURGE``: which CDN or cache is told what has changed."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from stator.config import PurgeRules
from stator.errors import ConfigError
from stator.setting.values import LOOPBACK, boolean, host_of, list_of_texts, only_known_keys, secret


class _Purged(NamedTuple):
    """How a service is set up: the key of its id, if its secret is ours to give, and where it listens."""

    id: str = ""
    token: bool = False
    url: str = ""
    more: tuple[str, ...] = ()


_PURGED = {
    "cloudflare": _Purged("ZONE", True, "https://api.cloudflare.com/client/v4"),
    "cloudfront": _Purged("DISTRIBUTION", False, "https://cloudfront.amazonaws.com"),
    "fastly": _Purged("SERVICE_ID", True, "https://api.fastly.com", ("SOFT",)),
    "varnish": _Purged(),
}
_ID = re.compile(r"[A-Za-z0-9_-]+")


def purge_rules(name: str, value: Any) -> PurgeRules:
    """Read how a CDN is told. No value is repeated in an error but those that cannot be a secret."""
    example = (
        f"For example: {name} = {{'SERVICE': 'cloudflare', 'ZONE': '…', 'TOKEN_ENV': 'CLOUDFLARE_TOKEN'}}"
    )
    if not isinstance(value, Mapping):
        raise ConfigError(f"{name} must be a dictionary, not {type(value).__name__}.", example)
    service = value.get("SERVICE")
    if not isinstance(service, str) or service not in _PURGED:
        raise ConfigError(f"{name}['SERVICE'] must be one of {', '.join(map(repr, _PURGED))}.", example)
    kind = _PURGED[service]
    keys = ["SERVICE", *filter(None, [kind.id]), *(["TOKEN", "TOKEN_ENV"] if kind.token else [])]
    only_known_keys(f"{name} for {service}", value, [*keys, "URL", "SITE", *kind.more])
    id = value.get(kind.id, "") if kind.id else ""
    if kind.id and not (isinstance(id, str) and _ID.fullmatch(id)):
        raise ConfigError(
            f"{name}[{kind.id!r}] must be the id that {service} has given, letters and digits.", example
        )
    urls = _addresses(f"{name}['URL']", value.get("URL", kind.url), is_secure=bool(kind.url))
    if len(urls) != 1 and kind.url:
        raise ConfigError(f"{name}['URL'] must be one address: {service} has one.")
    return PurgeRules(
        service,
        id,
        secret(name, value, "TOKEN") if kind.token else None,
        urls,
        _origins(f"{name}['SITE']", value.get("SITE", ())),
        boolean(f"{name}['SOFT']", value.get("SOFT", True)),
    )


def _addresses(name: str, value: Any, *, is_secure: bool) -> tuple[str, ...]:
    """Read one address of a service or several; where it has to know us, by HTTPS or on this machine."""
    urls = (
        (value,)
        if isinstance(value, str)
        else list_of_texts(name, value, "address", "['http://10.0.0.5:6081']")
    )
    if not any(urls):
        raise ConfigError(f"{name} is not set.", f"For example: {name} = 'http://127.0.0.1:6081'")
    for url in urls:
        host = host_of(name, url)
        if is_secure and not url.startswith("https://") and host not in LOOPBACK:
            raise ConfigError(f"{name} must begin with https://: what is sent there says who we are.")
    return tuple(url.rstrip("/") for url in urls)


def _origins(name: str, value: Any) -> tuple[str, ...]:
    sites = (
        (value,)
        if isinstance(value, str)
        else list_of_texts(name, value, "site", "['https://www.example.com']")
    )
    for site in sites:
        host_of(name, site)
        if urlsplit(site).path.strip("/"):
            raise ConfigError(
                f"{name} holds a path. It is what stands before it: scheme and host.",
                f"For example: {name} = 'https://www.example.com'",
            )
    return tuple(site.rstrip("/") for site in sites)
