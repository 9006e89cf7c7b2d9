"""Minifying: the smaller form of a source, made once, kept in the cache, and used only if it is as good."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from typing import NamedTuple

from stator.asset import Asset, read_whole
from stator.cache import Blob, Cache, key
from stator.config import MINIFIED
from stator.errors import ChangedMeanwhile
from stator.load_path import SourceFile
from stator.media_types import media_type
from stator.minify.guard import NOT_SMALLER, drops_source_map, guard
from stator.minify.tool import MinifyFailed, Tool
from stator.minify.tools import leaves_alone

_AT_ONCE = 32 << 20  # bytes that are handed to a tool in one call: enough to make its start cheap


class Form(NamedTuple):
    """What minifying came to: finished work and its content, or neither, and what is worth telling."""

    blob: Blob | None = None
    content: bytes = b""
    left_alone: str = ""
    lost_map: bool = False


class Minifying:
    """Minifies sources of the media types that there are tools for, but none that ``keeps_bytes``."""

    def __init__(
        self, tool_for: Callable[[str], Tool | None], cache: Cache, keeps_bytes: Callable[[str], bool]
    ) -> None:
        self._tool_for = tool_for
        self._cache = cache
        self._keeps_bytes = keeps_bytes
        self._at_hand: dict[str, Form] = {}  # what was made and the cache could not take

    def wants(self, path: str) -> bool:
        """Say whether a file of this name is to be minified."""
        kind = media_type(path)
        if kind not in MINIFIED or leaves_alone(path) or self._keeps_bytes(path):
            return False
        return self._tool_for(kind) is not None

    def __call__(self, asset: Asset, content: bytes) -> Form | None:
        """Return what minifying an asset comes to.

        ``None`` when its tool takes many files in one call, and has not had it yet: see ``together``.
        """
        path = asset.source.path
        tool = self._tool(path)
        form = self._remembered(asset, tool)
        if form is None:
            if not tool.one:
                return None
            form = self._kept(asset, tool, content, _attempted(tool.one, content))
        has_map = form.blob is not None and b"sourceMappingURL" in content
        return form._replace(lost_map=has_map and drops_source_map(path, content, form.content))

    def together(self, sources: Iterable[SourceFile]) -> Iterator[SourceFile]:
        """Minify those that are for tools which take many files in one call. Yields them as they are done."""
        group: list[tuple[Asset, bytes]] = []
        for source in sources:
            with suppress(OSError):  # which is told when it is read for its references
                group.append(read_whole(source))
            if sum(len(content) for _, content in group) > _AT_ONCE:
                self._minify(group)
                group.clear()
            yield source
        self._minify(group)

    def again(self, asset: Asset) -> Asset:
        """Return an asset of which only the hash of its minified form is known with the form itself.

        Raises ``OSError`` and ``ChangedMeanwhile``.
        """
        if not asset.minified:
            return asset
        blob = self._cache.get(_key(asset, self._tool(asset.source.path)))
        if blob is None:  # the cache has lost it
            found, content = read_whole(asset.source)
            form = self(found, content)
            if form is None:
                self._minify([(found, content)])
                form = self(found, content)
            blob = form.blob if form else None
        if blob is None or blob.sha256 != asset.minified.sha256:
            raise ChangedMeanwhile(asset.source.location)
        return asset._replace(minified=blob)

    def _tool(self, path: str) -> Tool:
        tool = self._tool_for(media_type(path))
        if tool is None:
            raise KeyError(path)  # nobody asks for what is not wanted
        return tool

    def _minify(self, group: list[tuple[Asset, bytes]]) -> None:
        kinds = {media_type(asset.source.path) for asset, _ in group}
        for kind in kinds:
            own = [(asset, content) for asset, content in group if media_type(asset.source.path) == kind]
            tool = self._tool_for(kind)
            if tool and tool.batch:
                minified = tool.batch({asset.source.path: content for asset, content in own})
                for asset, content in own:
                    self._kept(asset, tool, content, minified[asset.source.path])

    def _remembered(self, asset: Asset, tool: Tool) -> Form | None:
        made_of = _key(asset, tool)
        if made_of in self._at_hand:
            return self._at_hand[made_of]
        blob = self._cache.get(made_of)
        if blob:
            return Form(blob, blob.read())
        refusal = self._cache.get(_key(asset, tool, "left alone"))
        return Form(left_alone=refusal.read().decode()) if refusal else None

    def _kept(self, asset: Asset, tool: Tool, content: bytes, result: bytes | MinifyFailed) -> Form:
        """Judge a result and remember it, whichever way it went."""
        made_of = _key(asset, tool)
        refusal = (
            str(result) if isinstance(result, MinifyFailed) else guard(asset.source.path, content, result)
        )
        if isinstance(result, bytes) and not refusal:
            form = Form(self._cache.put(made_of, result), result)
            is_kept = bool(form.blob and form.blob.path)
        else:
            # That there is nothing to gain is nothing to tell.
            form = Form(left_alone="" if refusal == NOT_SMALLER else refusal)
            is_kept = bool(self._cache.put(_key(asset, tool, "left alone"), form.left_alone.encode()).path)
        if not is_kept:
            self._at_hand[made_of] = form
        return form


def _key(asset: Asset, tool: Tool, *more: str) -> str:
    # The ending decides how a tool reads a file (.js or .mjs), and so belongs to the input.
    return key("minified", *more, tool.id, asset.source.path.rpartition(".")[2].lower(), asset.sha256)


def _attempted(minify: Callable[[bytes], bytes], content: bytes) -> bytes | MinifyFailed:
    try:
        return minify(content)
    except MinifyFailed as failure:
        return failure
