"""The tag ``importmap``: where browsers find modules that others import without their published names.

Rules of this file.

1. *Bare specifiers* lead to what installed apps declare (``stator.django.importmap``). One that ends with a
   slash leads to a folder of plain names, so each module below it that anything imports is named too.
2. *With* ``LINK_BY_IMPORTMAP`` the plain URL of each module that anything imports leads to the digested one.
3. Whatever the map leads to has its integrity in it, which browsers check however a module is imported.
4. With names, a map has what these modules import, statically or not, however far, and nothing else; and the
   integrity of all of that.
"""

from __future__ import annotations

import functools
from collections.abc import Iterator, Sequence

from django.utils.safestring import SafeString

from stator.django.conf import options
from stator.django.importmap import importmap_targets, is_url
from stator.django.tags.elements import element, json_in_script
from stator.django.tags.page import Page
from stator.django.tags.static import (
    Static,
    base_url,
    find,
    imported_by,
    is_published,
    manifest_in_use,
    published,
    url_of,
)
from stator.importmap import ImportMap
from stator.media_types import JAVASCRIPT, media_type

_NO_URL_HAS = str.maketrans({"%": "%25", "?": "%3F", "#": "%23"})  # in the path; browsers escape the others


def importmap(page: Page, /, *names: str) -> SafeString:
    """Return the import map of the page, which must stand before its first module; nothing for an empty one.

    ``names`` are the modules that the page starts; without, the map has all there are. Raises
    ``MissingEntry`` for a module that is not published, ``ConfigError`` for what an app declares wrong.
    """
    manifest = manifest_in_use()
    release = manifest.id if manifest else ""
    starts = tuple(find(name).path for name in names)
    told = _text if release else _text.__wrapped__  # with DEBUG nothing says when a file has come or gone
    text = told(release, base_url(), options().link_by_importmap, importmap_targets(), starts)
    return element("script", {"type": "importmap", "nonce": page.nonce}, text) if text else SafeString()


@functools.lru_cache(maxsize=64)
def _text(
    _release: str, _base: str, by_map: bool, targets: tuple[tuple[str, str], ...], starts: tuple[str, ...]
) -> str:
    modules = _modules(starts)
    led_to = dict(_declared(targets, modules, everything=not starts or not _release))
    if by_map:
        led_to.update((base_url() + path.translate(_NO_URL_HAS), published(path)) for path in modules)
    checked = [*led_to.values(), *(map(published, modules) if starts else ())]
    imports = {specifier: file.url for specifier, file in led_to.items() if specifier != file.url}
    integrity = {file.url: file.integrity for file in checked if file.integrity}
    told = {key: value for key, value in {"imports": imports, "integrity": integrity}.items() if value}
    return json_in_script(told) if told else ""


def _modules(starts: Sequence[str]) -> tuple[str, ...]:
    """Return the logical paths of what modules import, of those that ``starts`` lead to or of all."""
    manifest = manifest_in_use()
    if manifest is None:
        return ()
    if starts:
        return imported_by(starts, dynamic=True)
    scripts = (loads for path, loads in manifest.loads.items() if media_type(path) == JAVASCRIPT)
    return tuple(sorted({path for loads in scripts for path in (*loads.imports, *loads.dynamic)}))


def _declared(
    targets: ImportMap, modules: Sequence[str], *, everything: bool
) -> Iterator[tuple[str, Static]]:
    """Yield what apps declare, without ``everything`` only what leads to one of the modules, and URLs.

    What is not published is left out: a collect has told it (``importmap-missing``).
    """
    for specifier, target in targets:
        if is_url(target):
            yield specifier, Static("", target)
        elif specifier.endswith("/"):
            below = [path for path in modules if path.startswith(target)]
            if everything or below:
                yield specifier, Static("", url_of(target))
            yield from ((specifier + path[len(target) :], published(path)) for path in below)
        elif target in modules or (everything and is_published(target)):
            yield specifier, published(target)
