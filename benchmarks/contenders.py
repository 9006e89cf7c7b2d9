"""Who is measured: a storage and its options. All are lenient about references that lead nowhere."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple


class Contender(NamedTuple):
    """A way to collect.

    ``options`` is the setting ``STATOR``, and ``app`` what is installed above ``django.contrib.staticfiles``.
    ``patience``: seconds after which it is given up.
    """

    name: str
    backend: str
    options: Mapping[str, Any] = {}
    app: str = ""
    patience: int = 3600


def _stator(name: str, **options: Any) -> Contender:
    lenient = {"ON_MISSING": "warn", **options}
    return Contender(f"Stator, {name}", "stator.django.storage.StatorStorage", lenient, "stator.django")


EVERYTHING = _stator("everything on")
WITHOUT_ESBUILD = _stator("without esbuild", MINIFY={"text/javascript": False})
UNMINIFIED = _stator("codings, nothing minified", MINIFY=False)
UNCODED = _stator("minifying, no codings", CODINGS=[])
HASHING = _stator("hashing and linking", MINIFY=False, CODINGS=[])
DJANGO = Contender("Django", "benchmarks.lenient.Django")
DJANGO_WITH_MODULES = Contender(
    "Django with module support", "benchmarks.lenient.DjangoWithModules", patience=150
)
WHITENOISE = Contender("WhiteNoise, compressed", "benchmarks.lenient_whitenoise.WhiteNoise")
ALL = (
    EVERYTHING,
    WITHOUT_ESBUILD,
    UNMINIFIED,
    UNCODED,
    HASHING,
    DJANGO,
    DJANGO_WITH_MODULES,
    WHITENOISE,
)
