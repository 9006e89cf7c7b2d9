"""The cache: what was put is found again, whole or not at all, and nothing that happens to it stops work."""

from __future__ import annotations

import hashlib
import itertools
import os
import random
import shutil
import subprocess
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

import pytest

from stator.cache import Blob, Cache, key
from stator.errors import EnvironmentFailed
from tests.publish.processes import NOBODY, Child

MINUTE = 60
HOUR = 60 * MINUTE
DAY = 24 * HOUR
KILLS = 40
MEMORY = Path("/dev/shm")  # where a put is so fast that kills meet all of it, not just the wait for a disk


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "cache"


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Callable[[str], Path]]:
    """Return a function that mounts a file system of its own with the given options."""
    mounted = tmp_path / "disk"

    def mount(options: str) -> Path:
        mounted.mkdir()
        subprocess.run(["mount", "-t", "tmpfs", "-o", options, "tmpfs", mounted], check=True)
        return mounted

    yield mount
    if mounted.is_dir():
        subprocess.run(["umount", mounted], check=True)


def remount(disk: Path, options: str) -> None:
    subprocess.run(["mount", "-o", f"remount,{options}", disk], check=True)


def entries(folder: Path) -> list[Path]:
    return sorted(folder.glob("blobs/*/*"))


def unfinished(folder: Path) -> list[Path]:
    return list(folder.glob("unfinished/*"))


def total(folder: Path) -> int:
    return sum(entry.stat().st_size for entry in entries(folder))


def faults(folder: Path) -> list[str]:
    """Return the entries whose content is not what their names promise."""
    return [
        entry.name
        for entry in entries(folder)
        if not hashlib.sha256(entry.read_bytes()).hexdigest().startswith(entry.suffix[1:])
    ]


def works(folder: Path) -> bool:
    """Say whether a process that comes now can keep work and find it."""
    Cache(str(folder)).put(key("one more"), b"more")
    found = Cache(str(folder)).get(key("one more"))
    return found is not None and found.read() == b"more"


def filled(folder: Path, count: int, size: int = 100) -> list[str]:
    """Put entries of one size, each used an hour after the one before, the last an hour ago. Count them."""
    cache = Cache(str(folder))
    keys = [key("filled", str(number)) for number in range(count)]
    for age, name in zip(range(count, 0, -1), keys, strict=True):
        path = cache.put(name, bytes(size)).path
        os.utime(path, (time.time() - age * HOUR, os.stat(path).st_mtime))
    cache.trim()
    return keys


def kept(folder: Path, keys: list[str]) -> list[int]:
    """Return which of the keys are found, by their numbers."""
    cache = Cache(str(folder))
    return [number for number, name in enumerate(keys) if cache.get(name)]


# Keys


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (("ab", "c"), ("a", "bc")),
        (("ab",), ("a", "b")),
        (("a",), ("a", "")),
        ((), ("",)),
        (("a", "b"), ("b", "a")),
        (("\x00",), ("\x00\x00",)),
        (("é",), ("e",)),
    ],
)
def test_other_parts_have_another_key(one, other):
    assert key(*one) != key(*other)


def test_equal_parts_have_one_key_on_every_machine():
    hashed = bytes(7) + b"\x0c" + b"brotli 1.2.0" + bytes(7) + b"\x02" + b"\xff\x00"
    assert key("brotli 1.2.0", b"\xff\x00") == hashlib.sha256(hashed).hexdigest()


def test_text_and_its_bytes_have_one_key():
    assert key("é") == key("é".encode())


def test_a_file_name_of_any_bytes_can_be_part_of_a_key():
    assert key(os.fsdecode(b"\xff.css")) != key(os.fsdecode(b"\xfe.css"))


# Putting and getting


@pytest.mark.parametrize("content", [b"", b"\n", b"\r\n" * 2_500, os.urandom(3 << 20)], ids=len)
def test_what_was_put_is_found_by_all(folder, content):
    cache = Cache(str(folder))
    put = cache.put(key("x"), content)
    for finder in cache, Cache(str(folder)):
        found = finder.get(key("x"))
        assert found == put
        assert found.size == len(content)
        assert found.sha256 == hashlib.sha256(content).digest()
        assert found.content == b""
        assert found.read() == Path(found.path).read_bytes() == content


def test_what_nobody_put_is_not_found(folder):
    cache = Cache(str(folder))
    cache.put(key("x"), b"x")
    near = key("x")[:-1] + ("1" if key("x")[-1] == "0" else "0")
    assert cache.get(key("y")) is None
    assert cache.get(near) is None


def test_asking_makes_nothing_on_disk(folder):
    cache = Cache(str(folder))
    assert cache.get(key("x")) is None
    assert cache.read_record("x") is None
    assert cache.trim() == 0
    assert not folder.exists()
    assert cache.problem == ""


def test_a_relative_folder_stays_where_it_was(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    cache = Cache("cache")
    monkeypatch.chdir("/")
    assert cache.folder == str(tmp_path / "cache")
    assert cache.put(key("x"), b"x").path.startswith(cache.folder)


def test_an_entry_is_readable_by_whom_the_umask_says(folder):
    path = Path(Cache(str(folder)).put(key("x"), b"x").path)
    ordinary = folder / "ordinary"
    ordinary.touch()
    assert path.stat().st_mode == ordinary.stat().st_mode


def test_other_work_of_one_key_is_the_last_that_this_process_put(folder):
    cache = Cache(str(folder))
    for content in b"one", b"two", b"one":
        cache.put(key("x"), content)
        assert cache.get(key("x")).read() == content


def test_of_two_works_of_one_key_all_who_come_find_the_same(folder):
    both = [Cache(str(folder)), Cache(str(folder))]
    for cache, content in zip(both, (b"one", b"two"), strict=True):
        cache.put(key("x"), content)
    assert len({Cache(str(folder)).get(key("x")) for _ in range(3)}) == 1


def test_work_in_memory_is_read_from_there():
    assert Blob(4, b"", content=b"work").read() == b"work"


def test_work_that_was_deleted_meanwhile_is_a_clear_error(folder):
    blob = Cache(str(folder)).put(key("x"), b"x")
    shutil.rmtree(folder)
    with pytest.raises(EnvironmentFailed) as raised:
        blob.read()
    assert raised.value.message == f"{blob.path}: No such file or directory."
    assert "Run the command again" in raised.value.hint


# The folder


def test_backups_and_git_leave_the_folder_out(folder):
    Cache(str(folder)).put(key("x"), b"x")
    assert (folder / "CACHEDIR.TAG").read_text().startswith("Signature: 8a477f597d28d172789f06886806bc55\n")
    assert (folder / ".gitignore").read_text() == "*\n"


def test_an_empty_folder_is_marked_too(folder):
    folder.mkdir()
    Cache(str(folder)).write_record("x", [b"x"])
    assert {"CACHEDIR.TAG", ".gitignore"} <= set(os.listdir(folder))


def test_a_folder_with_other_things_is_not_marked(folder):
    folder.mkdir()
    (folder / "manage.py").touch()
    Cache(str(folder)).put(key("x"), b"x")
    assert set(os.listdir(folder)) == {"manage.py", "blobs", "unfinished"}


@pytest.mark.parametrize("times", [0, 1_000_000_000, 4_000_000_000])
def test_a_copy_of_the_tree_works_whatever_its_times(folder, tmp_path, times):
    blob = Cache(str(folder)).put(key("x"), b"x")
    Cache(str(folder)).write_record("names", [b"record"])
    copy = tmp_path / "copy"
    shutil.copytree(folder, copy)
    for path in copy.rglob("*"):
        os.utime(path, (times, times))
    cache = Cache(str(copy))
    assert cache.get(key("x"))._replace(path=blob.path) == blob
    assert cache.read_record("names") == b"record"
    assert works(copy)


# Damage


def flip(path: Path) -> None:
    status = path.stat()
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)
    os.utime(path, ns=(status.st_atime_ns, status.st_mtime_ns))


def fold(path: Path) -> None:
    path.unlink()
    path.mkdir()


def fold_with_something_in_it(path: Path) -> None:
    fold(path)
    (path / "something").touch()


DAMAGE: dict[str, Callable[[Path], Any]] = {
    "a flipped bit": flip,
    "truncated": lambda path: os.truncate(path, 10),
    "emptied": lambda path: os.truncate(path, 0),
    "appended to": lambda path: path.write_bytes(path.read_bytes() + b"\n"),
    "gone": Path.unlink,
    "the shard gone": lambda path: shutil.rmtree(path.parent),
    "a folder": fold,
    "a full folder": fold_with_something_in_it,
    "a link to nothing": lambda path: (path.unlink(), path.symlink_to("nothing")),
}


@pytest.mark.parametrize("listed", [True, False], ids=["listed", "not listed"])
@pytest.mark.parametrize("damage", DAMAGE.values(), ids=DAMAGE)
def test_a_damaged_entry_is_removed_and_made_again(folder, damage, listed):
    cache, content = Cache(str(folder)), b"finished work " * 100
    put = cache.put(key("x"), content)
    damage(Path(put.path))
    if not listed:
        cache = Cache(str(folder))
    assert cache.get(key("x")) is None
    assert cache.get(key("x")) is None
    assert entries(folder) == []
    assert cache.put(key("x"), content) == put
    assert cache.get(key("x")) == Cache(str(folder)).get(key("x")) == put
    assert cache.problem == ""


@pytest.mark.parametrize("proof", [".", ".0", ""])
def test_an_entry_whose_name_proves_nothing_is_not_believed(folder, proof):
    path = Path(Cache(str(folder)).put(key("x"), b"x").path)
    path.rename(path.parent / f"{path.stem}{proof}")
    assert Cache(str(folder)).get(key("x")) is None


@pytest.mark.parametrize(
    "change",
    [
        lambda path: os.utime(path, (1, 1)),
        lambda path: path.chmod(0o444),
        lambda path: os.link(path, f"{path}.published"),
        lambda path: (path.parent / ".DS_Store").write_bytes(b"droppings"),
        lambda path: (path.parent.parent / "README").touch(),
    ],
    ids=["other times", "write-protected", "a second name", "droppings", "a file among shards"],
)
def test_what_is_no_damage_removes_nothing(folder, change):
    put = Cache(str(folder)).put(key("x"), b"work")
    change(Path(put.path))
    cache = Cache(str(folder))
    assert cache.get(key("x")) == put
    cache.put(key("y"), b"more")
    assert cache.trim() == 0
    assert cache.get(key("x")) == put
    assert cache.problem == ""


def test_a_published_file_that_was_changed_in_place_is_noticed(folder, tmp_path):
    put = Cache(str(folder)).put(key("x"), b"work")
    os.link(put.path, tmp_path / "published")
    (tmp_path / "published").write_bytes(b"play")
    assert Cache(str(folder)).get(key("x")) is None
    assert (tmp_path / "published").read_bytes() == b"play"


def test_published_files_keep_bytes_and_time_whatever_happens_here(folder, tmp_path):
    put = Cache(str(folder)).put(key("x"), b"work")
    os.utime(put.path, ns=(1_000_000_007, 2_000_000_009))
    published = tmp_path / "published"
    os.link(put.path, published)
    cache = Cache(str(folder), limit=0)
    cache.get(key("x"))
    cache.put(key("x"), b"work")
    cache.put(key("x"), b"other work")
    flip(Path(Cache(str(folder)).put(key("x"), b"work").path))
    assert Cache(str(folder)).get(key("x")) is not None  # the other work
    Cache(str(folder), limit=0).put(key("y"), b"y")
    cache.trim()
    assert published.read_bytes() == b"work"
    assert published.stat().st_mtime_ns == 2_000_000_009


# Age and size


@pytest.mark.parametrize(
    ("later", "noted"), [(0, False), (59 * MINUTE, False), (61 * MINUTE, True), (9 * DAY, True)]
)
def test_a_use_is_noted_when_the_last_is_more_than_an_hour_ago(folder, later, noted):
    put = Cache(str(folder)).put(key("x"), b"x")
    now = int(time.time()) + later
    before = os.stat(put.path).st_mtime_ns
    assert Cache(str(folder), now=lambda: now).get(key("x")) == put
    after = os.stat(put.path)
    assert (after.st_atime == now) == noted
    assert after.st_mtime_ns == before


def test_an_entry_from_the_future_is_not_kept_for_ever(folder):
    put = Cache(str(folder)).put(key("x"), b"x")
    os.utime(put.path, (time.time() + 9 * DAY, time.time()))
    Cache(str(folder)).get(key("x"))
    assert os.stat(put.path).st_atime < time.time() + MINUTE


def test_what_was_not_used_for_longest_goes_first(folder):
    keys = filled(folder, 10)
    cache = Cache(str(folder), limit=600)
    cache.put(key("new"), bytes(100))
    assert cache.trim() == 500
    assert kept(folder, keys) == [5, 6, 7, 8, 9]
    assert total(folder) == 600


def test_what_is_used_stays(folder):
    keys = filled(folder, 10)
    for later, number in enumerate([3, 0], start=2):
        assert Cache(str(folder), now=lambda later=later: time.time() + later * HOUR).get(keys[number])
    cache = Cache(str(folder), limit=300)
    cache.put(key("new"), bytes(100))
    cache.trim()
    assert kept(folder, keys) == [0, 3]


def test_a_cache_of_just_the_limit_loses_nothing(folder):
    keys = filled(folder, 10)
    cache = Cache(str(folder), limit=1_100)
    cache.put(key("new"), bytes(100))
    assert cache.trim() == 0
    assert kept(folder, keys) == list(range(10))


def test_what_this_process_uses_stays_even_above_the_limit(folder):
    keys = filled(folder, 10)
    cache = Cache(str(folder), limit=100)
    assert cache.get(keys[0])
    new = [cache.put(key("new", str(number)), bytes(100)) for number in range(3)]
    assert cache.trim() == 900
    assert [blob.read() for blob in new] == [bytes(100)] * 3
    assert kept(folder, keys) == [0]


def test_an_evicted_entry_is_no_longer_found(folder):
    keys = filled(folder, 10)
    cache = Cache(str(folder), limit=100)
    assert cache.get(keys[0])
    assert cache.get(keys[1][:-1] + "x") is None  # its folder is listed before it goes
    cache.put(key("new"), bytes(100))
    cache.trim()
    assert cache.get(keys[1]) is None


def test_nothing_is_counted_where_nothing_was_put(folder):
    keys = filled(folder, 10)
    cache = Cache(str(folder), limit=100)
    assert cache.get(keys[0])
    assert cache.trim() == 0
    assert kept(folder, keys) == list(range(10))


def put_and_trim(folder: Path, size: int, limit: int) -> int:
    cache = Cache(str(folder), limit)
    cache.put(key("run", os.urandom(8)), bytes(size))
    return cache.trim()


def test_entries_are_counted_when_a_sixteenth_of_the_limit_was_put_by_all(folder):
    filled(folder, 20)
    assert put_and_trim(folder, 50, 1_600) == 0
    assert put_and_trim(folder, 50, 1_600) == 0
    assert total(folder) == 2_100
    assert put_and_trim(folder, 50, 1_600) == 600
    assert put_and_trim(folder, 90, 1_600) == 0


def test_a_second_trim_counts_nothing_twice(folder):
    filled(folder, 20)
    cache = Cache(str(folder), 1_600)
    cache.put(key("new"), bytes(20))
    cache.put(key("newer"), bytes(40))
    assert [cache.trim(), cache.trim()] == [0, 0]
    assert put_and_trim(folder, 40, 1_600) == 0
    assert put_and_trim(folder, 1, 1_600) > 0


@pytest.mark.parametrize("damage", [Path.unlink, lambda path: path.write_bytes(b"\x00\xff")])
def test_entries_are_counted_when_nobody_knows_what_was_put(folder, damage):
    filled(folder, 20)
    damage(folder / "growth")
    assert put_and_trim(folder, 50, 1_600) == 500
    assert put_and_trim(folder, 50, 1_600) == 0


def test_a_folder_among_the_entries_stops_no_trim(folder):
    keys = filled(folder, 3)
    strange = entries(folder)[0].parent / "folder"
    strange.mkdir()
    os.utime(strange, (1, 1))
    cache = Cache(str(folder), limit=100)
    cache.put(key("new"), bytes(100))
    assert cache.trim() == 300
    assert kept(folder, keys) == []
    assert cache.problem == ""


def test_what_a_killed_process_left_goes_after_a_day(folder):
    Cache(str(folder)).put(key("x"), b"x")
    young, old = folder / "unfinished/young", folder / "unfinished/old"
    for path, age in (young, DAY - HOUR), (old, DAY + HOUR):
        path.write_bytes(b"half")
        os.utime(path, (time.time() - age, time.time() - age))
    assert Cache(str(folder)).trim() == 0
    assert unfinished(folder) == [young]


def test_two_who_trim_at_once_remove_no_more_than_one_would(folder):
    filled(folder, 300)
    caches = [Cache(str(folder), limit=10_000) for _ in range(4)]
    for number, cache in enumerate(caches):
        cache.put(key("new", str(number)), bytes(1_000))
    (folder / "growth").unlink()
    start = threading.Barrier(len(caches))

    def trim(cache: Cache) -> int:
        start.wait()
        return cache.trim()

    before = total(folder)
    with ThreadPoolExecutor(len(caches)) as pool:
        removed = sum(pool.map(trim, caches))
    assert total(folder) == before - removed == 10_000
    assert [cache.problem for cache in caches] == [""] * 4


# Records


def test_a_record_is_what_was_written_last(folder):
    cache = Cache(str(folder))
    cache.write_record("sources", (line for line in (b"one\n", b"two\n")))
    assert cache.read_record("sources") == (folder / "records/sources").read_bytes() == b"one\ntwo\n"
    cache.write_record("sources", [])
    assert Cache(str(folder)).read_record("sources") == b""
    assert cache.read_record("other") is None
    assert unfinished(folder) == []


def test_a_record_that_could_not_be_finished_leaves_the_one_before(folder):
    def broken() -> Iterator[bytes]:
        yield b"half" * 10_000
        raise ValueError

    cache = Cache(str(folder))
    cache.write_record("sources", [b"whole"])
    with pytest.raises(ValueError):  # noqa: PT011  (the very one above)
        cache.write_record("sources", broken())
    assert cache.read_record("sources") == b"whole"
    assert unfinished(folder) == []
    assert cache.problem == ""


def test_who_reads_a_record_sees_no_half(folder):
    wholes = [bytes([number]) * 100_000 for number in range(2)]
    cache, done = Cache(str(folder)), threading.Event()
    cache.write_record("sources", [wholes[0]])

    def write() -> None:
        for whole in wholes * 50:
            cache.write_record("sources", [whole[:50_000], whole[50_000:]])
        done.set()

    writer = threading.Thread(target=write)
    writer.start()
    seen = set()
    while not done.is_set():
        seen.add(cache.read_record("sources"))
    writer.join()
    assert seen <= set(wholes)


def test_a_folder_in_the_place_of_a_record_is_a_problem_and_no_error(folder):
    (folder / "records/sources").mkdir(parents=True)
    cache = Cache(str(folder))
    assert cache.read_record("sources") is None
    assert cache.problem == ""
    cache.write_record("sources", [b"record"])
    assert cache.problem == f"{folder}/records/sources: Is a directory"
    assert unfinished(folder) == []


# The disk refuses


def assert_works_in_memory(cache: Cache) -> None:
    blob = cache.put(key("in memory"), b"work")
    assert blob == Blob(4, hashlib.sha256(b"work").digest(), "", b"work")
    assert blob.read() == b"work"
    cache.write_record("in memory", [b"record"])
    assert cache.trim() == 0


@pytest.mark.parametrize("asked_first", [True, False], ids=["asked first", "put first"])
def test_a_file_in_the_place_of_the_folder(folder, asked_first):
    folder.write_bytes(b"in the way")
    cache = Cache(str(folder))
    if asked_first:
        assert cache.get(key("x")) is None
    assert_works_in_memory(cache)
    told = cache.problem
    assert told.startswith(str(folder))
    assert told.endswith((": File exists", ": Not a directory"))
    assert folder.read_bytes() == b"in the way"
    folder.unlink()
    assert_works_in_memory(cache)
    folder.mkdir()
    (folder / "blobs").touch()
    assert cache.get(key("y")) is None
    assert cache.problem == told
    assert os.listdir(folder) == ["blobs"]


def test_a_link_to_nowhere_in_the_place_of_the_folder(folder):
    folder.symlink_to("nowhere")
    cache = Cache(str(folder))
    assert cache.get(key("x")) is None
    assert_works_in_memory(cache)
    assert cache.problem == f"{folder}: File exists"


@pytest.mark.needs("root")
def test_a_full_disk(disk):
    folder = disk("size=1m") / "cache"
    cache = Cache(str(folder))
    contents = {key(str(number)): os.urandom(100_000) for number in range(20)}
    blobs = {name: cache.put(name, content) for name, content in contents.items()}
    assert {name: blob.read() for name, blob in blobs.items()} == contents
    assert cache.problem == f"{folder}: No space left on device"
    assert_works_in_memory(cache)
    assert unfinished(folder) == []
    on_disk = {name: blob for name, blob in blobs.items() if blob.path}
    assert 5 < len(on_disk) < 11
    assert {name: Cache(str(folder)).get(name) for name in on_disk} == on_disk
    remount(folder.parent, "size=4m")
    assert works(folder)
    assert faults(folder) == []


@pytest.mark.needs("root")
@pytest.mark.parametrize("inodes", range(2, 16))
def test_a_disk_without_inodes(disk, inodes):
    folder = disk(f"size=1m,nr_inodes={inodes}") / "cache"
    cache = Cache(str(folder))
    contents = {key(str(number)): bytes([number]) * 100 for number in range(8)}
    blobs = {name: cache.put(name, content) for name, content in contents.items()}
    cache.write_record("record", [b"record"])
    assert cache.trim() == 0
    assert {name: blob.read() for name, blob in blobs.items()} == contents
    assert cache.problem.endswith(": No space left on device")
    assert unfinished(folder) == []
    remount(folder.parent, "nr_inodes=100")
    assert works(folder)
    assert faults(folder) == []


@pytest.mark.needs("root")
def test_a_full_disk_has_room_again_once_it_is_trimmed(disk):
    folder = disk("size=1m") / "cache"
    filled(folder, 8, 100_000)
    cache = Cache(str(folder), limit=400_000)
    assert cache.put(key("fits"), bytes(100_000)).path
    assert not cache.put(key("too large"), bytes(500_000)).path
    assert cache.trim() == 500_000
    assert works(folder)


@pytest.mark.needs("root")
def test_a_file_system_that_is_read_only(disk):
    folder = disk("size=1m") / "cache"
    put = Cache(str(folder)).put(key("x"), b"x")
    os.utime(put.path, (1, 1))
    damaged = Path(Cache(str(folder)).put(key("damaged"), b"damaged").path)
    flip(damaged)
    remount(folder.parent, "ro")
    cache = Cache(str(folder))
    assert cache.get(key("x")) == put
    assert cache.get(key("damaged")) is None
    assert cache.get(key("damaged")) is None
    assert cache.trim() == 0
    assert cache.problem == ""
    assert_works_in_memory(cache)
    assert cache.problem.startswith(str(folder))
    assert cache.problem.endswith(": Read-only file system")
    assert cache.get(key("x")) == put


@pytest.fixture
def open_folder() -> Iterator[Path]:
    """Return a folder that others may look into."""
    with tempfile.TemporaryDirectory(prefix="stator-cache-") as folder:
        os.chmod(folder, 0o755)
        yield Path(folder)


def use_as_nobody(mouth: Connection, folder: Path) -> None:
    os.setgid(NOBODY)
    os.setuid(NOBODY)
    cache = Cache(str(folder))
    found = cache.get(key("x"))
    unreadable = cache.get(key("unreadable"))
    before = cache.problem
    mouth.send((found, unreadable, before, cache.put(key("y"), b"y"), cache.trim(), cache.problem))


@pytest.mark.needs("root")
def test_a_cache_of_another_user(open_folder):
    cache = Cache(str(open_folder))
    put = cache.put(key("x"), b"x")
    os.utime(put.path, (1, 1))
    os.chmod(cache.put(key("unreadable"), b"secret").path, 0)
    child = Child(use_as_nobody, open_folder)
    found, unreadable, before, new, removed, problem = child.heard()
    assert child.ended() == 0
    assert (found, unreadable, before, removed) == (put, None, "", 0)
    assert new == Blob(1, hashlib.sha256(b"y").digest(), content=b"y")
    assert problem.startswith(str(open_folder))
    assert problem.endswith(": Permission denied")


def trim_as_nobody(mouth: Connection, folder: Path) -> None:
    os.setgid(NOBODY)
    os.setuid(NOBODY)
    cache = Cache(str(folder), limit=100)
    cache.put(key("new"), bytes(50))
    mouth.send((cache.trim(), cache.problem))


@pytest.mark.needs("root")
def test_entries_that_are_not_ours_to_remove_are_told(open_folder):
    keys = filled(open_folder, 3)
    for path in open_folder, open_folder / "blobs", open_folder / "unfinished":
        path.chmod(0o777)
    (open_folder / f"blobs/{key('new')[:2]}").mkdir(mode=0o777, exist_ok=True)
    (open_folder / f"blobs/{key('new')[:2]}").chmod(0o777)
    (open_folder / "growth").unlink()
    child = Child(trim_as_nobody, open_folder)
    removed, problem = child.heard()
    assert child.ended() == 0
    assert removed == 0
    assert problem.endswith(": Permission denied")
    assert kept(open_folder, keys) == [0, 1, 2]


# Deleted under use


@pytest.mark.parametrize(
    "part", ["", "blobs", "unfinished", "records", "growth", "CACHEDIR.TAG", f"blobs/{key('x')[:2]}"]
)
def test_what_was_deleted_is_made_again(folder, part):
    cache = Cache(str(folder))
    cache.put(key("x"), b"x")
    cache.write_record("sources", [b"record"])
    cache.trim()
    path = folder / part
    shutil.rmtree(path) if path.is_dir() else path.unlink()
    assert cache.get(key("x")) is None or "blobs" not in part
    assert cache.put(key("x"), b"x").read() == b"x"
    cache.write_record("sources", [b"record"])
    assert cache.trim() == 0
    assert cache.get(key("x")).read() == Cache(str(folder)).get(key("x")).read() == b"x"
    assert cache.read_record("sources") == b"record"
    assert cache.problem == ""


def test_deleted_again_and_again_while_threads_put_and_get(folder):
    cache, done = Cache(str(folder)), threading.Event()

    def work(seed: int) -> int:
        chance, rounds = random.Random(seed), 0
        while not done.is_set():
            number = chance.randrange(100)
            content = bytes([number]) * 1_000
            blob = cache.get(key(str(number))) or cache.put(key(str(number)), content)
            assert blob.sha256 == hashlib.sha256(content).digest()
            rounds += 1
        return rounds

    with ThreadPoolExecutor(3) as pool:
        workers = [pool.submit(work, seed) for seed in range(3)]
        for _ in range(30):
            time.sleep(0.01)
            # It may find that a folder is not empty any more.
            subprocess.run(["rm", "-rf", folder], check=False, stderr=subprocess.DEVNULL)
        done.set()
        assert all(worker.result() for worker in workers)
    assert cache.problem == ""
    assert faults(folder) == []
    assert works(folder)


# Together


def content_of(number: int) -> bytes:
    return f"{number}\n".encode() * (number * 20)


def work_through(folder: str, numbers: list[int]) -> int:
    """Find or make the work of every number; return how much was made."""
    cache, made = Cache(folder), 0
    for number in numbers:
        blob = cache.get(key(str(number)))
        if blob is None:
            blob = cache.put(key(str(number)), content_of(number))
            made += 1
        assert blob.read() == content_of(number)
    cache.trim()
    assert cache.problem == ""
    return made


def work_in_a_process(mouth: Connection, folder: str, numbers: list[int]) -> None:
    mouth.send(work_through(folder, numbers))


def test_two_processes_at_once(folder):
    numbers = list(range(300))
    pair = [Child(work_in_a_process, str(folder), order) for order in (numbers, numbers[::-1])]
    made = [child.heard(60) for child in pair]
    assert [child.ended() for child in pair] == [0, 0]
    assert 300 <= sum(made) <= 600
    assert len(entries(folder)) == 300
    assert faults(folder) == unfinished(folder) == []
    assert work_through(str(folder), numbers) == 0


def test_many_threads_of_one_cache(folder):
    cache = Cache(str(folder))
    start = threading.Barrier(8)

    def work(seed: int) -> None:
        numbers = list(range(100))
        random.Random(seed).shuffle(numbers)
        start.wait()
        for number in numbers:
            blob = cache.get(key(str(number))) or cache.put(key(str(number)), content_of(number))
            assert blob.read() == content_of(number)
            assert cache.get(key(str(number))) == blob

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(work, range(8)))
    assert len(entries(folder)) == 100
    assert faults(folder) == unfinished(folder) == []
    assert cache.problem == ""


def put_for_ever(mouth: Connection, folder: str, seed: int) -> None:
    cache, chance = Cache(folder), random.Random(seed)
    mouth.send("begins")
    for number in itertools.count():
        cache.put(key(str(chance.randrange(1_000))), chance.randbytes(chance.choice([10, 1_000, 1_000_000])))
        cache.write_record("last", [b"%d" % number] * 1_000)
        cache.trim()


def test_killed_at_random_moments(tmp_path):
    seed = random.getrandbits(32)
    print(f"seed {seed}")
    chance = random.Random(seed)
    with tempfile.TemporaryDirectory(dir=MEMORY if MEMORY.is_dir() else tmp_path) as memory:
        folder = Path(memory, "cache")
        for kill in range(KILLS):
            child = Child(put_for_ever, str(folder), chance.getrandbits(32))
            assert child.heard() == "begins"
            time.sleep(chance.uniform(0, 0.02))
            child.killed()
            assert faults(folder) == [], f"after kill {kill} of seed {seed}"
            record = Cache(str(folder)).read_record("last")
            assert record is None or record == record[: len(record) // 1_000] * 1_000
            assert works(folder)
        Cache(str(folder), now=lambda: time.time() + 2 * DAY).trim()
        assert unfinished(folder) == []
