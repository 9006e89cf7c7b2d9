"""Addresses as browsers read them: absolute ones of HTTP, and whose they are (RFC 3986, RFC 6454)."""

from __future__ import annotations

from urllib.parse import unquote, urldefrag, urljoin, urlsplit

LONGEST = 1 << 13  # characters: no server takes a longer address

_PORTS = {"http": 80, "https": 443}


def address(specifier: str, base: str = "") -> str:
    """Return the absolute address that is meant, ``""`` for what is none of HTTP.

    User, password and fragment are left out: no browser sends them for what a page has in it.
    """
    if len(specifier) > LONGEST:
        return ""
    try:
        parts = urlsplit(urldefrag(urljoin(base, specifier.strip())).url)
        _ = parts.port  # raises what is wrong with it
    except ValueError:
        return ""
    is_one = specifier.strip() and parts.scheme in _PORTS and parts.hostname
    host = parts.netloc.rpartition("@")[2]
    return parts._replace(netloc=host, path=parts.path or "/").geturl() if is_one else ""


def origin_of(url: str) -> str:
    """Return scheme, host and port of an address, the usual port left out."""
    parts = urlsplit(url)
    host = parts.hostname or ""
    name = f"[{host}]" if ":" in host else host
    port = "" if parts.port in {None, _PORTS.get(parts.scheme)} else f":{parts.port}"
    return f"{parts.scheme}://{name}{port}"


def credentials_of(url: str) -> str:
    """Return the user and the password in an address, with a colon between them, ``""`` for none."""
    parts = urlsplit(url.strip())
    return "" if parts.username is None else f"{unquote(parts.username)}:{unquote(parts.password or '')}"


def without_credentials(text: str) -> str:
    """Return what may have been meant as an address without all that may be a password in it."""
    return text.rpartition("@")[2]
