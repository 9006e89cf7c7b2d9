"""What a project's settings lack to work with Stator, and the edits that give it to them.

What is lacking is told by the settings as they were loaded, so it does not matter how they were put
together; what is edited is told by their sources. An edit is proposed only where one place is plainly meant:
an entry goes beside one that must be its neighbour, in whichever list that stands. For all else there are
lines to add by hand.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import chain
from typing import NamedTuple

from stator.starting.source import (
    Edit,
    Source,
    added,
    assignments,
    changed_names,
    edited,
    is_alone,
    items,
    put_after,
    put_before,
    replaced,
    stated,
    taken_out,
    texts,
)

APP = "stator.django"
STATICFILES = "django.contrib.staticfiles"
MIDDLEWARE = "stator.django.middleware.StatorMiddleware"
SECURITY = "django.middleware.security.SecurityMiddleware"
STORAGE = "stator.django.storage.StatorStorage"
WHITENOISE = "whitenoise."
SETTINGS = frozenset(("INSTALLED_APPS", "MIDDLEWARE", "STATIC_ROOT", "STORAGES"))
# What ours does too, so that nothing is lost where it takes their place.
_REPLACEABLE = (f"{STATICFILES}.storage.", WHITENOISE)
# How the settings write a folder of the project, by the type of their BASE_DIR.
_FOLDERS = {"Path": "BASE_DIR / {0}static_root{0}", "str": "os.path.join(BASE_DIR, {0}static_root{0})"}


class State(NamedTuple):
    """What the settings are, once loaded.

    ``storage`` is the dotted name of the storage of static files, "" for none; ``is_ours`` says that it is
    ours or made from it, ``has_options`` that options are given to it, ``sets_storages`` that the project
    sets STORAGES at all. ``base_dir`` is the type of BASE_DIR, "" where there is none. ``whitenoise_root`` is
    the folder that WhiteNoise serves at /, "" where there is none or STATOR names one.
    """

    apps: tuple[str, ...] = ()
    middleware: tuple[str, ...] = ()
    storage: str = ""
    is_ours: bool = False
    has_options: bool = False
    sets_storages: bool = False
    static_root: str = ""
    base_dir: str = ""
    whitenoise_root: str = ""

    @property
    def whitenoise(self) -> bool:
        """Whether WhiteNoise has a part in it."""
        return any(name.startswith(WHITENOISE) for name in (*self.apps, *self.middleware, self.storage))


Changes = Sequence[tuple[Source, Edit]]


class Step(NamedTuple):
    """One thing that is needed: whether it is there, how it gets there, and what to tell where it cannot.

    ``edits`` gives nothing where no place for it is plain.
    """

    is_done: Callable[[State], bool]
    edits: Callable[[Sequence[Source], State], Changes]
    by_hand: str


class Proposal(NamedTuple):
    """New contents by file, the steps that these do, and what is left to be done by hand, a text each."""

    contents: Mapping[str, bytes]
    done: tuple[Step, ...]
    by_hand: tuple[str, ...]


def proposal(sources: Sequence[Source], state: State) -> Proposal:
    """Return what to do about the settings in these sources, of which the first is the module itself.

    With WhiteNoise among them, it is taken out.
    """
    lacking = [step for step in STEPS if not step.is_done(state)]
    changes = [(step, step.edits(sources, state)) for step in lacking]
    edits = list(chain.from_iterable(change for _, change in changes))
    contents = {
        source.file: edited(source, [edit for where, edit in edits if where is source])
        for source in sources
        if any(where is source for where, _ in edits)
    }
    done = tuple(step for step, change in changes if change)
    return Proposal(contents, done, tuple(step.by_hand for step, change in changes if not change))


def settings_in(source: Source) -> list[str]:
    """Return the settings that a module changes and that Stator has a part in."""
    return sorted(changed_names(source) & SETTINGS)


# --- the steps


def _has_app(state: State) -> bool:
    apps = [APP if name.startswith(f"{APP}.apps.") else name for name in state.apps]
    return APP in apps and (STATICFILES not in apps or apps.index(APP) < apps.index(STATICFILES))


def _app(sources: Sequence[Source], state: State) -> Changes:
    found = items(sources, STATICFILES)
    if len(found) != 1 or any(name.startswith(APP) for name in state.apps):  # below it: who is to move?
        return []
    return [(found[0].source, put_before(found[0], APP))]


def _has_middleware(state: State) -> bool:
    return MIDDLEWARE in state.middleware


def _middleware(sources: Sequence[Source], _: State) -> Changes:
    found = items(sources, SECURITY)
    return [(found[0].source, put_after(found[0], MIDDLEWARE))] if len(found) == 1 else []


def _has_root(state: State) -> bool:
    return bool(state.static_root)


def _root(sources: Sequence[Source], state: State) -> Changes:
    source, after = _beside_static_url(sources)
    if state.base_dir not in _FOLDERS or (state.base_dir == "str" and not _imports_os(source)):
        return []
    folder = _FOLDERS[state.base_dir].format(source.quote.decode())
    return [(source, stated(source, after, [f"STATIC_ROOT = {folder}"]))]


def _has_storage(state: State) -> bool:
    return state.is_ours


def _storage(sources: Sequence[Source], state: State) -> Changes:
    if not state.sets_storages:
        source, after = _beside_static_url(sources)
        return [(source, stated(source, after, _whole_storages(source)))]
    if not state.storage:
        return [change for source in sources for change in _into_storages(source)]
    if state.has_options or not state.storage.startswith(_REPLACEABLE):
        return []
    return [
        (source, replaced(source, node, STORAGE))
        for source in sources
        for node in texts(source, state.storage)
    ]


def _whole_storages(source: Source) -> Iterator[str]:
    quote, indent = source.quote.decode(), source.indent.decode()
    backends = {"default": "django.core.files.storage.FileSystemStorage", "staticfiles": STORAGE}
    yield "STORAGES = {"
    for alias, dotted in backends.items():
        yield f"{indent}{alias!r}: {{{'BACKEND'!r}: {dotted!r}}},".replace("'", quote)
    yield "}"


def _into_storages(source: Source) -> Changes:
    """Return what adds an entry to the STORAGES of a module that have none for static files."""
    for statement in assignments(source, "STORAGES"):
        value = getattr(statement, "value", None)
        if isinstance(value, ast.Dict) and value.keys and value.keys[-1]:
            entry = f"{'staticfiles'!r}: {{{'BACKEND'!r}: {STORAGE!r}}}".replace("'", source.quote.decode())
            return [(source, added(source, value.keys[-1], value.values[-1], entry.encode()))]
    return []


def _has_no_whitenoise(state: State) -> bool:
    return not any(name.startswith(WHITENOISE) for name in (*state.apps, *state.middleware))


def _without_whitenoise(sources: Sequence[Source], _: State) -> Changes:
    found = [(item.source, taken_out(item)) for item in items(sources, WHITENOISE)]
    changes = [(source, edit) for source, edit in found if edit]
    return changes if len(changes) == len(found) else []


def _has_root_files(state: State) -> bool:
    return not state.whitenoise_root


def _no_place(_sources: Sequence[Source], _state: State) -> Changes:
    return []


def _beside_static_url(sources: Sequence[Source]) -> tuple[Source, ast.stmt | None]:
    """Return where settings of static files are written: after this statement, or at the end of a module."""
    for source in sources:
        known_from = max((one.lineno for one in assignments(source, "BASE_DIR")), default=0)
        for statement in assignments(source, "STATIC_URL"):
            if is_alone(source, statement) and statement.lineno > known_from:
                return source, statement
    return sources[0], None


def _imports_os(source: Source) -> bool:
    return any(
        alias.name == "os" and not alias.asname
        for statement in source.tree.body
        if isinstance(statement, ast.Import)
        for alias in statement.names
    )


# In the order in which what they add to one place is to stand there.
STEPS = (
    Step(_has_app, _app, f'In INSTALLED_APPS, above "{STATICFILES}":\n    "{APP}",'),
    Step(_has_middleware, _middleware, f'In MIDDLEWARE, right after "{SECURITY}":\n    "{MIDDLEWARE}",'),
    Step(
        _has_no_whitenoise,
        _without_whitenoise,
        f'Take out of INSTALLED_APPS and MIDDLEWARE what begins with "{WHITENOISE}".',
    ),
    Step(
        _has_root_files,
        _no_place,
        "The files of WHITENOISE_ROOT, such as robots.txt, are served at / no more. In STATOR:\n"
        '    "ROOT_FILES": WHITENOISE_ROOT,',
    ),
    Step(
        _has_root,
        _root,
        "A folder of its own for what is published, which no version control has:\n"
        '    STATIC_ROOT = BASE_DIR / "static_root"',
    ),
    Step(
        _has_storage,
        _storage,
        "In STORAGES, in place of what is there for static files (for a bucket, STATOR['DESTINATION'] says "
        f'which):\n    "staticfiles": {{"BACKEND": "{STORAGE}"}},',
    ),
)
