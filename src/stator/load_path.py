"""The load path: every source file there is, in the order in which the finders offer them.

The first file of a name wins, the others are *shadowed*. Files are found here, not read.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Mapping
from types import MappingProxyType
from typing import IO, NamedTuple

from stator.errors import UnsafePath
from stator.findings import Finding, Level, Place
from stator.paths import folders_of, is_plain_segment, logical_path

HIDDEN_MANIFESTS = {".vite": "manifest.json"}  # where a bundler hides its manifest from those who walk by
_HIDDEN_ENDINGS = tuple(f"{folder}/{name}" for folder, name in HIDDEN_MANIFESTS.items())


_FOREVER = 1 << 62  # nanoseconds, later than any time: what is compared is not judged anew
_WHOLE_SECONDS = 2_000_000_000  # nanoseconds: the grain of file systems that keep no parts of seconds


class Origin(NamedTuple):
    """A folder or a storage that offers files, and what people call it.

    ``label`` is for messages (``app 'polls'``). ``root`` is an absolute folder, or whatever names a
    storage that is not on this disk. ``prefix`` is put before the paths of its files. ``package`` says
    that it belongs to an installed package, where the user cannot mend a file, ``frontend`` that a tool of
    its own has made all that is in it, under the prefix by which the front end is known; ``entry`` is the
    source that its page starts with, as far as that is known.
    """

    label: str
    root: str
    prefix: str = ""
    package: bool = False
    frontend: bool = False
    entry: str = ""


class SourceFile(NamedTuple):
    """A file that was found and not yet read.

    ``location`` is its absolute path, or the name that messages use for it when ``opener`` is given: that
    is how files of remote storages are read. ``size`` is in bytes, 0 where it is not known.

    ``signature`` is what the file system says of the file: as long as that stays the same, so does the
    content. It is empty for a file of which the system says nothing, or nothing that could be relied on.
    """

    path: str
    location: str
    origin: Origin
    opener: Callable[[], IO[bytes]] | None = None
    size: int = 0
    signature: str = ""

    def open(self) -> IO[bytes]:
        """Open the file for reading bytes, unbuffered where it is a file on this disk."""
        return self.opener() if self.opener else open(self.location, "rb", buffering=0)


class LoadPath(NamedTuple):
    """Source files by logical path, in sorted order; ``shadowed`` holds those that lost, in order."""

    files: dict[str, SourceFile]
    shadowed: Mapping[str, tuple[SourceFile, ...]] = MappingProxyType({})
    bundler_manifests: tuple[SourceFile, ...] = ()
    findings: tuple[Finding, ...] = ()


def load_path(
    found: Iterable[SourceFile | Finding],
    is_override: Callable[[str], bool] = lambda _: False,
    is_unpublished: Callable[[SourceFile], bool] = lambda _: False,
) -> LoadPath:
    """Return the load path of all that the origins offer, in their order of precedence.

    ``is_override`` says of a logical path whether a file is meant to stand in place of a package's there,
    ``is_unpublished`` of a file whether it is only read, for what it says of others.
    """
    files: dict[str, SourceFile] = {}
    shadowed: dict[str, tuple[SourceFile, ...]] = {}
    hidden: list[SourceFile] = []
    findings: list[Finding] = []
    for item in found:
        if isinstance(item, Finding):
            findings.append(item)
        elif ((path := item.path).endswith(_HIDDEN_ENDINGS) and is_hidden_manifest(path)) or (
            item.origin.frontend and is_unpublished(item)
        ):
            hidden.append(item)
        elif (first := files.setdefault(path, item)) is not item and item.location != first.location:
            shadowed[path] = (*shadowed.get(path, ()), item)
    findings += _shadow_findings(files, shadowed, is_override)
    findings += _conflict_findings(files)
    return LoadPath({path: files[path] for path in sorted(files)}, shadowed, tuple(hidden), tuple(findings))


def is_hidden_manifest(path: str) -> bool:
    """Say whether ``path`` is a bundler's manifest in a hidden folder: read by us, never published."""
    return any(f"/{path}".endswith(f"/{folder}/{name}") for folder, name in HIDDEN_MANIFESTS.items())


def walk(
    origin: Origin,
    ignored_name: Callable[[str], bool],
    ignored_path: Callable[[str], bool],
    *,
    follow_symlinks: bool = False,
    published: str = "",
    since: int = 0,
) -> Iterator[SourceFile | Finding]:
    """Yield every file below the folder of ``origin``, and a finding for each that cannot be used, unordered.

    ``ignored_name`` is asked for every file's and folder's own name, ``ignored_path`` for every file's
    path below the folder, as Django's finders do. A symbolic link that leaves the folder is reported and
    not followed, unless ``follow_symlinks``; one that leads back to a folder around it never is. The
    folder ``published``, where the output goes, is left out. ``since`` is when this walk began, by
    ``stator.clock``; without it no file has a signature.
    """
    real_root = os.path.realpath(origin.root)
    output = inode(published)
    prefix = f"{origin.prefix}/" if origin.prefix else ""
    # A folder, the path of its files below the root, and the real folders that links led to on the way.
    pending: list[tuple[str, str, tuple[str, ...]]] = [(origin.root, "", (real_root,))]
    while pending:
        folder, below, entered = pending.pop()
        try:
            entries = list(os.scandir(folder))
        except OSError as error:
            yield unreadable(origin, folder, below, error)
            continue
        whole = prefix + below
        is_usable = bool(whole) and _is_usable(whole[:-1])
        for entry in entries:
            name = entry.name
            path = below + name
            if ignored_name(name):
                yield from _hidden_manifest(origin, entry, path)
                continue
            try:
                is_link = entry.is_symlink()
                is_folder = entry.is_dir()
                status = entry.stat() if not is_folder and entry.is_file() else None
                real = os.path.realpath(entry.path) if is_link else ""
                here = os.path.realpath(folder) if is_link and is_folder else ""
            except OSError as error:
                yield unreadable(origin, entry.path, path, error)
                continue
            if is_link:
                if is_folder and _leads_back(here, real, entered):
                    yield _refused(origin, entry, path, *_LEADS_BACK)
                    continue
                if not follow_symlinks and _leads_out(real, real_root):
                    yield _refused(origin, entry, path, *_LEADS_OUT)
                    continue
            if is_folder:
                if output and entry.inode() == output[1] and inode(entry.path) == output:
                    yield _refused(origin, entry, path, *_OUTPUT)
                else:
                    pending.append((entry.path, f"{path}/", (*entered, real) if is_link else entered))
            elif status is None:
                yield _refused(origin, entry, path, *_NOT_A_FILE)
            elif ignored_path(path):
                continue
            elif is_usable and is_plain_segment(name):
                signed = signature(status, since)
                yield SourceFile(whole + name, entry.path, origin, None, status.st_size, signed)
            else:
                yield source_file(whole + name, entry.path, origin, status=status, since=since)


def _is_usable(path: str) -> bool:
    try:
        logical_path(path)
    except UnsafePath:
        return False
    return True


def signature(status: os.stat_result, since: int) -> str:
    """Return what tells a file from any other content that it has had or will have, or an empty string.

    It is made of the times of the last change to content and to status, of size and inode. A file that was
    changed at the time ``since``, of ``stator.clock``, or later may change again and keep its times: git
    calls that racy. Of such a file nothing is relied on.
    """
    changed, touched = status.st_mtime_ns, status.st_ctime_ns
    newest = max(changed, touched)
    if newest >= since or (newest % 1_000_000 == 0 and newest >= since - _WHOLE_SECONDS):
        return ""
    return f"{changed:x} {touched:x} {status.st_size:x} {status.st_ino:x}"


def is_as_signed(source: SourceFile, status: os.stat_result) -> bool:
    """Say whether a source, by its status now, has the content that its signature stands for."""
    return bool(source.signature) and signature(status, _FOREVER) == source.signature


def _leads_back(here: str, real: str, entered: tuple[str, ...]) -> bool:
    """Say whether a link to the folder ``real``, met in the folder ``here``, would be walked for ever."""
    return real in entered or here == real or here.startswith(real + os.sep)


def lies_in(path: str, folder: str) -> bool:
    """Say whether a path is a folder, or in it, with all links followed."""
    return os.path.join(os.path.realpath(path), "").startswith(os.path.join(os.path.realpath(folder), ""))


def inode(path: str) -> tuple[int, int] | None:
    """Return what a folder is known by, whatever links lead to it; ``None`` if there is none."""
    try:
        status = os.stat(path)
    except OSError:
        return None
    return status.st_dev, status.st_ino


def _leads_out(real: str, real_root: str) -> bool:
    return os.path.exists(real) and not real.startswith(real_root + os.sep)


# id, what it is, next step
_LEADS_BACK = ("symlink-loop", "a symbolic link to a folder around it", "Remove the link.")
_LEADS_OUT = (
    "symlink-outside",
    "a symbolic link that leads out of its source folder",
    "Copy the file, add its folder to STATICFILES_DIRS, or set STATOR['FOLLOW_SYMLINKS'] = True.",
)
_OUTPUT = (
    "output-in-sources",
    "where files are published to (STATIC_ROOT), in the middle of sources",
    "Give STATIC_ROOT a folder outside of all sources.",
)
_NOT_A_FILE = (
    "not-a-file",
    "neither a file nor a folder, or a symbolic link to nothing",
    "Remove it, or keep it out with STATOR['IGNORE'].",
)


def _refused(origin: Origin, entry: os.DirEntry[str], path: str, id: str, what: str, hint: str) -> Finding:
    place, package = Place(printable(entry.path)), origin.package
    return Finding(
        id, Level.WARNING, f"it is not published: it is {what}", place, hint, printable(path), package
    )


def _hidden_manifest(origin: Origin, entry: os.DirEntry[str], path: str) -> Iterator[SourceFile | Finding]:
    name = HIDDEN_MANIFESTS.get(entry.name)
    if name and os.path.isfile(os.path.join(entry.path, name)):
        prefix = f"{origin.prefix}/" if origin.prefix else ""
        yield source_file(f"{prefix}{path}/{name}", os.path.join(entry.path, name), origin)


def source_file(
    path: str,
    location: str,
    origin: Origin,
    opener: Callable[[], IO[bytes]] | None = None,
    *,
    status: os.stat_result | None = None,
    since: int = 0,
) -> SourceFile | Finding:
    """Return the source file, or the finding that says why its name cannot be published."""
    try:
        signed = signature(status, since) if status else ""
        size = status.st_size if status else 0
        return SourceFile(logical_path(path), location, origin, opener, size, signed)
    except UnsafePath as error:
        return Finding(
            "unusable-name",
            Level.WARNING,
            f"{printable(path)!r} is not published: its name {error}",
            Place(printable(location)),
            "Rename the file.",
            printable(path),
            origin.package,
        )


def printable(name: str) -> str:
    """Return a file name so that it can be printed and written as JSON whatever bytes it is made of."""
    if name.isascii() and name.isprintable():
        return name
    text = name.encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace")
    return "".join(char if char.isprintable() else ascii(char)[1:-1] for char in text)


def unreadable(origin: Origin, location: str, path: str, error: OSError) -> Finding:
    """Return the finding for a file or a folder that could not be opened or read."""
    base = printable(os.path.basename(location))
    return Finding(
        "unreadable",
        Level.WARNING if origin.package else Level.ERROR,
        f"cannot be read: {error.strerror or error}",
        Place(printable(location)),
        f"Mend its permissions, or keep it out with STATOR['IGNORE'] = [{base!r}].",
        printable(path),
        origin.package,
    )


def _shadow_findings(
    files: dict[str, SourceFile],
    shadowed: dict[str, tuple[SourceFile, ...]],
    is_override: Callable[[str], bool],
) -> Iterator[Finding]:
    for path, losers in shadowed.items():
        for loser in losers:
            if not loser.origin.package:
                yield _never_used(path, loser, files[path])
            elif not is_override(path):
                yield _in_place_of(path, loser, files[path])


def _never_used(path: str, loser: SourceFile, winner: SourceFile) -> Finding:
    return Finding(
        "shadowed",
        Level.WARNING,
        f"{path!r} is never used: {winner.origin.label} offers it first",
        Place(printable(loser.location)),
        "If both are needed, put the files of each app in a folder of its own name: static/<app>/.",
        path,
    )


def _in_place_of(path: str, loser: SourceFile, winner: SourceFile) -> Finding:
    """Return the finding for a file of a package that another takes the place of, undeclared."""
    declared = f"STATOR['OVERRIDES'] = [{path!r}]"
    if winner.origin.package:  # packages that replace another's files do so on purpose
        return _never_used(path, loser, winner)._replace(
            level=Level.INFO,
            hint=f"If the package is meant to, {declared} says so.",
            package=True,
        )
    return Finding(
        "shadowed",
        Level.WARNING,
        f"{path!r} stands in place of a file of {loser.origin.label}",
        Place(printable(winner.location)),
        f"If it is meant to, say so: {declared}. If not, rename it.",
        path,
    )


def _conflict_findings(files: dict[str, SourceFile]) -> Iterator[Finding]:
    """Yield an error for every file whose name another needs as a folder."""
    needed = folders_of(files)
    conflicts = needed & files.keys()
    if not conflicts:
        return
    for path, source in files.items():
        parent = path.rpartition("/")[0]
        while parent:
            if parent in conflicts:
                yield Finding(
                    "file-and-folder",
                    Level.ERROR,
                    f"{path!r} cannot be published beside the file {parent!r}: one name cannot be both",
                    Place(printable(source.location)),
                    f"Rename one of them; the other is {printable(files[parent].location)}.",
                    path,
                )
            parent = parent.rpartition("/")[0]
