from __future__ import annotations

import functools
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack
from pathlib import Path

import pytest

from stator.publish.bucket import lease
from tests.gcs_stub import gcs_stub
from tests.publish.bucket.publishing import Publisher
from tests.stores import NewBucket, Store, azurite, ceph, seaweedfs

SERVERS: dict[str, Callable[[], AbstractContextManager[NewBucket]]] = {
    "seaweedfs": seaweedfs,
    "azurite": azurite,
    "ceph": ceph,
    "gcs stub": gcs_stub,
}


@pytest.fixture(scope="session")
def buckets() -> Iterator[Callable[[str], NewBucket]]:
    """Return what gives the buckets of a server by its name; it starts with the first that asks for it."""
    with ExitStack() as stack:
        yield functools.cache(lambda name: stack.enter_context(SERVERS[name]()))


@pytest.fixture
def seaweed(buckets: Callable[[str], NewBucket]) -> NewBucket:
    """Return what makes buckets of SeaweedFS. Who asks for it has the mark ``needs("seaweedfs")``."""
    return buckets("seaweedfs")


@pytest.fixture(
    params=[
        pytest.param("seaweedfs", marks=pytest.mark.needs("seaweedfs")),
        pytest.param("azurite", marks=pytest.mark.needs("azurite")),
        pytest.param("ceph", marks=pytest.mark.needs("ceph")),
        "gcs stub",
    ]
)
def store(request: pytest.FixtureRequest, buckets: Callable[[str], NewBucket]) -> Store:
    """Return a fresh bucket of each kind of store."""
    return buckets(request.param)()


@pytest.fixture
def publisher(store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Publisher:
    """Return a site that is published to a fresh bucket of each kind of store, by nobody else."""
    monkeypatch.setattr(lease, "WORLD", lease.World(sleep=lambda _: None))
    return Publisher(tmp_path, store)
