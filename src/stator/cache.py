"""The cache: finished work, kept on disk and found again by what it was made from.

Finished work is bytes that a tool made: a minified file, a compressed form. Its key is the hash of all that
shapes it: the input, the tool, its version, its options. So nothing in here is ever out of date, only unused.

The rules of this file:

1. An entry is one file with nothing but the content: ``blobs/<2 digits of the key>/<the others>.<32 digits of
   the content's SHA-256>``. The names are the index; a folder of them is listed once, when it is first asked.
   A file is written under a name that is nobody else's and then renamed. So processes need no lock, and a
   kill leaves nothing half done.
2. An entry's bytes and its modification time never change: published folders hold hard links to it, and web
   servers make an ETag of that time. When it was last used is its access time, which we set ourselves, as
   most file systems are mounted so that they seldom do.
3. An entry is believed only after it was read and hashed. So nothing is synced to disk, and a tree that a
   ``tar`` brought from another machine, with whatever times, is as good as our own.
4. All of it, or a part, may be deleted at any moment. What is missing is made again.
5. A cache that cannot be written stops nothing: ``problem`` says why, and work is kept in memory instead.
6. The size is kept near the limit, not at it: entries are counted only when a sixteenth of the limit was put
   since the last count. ``growth`` holds what each process has put, a number a line.
"""

from __future__ import annotations

import hashlib
import itertools
import os
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from typing import NamedTuple

from stator.errors import EnvironmentFailed

_HOUR = 3_600
_DAY = 24 * _HOUR
_SHARD = 2  # hexadecimal digits of a key that choose the folder of an entry
_PROOF = 32  # hexadecimal digits of the content's hash in the name of an entry
_CHUNK = 1 << 20
_ATTEMPTS = 5  # to put an entry
_BEING_DELETED = FileNotFoundError, FileExistsError  # a folder went as soon as it was made, or seen
_MARKS = {
    "CACHEDIR.TAG": "Signature: 8a477f597d28d172789f06886806bc55\n"
    "# Backups may leave this folder out: https://bford.info/cachedir/\n",
    ".gitignore": "*\n",
}


def key(*parts: str | bytes) -> str:
    """Return the key of work that is shaped by ``parts``: 64 hexadecimal digits.

    Each part is hashed with its length in front, so that no two lists of parts read the same.
    """
    state = hashlib.sha256()
    for part in parts:
        piece = part.encode("utf-8", "surrogatepass") if isinstance(part, str) else part
        state.update(len(piece).to_bytes(8, "big"))
        state.update(piece)
    return state.hexdigest()


class Blob(NamedTuple):
    """Finished work: its size in bytes, its SHA-256, and where the bytes are.

    They are in the file ``path`` of the cache, or in ``content`` where the cache could not take them; then
    ``path`` is empty. A blob of size 0 remembers that there was nothing to gain.
    """

    size: int
    sha256: bytes
    path: str = ""
    content: bytes = b""

    def read(self) -> bytes:
        """Return the bytes. Raises ``EnvironmentFailed`` when the cache has lost them since."""
        if not self.path:
            return self.content
        try:
            with open(self.path, "rb", buffering=0) as file:
                return file.read()
        except OSError as error:
            raise EnvironmentFailed(
                f"{self.path}: {error.strerror or error}.",
                "The cache was deleted or changed while it was in use. Run the command again.",
            ) from error


class Cache:
    """A folder of finished work, which threads and processes may share.

    ``limit`` is the size in bytes that ``trim`` brings it back to, ``now`` the clock (seconds since 1970) by
    which entries age. Nothing is read or made on disk before it is needed.
    """

    def __init__(self, folder: str, limit: int = 1 << 30, now: Callable[[], float] = time.time) -> None:
        self.folder: str = os.path.abspath(folder)
        self.problem: str = ""  # why the cache cannot be written
        self._limit = limit
        self._now = now
        self._blobs = os.path.join(self.folder, "blobs")
        self._unfinished = os.path.join(self.folder, "unfinished")
        self._growth = os.path.join(self.folder, "growth")
        self._shards: dict[str, dict[str, str]] = {}  # proofs by the rest of the key, by shard
        self._in_use: set[str] = set()  # entries that this process has got or put
        self._put_bytes = 0  # since the last trim
        self._counting = threading.Lock()
        # No process writes to the name of another, be it a fork or on another machine with the same disk.
        self._token = os.urandom(8).hex()
        self._numbers = itertools.count()

    def get(self, key: str) -> Blob | None:
        """Return the work of this key, verified, its content in a file; ``None`` when there is none.

        An entry that cannot be read or has changed is removed.
        """
        proof = self._shard(key).get(key[_SHARD:])
        if proof is None:
            return None
        path = self._entry(key, proof)
        try:
            blob = self._examined(path)
        except OSError:
            blob = None
        if blob is None or blob.sha256.hex()[:_PROOF] != proof:
            _remove(path)
            return None
        self._in_use.add(path)
        return blob

    def put(self, key: str, content: bytes) -> Blob:
        """Keep the work of this key, and return it; in memory when the disk does not take it."""
        sha256 = hashlib.sha256(content).digest()
        proof = sha256.hex()[:_PROOF]
        path = self._entry(key, proof)
        if not self._kept(path, content):
            return Blob(len(content), sha256, content=content)
        self._in_use.add(path)
        self._shard(key)[key[_SHARD:]] = proof
        with self._counting:
            self._put_bytes += len(content)
        return Blob(len(content), sha256, path)

    def trim(self) -> int:
        """Remove what was not used for longest until the size is within the limit; return the bytes removed.

        What this process has used stays. Where little was put since the last count, nothing is counted.
        """
        with self._counting:
            put, self._put_bytes = self._put_bytes, 0
        self._remove_leftovers()
        if not put:
            return 0
        removed = 0
        try:
            if self._outgrown(put):
                removed = self._evict()
                self._write(self._growth, ())
        except OSError as error:
            self._refuse(error)
        return removed

    def read_record(self, name: str) -> bytes | None:
        """Return the record of this name, ``None`` when it cannot be read.

        Nothing proves its content: after a power failure it may be anything.
        """
        try:
            with open(self._record(name), "rb", buffering=0) as file:
                return file.read()
        except OSError:
            return None

    def write_record(self, name: str, content: Iterable[bytes]) -> None:
        """Replace the record of this name in one step; where the disk refuses, ``problem`` says why."""
        if self.problem:
            return
        try:
            self._write(self._record(name), content)
        except OSError as error:
            self._refuse(error)

    def _entry(self, key: str, proof: str) -> str:
        return f"{self._blobs}/{key[:_SHARD]}/{key[_SHARD:]}.{proof}"

    def _record(self, name: str) -> str:
        return os.path.join(self.folder, "records", name)

    def _shard(self, key: str) -> dict[str, str]:
        name = key[:_SHARD]
        shard = self._shards.get(name)
        # Of two threads that list at once both use the first result, so that no put of either is lost.
        return self._shards.setdefault(name, self._list(name)) if shard is None else shard

    def _list(self, shard: str) -> dict[str, str]:
        try:
            names = os.listdir(f"{self._blobs}/{shard}")
        except FileNotFoundError:
            return {}
        except OSError as error:
            self._refuse(error)
            return {}
        # Where two processes made different work of one key, all choose the same: the last by name.
        return {rest: proof for rest, _, proof in (name.rpartition(".") for name in sorted(names))}

    def _examined(self, path: str) -> Blob:
        """Return what an entry really holds, and note that it was used. Raises ``OSError``."""
        digest, size = hashlib.sha256(), 0
        file = os.open(path, os.O_RDONLY)
        try:
            status = os.fstat(file)
            room = min(status.st_size + 1, _CHUNK)
            while chunk := os.read(file, room):
                digest.update(chunk)
                size += len(chunk)
            now = self._now()
            # Not each time, as it costs a system call. A time from the future would be kept for ever.
            if abs(now - status.st_atime) > _HOUR:
                # Refused where the entry is another user's or nothing can be written: it then seems unused,
                # and the worst is that it is made again.
                with suppress(OSError):
                    os.utime(file, ns=(int(now * 1e9), status.st_mtime_ns))
        finally:
            os.close(file)
        return Blob(size, digest.digest(), path)

    def _kept(self, path: str, content: bytes, attempts: int = _ATTEMPTS) -> bool:
        if self.problem:
            return False
        try:
            self._write(path, (content,))
        except OSError as error:
            if isinstance(error, _BEING_DELETED) and attempts > 1:
                return self._kept(path, content, attempts - 1)
            self._refuse(error)
            return False
        return True

    def _write(self, path: str, content: Iterable[bytes]) -> None:
        """Write a file that is whole as soon as it has its name. Raises ``OSError``."""
        self._make_folders(os.path.dirname(path))
        unfinished = f"{self._unfinished}/{self._token}-{os.getpid()}-{next(self._numbers)}"
        try:
            with open(unfinished, "xb") as file:
                file.writelines(content)
            os.replace(unfinished, path)
        except BaseException:
            with suppress(OSError):
                os.unlink(unfinished)
            raise

    def _make_folders(self, parent: str) -> None:
        if not os.path.isdir(self._unfinished):
            os.makedirs(self.folder, exist_ok=True)
            # A folder with other things in it was never ours alone: git and backups must go on seeing them.
            if not os.listdir(self.folder):
                for name, text in _MARKS.items():
                    with open(os.path.join(self.folder, name), "w", encoding="ascii") as file:
                        file.write(text)
            os.makedirs(self._unfinished, exist_ok=True)
        if not os.path.isdir(parent):
            os.makedirs(parent, exist_ok=True)

    def _refuse(self, error: OSError) -> None:
        if not self.problem:
            where = error.filename2 or error.filename or self.folder
            self.problem = f"{where}: {error.strerror or error}"

    def _outgrown(self, put: int) -> bool:
        """Add what was put to the count, and say whether it is time to look at the entries.

        It is if nobody knows how much there is. Raises ``OSError``.
        """
        try:
            with open(self._growth, "rb") as file:
                grown = put + sum(map(int, file))
        except (FileNotFoundError, ValueError):
            return True
        if grown > self._limit // 16:
            return True
        with open(self._growth, "ab") as file:
            file.write(b"%d\n" % put)
        return False

    def _evict(self) -> int:
        entries = sorted(
            (status.st_atime_ns, path, status.st_size)
            for number in range(16**_SHARD)
            for path, status in _statuses(f"{self._blobs}/{number:0{_SHARD}x}")
        )
        excess = sum(size for _, _, size in entries) - self._limit
        removed = 0
        for _, path, size in entries:
            if excess <= 0:
                break
            if path in self._in_use:
                continue
            try:
                os.unlink(path)
                removed += size
            except FileNotFoundError:
                pass  # another process trims at the same moment
            except OSError as error:
                self._refuse(error)
                break
            excess -= size
        return removed

    def _remove_leftovers(self) -> None:
        yesterday = self._now() - _DAY
        for path, status in _statuses(self._unfinished):
            if status.st_mtime < yesterday:
                _remove(path)


def _statuses(folder: str) -> Iterator[tuple[str, os.stat_result]]:
    """Yield path and status of each file of a folder, without those that vanish meanwhile."""
    with suppress(OSError), os.scandir(folder) as entries:
        for entry in entries:
            with suppress(FileNotFoundError):
                if entry.is_file(follow_symlinks=False):
                    yield entry.path, entry.stat(follow_symlinks=False)


def _remove(path: str) -> None:
    with suppress(OSError):  # gone already, or not ours to remove: it is not believed either way
        if os.path.isdir(path):
            import shutil  # noqa: PLC0415  (three compression libraries come with it)

            shutil.rmtree(path)
        else:
            os.unlink(path)
