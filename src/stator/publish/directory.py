"""The directory: a destination on a disk of this machine, usually ``STATIC_ROOT``.

The rules of this file:

1. Nothing that the current manifest names is changed before the new manifest stands. Digested names are
   new names; a plain name is replaced in one step by a file that is right in itself, since its references
   are to digested names.
2. All that takes room is made first: files in a work folder, the manifest beside its place. Then each gets
   its name by ``rename`` or ``link``, which no reader and no kill can see half done: new names, changed ones,
   the manifest. What is to be deleted goes last.
3. One publish at a time: a lock on the folder itself, which the system drops with the process. NFS locks
   files only; there it is a file of ours in the folder, which stays, since another may wait for it.
4. What a failed publish made is removed, so that a full disk does not stay full. Once a plain name was
   changed nothing is: the new files that it refers to must stand.
5. A publish that changes nothing writes nothing.
"""

from __future__ import annotations

import errno
import os
import shutil
import stat
from collections.abc import Callable, Container, Iterable, Iterator, Mapping
from contextlib import ExitStack, contextmanager, nullcontext, suppress
from typing import IO

from stator.artifact import Artifact
from stator.asset import hashed
from stator.cache import Blob
from stator.errors import EnvironmentFailed
from stator.manifest import Content
from stator.parallel import shared
from stator.paths import LOCK_FILE, WORK_FOLDER
from stator.publish.files import (
    FULL,
    created,
    identity,
    linked,
    linked_blob,
    second_name,
    write_artifact,
    write_blob,
)
from stator.publish.plan import Action, Present, Step

_WORTH_SHARING = 64 << 20  # bytes to write: below, starting a process costs more than it saves
_COST_OF_FILE = 1 << 14  # bytes that could be written in the time that making a file takes
_MAKING = frozenset({Action.WRITE, Action.LINK, Action.SYMLINK})
_NO_LOCKS = frozenset({errno.EBADF, errno.ENOLCK, errno.ENOTSUP, errno.ENOSYS})  # NFS locks no folders
# What is locked, the first that can be; NFS wants a file opened for writing.
_LOCKABLE = (("", os.O_RDONLY | getattr(os, "O_DIRECTORY", 0)), (LOCK_FILE, os.O_RDWR | os.O_CREAT))


class Directory:
    """A folder that releases are published to.

    ``file_mode`` and ``folder_mode`` are the permissions of what is made there; ``None`` leaves them to
    the umask. ``jobs`` is how many processors are used.
    """

    def __init__(
        self, root: str, file_mode: int | None = None, folder_mode: int | None = None, jobs: int = 1
    ) -> None:
        self._jobs = jobs
        self.root: str = os.path.abspath(root)
        self.modes: tuple[int | None, int | None] = file_mode, folder_mode
        self._work = os.path.join(self.root, WORK_FOLDER)

    @contextmanager
    def locked(self, on_wait: Callable[[], None] = lambda: None) -> Iterator[None]:
        """Hold the folder, making it if need be; ``on_wait`` is called once if another holds it.

        Raises ``EnvironmentFailed`` when the folder cannot be made or opened.
        """
        with ExitStack() as held:
            with _told(self.root):
                self._make_folder(self.root, [])
                held.enter_context(_lock(self.root, on_wait))
                _remove(self._work)  # left by one that was killed
            yield

    def listing(self) -> Listing:
        """Return what the folder holds, told name by name when it is asked."""
        return Listing(self)

    def holds(self, name: str) -> bool:
        """Say whether there is a file of this name, without reading it."""
        return self.status(name) is not None

    def stamp(self, name: str) -> list[int] | None:
        """Return modification time, in nanoseconds, and size of a file, ``None`` when there is none."""
        try:
            status = os.stat(self._path(name))
        except OSError:
            return None
        return [status.st_mtime_ns, status.st_size]

    def stands(self, name: str) -> bool:
        """Say whether a file or a symbolic link has this name."""
        path = self._path(name)
        return os.path.lexists(path) and (os.path.islink(path) or not os.path.isdir(path))

    def names(self) -> Iterator[str]:
        """Yield every name there is, of files and of symbolic links."""
        for folder, folders, files in os.walk(self.root):
            below = os.path.relpath(folder, self.root)
            folders[:] = [name for name in folders if (below, name) != (".", WORK_FOLDER)]
            links = [name for name in folders if os.path.islink(os.path.join(folder, name))]
            names = (os.path.normpath(os.path.join(below, name)) for name in (*files, *links))
            yield from (name for name in names if name != LOCK_FILE)

    def link_out(self) -> str | None:
        """Return a symbolic link that leads from here to a folder elsewhere, ``None`` if there is none."""
        root = os.path.join(os.path.realpath(self.root), "")
        for folder, folders, _ in os.walk(self.root):
            for name in folders:
                path = os.path.join(folder, name)
                if os.path.islink(path) and not f"{os.path.realpath(path)}/".startswith(root):
                    return path
        return None

    def name_of(self, path: str) -> str:
        """Return the name here of a file that may be given by its absolute path, through links too."""
        return os.path.relpath(self.real(path), os.path.realpath(self.root))

    def real(self, name: str) -> str:
        """Return where a file of this name would really stand, with all links to folders followed."""
        folder, base = os.path.split(self._path(name))
        return os.path.join(os.path.realpath(folder), base)

    @contextmanager
    def opened(self, name: str) -> Iterator[IO[bytes] | None]:
        """Open a file for reading as long as the block lasts; ``None`` when there is none."""
        with _told(self.root):
            try:
                file = open(self._path(name), "rb")  # noqa: SIM115  (closed two lines below)
            except FileNotFoundError:
                file = None
            with file or nullcontext():
                yield file

    def read(self, name: str) -> bytes | None:
        """Return the content of a file, ``None`` when there is none."""
        with self.opened(name) as file:
            return file.read() if file else None

    def status(self, name: str) -> os.stat_result | None:
        """Return the status of a file, ``None`` when there is none; a symbolic link counts as nothing.

        Raises ``EnvironmentFailed`` when what stands there is no file.
        """
        path = self._path(name)
        with _told(self.root):
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

    def apply(self, steps: Iterable[Step], manifest: Mapping[str, Iterable[bytes]]) -> dict[str, int]:
        """Carry out the steps, then write the files of ``manifest``, then delete what is to be deleted.

        Return the modification times, in nanoseconds, of what was written, by name. Raises
        ``EnvironmentFailed``; unless it was in deleting, what was current before is so, and whole.
        """
        steps = list(steps)
        made: list[str] = []  # what was not there before, and goes again if this fails
        try:
            with _told(self.root):
                new, changed, stamps = self._prepare(steps, made)
                manifests = [
                    self._prepare_manifest(name, lines, made)
                    for name, lines in manifest.items()
                    if not self._says(name, lines)
                ]
                for number in new:
                    self._put(number, steps[number].name)
                    made.append(steps[number].name)
                stamps |= self._put_forms(steps, stamps, made)
                changed += self._put_second_names(steps, changed, made)
                made.clear()
                for number in changed:
                    self._put(number, steps[number].name)
                for unfinished, path in manifests:
                    os.replace(unfinished, path)
            with _told(self.root, "The new release is whole and current; old files are still there."):
                for step in steps:
                    if step.action is Action.DELETE:
                        self._delete(step.name)
        finally:
            for name in reversed(made):
                with suppress(OSError):
                    path = self._path(name)
                    os.rmdir(path) if os.path.isdir(path) else os.unlink(path)
            for name in manifest:
                with suppress(OSError):
                    os.unlink(self._beside(name))
            shutil.rmtree(self._work, ignore_errors=True)
        return stamps

    def _prepare(self, steps: list[Step], made: list[str]) -> tuple[list[int], list[int], dict[str, int]]:
        """Make in the work folder what is written, each file called by the number of its step.

        Return the steps whose names are new, those whose names are there already, and the files' times.
        New precompressed forms are not made here: they stand in the cache.
        """
        new: list[int] = []
        changed: list[int] = []
        stamps: dict[str, int] = {}
        making = [number for number, step in enumerate(steps) if step.action in _MAKING]
        if not making:
            return new, changed, stamps
        os.mkdir(self._work)
        # All folders before the first file: on ext4 this alone made copying two and a half times as fast.
        for folder in sorted({os.path.dirname(steps[number].name) for number in making}):
            self._make_folder(self._path(folder), made)
        for number, stamp in self._written(steps):
            stamps[steps[number].name] = stamp
            (changed if os.path.lexists(self._path(steps[number].name)) else new).append(number)
        return new, changed, stamps

    def _written(self, steps: list[Step]) -> Iterator[tuple[int, int]]:
        """Write what is to be written, and yield the number of each step with the time of its file."""
        writing = [
            (number, step.artifact, step.blob)
            for number, step in enumerate(steps)
            if step.action is Action.WRITE and step.artifact and not self._is_new_form(step)
        ]

        def write(item: tuple[int, Artifact, Blob | None]) -> int:
            number, artifact, blob = item
            if blob:
                return write_blob(self._unfinished(number), blob, self.modes[0])
            return write_artifact(self._unfinished(number), artifact, self.modes[0])

        def cost(item: tuple[int, Artifact, Blob | None]) -> int:
            _, artifact, blob = item
            return _COST_OF_FILE if blob else _COST_OF_FILE + artifact.size

        has_connections = any(artifact.source.opener for _, artifact, _ in writing)
        is_much = sum(map(cost, writing)) > _WORTH_SHARING
        jobs = self._jobs if is_much and not has_connections else 1
        yield from ((number, stamp) for (number, _, _), stamp in shared(write, writing, jobs, cost))

    def _is_new_form(self, step: Step) -> bool:
        return step.blob is not None and not os.path.lexists(self._path(step.name))

    def _put_forms(self, steps: list[Step], written: Container[str], made: list[str]) -> dict[str, int]:
        """Put the new precompressed forms, which are not ``written``, in their places; return their times."""
        stamps = {}
        for number, step in enumerate(steps):
            if step.action is not Action.WRITE or not step.blob or step.name in written:
                continue
            stamp = linked_blob(self._path(step.name), step.blob, self.modes[0])
            if stamp is None:
                stamp = write_blob(self._unfinished(number), step.blob, self.modes[0])
                self._put(number, step.name)
            made.append(step.name)
            stamps[step.name] = stamp
        return stamps

    def _put_second_names(self, steps: list[Step], changed: list[int], made: list[str]) -> list[int]:
        """Give files their second names where those are new; return the steps of the others, prepared.

        ``changed`` are the steps of files that are written anew and not yet in their place.
        """
        waiting = {steps[number].name: self._unfinished(number) for number in changed}
        prepared = []
        for number, step in enumerate(steps):
            if step.action is Action.LINK:
                first = waiting.get(step.first) or self._path(step.first)
                if linked(first, self._path(step.name)):
                    made.append(step.name)
                    continue
                second_name(first, self._unfinished(number))
            elif step.action is Action.SYMLINK and step.artifact:
                os.symlink(step.artifact.source.location, self._unfinished(number))
            else:
                continue
            prepared.append(number)
        return prepared

    def _unfinished(self, number: int) -> str:
        return os.path.join(self._work, str(number))

    def _put(self, number: int, name: str) -> None:
        os.replace(self._unfinished(number), self._path(name))

    def _make_folder(self, path: str, made: list[str]) -> None:
        if os.path.isdir(path):
            return
        self._make_folder(os.path.dirname(path), made)
        try:
            os.mkdir(path)
        except FileExistsError:
            if os.path.isdir(path):
                return
            raise EnvironmentFailed(
                f"{path} is in the way: a folder belongs there, and it is a file.",
                "Remove it and run the command again.",
            ) from None
        made.append(path)
        if self.modes[1] is not None:
            os.chmod(path, self.modes[1])

    def _says(self, name: str, lines: Iterable[bytes]) -> bool:
        """Say whether a file holds just these lines."""
        with self.opened(name) as file:
            if file is None:
                return False
            return all(file.read(len(line)) == line for line in lines) and not file.read(1)

    def _prepare_manifest(self, name: str, lines: Iterable[bytes], made: list[str]) -> tuple[str, str]:
        path, unfinished = self._path(name), self._beside(name)
        self._make_folder(os.path.dirname(path), made)
        if os.path.lexists(unfinished):  # it may be a link, through which another file would be written
            os.unlink(unfinished)
        with created(unfinished, self.modes[0]) as file, open(file, "wb", closefd=False) as buffered:
            buffered.writelines(lines)
            buffered.flush()
            os.fsync(file)
        return unfinished, path

    def _beside(self, name: str) -> str:
        # The manifest may be kept on another file system, so its unfinished form stands beside it.
        folder, base = os.path.split(self._path(name))
        return os.path.join(folder, f".{base}.unfinished")

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


class Listing:
    """What stands under names in a folder, by its content.

    Sizes and times can lie; a file that a crash or a hand has changed is found by reading it. Nothing is
    kept but the last answers: names come in order, and the two names of one file one after the other.
    """

    def __init__(self, directory: Directory) -> None:
        self._directory = directory
        self._last: tuple[tuple[int, int], Content] | None = None
        self._folder, self._names = "", self._names_in("")

    def get(self, name: str) -> Present | None:
        """Return what stands under the name, ``None`` when there is nothing. Raises ``EnvironmentFailed``."""
        status = self._directory.status(name) if self._is_listed(name) else None
        if status is None:
            return None
        inode = status.st_dev, status.st_ino
        if self._last is None or self._last[0] != inode:
            with _told(self._directory.root):
                self._last = inode, Content(*hashed(os.path.join(self._directory.root, name)))
        return Present(self._last[1], identity(status))

    def _is_listed(self, name: str) -> bool:
        folder, _, base = name.rpartition("/")
        if folder != self._folder:
            self._folder, self._names = folder, self._names_in(folder)
        return base in self._names

    def _names_in(self, folder: str) -> frozenset[str]:
        with _told(self._directory.root):
            try:
                return frozenset(os.listdir(os.path.join(self._directory.root, folder)))
            except (FileNotFoundError, NotADirectoryError):
                return frozenset()


def _remove(path: str) -> None:
    if os.path.isdir(path) and not os.path.islink(path):
        shutil.rmtree(path)
    elif os.path.lexists(path):
        os.unlink(path)


@contextmanager
def _lock(root: str, on_wait: Callable[[], None]) -> Iterator[None]:
    """Hold the lock of a folder as long as the block lasts."""
    try:
        import fcntl  # noqa: PLC0415  (POSIX only)
    except ImportError:
        yield  # Windows: there is no lock; the documentation says so
        return
    with ExitStack() as opened:
        for name, flags in _LOCKABLE:
            file = os.open(os.path.join(root, name), flags, 0o666)
            opened.callback(os.close, file)
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                on_wait()
                fcntl.flock(file, fcntl.LOCK_EX)
            except OSError as error:
                if error.errno in _NO_LOCKS:
                    continue
                raise
            break
        yield


@contextmanager
def _told(root: str, standing: str = "Whatever was published before is whole and current.") -> Iterator[None]:
    """Turn what the system refuses into a clear error that says what is still whole."""
    try:
        yield
    except OSError as error:
        if error.errno in FULL:
            raise EnvironmentFailed(
                f"The disk is full: {root} could not be published to.",
                f"{standing} Make room (df shows bytes, df -i files) and run the command again.",
            ) from error
        where = error.filename2 or error.filename or root
        raise EnvironmentFailed(
            f"{where}: {error.strerror or error}.", f"{standing} Mend the cause and run the command again."
        ) from error
