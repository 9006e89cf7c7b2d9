"""Settings as they are given, each with Django's default in its place where it is of a wrong type.

Whoever reads settings from here cannot be stopped by one. A check tells what is in ``wrong``.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Collection, Mapping
from types import ModuleType
from typing import Any, NamedTuple

from django.conf import global_settings, settings
from django.utils.functional import Promise


class Kind(NamedTuple):
    """What a setting has to be, in words and as a question about a value."""

    what: str
    fits: Callable[[Any], bool]


def given(name: str) -> Any:
    """Return the value of a setting, Django's default where it is wrong, ``None`` where there is neither."""
    value = _written(name)
    return value if KINDS[name].fits(value) else getattr(global_settings, name, None)


def wrong() -> dict[str, str]:
    """Return which settings are wrong, and what they have to be."""
    return {name: kind.what for name, kind in KINDS.items() if not kind.fits(_written(name))}


def address(name: str) -> str | None:
    """Return STATIC_URL or MEDIA_URL as Django reads it, ``SCRIPT_NAME`` in front, ``None`` for none."""
    url = given(name)
    if not url or not KINDS["FORCE_SCRIPT_NAME"].fits(_written("FORCE_SCRIPT_NAME")):
        return url or None
    return str(getattr(settings, name))


def is_path(value: Any) -> bool:
    """Say whether the file system takes a value for a path."""
    path = os.fspath(value) if isinstance(value, (str, os.PathLike)) else None
    return isinstance(path, str) and "\0" not in path


def is_text(value: Any) -> bool:
    """Say whether a value is a text that can be written out, or will be one."""
    return isinstance(value, Promise) or (
        isinstance(value, str) and value == value.encode(errors="ignore").decode()
    )


def _written(name: str) -> Any:
    """Return a setting as it is written, without what Django puts in front of addresses."""
    return getattr(settings._wrapped, name, None) if settings.configured else None  # noqa: SLF001


def _is_none_or(fits: Callable[[Any], bool]) -> Callable[[Any], bool]:
    return lambda value: value is None or fits(value)


def _is_list_of(fits: Callable[[Any], bool]) -> Callable[[Any], bool]:
    return lambda value: (
        isinstance(value, Collection)
        and not isinstance(value, (str, bytes, Mapping))
        and all(map(fits, value))
    )


def _is_static_dir(value: Any) -> bool:
    if not isinstance(value, (list, tuple)):
        return is_path(value)
    return len(value) == 2 and (not value[0] or is_text(value[0])) and is_path(value[1])


def _are_static_dirs(value: Any) -> bool:
    """Say whether the entries are right; that there is no list at all is for a check of its own."""
    return not isinstance(value, (list, tuple)) or all(map(_is_static_dir, value))


def _are_storages(value: Any) -> bool:
    return isinstance(value, Mapping) and all(
        isinstance(alias, str) and isinstance(one, Mapping) and isinstance(one.get("BACKEND", ""), str)
        for alias, one in value.items()
    )


def _is_engine(value: Any) -> bool:
    if not isinstance(value, Mapping):
        return False
    chosen = value.get("OPTIONS", {})
    charset = chosen.get("file_charset", "utf-8") if isinstance(chosen, Mapping) else None
    return _is_list_of(is_path)(value.get("DIRS", ())) and _is_charset(charset)


def _is_charset(name: Any) -> bool:
    try:
        b"x".decode(name, "ignore")
    except (LookupError, TypeError, ValueError):
        return False
    return True


def _is_urlconf(value: Any) -> bool:
    return is_text(value) or isinstance(value, (ModuleType, list, tuple)) or hasattr(value, "urlpatterns")


_PATH = Kind('a path, as BASE_DIR / "static_root"', _is_none_or(is_path))
_ADDRESS = Kind('a text, as "static/"', _is_none_or(is_text))
_APPLICATION = Kind('a dotted name, as "shop.wsgi.application"', _is_none_or(is_text))
_NAMES = _is_list_of(is_text)

KINDS: Mapping[str, Kind] = {
    "BASE_DIR": Kind("a path, as Path(__file__).parent.parent", _is_none_or(is_path)),
    "STATIC_URL": _ADDRESS,
    "MEDIA_URL": _ADDRESS,
    "FORCE_SCRIPT_NAME": Kind('a text, as "/shop"', _is_none_or(is_text)),
    "STATIC_ROOT": _PATH,
    "MEDIA_ROOT": _PATH,
    "STATICFILES_DIRS": Kind(
        'a list of paths, or of pairs of a prefix and a path, as [BASE_DIR / "static"]', _are_static_dirs
    ),
    "STATICFILES_FINDERS": Kind("a list of dotted names", _NAMES),
    "STORAGES": Kind(
        'a dictionary of dictionaries, as {"default": {"BACKEND": "…"}, "staticfiles": {"BACKEND": "…"}}',
        _are_storages,
    ),
    "MIDDLEWARE": Kind("a list of dotted names", _NAMES),
    "TEMPLATES": Kind(
        'a list of dictionaries, in which DIRS is a list of paths, as [BASE_DIR / "templates"], and '
        'file_charset of OPTIONS a known encoding, as "utf-8"',
        _is_list_of(_is_engine),
    ),
    "ROOT_URLCONF": Kind('a dotted name, as "shop.urls"', _is_none_or(_is_urlconf)),
    "WSGI_APPLICATION": _APPLICATION,
    "ASGI_APPLICATION": _APPLICATION,
    "CSRF_TRUSTED_ORIGINS": Kind('a list of texts, as ["https://example.com"]', _NAMES),
}
