"""The tags for one file: ``stylesheet``, ``script`` and ``preload``."""

from __future__ import annotations

from django.utils.safestring import SafeString

from stator.django.tags.elements import Attributes, element, lines
from stator.django.tags.hints import MODULE
from stator.django.tags.page import Page
from stator.django.tags.static import Static, find, hints_of_imports
from stator.media_types import CSS, JAVASCRIPT, media_type

_EVERYWHERE = frozenset({"all", "screen"})  # media of which a browser is one
# With these an element asks for its file in another way, or not at all, or expects another content.
_OTHERWISE = frozenset({"rel", "disabled", "integrity", "crossorigin", "nomodule"})
# What a file is to be asked for as, by its media type or the part before the slash. Browsers know no other.
_KINDS = {"font": "font", "image": "image", CSS: "style", JAVASCRIPT: "script", "text/vtt": "track"}
_FETCHED = "fetch"
_CHECKED = frozenset({"style", "script"})
_WITH_CORS = frozenset({"font", _FETCHED})  # whatever their origin (CSS Fonts; fetch() by default)


def stylesheet(page: Page, name: str, /, **attributes: object) -> SafeString:
    """Return the link to a style sheet, behind hints for the sheets that it imports.

    Raises ``MissingEntry``, as the other tags do.
    """
    return link_to_sheet(page, find(name), attributes)


def link_to_sheet(page: Page, sheet: Static, attributes: Attributes) -> SafeString:
    """Return the link to a style sheet that was found."""
    own = {"rel": "stylesheet", "href": sheet.url, **sheet.checked, "nonce": page.nonce}
    hints = SafeString()
    if attributes.get("media", "all") in _EVERYWHERE and _OTHERWISE.isdisjoint(attributes):
        hints = page.hinted(reversed([*hints_of_imports(sheet.path)]))
        # Behind its imports: see the last of the facts in ``hints``.
        page.loads(sheet.hint("style"))
    return lines(hints, element("link", {**own, **attributes}))


def script(page: Page, name: str, /, **attributes: object) -> SafeString:
    """Return a script: a module if the file is one, behind hints for the modules that it imports."""
    file = find(name)
    module = attributes.get("type", "module" if file.module else "") == "module"
    told = module and _OTHERWISE.isdisjoint(attributes)
    hints = page.hinted(hints_of_imports(file.path)) if told else ""
    return lines(hints, script_of(page, file, attributes))


def script_of(page: Page, file: Static, attributes: Attributes) -> SafeString:
    """Return the element for a script that was found."""
    kind = "module" if file.module else None
    own = {"type": kind, "src": file.url, **file.checked, "nonce": page.nonce}
    written = {**own, **attributes}
    if _OTHERWISE.isdisjoint(attributes):
        page.loads(file.hint(MODULE if written["type"] == "module" else "script"))
    return element("script", written)


def preload(page: Page, name: str, /, **attributes: object) -> SafeString:
    """Return a link that lets the browser fetch a file which it would find out about late.

    ``as`` follows from the media type; a module becomes a ``modulepreload`` of what it imports too.
    """
    file = find(name)
    if file.module and "as" not in attributes:
        page.loads(file.hint(MODULE))
        own = {"rel": "modulepreload", "href": file.url, **file.checked, "nonce": page.nonce}
        return lines(element("link", {**own, **attributes}), page.hinted(hints_of_imports(file.path)))
    type = media_type(file.path)
    kind = str(attributes.get("as") or _KINDS.get(type) or _KINDS.get(type.partition("/")[0], _FETCHED))
    checked = kind in _CHECKED
    cors = kind in _WITH_CORS or (checked and file.cors)
    hint = file.hint(kind)._replace(integrity=file.integrity if checked else "", cors=cors)
    if attributes.keys() <= {"as", "type"}:
        page.loads(hint)
    own = {
        "rel": "preload",
        "href": file.url,
        "as": kind,
        "type": type,
        "integrity": hint.integrity,
        "crossorigin": "anonymous" if cors else None,
        "nonce": page.nonce if checked else None,
    }
    return element("link", {**own, **attributes})
