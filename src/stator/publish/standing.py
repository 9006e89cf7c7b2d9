"""Standing: whether what was published before is still there, told without reading it.

A file that was written is known by its size and modification time. That its second name is there too is
known by the time of their folder, which changes with every name that comes or goes; in a folder that has
changed, each name is looked for. A file that has no other name has a copy in place of the second, which can
be changed without a trace on the file or the folder, and is looked at itself.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from stator.publish.files import identity

_UNKNOWN = -1


class Published(NamedTuple):
    """What was published, a row for each file, in columns: logical path, name, size in bytes, time.

    A time is when the file was last written, in nanoseconds. ``forms`` holds by the ending of its name the
    sizes and times of each precompressed form, size 0 where a file has none. ``folders`` are the times of
    all folders, as ``folder_times`` returned them.
    """

    paths: Sequence[str]
    names: Sequence[str]
    sizes: Sequence[int]
    times: Sequence[int]
    forms: Mapping[str, tuple[Sequence[int], Sequence[int]]]
    folders: Mapping[str, int]


def folder_times(root: str, paths: Iterable[str], now: int) -> dict[str, int]:
    """Return the modification times of the folders below ``root`` that files of these paths stand in.

    ``now`` is the time, by ``stator.clock``, before they were looked at.
    """
    times = {}
    for folder in {path.rpartition("/")[0] for path in paths}:
        changed = os.stat(os.path.join(root, folder)).st_mtime_ns
        times[folder] = changed if changed < now else _UNKNOWN
    return times


def lost(
    root: str,
    published: Published,
    has_second_name: Callable[[str], bool],
    link_of: Callable[[str], str] | None = None,
) -> Iterator[str]:
    """Yield the logical paths of files that do not stand below ``root`` as they were published.

    ``link_of`` tells where the symbolic link leads that stands for a second name, empty if none does.
    """
    changed = {
        folder: _inodes(os.path.join(root, folder))
        for folder, time in published.folders.items()
        if _time(os.path.join(root, folder)) != time
    }
    prefix = os.path.join(root, "")
    rows = zip(published.paths, published.names, published.sizes, published.times, strict=True)
    lstat = os.lstat
    for row, (path, name, size, time) in enumerate(rows):
        try:
            status = lstat(prefix + name)
            stands = status.st_mtime_ns == time and status.st_size == size
            is_alone = status.st_nlink < 2
            for suffix, (sizes, times) in published.forms.items():
                if sizes[row] and stands:
                    status = lstat(prefix + name + suffix)
                    stands = status.st_mtime_ns == times[row] and status.st_size == sizes[row]
                    is_alone = is_alone or status.st_nlink < 2
        except OSError:
            stands = False
        if stands and (is_alone or changed or link_of) and name != path and has_second_name(path):
            inodes = changed.get(path.rpartition("/")[0])
            if link_of and (link := link_of(path)):
                stands = _leads_to(prefix + path) == link
            elif is_alone:
                stands = all(
                    _are_alike(prefix + path + ending, prefix + name + ending)
                    for ending in _endings(published, row)
                )
            elif inodes is not None:
                stands = all(
                    _are_one(inodes, path + ending, name + ending) for ending in _endings(published, row)
                )
        if not stands:
            yield path


def _endings(published: Published, row: int) -> Iterator[str]:
    """Yield what follows the name of a file in those of its forms; the first is itself."""
    yield ""
    yield from (suffix for suffix, (sizes, _) in published.forms.items() if sizes[row])


def _are_one(inodes: Mapping[str, int], path: str, name: str) -> bool:
    second, first = inodes.get(path.rpartition("/")[2]), inodes.get(name.rpartition("/")[2])
    return first is not None and first == second


def _are_alike(path: str, name: str) -> bool:
    try:
        return identity(os.lstat(path)) == identity(os.lstat(name))
    except OSError:
        return False


def _leads_to(path: str) -> str:
    try:
        return os.readlink(path)
    except OSError:
        return ""


def _inodes(folder: str) -> dict[str, int]:
    try:
        with os.scandir(folder) as entries:
            return {entry.name: entry.inode() for entry in entries}
    except OSError:
        return {}


def _time(folder: str) -> int:
    try:
        return os.stat(folder).st_mtime_ns
    except OSError:
        return _UNKNOWN - 1
