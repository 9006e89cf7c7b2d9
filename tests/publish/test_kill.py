"""Killed at any moment, the folder is whole: the old release or the new one, never half."""

from __future__ import annotations

import itertools
import random
import shutil
import signal
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest

from stator.build import Build
from stator.manifest import NAME, Content
from tests.publish.processes import Child, publish, publish_and_die, publish_for_ever
from tests.publish.sites import FIRST, SECOND, Site, content_of, faults, litter

KILLS = 200
FILES = 150
LONGEST = 0.04  # seconds until the kill: more than a few publishes take
MEMORY = Path(
    "/dev/shm"
)  # where a publish is so fast that kills meet all of it, not just the wait for a disk


def big(version: int) -> dict[str, str]:
    """Return a site in which a third of the files changes from version to version, and a few come and go."""
    files = {
        f"part{number % 7}/file{number}.js": f"// {number} {version * (number % 3 == 0)}\n" * (number * 7)
        for number in range(FILES - 6)
    }
    files["app.js"] = "".join(f"import './{path}'\n" for path in list(files)[::5])
    files |= {f"only{version}/{number}.txt": f"{version} {number}" for number in range(5)}
    return files


def contents_of_releases(builds: Sequence[Build]) -> dict[str, set[Content]]:
    """Return what may ever stand under each name."""
    right: dict[str, set[Content]] = {}
    for artifact in itertools.chain.from_iterable(built.artifacts.values() for built in builds):
        for name in (artifact.name, artifact.path):
            right.setdefault(name, set()).add(Content(artifact.size, artifact.sha256))
    return right


def wrong(root: Path, right: dict[str, set[Content]], manifest: Path | None = None) -> list[str]:
    """Return what is wrong with the folder after a kill, by its manifest and by what may ever stand there."""
    found = faults(root, manifest or NAME)
    for file in root.rglob("*"):
        name = file.relative_to(root).as_posix()
        if file.is_symlink():
            continue  # to a source, which is always whole
        if file.is_file() and name in right and content_of(file) not in right[name]:
            found.append(f"{name} is half done")
        elif file.is_file() and name not in {*right, NAME, f".{NAME}.unfinished"} and ".stator" not in name:
            found.append(f"{name} is of nobody")
    return found


@pytest.fixture
def fast_site(tmp_path: Path) -> Iterator[Site]:
    with tempfile.TemporaryDirectory(dir=MEMORY if MEMORY.is_dir() else tmp_path) as folder:
        yield Site(Path(folder))


def test_killed_at_random_moments(fast_site):
    site = fast_site
    seed = random.getrandbits(32)
    chance = random.Random(seed)
    print(f"seed {seed}")
    builds = [site.build(big(1)), site.build(big(2))]
    ways: list[dict[str, Any]] = [{"keep": 2}, {"clear": True}]
    right = contents_of_releases(builds)
    site.publish(builds[0])
    for kill in range(KILLS):
        child = Child(publish_for_ever, site.root, builds, ways, chance.getrandbits(32))
        assert child.heard() == "begins"
        time.sleep(chance.uniform(0, LONGEST))
        child.killed()
        assert wrong(site.root, right) == [], f"after kill {kill} of seed {seed}"
        built = chance.choice(builds)
        site.publish(built, **chance.choice(ways))
        assert wrong(site.root, right) == [], f"after the publish that follows kill {kill} of seed {seed}"
        assert litter(site.root) == []
        assert site.manifest().paths == {path: one.name for path, one in built.artifacts.items()}


@pytest.mark.parametrize("elsewhere", [False, True], ids=["", "manifest elsewhere"])
@pytest.mark.parametrize("how", [{"keep": 2}, {"keep": 0}, {"clear": True}, {"symlink": True}], ids=str)
@pytest.mark.parametrize("fresh", [True, False], ids=["first publish", "later publish"])
def test_killed_before_each_change_to_the_disk(site, how, fresh, elsewhere):
    """Not by chance: once before every single call that changes a name."""
    if elsewhere:
        how = {**how, "manifest_name": str(site.folder / "code/manifest.json")}
    place = Path(how.get("manifest_name", site.root / NAME))
    old, new = site.build(FIRST), site.build(SECOND)
    right = contents_of_releases([old, new])
    for moment in itertools.count(1):
        shutil.rmtree(site.root, ignore_errors=True)
        place.unlink(missing_ok=True)
        if not fresh:
            site.publish(old, **how)
        child = Child(publish_and_die, site.root, new, how, moment)
        if child.ended() != -signal.SIGKILL:
            break
        if place.exists() or not fresh:
            assert wrong(site.root, right, place) == [], f"killed before change {moment}"
        site.publish(new, **how)
        assert wrong(site.root, right, place) == []
        assert litter(site.folder) == []
    assert moment > 20


@pytest.mark.parametrize("names", [".stator/file", f".{NAME}.unfinished"])
def test_what_a_kill_left_goes_even_when_there_is_nothing_to_publish(site, names):
    built = site.build(FIRST)
    site.publish(built)
    (site.root / names).parent.mkdir(exist_ok=True)
    (site.root / names).write_bytes(b"half")
    site.publish(built)
    assert litter(site.root) == []


def test_a_child_that_is_not_killed_publishes(site):
    child = Child(publish, site.root, site.build(FIRST), {})
    assert child.heard() == "done"
    assert child.ended() == 0
    assert faults(site.root) == []


def test_these_tests_see_what_is_wrong(site: Site):
    built = site.build(FIRST)
    right = contents_of_releases([built])
    site.publish(built)
    assert wrong(site.root, right) == []
    logo, style = site.file("img/logo.svg"), site.root / "app.css"
    logo.unlink()
    style.unlink()
    style.write_text("half")
    (site.root / "new").write_text("new")
    assert set(wrong(site.root, right)) == {
        f"{logo.relative_to(site.root).as_posix()} is missing",
        "img/logo.svg is of no release",
        "app.css is of no release",
        "app.css is half done",
        "new is of nobody",
    }
