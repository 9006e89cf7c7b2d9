"""The option ``DESTINATION``: where releases are published, a folder or a bucket."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Any, NamedTuple

from stator.config import DestinationRules
from stator.errors import ConfigError, UnsafePath
from stator.paths import logical_path
from stator.secret import Secret
from stator.setting.values import (
    LINE,
    LOOPBACK,
    absolute_path,
    host_of,
    named,
    only_known_keys,
    secret,
)

BUCKET_CODINGS = ("identity", "keys")


class _Service(NamedTuple):
    """How a kind of store is set up: the keys of its secrets, which go together, and its other keys."""

    secrets: tuple[str, ...] = ()
    more: tuple[str, ...] = ()
    sends_token: bool = True  # and not only signatures, from which nobody learns the secret


SERVICES = {
    "s3": _Service(("KEY", "SECRET"), ("REGION", "ACL"), sends_token=False),
    "gs": _Service(("TOKEN",), ("ACCOUNT_FILE",)),
    "az": _Service(("KEY",), ("ACCOUNT",)),
}
_EVERY = ("URL", "ENDPOINT", "STORAGE_CLASS", "CODINGS")
_EXAMPLES = "For example: BASE_DIR / 'published', or 's3://bucket/static'"


def destination_rules(name: str, value: Any) -> DestinationRules:
    """Read where releases are published. No value is repeated in an error but those that are no secret."""
    if not isinstance(value, Mapping):
        value = {"URL": value}
    elif "URL" not in value:
        raise ConfigError(f"{name} has no 'URL', which says where to publish to.", _EXAMPLES)
    url = value["URL"]
    if isinstance(url, str) and "@" in url.partition("://")[0] and not os.path.isabs(url):
        raise ConfigError(
            f"{name} names no folder and no bucket: before '@' stands what may be a secret.", _EXAMPLES
        )
    if isinstance(url, os.PathLike) or (isinstance(url, str) and "://" not in url):
        only_known_keys(f"{name} for a folder", value, ["URL"])
        folder = absolute_path(name, url, "a folder, or the address of a bucket", "'s3://bucket/static'")
        return DestinationRules(folder=os.path.normpath(folder))
    if not isinstance(url, str):
        raise ConfigError(f"{name} must be a folder or the address of a bucket, not {named(url)}.", _EXAMPLES)
    service, _, place = url.partition("://")
    if service not in SERVICES:
        raise ConfigError(
            f"{name} cannot publish to {service!r} addresses.", f"There are: {', '.join(SERVICES)}."
        )
    kind = SERVICES[service]
    keys = [*_EVERY, *kind.more, *(key for one in kind.secrets for key in (one, f"{one}_ENV"))]
    only_known_keys(f"{name} for {service}", value, keys)
    bucket, _, prefix = place.partition("/")
    if not bucket or set(bucket) & set("@?#%: "):
        raise ConfigError(f"{name} names no bucket.", f"For example: '{service}://bucket/static'")
    if set(prefix) & set("?#"):
        raise ConfigError(
            f"{name} has more than a bucket and a prefix.", f"All else has keys: {', '.join(keys)}."
        )
    return DestinationRules(
        service=service,
        bucket=bucket,
        prefix=_prefix(name, prefix),
        endpoint=_endpoint(f"{name}['ENDPOINT']", value.get("ENDPOINT", ""), kind),
        region=_word(name, value, "REGION"),
        account=_word(name, value, "ACCOUNT"),
        account_file=_account_file(f"{name}['ACCOUNT_FILE']", value.get("ACCOUNT_FILE", "")),
        secrets=_secrets(name, value, kind),
        acl=_word(name, value, "ACL"),
        storage_class=_word(name, value, "STORAGE_CLASS"),
        codings=_codings(f"{name}['CODINGS']", value.get("CODINGS", BUCKET_CODINGS[0])),
    )


def _prefix(name: str, value: str) -> str:
    try:
        return logical_path(value.strip("/")) if value.strip("/") else ""
    except UnsafePath as error:
        raise ConfigError(f"{name} has the prefix {value!r}, which {error}.") from None


def _endpoint(name: str, value: Any, kind: _Service) -> str:
    """Read the address of a service. To one that may be sent a token it leads by HTTPS."""
    if not value:
        return ""
    if not isinstance(value, str):
        raise ConfigError(f"{name} must be an address, not {named(value)}.")
    host = host_of(name, value)
    if kind.sends_token and not value.startswith("https://") and host not in LOOPBACK:
        raise ConfigError(f"{name} must begin with https://: a token is sent there, which anybody could use.")
    return value.rstrip("/")


def _word(name: str, value: Mapping[str, Any], key: str) -> str:
    text = value.get(key, "")
    if not isinstance(text, str) or not LINE.fullmatch(text):
        raise ConfigError(f"{name}[{key!r}] must be a text of one line.")
    return text


def _account_file(name: str, value: Any) -> str:
    return (
        absolute_path(name, value, "a file with a key of a service account", "'/run/secrets/gcs.json'")
        if value
        else ""
    )


def _secrets(name: str, value: Mapping[str, Any], kind: _Service) -> tuple[Secret, ...]:
    """Return the secrets that are given: all of the kind or, where the usual chain is to be asked, none."""
    if not any(key in value or f"{key}_ENV" in value for key in kind.secrets):
        return ()
    return tuple(secret(name, value, key) for key in kind.secrets)


def _codings(name: str, value: Any) -> str:
    if value not in BUCKET_CODINGS:
        raise ConfigError(
            f"{name} must be one of {', '.join(map(repr, BUCKET_CODINGS))}.",
            "docs/releases.md says what each means.",
        )
    return str(value)
