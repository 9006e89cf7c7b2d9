"""The order: what a cache is to forget, and why. Pure: from two manifests and addresses.

Digested names never change, so they are nobody's to purge, but for one case: who asked for one before it was
published was told that it is missing, and a cache may have kept that. Plain names change with each release
that changes their files. Files at ``/`` stand in no manifest, so it is not known whether they have changed:
they are few, and part of every order.

Caches go by what a URL looks like. A name with ``@`` or brackets is written in two ways: as Django does it
in pages, and as we do in what refers to it. So both are purged.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from enum import Enum
from typing import NamedTuple
from urllib.parse import quote, urljoin, urlsplit

from stator.errors import ConfigError
from stator.manifest import Manifest
from stator.urls import quoted, without_escapes

_KEY = "key:"
_DJANGO_SAFE = "/~!*()'"  # what its ``filepath_to_uri`` leaves as it is
_UNKNOWN = "what was before is not known"


class Form(Enum):
    """How a thing to forget is named."""

    URL = "address"
    PREFIX = "prefix"  # all addresses that begin so
    KEY = "key"  # all answers that were sent with it
    EVERYTHING = "everything"


class Item(NamedTuple):
    """One thing to forget: an address, a prefix or a key, and why."""

    form: Form
    text: str
    reason: str


class Order(NamedTuple):
    """What to forget. ``id`` is another for each order: by it a service knows one that it is sent twice."""

    items: tuple[Item, ...]
    id: str

    def texts(self, form: Form) -> list[str]:
        """Return what is named in this form."""
        return [item.text for item in self.items if item.form is form]

    @property
    def is_everything(self) -> bool:
        """Whether all is to be forgotten, which makes the rest needless."""
        return any(item.form is Form.EVERYTHING for item in self.items)


class Addresses(NamedTuple):
    """What stands before a name where visitors see it: of published files, and of files at ``/``."""

    static: tuple[str, ...]
    root: tuple[str, ...]


def addresses(static_url: str, sites: tuple[str, ...], *, by_path: bool) -> Addresses:
    """Return where files are seen. ``by_path``: the service wants to know no host.

    Raises ``ConfigError`` where a host is needed, and neither ``STATIC_URL`` nor ``SITE`` has one.
    """
    roots = tuple(f"{site}/" for site in sites)
    if urlsplit(static_url).netloc:
        absolute = f"https:{static_url}" if static_url.startswith("//") else static_url
        return Addresses((absolute,), roots)
    if not sites and not by_path:
        raise ConfigError(
            f"STATIC_URL is {static_url!r}, which says no host, and the service goes by hosts.",
            "Give the site's address, too: STATOR['PURGE']['SITE'] = 'https://www.example.com'",
        )
    return Addresses(tuple(f"{site}{static_url}" for site in sites or ("",)), roots or ("/",))


def before(manifest: Manifest) -> Manifest | None:
    """Return the release before this one, ``None`` if there is none of which all is known."""
    return manifest.restored(manifest.earlier[0].id) if manifest.earlier else None


def changes(new: Manifest, old: Manifest | None) -> Iterator[tuple[str, str]]:
    """Yield each published name about which a cache may be wrong since ``new`` followed ``old``, with why.

    Without ``old`` that is every name that can change.
    """
    plain = dict.fromkeys(new.plain_names())
    if old is None:
        yield from ((path, _UNKNOWN) for path in plain)
        return
    were_plain = frozenset(old.plain_names())
    for path, name in new.paths.items():
        held, content = old.files.get(name), new.files[name]
        if held is None:
            yield name, "came with this release; a cache may hold that it is missing"
        elif held[:2] != content[:2]:
            yield name, "changed, though its name never should"
        if path in plain and path not in were_plain:
            yield path, "came with this release; a cache may hold that it is missing"
        elif path in plain and (old.paths[path] != name or held is None or held[:2] != content[:2]):
            yield path, "changed with this release"
    yield from ((path, "is not in this release") for path in old.plain_names() if path not in plain)


def order_of_changes(
    changed: Iterable[tuple[str, str]], root_files: Iterable[str], at: Addresses, id: str
) -> Order:
    """Return the order for these names and for the files at ``/``."""
    items = [
        *(Item(Form.URL, url, why) for name, why in changed for url in _urls(at.static, name)),
        *(Item(Form.URL, url, "at /") for name in root_files for url in _urls(at.root, name)),
    ]
    return _order(items, id)


def order_of_names(names: Iterable[str], manifest: Manifest | None, at: Addresses, id: str) -> Order:
    """Return the order for what a person has named.

    A logical path stands for both its names. With ``*`` at the end it is a prefix, with ``key:`` before it a
    key; what begins with ``/`` is a path of the site, and with a scheme an address. Raises ``ConfigError``.
    """
    items: list[Item] = []
    for name in names:
        try:
            items += _named(name, manifest, at)
        except ValueError:
            raise ConfigError(
                f"{name!r} cannot be purged: it is no address, and no name of a file."
            ) from None
    return _order(items, id)


def order_of_everything(id: str) -> Order:
    """Return the order to forget everything."""
    return Order((Item(Form.EVERYTHING, "everything", "asked for"),), id)


def _order(items: Iterable[Item], id: str) -> Order:
    """Return an order that names nothing twice; the first reason stays."""
    once = {(item.form, item.text): item for item in reversed(list(items))}
    return Order(tuple(reversed(once.values())), id)


def _named(name: str, manifest: Manifest | None, at: Addresses) -> Iterator[Item]:
    if name.startswith(_KEY):
        yield Item(Form.KEY, _key(name.removeprefix(_KEY)), "asked for")
        return
    form = Form.PREFIX if name.endswith("*") else Form.URL
    stem = name.removesuffix("*")
    if not stem or "*" in stem:
        raise ConfigError(
            f"{name!r} cannot be purged: * is for the end of a name.", "--all purges everything."
        )
    for address in _places(stem, manifest if form is Form.URL else None, at):
        yield Item(form, address, "asked for")


def _places(name: str, manifest: Manifest | None, at: Addresses) -> Iterator[str]:
    if urlsplit(name).scheme in {"http", "https"}:
        yield without_escapes(name)
    elif name.startswith("/"):
        for base in at.root or at.static:
            yield urljoin(base, without_escapes(name))
    else:
        digested = manifest.paths.get(name, name) if manifest else name
        yield from (url for one in dict.fromkeys((name, digested)) for url in _urls(at.static, one))


def _urls(bases: Iterable[str], name: str) -> Iterator[str]:
    """Yield the URLs of a name, as each of its two writers writes it."""
    for path in dict.fromkeys((quoted(name), quote(name, safe=_DJANGO_SAFE))):
        yield from (base + path for base in bases)


def _key(text: str) -> str:
    if not text or not text.isascii() or not text.isprintable() or set(text) & set(' ,"'):
        raise ConfigError(
            f"{text!r} is no surrogate key.", "A key has no spaces, commas, quotes, and only ASCII."
        )
    return text


def unsupported(service: str, form: Form, instead: str) -> ConfigError:
    """Return the error that a service knows no such purge."""
    return ConfigError(f"{service} cannot purge by {form.value}.", instead)


def batches(texts: list[str], size: int) -> Iterator[list[str]]:
    """Yield the texts, so many at a time."""
    for start in range(0, len(texts), size):
        yield texts[start : start + size]
