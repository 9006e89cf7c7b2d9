"""Front ends as pages find them: what is published of one, and with ``DEBUG`` what runs or stands of it."""

from __future__ import annotations

import os
from collections.abc import Collection

from django.conf import settings

from stator.config import FrontendRules, matcher
from stator.django.conf import options
from stator.django.storage import MissingEntry
from stator.django.tags.static import manifest_in_use
from stator.frontend import Frontend
from stator.frontends.developing import Server, server_of
from stator.frontends.toolchain import Toolchain
from stator.load_path import Origin, load_path, walk
from stator.nearest import Names

_State = tuple[tuple[str, int, int], ...]
_HIDDEN, _NONE = matcher((".*",)), matcher(())
# By front end and output, what was read there, and the state of the files that it was read from.
_held: dict[tuple[str, str], tuple[_State, Frontend]] = {}


def rules_of(name: str) -> FrontendRules:
    """Return the settings of the front end ``name``. Raises ``MissingEntry`` if there is none."""
    frontends = {one.name: one for one in options().frontends}
    if name not in frontends:
        raise MissingEntry(f"STATOR['FRONTENDS'] has no {name!r}. {among(name, frontends)}")
    return frontends[name]


def developed(rules: FrontendRules) -> tuple[Toolchain, Server] | None:
    """Return the front end and its development server, ``None`` in production and where none runs."""
    if not settings.DEBUG:
        return None
    toolchain = toolchain_of_name(rules.name)
    server = server_of(toolchain.root) if toolchain.serves else None
    return (toolchain, server) if server else None


def toolchain_of_name(name: str) -> Toolchain:
    """Return the front end of this name, complete; its sources have to be there."""
    from stator.django.finders import toolchains  # noqa: PLC0415  (for developers only)

    return next(one for one in toolchains() if one.name == name)


def built(rules: FrontendRules) -> Frontend:
    """Return what pages start of a front end. Raises ``MissingEntry`` where it is not published, or built."""
    if settings.DEBUG:
        return _standing(rules)
    manifest = manifest_in_use()
    frontend = manifest.frontends.get(rules.name) if manifest else None
    if frontend is None and not (manifest and _has_files(rules.name, manifest.paths)):
        raise MissingEntry(
            f"Nothing of the front end {rules.name!r} is published. Run collectstatic --build."
        )
    return frontend or Frontend()


def among(name: str, names: Collection[str]) -> str:
    """Return, in words, what there is instead of ``name``."""
    if not names:
        return "There are none."
    near = Names(names).nearest(name)
    listed = f"Known are: {', '.join(map(repr, sorted(names)))}."
    return f"Did you mean {near!r}? {listed}" if near else listed


def _has_files(name: str, paths: Collection[str]) -> bool:
    return any(path.startswith(f"{name}/") for path in paths)


def _standing(rules: FrontendRules) -> Frontend:
    """Return what stands in the output of a front end, read as a build reads it."""
    from stator.build.names import named_by_bundlers  # noqa: PLC0415  (for developers only)
    from stator.django.finders import is_built, is_unpublished  # noqa: PLC0415
    from stator.snapshot import Snapshot  # noqa: PLC0415

    if not is_built(rules):
        raise MissingEntry(
            f"The front end {rules.name!r} is not built, and it has no development server that runs. "
            f"Run: python manage.py stator frontend dev {rules.name}"
        )
    toolchain = toolchain_of_name(rules.name)
    origin = Origin(rules.name, toolchain.output, rules.name, frontend=True, entry=toolchain.entry)
    found = load_path(walk(origin, _HIDDEN, _NONE), is_unpublished=is_unpublished)
    place = rules.name, toolchain.output
    key = tuple(_state(source.location) for source in found.bundler_manifests)
    held = _held.get(place)
    if held is None or held[0] != key:
        named = named_by_bundlers(found, Snapshot(), same_files=False)
        told = named.frontends.get(rules.name, Frontend())
        if held and held[1].entries and not told.entries:
            return held[1]  # the tool that watches is writing its manifest at this moment
        held = _held[place] = key, told
    return held[1]


def _state(file: str) -> tuple[str, int, int]:
    try:
        status = os.stat(file)
    except OSError:
        return file, 0, 0  # it is being written
    return file, status.st_mtime_ns, status.st_size
