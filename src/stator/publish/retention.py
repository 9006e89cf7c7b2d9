"""Retention: what stood for releases that are no longer kept, and can go."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping

from stator import manifest as manifests
from stator.manifest import Content, Manifest
from stator.paths import CODING_SUFFIXES


def expired(old: Manifest | None, new: Manifest, stands: Callable[[str], bool]) -> Iterator[tuple[str, str]]:
    """Yield what stood for ``old``, still ``stands`` and is needed no more, with the reason."""
    if old is None:
        return
    plain, forms = frozenset(new.plain_names()), frozenset(new.forms_of_earlier())
    contents = new.contents()

    def found(name: str) -> Content | None:
        return new.files[new.paths[name]] if name in plain else contents.get(name)

    def is_needed(name: str) -> bool:
        # A source may be called as a form of another was, and a form as a source was.
        return name in forms or found(name) is not None or manifests.is_form(name, found)

    for name in dict.fromkeys(_given_up(old, new, plain, contents)):
        if not is_needed(name) and stands(name):
            yield name, "no release that is kept has it"


def _given_up(
    old: Manifest, new: Manifest, plain: Collection[str], contents: Mapping[str, Content]
) -> Iterator[str]:
    """Yield the names of ``old`` and its earlier releases that ``new`` and its earlier releases have not.

    ``plain`` are the plain names of ``new``, ``contents`` what it and they have.
    """
    for files in (old.files, *(release.files for release in old.earlier)):
        for name, content in files.items():
            held = contents.get(name)
            if held == content:
                continue
            if held is None:
                yield name
            yield from _forms(name, content, held)
    yield from old.forms_of_earlier()
    kept = {path for release in new.earlier for path in release.plain if not _is_called_as_form(path, plain)}
    for path in old.plain_names():
        if path not in plain:
            if path not in kept:
                yield from (path, *_all_forms(path))
        elif old.paths[path] != new.paths[path] or old.files[old.paths[path]] != new.files[new.paths[path]]:
            yield from _forms(path, old.files[old.paths[path]], new.files[new.paths[path]])
    for release in old.earlier:
        for path in release.plain:
            if path not in kept:
                yield from (path, *_all_forms(path))


def _is_called_as_form(path: str, plain: Collection[str]) -> bool:
    """Say whether a server would take a file of this name for the precompressed form of one that stands."""
    return any(
        path.endswith(suffix) and path.removesuffix(suffix) in plain for suffix in CODING_SUFFIXES.values()
    )


def _forms(name: str, content: Content, held: Content | None) -> Iterator[str]:
    there = dict(held.codings) if held else {}
    yield from (name + CODING_SUFFIXES[coding] for coding, _ in content.codings if coding not in there)


def _all_forms(name: str) -> Iterator[str]:
    yield from (name + suffix for suffix in CODING_SUFFIXES.values())
