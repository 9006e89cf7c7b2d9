"""Addresses as browsers read them: absolute ones of HTTP, and whose they are (RFC 3986, RFC 6454)."""

from __future__ import annotations

from urllib.parse import unquote, urldefrag, urljoin, urlsplit

_PORTS = {"http": 80, "https": 443}


def address(specifier: str, base: str = "") -> str:
    """Return the absolute address that is meant, without fragment, ``""`` for what is none of HTTP."""
    try:
        parts = urlsplit(urldefrag(urljoin(base, specifier.strip())).url)
        _ = parts.port  # raises what is wrong with it
    except ValueError:
        return ""
    is_one = specifier.strip() and parts.scheme in _PORTS and parts.hostname
    return parts._replace(path=parts.path or "/").geturl() if is_one else ""


def origin_of(url: str) -> str:
    """Return scheme, host and port of an address, the usual port left out."""
    parts = urlsplit(url)
    host = parts.hostname or ""
    name = f"[{host}]" if ":" in host else host
    port = "" if parts.port in {None, _PORTS.get(parts.scheme)} else f":{parts.port}"
    return f"{parts.scheme}://{name}{port}"


def without_credentials(url: str) -> tuple[str, str]:
    """Return an address without the user and the password in it, and these with a colon between them."""
    parts = urlsplit(url)
    if parts.username is None:
        return url, ""
    host = parts.netloc.rpartition("@")[2]
    return parts._replace(netloc=host).geturl(), f"{unquote(parts.username)}:{unquote(parts.password or '')}"
