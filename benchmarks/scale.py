"""What a very large site costs: the manifest of many files and many releases, read, succeeded and written.

    python -m benchmarks.scale                                   20,000 files, 50 releases: seconds
    python -m benchmarks.scale --files 200000 --releases 500     the site of docs/scale.md: ten minutes, 6 GB

Only the manifest is written, to a temporary folder, and no file of the site. Its history is made from the
current release backwards: each release before another has other content under ``--changed`` of the paths,
some of it content that a later one has too (somebody took a change back), and a few paths that the later one
has not, or the other way round. That is what publishing them one after the other would have left, in seconds
instead of hours. Each row is a process of its own, which starts with the file as a command does. The disk and
the network are left out: what is in question is told to stand, and a bucket answers from memory. The same
arguments give the same history.
"""

from __future__ import annotations

import argparse
import functools
import gzip
import hashlib
import pickle
import random
import resource
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ProcessPoolExecutor
from datetime import UTC, datetime
from itertools import count, islice
from multiprocessing import get_context
from pathlib import Path
from typing import NamedTuple, TypeVar

from benchmarks.report import as_table
from stator.artifact import Artifact, Coded
from stator.cache import Blob
from stator.config import DestinationRules
from stator.load_path import Origin, SourceFile
from stator.manifest import Content, Manifest, Release, Row, following, succeed
from stator.manifest_index import read_index
from stator.manifest_text import Lines, from_json
from stator.paths import digested_path, parse_digested
from stator.publish.bucket import inventory as inventories
from stator.publish.bucket.looking import MANIFEST
from stator.publish.bucket.objects import objects
from stator.publish.bucket.release import Terms, publish
from stator.publish.bucket.store import Found, Store, Stored
from stator.publish.releases import kept_releases
from stator.publish.retention import expired

_FOLDERS = (
    "catalogue/js/components",
    "catalogue/css",
    "shop/img",
    "editor/js/vendor/modules",
    "admin/css/parts",
)
_KINDS = (".js", ".css", ".svg", ".png")  # all but the last have precompressed forms
_FORMS = {"br": 0.24, "zstd": 0.26, "gzip": 0.29}  # size by that of the file
_LEAST, _RANGE = 500, 400  # bytes of the smallest file, and how many times as much the largest has
_DEPLOY = 3600  # seconds from one to the next
_NEWEST = 1_800_000_000
_ALONE = "alone.json"
_ASKED = 2000  # names that a server is asked for
_MILLION = 1e6

T = TypeVar("T")


class Site(NamedTuple):
    """How large a site is: files, releases before the current one, and the shares of files of a release.

    ``changed`` have other content than before, ``back`` of these what they had once; ``moved`` came, and as
    many went.
    """

    files: int
    releases: int
    changed: float
    moved: float
    back: float
    seed: int


class Measured(NamedTuple):
    """What a row took: seconds of each stage by name, in order, and the peak of memory in bytes."""

    stages: dict[str, float]
    peak: int


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--files", type=int, default=20_000)
    parser.add_argument("--releases", type=int, default=50, help="that are kept before the current one")
    parser.add_argument("--changed", type=float, default=0.005, help="share of files that a release changes")
    parser.add_argument("--only", choices=ROWS, action="append", metavar="ROW", help=f"of {', '.join(ROWS)}")
    chosen = parser.parse_args()
    site = Site(chosen.files, chosen.releases, chosen.changed, chosen.changed / 25, back=0.05, seed=1)
    with tempfile.TemporaryDirectory(prefix="stator-scale-") as folder:
        file = Path(folder, "staticfiles.json")
        print(as_table(["", ""], _in_a_process(described, site, file).items()), flush=True)
        print()
        print(as_table(["", "seconds", "of them", "peak memory"], ()), flush=True)
        for row in chosen.only or ROWS:
            print(_line(row, _in_a_process(measure, row, site, file)), flush=True)


def _in_a_process(call: Callable[..., T], *arguments: object) -> T:
    with ProcessPoolExecutor(1, get_context("spawn")) as pool:
        return pool.submit(call, *arguments).result()


def _line(row: str, measured: Measured) -> str:
    stages = ", ".join(f"{name} {seconds:.2f}" for name, seconds in measured.stages.items())
    total = sum(measured.stages.values())
    return f"| {row} | {total:.2f} | {stages} | {measured.peak / _MILLION:,.0f} MB |"


# The site


def history(site: Site) -> Manifest:
    """Return the manifest that stands after all releases of the site."""
    chance = random.Random(site.seed)
    numbers = count()
    rows: dict[str, Row | None] = {path: row(path, 0) for path in sorted(_paths(numbers, site.files))}
    names = {path: one.name for path, one in rows.items() if one}
    current = _released(rows)
    known = {one.name for one in rows.values() if one}
    versions: dict[str, int] = {}
    earlier = []
    for age in range(site.releases):
        paths = list(names)
        picked = chance.sample(paths, _share(site, site.changed + site.moved))
        came, changed = picked[: _share(site, site.moved)], picked[_share(site, site.moved) :]
        went = list(_paths(numbers, len(came)))
        told: dict[str, Row | None] = dict.fromkeys(came)
        for path in changed + went:
            latest = versions.get(path, 0)
            version = chance.randrange(latest) if latest and chance.random() < site.back else latest + 1
            versions[path] = max(latest, version)
            told[path] = row(path, version)
        told = {path: one for path, one in sorted(told.items()) if one != rows.get(path)}
        rows.update(told)
        for path, one in told.items():
            names.update({path: one.name}) if one else names.pop(path)
        own = {one.name: one.content for one in told.values() if one and one.name not in known}
        known.update(own)
        until = _NEWEST - age * _DEPLOY
        earlier.append(Release(f"{age:016x}", own, tuple(sorted(went)), until, told))
    oldest = _released({path: rows[path] for path in sorted(names)})
    earlier[-1] = earlier[-1]._replace(id=oldest.id)  # what is restored is compared with its id
    return current._replace(earlier=tuple(earlier))


def _share(site: Site, share: float) -> int:
    return round(site.files * share)


def _paths(numbers: Iterator[int], many: int) -> Iterator[str]:
    for number in islice(numbers, many):
        yield f"{_FOLDERS[number % len(_FOLDERS)]}/item-{number:06}{_KINDS[number % len(_KINDS)]}"


def row(path: str, version: int) -> Row:
    """Return what stands under a path in one version: sizes are spread evenly over their orders."""
    sha256 = hashlib.sha256(f"{path} {version}".encode()).digest()
    size = int(_LEAST * _RANGE ** (int.from_bytes(sha256[:4]) / 2**32))
    forms = {} if path.endswith(_KINDS[-1]) else _FORMS
    codings = tuple((coding, int(size * share)) for coding, share in forms.items())
    return Row(digested_path(path, sha256.hex()[:12]), Content(size, sha256, codings))


def _released(rows: dict[str, Row | None]) -> Manifest:
    names = {path: one.name for path, one in rows.items() if one}
    files = {one.name: one.content for one in rows.values() if one}
    return Manifest("", names, files, plain=True).described_by(files)


def described(site: Site, file: Path) -> dict[str, str]:
    """Write the manifest of the site to ``file`` and return what there is to say of it."""
    manifest = history(site)
    alone = file.with_name(_ALONE)
    for one, path in ((manifest, file), (manifest._replace(earlier=()), alone)):
        with path.open("wb") as opened:
            opened.writelines(Lines(one))
    current, earlier = manifest.files, [one.files for one in manifest.earlier]
    every = [current, *earlier]
    return {
        "digested names, current": f"{len(current):,}",
        "digested names, all": f"{sum(map(len, every)):,}",
        "bytes of the current release": f"{_size(current) / _MILLION:,.0f} MB",
        "bytes of all releases": f"{sum(map(_size, every)) / _MILLION:,.0f} MB",
        "manifest": _told_size(file),
        "manifest of the current release alone": _told_size(alone),
    }


def _told_size(file: Path) -> str:
    content = file.read_bytes()
    return f"{len(content) / _MILLION:.1f} MB, {len(gzip.compress(content, 6)) / _MILLION:.1f} MB in gzip"


def _size(files: Mapping[str, Content]) -> int:
    return sum(content.size + sum(dict(content.codings).values()) for content in files.values())


# What is done with it


def measure(row: str, site: Site, file: Path) -> Measured:
    """Do one of ``ROWS`` with the manifest in ``file`` and say what it took.

    A stage without a name is the simulation's own, and does not count.
    """
    stages = {}
    started = time.perf_counter()
    for stage in ROWS[row](site, file):
        if stage:
            stages[stage] = time.perf_counter() - started
        started = time.perf_counter()
    return Measured(stages, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024)


def _serve(site: Site, file: Path, name: str = "") -> Iterator[str]:
    with file.with_name(name or file.name).open("rb") as opened:
        index = read_index(opened)
    if index is None:
        raise AssertionError("what we wrote is taken for a manifest of Django's own storage")
    yield "read_index"
    for path in _paths(count(), min(_ASKED, site.files)):
        index.find(row(path, 0).name)
    yield f"find of {_ASKED:,} names"


def _render(_: Site, file: Path, name: str = "") -> Iterator[str]:
    from_json(file.with_name(name or file.name).read_bytes())
    yield "from_json"


def _publish(site: Site, file: Path) -> Iterator[str]:
    old = from_json(file.read_bytes())
    yield "from_json"
    new = _next(old, site)
    yield "following"
    new = succeed(new, old, site.releases, now=_NEWEST + _DEPLOY)
    yield "succeed"
    yield from _carried_out(old, new, file)


def _publish_to_bucket(site: Site, file: Path, codings: str) -> Iterator[str]:
    stock = file.with_name(codings)
    many = _in_a_process(stocked, file, stock, codings)
    yield ""
    new = _next(from_json(file.read_bytes()), site)
    yield "from_json and following"
    rules = DestinationRules(service="s3", bucket="simulated", codings=codings)
    bucket = _Bucket(rules, file, stock)
    yield ""
    terms = Terms(rules, keep=site.releases, now=_NEWEST + _DEPLOY)
    steps = publish(new, _unread, bucket, terms, dry_run=True).steps
    yield f"dry run with {many:,} objects, {len(steps):,} steps"
    content = inventories.to_bytes(inventories.from_bytes(bucket.inventory))
    yield f"inventory of {len(content) / _MILLION:.0f} MB read and written"


def _unread(_: object) -> bytes:
    raise AssertionError("a dry run reads nothing")


class _Bucket(Store):
    """A bucket with all releases of the manifest in ``file``, which answers from what ``stocked`` wrote."""

    def __init__(self, rules: DestinationRules, file: Path, stock: Path) -> None:
        self.rules = rules
        self.place = rules.place
        self._manifest = file
        self._listing: dict[str, Stored]
        with stock.open("rb") as opened:
            self._listing, self.inventory = pickle.load(opened)

    def listing(self) -> dict[str, Stored]:
        return self._listing

    def read(self, name: str) -> Found | None:
        if name == MANIFEST:
            return Found(self._manifest.read_bytes(), "")
        return Found(self.inventory, "") if name == inventories.NAME else None


def stocked(file: Path, stock: Path, codings: str) -> int:
    """Write to ``stock`` what a bucket holds after all releases of ``file``; return the number of objects."""
    manifest = from_json(file.read_bytes())
    rules = DestinationRules(service="s3", codings=codings)
    written = datetime.fromtimestamp(_NEWEST, UTC)
    listing = {inventories.NAME: Stored("", 0, written)}  # nothing was written after it
    inventory: dict[str, tuple[str, str]] = {}
    for release in (manifest, *map(_alone, manifest.earlier)):
        for one in objects(release, rules):
            etag = hashlib.md5(one.name.encode()).hexdigest()
            listing[one.name] = Stored(etag, one.size, written)
            inventory[one.name] = etag, one.mark
    with stock.open("wb") as opened:
        pickle.dump((listing, inventories.to_bytes(inventory)), opened)
    return len(listing)


def _alone(release: Release) -> Manifest:
    """Return the files that only this release has as a release of their own."""
    parsed = ((parse_digested(name), name) for name in release.files)
    return Manifest(release.id, {path[0]: name for path, name in parsed if path}, release.files, plain=False)


def _prune(site: Site, file: Path) -> Iterator[str]:
    old = from_json(file.read_bytes())
    yield "from_json"
    new = succeed(old, old, site.releases // 10, now=_NEWEST + _DEPLOY)
    yield "succeed"
    yield from _carried_out(old, new, file)


def _roll_back(_: Site, file: Path) -> Iterator[str]:
    old = from_json(file.read_bytes())
    yield "from_json"
    restored = old.restored(old.earlier[-1].id)
    if restored is None:
        raise AssertionError("the oldest release is not what its id says")
    yield "restored"
    new = succeed(restored, old, len(old.earlier) + 1, now=_NEWEST + _DEPLOY)
    yield "succeed"
    frozenset(new.forms_of_earlier())
    yield "forms_of_earlier"
    yield from _written(new, file)


def _list(_: Site, file: Path) -> Iterator[str]:
    manifest = from_json(file.read_bytes())
    yield "from_json"
    kept_releases(manifest)
    yield "kept_releases"


def _carried_out(old: Manifest, new: Manifest, file: Path) -> Iterator[str]:
    gone = sum(1 for _ in expired(old, new, lambda _: True))
    yield f"expired ({gone:,} names)"
    yield from _written(new, file)


def _written(new: Manifest, file: Path) -> Iterator[str]:
    with file.with_name("next.json").open("wb") as opened:
        opened.writelines(Lines(new))
    yield "written"


def _next(old: Manifest, site: Site) -> Manifest:
    """Return the manifest of the release after ``old``, as a build that went on from it makes it."""
    changed = random.Random(site.seed).sample(list(old.paths), _share(site, site.changed))
    return following(old, [*old.paths], {path: _artifact(path) for path in changed})


def _artifact(path: str) -> Artifact:
    name, (size, sha256, codings), plain, _ = row(path, -1)
    coded = tuple(Coded(coding, Blob(coded, sha256)) for coding, coded in codings)
    source = SourceFile(path, f"/{path}", Origin("simulated", "/"))
    return Artifact(path, name, plain, source, (), size, sha256, codings=coded)


ROWS: dict[str, Callable[[Site, Path], Iterator[str]]] = {
    "a server starts, all releases": _serve,
    "a server starts, the current one alone": functools.partial(_serve, name=_ALONE),
    "the first page with a name, all releases": _render,
    "the first page with a name, the current one alone": functools.partial(_render, name=_ALONE),
    "publish to a folder": _publish,
    "publish to a bucket, files as they are": functools.partial(_publish_to_bucket, codings="identity"),
    "publish to a bucket, a key for each form": functools.partial(_publish_to_bucket, codings="keys"),
    "prune to a tenth": _prune,
    "rollback to the oldest": _roll_back,
    "releases": _list,
}


if __name__ == "__main__":
    main()
