"""How long publishing to a bucket takes: Stator, django-storages, and collectfasta above it, in one run.

    python -m benchmarks.publish                      2,500 files, to benchmarks/publish.md
    python -m benchmarks.publish --files 500 --rounds 1

All publish the same site to the same SeaweedFS on this machine, each to a bucket of its own, in turns.
Rows: the first upload to an empty bucket, nothing changed, one style sheet changed. Times are of the whole
command. So that all do the same work, Stator neither minifies nor compresses; with everything on it is a row
of its own. On a real network each request takes longer, and what counts is how many there are.
"""

from __future__ import annotations

import argparse
import os
import platform
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from importlib.metadata import version
from pathlib import Path
from typing import Any, NamedTuple

from benchmarks import sites
from tests.stores import NewBucket, Store, seaweedfs

RESULTS = Path(__file__).with_name("publish.md")
WANTED = 8  # times as fast as both others, in the first upload
_PATIENCE = 1800  # seconds
_USED = ("Django", "obstore", "django-storages", "boto3", "collectfasta")

_HEAD = """
BASE_DIR = {folder!r}
SECRET_KEY = "benchmark"
STATIC_URL = "/static/"
STATIC_ROOT = {folder!r} + "/root"
STATICFILES_DIRS = [{sources!r}]
"""
_STATOR = """
INSTALLED_APPS = ["stator.django", "django.contrib.staticfiles"]
STORAGES = {{"staticfiles": {{"BACKEND": "stator.django.storage.StatorStorage"}}}}
STATOR = {{"DESTINATION": {destination!r}, "ON_MISSING": "warn", {options}}}
"""
_STORAGES = """
INSTALLED_APPS = [{app}"django.contrib.staticfiles"]
STORAGES = {{"staticfiles": {{"BACKEND": "storages.backends.s3.S3ManifestStaticStorage", "OPTIONS": {{
    "bucket_name": {bucket!r}, "location": {prefix!r},
    "endpoint_url": {endpoint!r}, "region_name": {region!r},
    "access_key": {key!r}, "secret_key": {secret!r}, "querystring_auth": False}}}}}}
"""
_COLLECTFASTA = """
COLLECTFASTA_STRATEGY = "collectfasta.strategies.boto3.Boto3ManifestMemoryStrategy"
COLLECTFASTA_THREADS = 20
CACHES = {{"default": {{"BACKEND": "django.core.cache.backends.filebased.FileBasedCache",
                      "LOCATION": {folder!r} + "/cache", "OPTIONS": {{"MAX_ENTRIES": 100000}}}}}}
"""


class Contender(NamedTuple):
    """A way to publish: its settings, made for a bucket, and its command."""

    name: str
    settings: str
    command: tuple[str, ...]
    app: str = ""
    options: str = ""

    def written(self, folder: Path, sources: Path, store: Store) -> str:
        """Return the module of settings."""
        told: Mapping[str, Any] = store.options
        bucket, _, prefix = told["URL"].removeprefix("s3://").partition("/")
        return (_HEAD + self.settings).format(
            folder=str(folder),
            sources=str(sources),
            destination=dict(told),
            options=self.options,
            app=self.app,
            bucket=bucket,
            prefix=prefix,
            endpoint=told["ENDPOINT"],
            region=told["REGION"],
            key=told["KEY"],
            secret=told["SECRET"],
        )


_PUBLISH = ("stator", "publish", "-v", "0")
_COLLECT = ("collectstatic", "--noinput", "-v", "0")
STATOR = Contender("Stator", _STATOR, _PUBLISH, options='"MINIFY": False, "CODINGS": []')
EVERYTHING = Contender("Stator, everything on", _STATOR, _PUBLISH)
STORAGES = Contender("django-storages", _STORAGES, _COLLECT)
COLLECTFASTA = Contender("collectfasta", _STORAGES + _COLLECTFASTA, _COLLECT, '"collectfasta", ')
ALL = (STATOR, EVERYTHING, STORAGES, COLLECTFASTA)
ROWS = ("first upload", "nothing changed", "one style sheet changed")


class Place:
    """A project of a contender, with a bucket of its own."""

    def __init__(self, contender: Contender, folder: Path, site: Path, bucket: NewBucket) -> None:
        self._folder = folder
        self._command = contender.command
        self._sources = folder / "sources"
        shutil.copytree(site, self._sources)
        (folder / "settings.py").write_text(contender.written(folder, self._sources, bucket()))

    def publish(self) -> float:
        """Publish; return how many seconds that took."""
        environ = {**os.environ, "PYTHONPATH": str(self._folder), "DJANGO_SETTINGS_MODULE": "settings"}
        environ.pop("PYTHONDONTWRITEBYTECODE", None)
        started = time.perf_counter()
        done = subprocess.run(
            [sys.executable, "-m", "django", *self._command],
            env=environ,
            capture_output=True,
            text=True,
            timeout=_PATIENCE,
            check=False,
        )
        taken = time.perf_counter() - started
        if done.returncode:
            sys.exit(f"{' '.join(self._command)} failed:\n{done.stdout}{done.stderr}")
        return taken

    def change(self) -> None:
        """Change a style sheet that no other file refers to."""
        sheet = self._sources / "part-0000" / "style-00.css"
        sheet.write_bytes(sheet.read_bytes() + b"\n/* changed */\n")


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--files", type=int, default=2500)
    parser.add_argument("--rounds", type=int, default=2)
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="stator-bench-") as folder, seaweedfs() as bucket:
        site = sites.grow(chosen.files, Path(folder, "site"))
        small = sites.grow(100, Path(folder, "small"))
        warm_up(Path(folder), small.sources, bucket)
        times = measured(Path(folder), site.sources, bucket, chosen.rounds)
    text = report(site, times, chosen.rounds)
    print(text)
    if chosen.files == 2500 and chosen.rounds >= 2:
        RESULTS.write_text(text, encoding="utf-8")


def warm_up(folder: Path, site: Path, bucket: NewBucket) -> None:
    """Let everybody publish a small site, so that no later run compiles modules."""
    for contender in ALL:
        Place(contender, Path(tempfile.mkdtemp(dir=folder)), site, bucket).publish()


def measured(folder: Path, site: Path, bucket: NewBucket, rounds: int) -> dict[tuple[str, str], list[float]]:
    """Return the seconds of each round, by contender and row."""
    times: dict[tuple[str, str], list[float]] = {}
    for number in range(rounds):
        for contender in ALL:
            place = Place(contender, Path(tempfile.mkdtemp(dir=folder)), site, bucket)
            for row, seconds in zip(ROWS, _each(place), strict=True):
                print(f"round {number + 1}: {contender.name}, {row}: {seconds:.2f} s", file=sys.stderr)
                times.setdefault((contender.name, row), []).append(seconds)
    return times


def _each(place: Place) -> Iterator[float]:
    steps: list[Callable[[], None]] = [lambda: None, lambda: None, place.change]
    for step in steps:
        step()
        yield place.publish()


def _told(site: sites.Site, rounds: int) -> str:
    used = ", ".join(f"{name} {version(name)}" for name in _USED)
    return (
        f"Made by `python -m benchmarks.publish`. Python {platform.python_version()}, {used}, "
        f"{os.cpu_count()} cores, {platform.system()}; collectfasta with 20 threads. SeaweedFS is on the "
        "same machine, and all wait for it.\n\n"
        f"{site.files:,} files, {site.size / 1e6:.1f} MB, each under its plain and its digested name. "
        f"Medians of {rounds} rounds of the whole command, with the range; a ratio is the other's by ours."
    )


def report(site: sites.Site, times: Mapping[tuple[str, str], list[float]], rounds: int) -> str:
    """Return the report."""
    lines = [
        "# Publishing to a bucket: results",
        "",
        _told(site, rounds),
        "",
        "| | " + " | ".join(ROWS) + " |",
        "| --- |" + " ---: |" * len(ROWS),
    ]
    medians = {key: statistics.median(seconds) for key, seconds in times.items()}
    for contender in ALL:
        cells = []
        for row in ROWS:
            seconds = times[contender.name, row]
            ratio = medians[contender.name, row] / medians[STATOR.name, row]
            cells.append(
                f"{medians[contender.name, row]:.2f} s ({min(seconds):.2f}-{max(seconds):.2f}), {ratio:.1f}×"
            )
        lines.append(f"| {contender.name} | " + " | ".join(cells) + " |")
    slower = (
        min(medians[one.name, ROWS[0]] for one in (STORAGES, COLLECTFASTA)) / medians[STATOR.name, ROWS[0]]
    )
    met = "met" if slower >= WANTED else "**not met**"
    lines += [
        "",
        f"Wanted: the first upload at least {WANTED} times as fast as both. {slower:.1f}: {met}.",
        "",
    ]
    return "\n".join(lines)


if __name__ == "__main__":
    main()
