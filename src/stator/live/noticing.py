"""Noticing: from paths that changed on disk to what it means for a page."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Sequence

from stator.config import EDITOR_DROPPINGS, matcher
from stator.live.changes import Changes, is_swapped, is_unseen
from stator.live.sources import Index, Sources
from stator.load_path import SourceFile

# What may lie among templates and is written while pages are made: a reload for it would never end.
_NO_TEMPLATES = ("*.py", "*.pyc", "*.db", "*.sqlite3", "*-journal", "*-wal", "*-shm", "*.log", "*.tmp")
_is_no_template = matcher((*EDITOR_DROPPINGS, *_NO_TEMPLATES))


class Noticing:
    """Adds to ``changes`` what the paths mean that it is called with, one call after the other.

    ``folders`` have static files; where files of them came or went, ``sources`` are made anew.
    ``template_folders`` have templates; ``forget_templates`` is called when one of them changed.
    """

    def __init__(
        self,
        sources: Sources,
        changes: Changes,
        folders: Sequence[str],
        template_folders: Sequence[str],
        forget_templates: Callable[[], None],
    ) -> None:
        self._sources = sources
        self._changes = changes
        self._folders = folders
        self._template_folders = template_folders
        self._forget_templates = forget_templates
        self._before: Index | None = None

    def __call__(self, paths: Iterable[str]) -> None:
        """Take it that files or folders of these paths were written, came or went."""
        paths = set(paths)
        index = self._sources.index
        before = self._before or index
        if any(_came_or_went(path, index) for path in paths if _lies_in(path, self._folders)):
            index = self._sources.refresh(index)
        self._before = index
        names = {name for path in paths for name in index.names.get(path, ())}
        came_or_went: set[str] = set()
        if index is not before:
            names |= {name for name, source in index.files.items() if _elsewhere(source, before)}
            came_or_went = index.files.keys() ^ before.files.keys()
        shown = tuple(sorted(name for name in names if not is_unseen(name)))
        templates = any(_is_template(path) for path in paths if _lies_in(path, self._template_folders))
        if templates:
            self._forget_templates()
        # A page that asked for a name in vain, or that will, may have failed as a whole.
        reload = templates or not all(map(is_swapped, shown)) or not all(map(is_unseen, came_or_went))
        if shown or reload:
            self._changes.add(shown, reload=reload)


def _came_or_went(path: str, index: Index) -> bool:
    """Say whether the load path may not be what it was; editors' temporary files are none of it."""
    if path in index.names:
        return not os.path.exists(path)
    if os.path.lexists(path):
        return not matcher(EDITOR_DROPPINGS)(os.path.basename(path))
    below = path + os.sep
    return any(location.startswith(below) for location in index.names)


def _elsewhere(source: SourceFile, before: Index) -> bool:
    known = before.files.get(source.path)
    return known is None or known.location != source.location


def _is_template(path: str) -> bool:
    return not _is_no_template(os.path.basename(path)) and not os.path.isdir(path)


def _lies_in(path: str, folders: Iterable[str]) -> bool:
    return any(path == folder or path.startswith(folder + os.sep) for folder in folders)
