"""The directory: a destination on a disk of this machine, usually ``STATIC_ROOT``.

The rules of this file:

1. Nothing that the current manifest names is changed before the new manifest stands. Digested names are
   new names; a plain name is replaced in one step by a file that is right in itself, since its references
   are to digested names.
2. Every file is written under another name first, and gets its own by ``link`` or ``rename``, which no
   reader and no kill can see half done.
3. One publish at a time: a lock on the folder itself, which the system drops with the process.
4. What a failed publish wrote is removed, so that a full disk does not stay full.
"""

from __future__ import annotations

import errno
import hashlib
import os
import shutil
import stat
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress

from stator.artifact import Artifact
from stator.asset import CHUNK
from stator.errors import EnvironmentFailed
from stator.manifest import Content
from stator.publish.plan import Action, Step

WORK = ".stator"  # the folder for unfinished files, inside the root to be on its file system

_MAKING = frozenset({Action.WRITE, Action.LINK, Action.SYMLINK})
_FOLDER_FLAGS = os.O_RDONLY | getattr(os, "O_DIRECTORY", 0)


class Directory:
    """A folder that releases are published to.

    ``file_mode`` and ``folder_mode`` are the permissions of what is made there; ``None`` leaves them to
    the umask.
    """

    def __init__(self, root: str, file_mode: int | None = None, folder_mode: int | None = None) -> None:
        self.root = os.path.abspath(root)
        self._file_mode = file_mode
        self._folder_mode = folder_mode
        self._work = os.path.join(self.root, WORK)

    @contextmanager
    def locked(self, on_wait: Callable[[], None] = lambda: None) -> Iterator[None]:
        """Hold the folder, making it if need be; ``on_wait`` is called once if another holds it.

        Raises ``EnvironmentFailed`` when the folder cannot be made or opened.
        """
        with _told(self.root):
            self._make_folder(self.root)
            folder = os.open(self.root, _FOLDER_FLAGS)
        try:
            _lock(folder, on_wait)
            shutil.rmtree(self._work, ignore_errors=True)  # left by one that was killed
            yield
        finally:
            os.close(folder)

    def listing(self, names: Iterable[str]) -> dict[str, Content]:
        """Return what stands under those of the names that exist, by its content.

        Sizes and times can lie; a file that a crash or a hand has changed is found by reading it. A
        symbolic link counts as nothing: a file belongs there.
        """
        found: dict[str, Content] = {}
        by_inode: dict[int, Content] = {}
        with _told(self.root):
            for name in names:
                status = self._status(name)
                if status:
                    if status.st_ino not in by_inode:
                        by_inode[status.st_ino] = _content(self._path(name), status.st_size)
                    found[name] = by_inode[status.st_ino]
        return found

    def holds(self, name: str) -> bool:
        """Say whether there is a file of this name, without reading it."""
        with _told(self.root):
            return self._status(name) is not None

    def names(self) -> Iterator[str]:
        """Yield every name there is, of files and of symbolic links."""
        for folder, folders, files in os.walk(self.root):
            below = os.path.relpath(folder, self.root)
            folders[:] = [name for name in folders if (below, name) != (".", WORK)]
            links = [name for name in folders if os.path.islink(os.path.join(folder, name))]
            yield from (os.path.normpath(os.path.join(below, name)) for name in (*files, *links))

    def read(self, name: str) -> bytes | None:
        """Return the content of a file, ``None`` when there is none."""
        with _told(self.root):
            try:
                with open(self._path(name), "rb") as file:
                    return file.read()
            except FileNotFoundError:
                return None

    def _status(self, name: str) -> os.stat_result | None:
        path = self._path(name)
        try:
            status = os.lstat(path)
        except (FileNotFoundError, NotADirectoryError):
            return None
        if stat.S_ISLNK(status.st_mode):
            return None
        if not stat.S_ISREG(status.st_mode):
            raise EnvironmentFailed(
                f"{path} is in the way: a static file belongs there, and it is a folder or a device.",
                "Remove it and run the command again.",
            )
        return status

    def apply(self, steps: Iterable[Step], manifest: Mapping[str, bytes]) -> None:
        """Carry out the steps, then write the files of ``manifest``, then delete what is to be deleted.

        Raises ``EnvironmentFailed``; whatever was current before is current and whole then.
        """
        steps = list(steps)
        written: list[str] = []
        try:
            with _told(self.root):
                self._make_folders([step for step in steps if step.action in _MAKING])
                for step in steps:
                    if step.action is Action.WRITE and step.artifact:
                        self._write(step.name, step.artifact, written)
                for step in steps:
                    if step.action is Action.LINK and step.artifact:
                        self._second_name(step.artifact.name, step.name)
                    elif step.action is Action.SYMLINK and step.artifact:
                        self._symlink(step.artifact.source.location, step.name)
                for name, content in manifest.items():
                    self._replace(name, content)
                written.clear()
                for step in steps:
                    if step.action is Action.DELETE:
                        self._delete(step.name)
        finally:
            for name in written:
                with suppress(OSError):
                    os.unlink(self._path(name))
            shutil.rmtree(self._work, ignore_errors=True)

    def _make_folders(self, steps: Iterable[Step]) -> None:
        # All folders before the first file: on ext4 this alone made copying two and a half times as fast.
        os.makedirs(self._work, exist_ok=True)
        for folder in sorted({os.path.dirname(step.name) for step in steps}):
            self._make_folder(self._path(folder))

    def _make_folder(self, path: str) -> None:
        if os.path.isdir(path):
            return
        self._make_folder(os.path.dirname(path))
        with suppress(FileExistsError):
            os.mkdir(path)
            if self._folder_mode is not None:
                os.chmod(path, self._folder_mode)

    def _write(self, name: str, artifact: Artifact, written: list[str]) -> None:
        unfinished = os.path.join(self._work, "file")
        digest, size = hashlib.sha256(), 0
        file = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o666)
        try:
            for chunk in artifact.chunks():
                _write_all(file, chunk)
                digest.update(chunk)
                size += len(chunk)
            if self._file_mode is not None:
                os.fchmod(file, self._file_mode)
        finally:
            os.close(file)
        if (size, digest.digest()) != (artifact.size, artifact.sha256):
            raise EnvironmentFailed(
                f"{artifact.source.location} was changed while it was being published.",
                "Run the command again, when nothing writes to the file.",
            )
        target = self._path(name)
        if not os.path.lexists(target):
            written.append(name)
        os.replace(unfinished, target)

    def _second_name(self, name: str, second: str) -> None:
        unfinished = os.path.join(self._work, "link")
        try:
            os.link(self._path(name), unfinished)
        except OSError as error:
            if error.errno in {errno.ENOSPC, errno.EDQUOT}:
                raise
            shutil.copyfile(self._path(name), unfinished)  # a file system without hard links
        os.replace(unfinished, self._path(second))

    def _symlink(self, source: str, name: str) -> None:
        unfinished = os.path.join(self._work, "symlink")
        os.symlink(source, unfinished)
        os.replace(unfinished, self._path(name))

    def _replace(self, name: str, content: bytes) -> None:
        # The manifest may be kept anywhere, so its unfinished form stands beside it.
        target = self._path(name)
        unfinished = f"{target}.unfinished"
        os.makedirs(os.path.dirname(target), exist_ok=True)
        file = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o666)
        try:
            _write_all(file, content)
            os.fsync(file)
        finally:
            os.close(file)
        os.replace(unfinished, target)

    def _delete(self, name: str) -> None:
        with suppress(FileNotFoundError):
            os.unlink(self._path(name))
        folder = os.path.dirname(self._path(name))
        while len(folder) > len(self.root):
            try:
                os.rmdir(folder)
            except OSError:
                return  # not empty
            folder = os.path.dirname(folder)

    def _path(self, name: str) -> str:
        return os.path.join(self.root, name)


def _content(path: str, size: int) -> Content:
    digest, read = hashlib.sha256(), 0
    file = os.open(path, os.O_RDONLY)
    try:
        while chunk := os.read(file, min(size + 1, CHUNK)):
            digest.update(chunk)
            read += len(chunk)
    finally:
        os.close(file)
    return Content(read, digest.digest())


def _write_all(file: int, content: bytes) -> None:
    view = memoryview(content)
    while view:
        view = view[os.write(file, view) :]


def _lock(folder: int, on_wait: Callable[[], None]) -> None:
    try:
        import fcntl  # noqa: PLC0415  (POSIX only)
    except ImportError:
        return  # Windows: there is no lock; the documentation says so
    try:
        fcntl.flock(folder, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        on_wait()
        fcntl.flock(folder, fcntl.LOCK_EX)


@contextmanager
def _told(root: str) -> Iterator[None]:
    """Turn what the system refuses into a clear error that says what is still whole."""
    try:
        yield
    except OSError as error:
        where = error.filename or root
        if error.errno in {errno.ENOSPC, errno.EDQUOT}:
            raise EnvironmentFailed(
                f"The disk is full: {root} could not be published to.",
                "What was published before is whole and current. Free some space and run the command again.",
            ) from error
        raise EnvironmentFailed(
            f"{where}: {error.strerror or error}.",
            "What was published before is whole and current. Mend the cause and run the command again.",
        ) from error
