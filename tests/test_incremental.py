"""A collect that goes on from the last comes out as one from nothing, whatever has happened in between.

A *history* is a list of rounds: some changes, then a collect. After each one the same sources are collected
from nothing, with the same settings, and the two are compared. ``HISTORIES`` are those that once went wrong.
"""

from __future__ import annotations

import os
import posixpath
import tempfile
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple, Protocol

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from stator import manifest
from stator.collect import Collected
from stator.config import CODINGS, NO_MINIFY, Options
from stator.graph import targets, with_referrers
from tests.collecting import (
    FOREIGN,
    MINIFIED,
    Project,
    accounted,
    contents,
    current,
    files_below,
    has_copies,
    manifest_of,
    names_in,
    removed,
    replaced,
    settle,
    stale_forms,
)
from tests.publish.sites import snapshot

OWN, PACKAGE, PREFIXED = "app", "site-packages/pkg", "theme"
FOLDERS = {OWN: "", PACKAGE: "", PREFIXED: "sub"}
PATHS = (
    *("a.css", "b.css", "a.css.gz", "m.js", "n.js", "m.js.map", "d.json", "i.svg", "I.svg", "t.txt", "w.mjs"),
    *("manifest.json", ".vite/manifest.json", "e-0a1b2c3d.js", "c.css", "sub/c.css", "sub/o.js", "sub/i.svg"),
)
TARGETS = (
    *("a.css", "b.css", "m.js", "n.js", "m.js.map", "i.svg", "I.svg", "e-0a1b2c3d.js", "w.mjs"),
    *("sub/a.css", "sub/c.css", "sub/o.js", "sub/i.svg", "gone.svg", "../above.svg"),
)
START = Options(
    minify=NO_MINIFY, codings=("gzip",), on_missing=(("*", "warn"),), releases=1, age=0, keep_plain=True
)
SETTINGS: dict[str, Sequence[Any]] = {
    "minify": (NO_MINIFY, MINIFIED),
    "codings": (("gzip",), (), CODINGS),
    "keep_plain": (True, False, ("*.css",)),
    "on_missing": ((("*", "warn"),), (), (("*.js", "ignore"), ("*", "warn"))),
    "ignore": ((), ("*.txt",), ("sub",)),
    "predigested": ((), ("*.svg",), ("m.js",)),
    "releases": (1, 0, 2),
    "link_by_importmap": (False, True),
    "importmap": ((), (("lit/", ""),), (("lit/n.js", "m.js"),)),
}


class Text(NamedTuple):
    """What a file says: references, each to a logical path, and something that tells it from others.

    Contents that differ in ``salt`` alone have one size; ``odd`` is one that cannot be read with certainty.
    """

    refers: tuple[str, ...] = ()
    salt: int = 0
    long: bool = False
    odd: bool = False
    absolute: bool = False

    def of(self, path: str) -> bytes:
        """Return the content for a file of this logical path."""
        name, ending = posixpath.basename(path), posixpath.splitext(path)[1]
        salt = f"s{self.salt}"
        if name == "manifest.json":
            return (f'{{"e.js": "{self.refers[0]}"}}' if self.refers else f'{{"name": "{salt}"}}').encode()
        lines = [self._reference(ending, path, target) for target in self.refers]
        lines.append(_OWN_LINE.get(ending, "{}").format(salt) * (30 if self.long else 1))
        lines += [_ODD.get(ending, "")] if self.odd else []
        return "\n".join(lines).encode("latin-1")

    def _reference(self, ending: str, path: str, target: str) -> str:
        folder = posixpath.join("/", posixpath.dirname(path))
        relative = posixpath.relpath(posixpath.join("/", target), folder)
        said = f"/static/{target}" if self.absolute else target if target.startswith("..") else relative
        form = _REFERENCE.get((ending, posixpath.splitext(target)[1])) or _REFERENCE.get((ending, ""), "{}")
        return form.format(said if said.startswith(("/", ".")) else f"./{said}")


_REFERENCE = {
    (".css", ".css"): "@import '{}' ;",
    (".css", ""): "a  {{ background: url( {} ) ; }}",
    (".js", ".js"): "import '{}';",
    (".mjs", ".js"): "import('{}');",
    (".js", ".mjs"): "new Worker(new URL('{}', import.meta.url));",
    (".js", ".map"): "//# sourceMappingURL={}",
    (".js", ""): "new URL('{}', import.meta.url);",
    (".map", ""): '{{"version": 3, "file": "{}"}}',
}
_OWN_LINE = {
    ".css": ".{}  {{ color: red; /* small */ }}\n",
    ".js": "f('{}');\n",
    ".mjs": "import 'lit/n.js'; // {}\n",
    ".json": '[  "{}" ]\n',
}
_ODD = {".css": "b { c: url(caf\xe9.png) } /* never ends", ".js": "import('./' + n); `never ends"}


class Change(Protocol):
    """Something that happens between two collects."""

    def happen(self, project: Project) -> None: ...


class Write(NamedTuple):
    """A file gets other content, and if ``keeps_time`` keeps the modification time that it had."""

    folder: str
    path: str
    text: Text = Text()
    keeps_time: bool = False

    def happen(self, project: Project) -> None:
        file = project.sources / self.folder / self.path
        status = file.stat() if file.is_file() else None
        if status is None:
            removed(file)
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(self.text.of(posixpath.join(FOLDERS[self.folder], self.path)))
        if status and self.keeps_time:
            os.utime(file, ns=(status.st_atime_ns, status.st_mtime_ns))


class Remove(NamedTuple):
    """A file goes; if ``leaves_folder`` an empty folder takes its name."""

    folder: str
    path: str
    leaves_folder: bool = False

    def happen(self, project: Project) -> None:
        file = project.sources / self.folder / self.path
        removed(file)
        if self.leaves_folder:
            file.mkdir(parents=True)


class Move(NamedTuple):
    """A file gets the name of another, which if ``swaps`` gets its name."""

    folder: str
    path: str
    to_folder: str
    to_path: str
    swaps: bool = False

    def happen(self, project: Project) -> None:
        one, other = (
            project.sources / name
            for name in (f"{self.folder}/{self.path}", f"{self.to_folder}/{self.to_path}")
        )
        if not one.is_file() or one == other:
            return
        other.parent.mkdir(parents=True, exist_ok=True)
        aside = project.folder / "aside"
        if self.swaps and other.is_file():
            other.rename(aside)
        removed(other)
        one.rename(other)
        if aside.exists():
            aside.rename(one)


class Touch(NamedTuple):
    """A file is written anew as it is."""

    folder: str
    path: str

    def happen(self, project: Project) -> None:
        file = project.sources / self.folder / self.path
        if file.is_file():
            file.write_bytes(file.read_bytes())


EDITS = (Write, Remove, Move, Touch)


class Deny(NamedTuple):
    """A file can no longer be read; if it could not be, it can."""

    folder: str
    path: str

    def happen(self, project: Project) -> None:
        project.denied ^= {(self.folder, self.path)}


class Checkout(NamedTuple):
    """All sources are copied to new files."""

    def happen(self, project: Project) -> None:
        for file in files_below(project.sources):
            replaced(file, file.read_bytes())


class Relocate(NamedTuple):
    """The folder of all sources gets another name, and its files stay what they are."""

    def happen(self, project: Project) -> None:
        place = project.sources.with_name(f"{project.sources.name}-")
        project.sources.rename(place)
        project.sources = place


class Reorder(NamedTuple):
    """What came last in the order of precedence comes first."""

    def happen(self, project: Project) -> None:
        project.folders = dict(reversed(project.folders.items()))


class Choose(NamedTuple):
    """A setting gets another value."""

    option: str
    value: Any

    def happen(self, project: Project) -> None:
        project.options = project.options._replace(**{self.option: self.value})


class Rival(NamedTuple):
    """Somebody with a cache of their own publishes to the same folder, with a setting of another value."""

    option: str
    value: Any

    def happen(self, project: Project) -> None:
        cache, options = project.cache, project.options
        project.cache = project.folder / "rival"
        project.options = options._replace(**{self.option: self.value})
        project.collect()
        project.cache, project.options = cache, options


class Serve(NamedTuple):
    """Files are served from other URLs, or are linked to their sources."""

    static_url: str
    symlink: bool

    def happen(self, project: Project) -> None:
        project.static_url, project.symlink = self.static_url, self.symlink


def _shorten(path: Path) -> None:
    if path.is_symlink():
        removed(path)  # through it a source would be written to
    else:
        path.write_bytes(path.read_bytes()[:-1])


def _flip(path: Path) -> None:
    if path.is_symlink():
        removed(path)
    else:
        content = path.read_bytes()
        path.write_bytes(content[:-1] + bytes([content[-1] ^ 1]) if content else b"")


def _touch(path: Path) -> None:
    os.utime(path, follow_symlinks=False)


def _copy(path: Path) -> None:
    replaced(path, path.read_bytes() if path.exists() else b"")


def _junk(path: Path) -> None:
    replaced(path, b"junk")


def _remove_folder(path: Path) -> None:
    removed(path.parent)


def _put_beside(path: Path) -> None:
    (path.parent / FOREIGN).write_bytes(b"")


HARM: dict[str, Callable[[Path], None]] = {
    "remove": removed,
    "remove its folder": _remove_folder,
    "shorten": _shorten,
    "flip": _flip,
    "touch": _touch,
    "copy": _copy,
    "junk": _junk,
    "put another beside it": _put_beside,
}


class Harm(NamedTuple):
    """Something happens to a file of the published folder, chosen by a number."""

    number: int
    what: str

    def happen(self, project: Project) -> None:
        names = [path for path in files_below(project.root) if path.name != FOREIGN]
        if names:
            HARM[self.what](names[self.number % len(names)])


class Lose(NamedTuple):
    """Something happens to every file of a kind that a collect has left."""

    where: str
    what: str = "remove"

    def happen(self, project: Project) -> None:
        for path in [*files_below(project.folder / self.where)]:
            if path.exists():
                HARM[self.what](path)


class Round(NamedTuple):
    """Some changes and a collect.

    ``how`` names an option of the collect; ``soon`` is one before times can tell what was changed.
    """

    changes: tuple[Change, ...] = ()
    how: str = ""
    soon: bool = False


History = Sequence[Round]


SITE: dict[str, Text] = {
    f"{OWN}/a.css": Text(("b.css", "i.svg", "sub/c.css"), long=True),
    f"{OWN}/b.css": Text(("sub/i.svg",)),
    f"{OWN}/m.js": Text(("n.js", "m.js.map"), long=True),
    f"{OWN}/n.js": Text(("m.js", "e-0a1b2c3d.js", "i.svg")),
    f"{OWN}/m.js.map": Text(("m.js",)),
    f"{OWN}/manifest.json": Text(("e-0a1b2c3d.js",)),
    f"{OWN}/e-0a1b2c3d.js": Text(("n.js",), long=True),
    f"{OWN}/i.svg": Text(long=True),
    f"{OWN}/d.json": Text(long=True),
    f"{OWN}/t.txt": Text(),
    f"{OWN}/sub/i.svg": Text(),
    f"{PACKAGE}/a.css": Text(),
    f"{PACKAGE}/sub/o.js": Text(("gone.svg", "m.js")),
    f"{PREFIXED}/c.css": Text(("a.css", "i.svg"), absolute=True),
}


def project_in(folder: Path) -> Project:
    project = Project(folder, dict(FOLDERS), START)
    for name, text in SITE.items():
        origin = next(one for one in FOLDERS if name.startswith(one))
        path = posixpath.join(FOLDERS[origin], name.removeprefix(f"{origin}/"))
        project.write({name: text.of(path)})
    return project


def live(history: History, folder: Path) -> None:
    """Let a history happen and compare after each round."""
    project = project_in(folder)
    is_accounted = True  # whether the manifest has never been lost, so that each file is some release's
    last: Collected | None = None  # the last collect, if the next goes on from it
    for number, round in enumerate([Round(), *history]):
        said = f"in round {number}, {round}"
        settle()
        known, sources = manifest_in(project.root), contents(project.found())
        for change in round.changes:
            change.happen(project)
        if not round.soon:
            settle()
        if any(isinstance(change, (Harm, Lose)) for change in round.changes):
            is_accounted &= manifest_in(project.root) == known or not names_in(project.root)
        before = snapshot(project.root) if project.root.exists() else {}
        needed = needed_for(round, project, sources, last)
        collected = project.collect(**({round.how: True} if round.how else {}))
        fresh, root = project.from_nothing()
        last = None
        assert collected.build.findings == fresh.build.findings, said
        assert (collected.receipt is None) == (fresh.receipt is None), said
        if collected.receipt is None or round.how == "dry_run":
            assert (snapshot(project.root) if project.root.exists() else {}) == before, said
            continue
        is_accounted |= round.how == "clear"
        assert_equal(project.root, root, said)
        assert not has_copies(project.root), said
        assert stale_forms(project.root) == set(), said
        if is_accounted:
            assert names_in(project.root) <= accounted(project.root), said
        if needed is not None:
            assert set(collected.build.reasons) <= needed(collected), said
        if not round.soon:
            assert_idle(project, said)
        last = collected


def needed_for(
    round: Round, project: Project, sources: Mapping[str, bytes], last: Collected | None
) -> Callable[[Collected], set[str]] | None:
    """Return what tells the files that a round has given a reason to make anew, at most.

    ``None`` where more than sources was changed, and any file may have a reason.
    """
    if last is None or round.how or any(not isinstance(change, EDITS) for change in round.changes):
        return None
    if project.symlink or project.denied:
        return None
    now = contents(project.found())
    changed = {path for path in {*sources, *now} if sources.get(path) != now.get(path)}
    if any(path.endswith("manifest.json") for path in changed):
        return None
    changed |= {path.removesuffix(".gz") for path in changed}

    def expected(collected: Collected) -> set[str]:
        edges = [
            (path, targets(one.build.links(path)))
            for one in (last, collected)
            for path in one.build.artifacts
        ]
        return with_referrers(changed, lambda target: [path for path, found in edges if target in found])

    return expected


def manifest_in(root: Path) -> bytes | None:
    file = root / manifest.NAME
    return file.read_bytes() if file.exists() else None


def assert_equal(root: Path, expected: Path, said: str) -> None:
    """The current releases of two folders are one to the byte."""
    ours, theirs = manifest_of(root), manifest_of(expected)
    assert ours._replace(earlier=()) == theirs._replace(earlier=()), said
    assert current(root) == current(expected), said


def assert_idle(project: Project, said: str) -> None:
    """A collect after which nothing has changed does nothing, and writes nothing."""
    published, cached = snapshot(project.root), snapshot(project.cache)
    collected = project.collect()
    assert snapshot(project.root) == published, said
    assert not collected.build.reasons, said
    assert collected.receipt is not None, said
    assert collected.receipt.steps == (), said
    assert snapshot(project.cache) == cached, said


# What went wrong, and the shortest history in which it did.
HISTORIES: dict[str, History] = {
    "a warning in a package's file is an error when the file is moved to one's own": [
        Round((Choose("on_missing", ()),)),
        Round((Move(PACKAGE, "sub/o.js", OWN, "sub/o.js"),)),
    ],
    "a remark on a package's file is a warning when the file is moved to one's own": [
        Round((Write(PACKAGE, "b.css", Text(odd=True)), Remove(OWN, "b.css"))),
        Round((Move(PACKAGE, "b.css", OWN, "b.css"),)),
    ],
    "a hidden manifest that cannot be read is told each time": [
        Round((Write(PACKAGE, ".vite/manifest.json"), Deny(PACKAGE, ".vite/manifest.json"))),
        Round(),
    ],
    "a file of a package that cannot be read goes": [
        Round((Deny(PACKAGE, "sub/o.js"),)),
        Round((Remove(PACKAGE, "sub/o.js"),)),
    ],
    "a reference leads to a file of a package that cannot be read, and goes": [
        Round(
            (
                Remove(OWN, "b.css"),
                Write(PACKAGE, "b.css", Text(("I.svg",))),
                Write(PACKAGE, "I.svg"),
                Deny(PACKAGE, "I.svg"),
            )
        ),
        Round((Remove(PACKAGE, "I.svg"),)),
    ],
    "a precompressed form that is a source cannot be read, and goes": [
        Round((Write(PACKAGE, "a.css.gz"), Deny(PACKAGE, "a.css.gz"))),
        Round((Remove(PACKAGE, "a.css.gz"),)),
    ],
    "a link to a source is no lost file": [Round((Serve("/static/", symlink=True),)), Round()],
    "links lead to where the sources are now": [
        Round((Serve("/static/", symlink=True),)),
        Round((Relocate(),)),
        Round((Move(OWN, "b.css", PACKAGE, "b.css"),)),
    ],
    "a copy is put in place of a plain name, and changed later": [
        Round((Harm(0, "copy"),)),
        Round((Harm(0, "shorten"),)),
    ],
    "a copy is put in place of a precompressed form, and changed later": [
        Round((Harm(1, "copy"),)),
        Round((Harm(1, "flip"),)),
    ],
}


@pytest.mark.parametrize("name", HISTORIES)
def test_what_once_went_wrong(tmp_path: Path, name: str) -> None:
    live(HISTORIES[name], tmp_path)


def texts() -> st.SearchStrategy[Text]:
    refers = st.lists(st.sampled_from(TARGETS), max_size=3).map(tuple)
    rarely = st.sampled_from([False, False, False, True])
    return st.builds(Text, refers, st.integers(0, 2), st.booleans(), rarely, rarely)


def changes() -> st.SearchStrategy[Change]:
    folder, path = st.sampled_from(list(FOLDERS)), st.sampled_from(PATHS)
    settled = st.sampled_from([(name, value) for name, values in SETTINGS.items() for value in values])
    kinds: list[st.SearchStrategy[Change]] = [
        st.builds(Write, folder, path, texts(), st.booleans()),
        st.builds(Remove, folder, path, st.booleans()),
        st.builds(Move, folder, path, folder, path, st.booleans()),
        st.builds(lambda name, path, to: Move(name, path, to, path), folder, path, folder),
        st.builds(Touch, folder, path),
        st.builds(Deny, folder, path),
        st.builds(Harm, st.integers(0, 40), st.sampled_from(list(HARM))),
        settled.map(lambda chosen: Choose(*chosen)),
        settled.map(lambda chosen: Rival(*chosen)),
        st.builds(
            Lose,
            st.sampled_from(["cache", "cache/records", "cache/blobs"]),
            st.sampled_from(["remove", "shorten", "flip"]),
        ),
        st.builds(Lose, st.just("root"), st.just("remove")),
        st.builds(Serve, st.sampled_from(["/static/", "/s/"]), st.booleans()),
        st.sampled_from([Checkout(), Relocate(), Reorder()]),
    ]
    # What happens most often in life comes most often here.
    return st.one_of(kinds[0], kinds[0], kinds[0], kinds[1], kinds[2], kinds[5], *kinds)


def histories() -> st.SearchStrategy[History]:
    how = st.sampled_from(["", "", "", "rehash", "clear", "dry_run"])
    rounds = st.builds(Round, st.lists(changes(), max_size=3).map(tuple), how, st.booleans())
    return st.lists(rounds, min_size=1, max_size=6)


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(histories())
def test_it_comes_out_as_from_nothing(history: History) -> None:
    with tempfile.TemporaryDirectory() as folder:
        live(history, Path(folder))
