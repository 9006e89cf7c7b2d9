"""The tag ``frontend``: what starts an entry of a front end, in production and while it is developed."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator

from django.utils.safestring import SafeString

from stator.config import matcher
from stator.django.built import among, built, developed, rules_of
from stator.django.storage import MissingEntry
from stator.django.tags.elements import element, json_in_script, lines
from stator.django.tags.files import link_to_sheet, script_of
from stator.django.tags.hints import MODULE, Hint
from stator.django.tags.page import Page
from stator.django.tags.static import hints_of_imports, is_published, published, url_of
from stator.frontend import Entry, Frontend
from stator.frontends.records import PACKAGES
from stator.frontends.toolchain import Toolchain
from stator.load_path import Origin, SourceFile, walk
from stator.media_types import CSS, JAVASCRIPT, extension, media_type
from stator.nearest import Names
from stator.urls import quoted

_STYLES = frozenset({".css", ".scss", ".sass", ".less", ".styl", ".stylus", ".pcss", ".postcss"})
_CLIENT = "@vite/client"
_LEFT_OUT = matcher((".*", PACKAGES))
# SystemJS comes with the scripts before it, which are deferred, as modules are.
_BY_SYSTEMJS = 'document.addEventListener("DOMContentLoaded",function(){{System.import({})}})'


def frontend(page: Page, name: str, entry: str = "", /) -> SafeString:
    """Return what starts an entry of the front end ``name``, the one of the settings if none is named.

    An entry is one that the bundler knows, by the name of its source (``src/main.tsx``) or its own, or a
    style sheet or script among the front end's files. With ``DEBUG`` its development server has it, if one
    runs. Raises ``MissingEntry``.
    """
    rules = rules_of(name)
    running = developed(rules)
    if running:
        toolchain, server = running
        return _developed(page, toolchain, entry or toolchain.entry, react=server.react)
    known = built(rules)
    entry = entry or rules.entry or _only_entry(name, known)
    if entry in known.entries:
        return _started(page, known.entries[entry])
    path = f"{name}/{entry}"
    kind = media_type(path)
    if kind not in {CSS, JAVASCRIPT} or not is_published(path):
        raise MissingEntry(f"The front end {name!r} has no entry {entry!r}. {_entries(entry, known)}")
    file = published(path)
    if kind == CSS:
        return link_to_sheet(page, file, {})
    return lines(page.hinted(hints_of_imports(path) if file.module else ()), script_of(page, file, {}))


def _only_entry(name: str, known: Frontend) -> str:
    if len(set(known.entries.values())) == 1:
        return next(iter(known.entries))
    raise MissingEntry(f"Name an entry of the front end {name!r}. {_entries('', known)}")


def _entries(entry: str, known: Frontend) -> str:
    if not known.entries:
        return "Its tool has written no manifest with entries: name a style sheet or a script of its output."
    return among(entry, known.entries)


# --- what was built


def _started(page: Page, entry: Entry) -> SafeString:
    nonce = element("meta", {"property": "csp-nonce", "nonce": page.nonce}) if page.nonce else ""
    how = {"type": "module"} if entry.module else {"defer": True}
    return lines(
        nonce if entry.module else "",
        *(link_to_sheet(page, published(path), {}) for path in entry.styles),
        page.hinted(_hints(entry)),
        *(script_of(page, published(path), how) for path in entry.scripts),
        *_legacy(page, entry.legacy),
    )


def _hints(entry: Entry) -> Iterable[Hint]:
    """Return a hint for each module that the entry imports, by the word of the bundler and by our own."""
    if not entry.module:
        return ()
    hints = [published(path).hint(MODULE) for path in entry.preloads]
    hints += (hint for path in entry.scripts for hint in hints_of_imports(path))
    own = {published(path).url for path in entry.scripts}
    return {hint.url: hint for hint in hints if hint.url not in own}.values()


def _legacy(page: Page, paths: tuple[str, ...]) -> Iterator[SafeString]:
    """Yield the scripts for browsers without modules: the last is started by SystemJS."""
    for path in paths[:-1]:
        yield script_of(page, published(path), {"nomodule": True, "defer": True})
    if paths:
        start = _BY_SYSTEMJS.format(json_in_script(published(paths[-1]).url))
        yield element("script", {"nomodule": True, "nonce": page.nonce}, start)


# --- what is developed


def _developed(page: Page, toolchain: Toolchain, entry: str, *, react: bool) -> SafeString:
    from stator.django.proxy import refresh_url  # noqa: PLC0415  (for developers only)

    if not entry or not os.path.isfile(os.path.join(toolchain.root, entry)):
        said = f"The development server of the front end {toolchain.name!r} knows entries by their sources"
        near = Names(_sources(toolchain)).nearest(entry)
        instead = f" Did you mean {near!r}?" if near else ""
        raise MissingEntry(f"{said}, and there is no {entry!r} in {toolchain.root}.{instead}")
    base = url_of(f"{toolchain.name}/")
    sheet = extension(entry) in _STYLES
    urls = [f"{base}{_CLIENT}", *([refresh_url(toolchain.name)] if react else [])]
    urls += [] if sheet else [base + quoted(entry)]
    return lines(
        element("meta", {"property": "csp-nonce", "nonce": page.nonce}) if page.nonce else "",
        *(element("script", {"type": "module", "src": url, "nonce": page.nonce}) for url in urls),
        element("link", {"rel": "stylesheet", "href": base + quoted(entry), "nonce": page.nonce})
        if sheet
        else "",
    )


def _sources(toolchain: Toolchain) -> Iterator[str]:
    """Yield the files of a front end by their paths below its root, without what is installed or built."""
    origin = Origin(toolchain.name, toolchain.root)
    for file in walk(origin, _LEFT_OUT, matcher(()), published=toolchain.output):
        if isinstance(file, SourceFile):
            yield file.path
