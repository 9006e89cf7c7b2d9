"""Coding: the precompressed forms of artifacts, each made once, on all processors.

The libraries that compress let other threads run meanwhile. Equal bytes, wherever they are published, share
one form. The dearest is begun first, so that all threads end together.
"""

from __future__ import annotations

import hashlib
from collections.abc import Container, Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import NamedTuple

from stator.artifact import Artifact, Coded
from stator.cache import Blob, Cache, key
from stator.encode import CODINGS, Effort, compressible, effort_for, worthwhile
from stator.errors import ChangedMeanwhile
from stator.paths import CODING_SUFFIXES
from stator.progress import Progress

# What a byte costs in each coding, by measurement, in the unit of the cheapest.
_COST: Mapping[str, int] = {"br": 20, "zstd": 6, "gzip": 1}


class _Task(NamedTuple):
    """One form to be made of one content, and where the content is found."""

    key: str
    coding: str
    effort: Effort
    artifact: Artifact

    @property
    def cost(self) -> int:
        return self.artifact.size * _COST[self.coding]


class Coder:
    """Makes the forms of the chosen codings, as far as they are worth it.

    None is made of a file beside which there is a source of that very name, as some packages have it.
    """

    def __init__(
        self, codings: Iterable[str], sources: Container[str], cache: Cache, jobs: int, progress: Progress
    ) -> None:
        self._sources = sources
        self._versions = {name: CODINGS[name].version() for name in codings}
        self._cache = cache
        self._jobs = jobs
        self._progress = progress

    def __call__(self, artifacts: Iterable[Artifact]) -> Iterator[Artifact]:
        """Yield the artifacts with their forms. Raises ``ChangedMeanwhile``."""
        tasks = [(artifact, tuple(self._tasks(artifact))) for artifact in artifacts]
        every = {task.key: task for _, own in tasks for task in own}
        forms = {key: self._cache.get(key) for key in every}
        made = self._made([task for key, task in every.items() if forms[key] is None])
        for artifact, own in tasks:
            blobs = ((task.coding, forms[task.key] or made[task.key]) for task in own)
            yield artifact._replace(codings=tuple(Coded(name, blob) for name, blob in blobs if blob.size))

    def _tasks(self, artifact: Artifact) -> Iterator[_Task]:
        if not compressible(artifact.path):
            return
        effort = effort_for(artifact.path)
        for name, version in self._versions.items():
            if artifact.path + CODING_SUFFIXES[name] in self._sources:
                continue
            made_of = key("coded", name, version, effort.value, artifact.sha256)
            yield _Task(made_of, name, effort, artifact)

    def _made(self, tasks: list[_Task]) -> dict[str, Blob]:
        self._progress.stage("Compressing", len(tasks), sum(task.artifact.size for task in tasks))
        tasks.sort(key=lambda task: -task.cost)
        pool = ThreadPoolExecutor(self._jobs)
        try:
            return dict(zip((task.key for task in tasks), pool.map(self._make, tasks), strict=True))
        finally:
            pool.shutdown(cancel_futures=True)  # when interrupted, or when one has failed

    def _make(self, task: _Task) -> Blob:
        artifact = task.artifact
        content = b"".join(artifact.chunks())
        if hashlib.sha256(content).digest() != artifact.sha256:
            raise ChangedMeanwhile(artifact.source.location)  # what is wrong must not be remembered as right
        coded = CODINGS[task.coding].encode(content, task.effort)
        blob = self._cache.put(task.key, coded if worthwhile(len(content), len(coded)) else b"")
        self._progress.advance(1, artifact.size)
        return blob
