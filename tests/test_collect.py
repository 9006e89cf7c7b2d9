"""Collect again: what is made anew and why, what is left alone, and what if nothing can be believed."""

from __future__ import annotations

import functools
import io
import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from stator.collect import Collected, collect
from stator.config import NO_MINIFY, Options
from stator.load_path import Origin, SourceFile, load_path
from stator.manifest import NAME
from stator.progress import Progress
from stator.publish.plan import Action
from tests.collecting import (
    MINIFIED,
    Project,
    collect_often,
    current,
    files_below,
    manifest_of,
    names_in,
    removed,
    replaced,
    settle,
)
from tests.publish.processes import Child
from tests.publish.sites import faults, litter, snapshot, without_hard_links
from tests.sites import Files

OWN, PACKAGE = "app", "site-packages/pkg"
OPTIONS = Options(minify=NO_MINIFY, codings=("gzip",), releases=0, age=0)
SITE: Files = {
    "app/page.css": "@import 'part.css';\n" + ".long  { color: red; }\n" * 20,
    "app/part.css": ".part  { background: url(x.svg) }",
    "app/x.svg": "<svg/>" * 50,
    "app/alone.js": "f()",
    "app/img/deep.svg": "<svg/>",
    "site-packages/pkg/waits.css": "a { b: url(gone.svg) }",
    "site-packages/pkg/above.css": "@import 'waits.css'",
}
CHANGED, REFERS = "its content changed", "a file that it refers to changed"
COME_OR_GONE, LOST = "what it refers to has come or gone", "its published files were gone or changed"


@pytest.fixture
def project(tmp_path: Path) -> Project:
    """A project that was collected once, and that nothing has happened to since."""
    project = project_in(tmp_path)
    project.collect()
    settle()
    return project


def project_in(folder: Path, options: Options = OPTIONS) -> Project:
    project = Project(folder, {OWN: "", PACKAGE: ""}, options)
    project.write(SITE)
    settle()
    return project


def again(project: Project, **how: Any) -> Collected:
    """Collect once more, when all that was changed can be seen, and have it come out as from nothing."""
    settle()
    collected = project.collect(**how)
    fresh, root = project.from_nothing()
    assert collected.build.findings == fresh.build.findings
    if fresh.receipt:
        assert current(project.root) == current(root)
        assert manifest_of(project.root)._replace(earlier=()) == manifest_of(root)
    return collected


def is_idle(project: Project) -> bool:
    """Say whether a collect does nothing, and writes nothing."""
    settle()
    before = snapshot(project.root), snapshot(project.cache)
    collected = project.collect()
    assert collected.receipt is not None
    done = collected.build.reasons or collected.receipt.steps
    return not done and (snapshot(project.root), snapshot(project.cache)) == before


def record(project: Project) -> Path:
    (found,) = (project.cache / "records").iterdir()
    return found


def copy_to_new_files(project: Project) -> None:
    for file in files_below(project.sources):
        replaced(file, file.read_bytes())


def write(files: Files) -> Callable[[Project], None]:
    return lambda project: project.write(files)


def remove(name: str) -> Callable[[Project], None]:
    return lambda project: removed(project.sources / name)


def remove_published(path: str, ending: str = "") -> Callable[[Project], None]:
    return lambda project: removed(project.root / (manifest_of(project.root).paths[path] + ending))


def remove_plain(path: str) -> Callable[[Project], None]:
    return lambda project: removed(project.root / path)


CASES: dict[str, tuple[Callable[[Project], None], dict[str, str]]] = {
    "nothing": (write({}), {}),
    "a file written anew as it was": (write({"app/x.svg": SITE["app/x.svg"]}), {}),
    "all files in new places on the disk": (copy_to_new_files, {}),
    "a leaf": (
        write({"app/x.svg": "<svg></svg>"}),
        {"x.svg": CHANGED, "part.css": REFERS, "page.css": REFERS},
    ),
    "a referrer": (write({"app/page.css": "@import 'part.css'"}), {"page.css": CHANGED}),
    "a file of its own": (write({"app/alone.js": "g()"}), {"alone.js": CHANGED}),
    "a new file": (write({"app/new.txt": "new"}), {"new.txt": "new"}),
    "a file that was waited for": (
        write({"app/gone.svg": "<svg/>"}),
        {"gone.svg": "new", "waits.css": COME_OR_GONE, "above.css": REFERS},
    ),
    "a file that nothing refers to goes": (remove("app/img/deep.svg"), {}),
    "a file that others refer to goes": (
        remove("site-packages/pkg/waits.css"),
        {"above.css": COME_OR_GONE},
    ),
    "a source that is called as a precompressed form comes": (
        write({"app/page.css.gz": "theirs"}),
        {"page.css.gz": "new", "page.css": COME_OR_GONE},
    ),
    "its digested file is gone": (remove_published("x.svg"), {"x.svg": LOST}),
    "its precompressed form is gone": (remove_published("x.svg", ".gz"), {"x.svg": LOST}),
    "its plain name is gone": (remove_plain("img/deep.svg"), {"img/deep.svg": LOST}),
    "its plain precompressed form is gone": (remove_plain("page.css.gz"), {"page.css": LOST}),
}


@pytest.mark.parametrize("case", CASES)
def test_what_is_made_anew_and_why(project: Project, case: str) -> None:
    change, reasons = CASES[case]
    change(project)
    assert again(project).build.reasons == reasons


def test_the_first_time_all_is_new(tmp_path: Path) -> None:
    reasons = project_in(tmp_path).collect().build.reasons
    assert reasons == {name.removeprefix(f"{OWN}/").removeprefix(f"{PACKAGE}/"): "new" for name in SITE}


@pytest.mark.parametrize("change", [write({"app/x.svg": SITE["app/x.svg"]}), copy_to_new_files])
def test_other_times_and_places_of_files_are_learned_and_nothing_is_published(
    project: Project, change: Callable[[Project], None]
) -> None:
    published, known = snapshot(project.root), record(project).read_bytes()
    change(project)
    collected = again(project)
    assert collected.receipt is not None
    assert collected.receipt.steps == ()
    assert snapshot(project.root) == published
    assert record(project).read_bytes() != known
    assert is_idle(project)


def test_what_changes_too_soon_for_times_to_tell_is_read_until_they_can(tmp_path: Path) -> None:
    project = project_in(tmp_path)
    for content in ("<svg>1</svg>", "<svg>2</svg>", "<svg>2</svg>"):
        project.write({"app/x.svg": content})
        project.collect()
        assert (project.root / "x.svg").read_text() == content
    again(project)
    assert is_idle(project)


def flip(content: bytes) -> bytes:
    return content[:-1] + bytes([content[-1] ^ 1])


@pytest.mark.parametrize(
    "damage",
    [
        lambda content: b"",
        lambda content: content[:64],
        lambda content: content[: len(content) // 2],
        flip,
        lambda content: flip(content[:70]) + content[70:],
        lambda content: content + b"\n",
        lambda content: content.replace(b"its", b"not"),
        lambda content: b"{}",
    ],
)
def test_a_damaged_snapshot_is_none(project: Project, damage: Callable[[bytes], bytes]) -> None:
    content = record(project).read_bytes()
    damaged = damage(content)
    record(project).write_bytes(damaged)
    reasons = set(again(project).build.reasons.values())
    assert reasons == (set() if damaged == content else {"new"})
    assert is_idle(project)


@pytest.mark.parametrize(
    ("place", "other"), [("stator.__version__", "0.0.other"), ("stator.collect._FORMAT", "snapshot 0")]
)
def test_the_snapshot_of_another_version_is_none(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, place: str, other: str
) -> None:
    project = project_in(tmp_path)
    with monkeypatch.context() as patch:
        patch.setattr(place, other)
        project.collect()
    assert set(again(project).build.reasons.values()) == {"new"}
    assert is_idle(project)


@pytest.mark.parametrize(
    "chosen",
    [
        {"keep_plain": False},
        {"codings": ()},
        {"minify": MINIFIED},
        {"predigested": ("*.svg",)},
        {"on_missing": (("*", "ignore"),)},
    ],
)
def test_with_other_options_all_is_new(project: Project, chosen: dict[str, Any]) -> None:
    project.options = project.options._replace(**chosen)
    assert set(again(project).build.reasons.values()) == {"new"}
    assert is_idle(project)


@pytest.mark.parametrize("chosen", [{"cache_size": 1 << 20}, {"releases": 5}, {"age": 60}])
def test_options_that_decide_no_bytes_change_nothing(project: Project, chosen: dict[str, Any]) -> None:
    project.options = project.options._replace(**chosen)
    assert is_idle(project)


def test_a_manifest_elsewhere_vouches_for_no_file(tmp_path: Path) -> None:
    project = project_in(tmp_path)
    place = tmp_path / "manifest.json"
    project.collect(manifest=str(place))
    settle()
    removed(project.root)
    assert set(project.collect(manifest=str(place)).build.reasons.values()) == {LOST}
    assert faults(project.root, place) == []


def test_all_files_may_go_and_come_again(project: Project) -> None:
    for file in files_below(project.sources):
        removed(file)
    assert again(project).build.reasons == {}
    assert names_in(project.root) == {NAME}
    project.write(SITE)
    assert set(again(project).build.reasons.values()) == {"new"}
    assert is_idle(project)


def test_guesses_are_as_many_as_from_nothing(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("stator.explanations.MOST_GUESSES", 1)
    project.write({"site-packages/pkg/wrong.css": "a { b: url(deep.svg) }"})
    again(project)
    project.write({"site-packages/pkg/wrong.css": "a { b: url(deep.svg) } "})
    again(project)


def test_files_that_no_file_system_tells_of_are_read_each_time(tmp_path: Path) -> None:
    held = {"a.css": b"a { b: url(x.svg) }", "x.svg": b"<svg/>"}
    project = Project(tmp_path, {})
    memory = Origin("memory", "/memory")

    def reasons() -> dict[str, str]:
        sources = [
            SourceFile(path, f"memory:{path}", memory, functools.partial(io.BytesIO, content))
            for path, content in held.items()
        ]
        return dict(collect(load_path(sources), project.way(project.root, project.cache)).build.reasons)

    assert reasons() == {"a.css": "new", "x.svg": "new"}
    assert reasons() == {}
    held["x.svg"] = b"<svg></svg>"
    assert reasons() == {"a.css": REFERS, "x.svg": CHANGED}
    assert (project.root / "x.svg").read_bytes() == held["x.svg"]


class Interrupting(Progress):
    """Does something, once, as soon as there is progress to show."""

    def __init__(self, work: Callable[[], object]) -> None:
        super().__init__()
        self._work = [work]

    def stage(self, *_: Any) -> None:
        if self._work:
            self._work.pop()()


def test_when_another_publishes_meanwhile_all_is_done_from_nothing(tmp_path: Path, project: Project) -> None:
    other = project_in(tmp_path / "other")
    other.root = project.root
    other.write({"app/x.svg": "<svg>theirs</svg>"})
    project.write({"app/x.svg": "<svg>ours</svg>"})
    settle()
    collected = project.collect(progress=Interrupting(other.collect))
    assert set(collected.build.reasons.values()) == {"new"}
    assert (project.root / "x.svg").read_text() == "<svg>ours</svg>"
    assert faults(project.root) == []
    assert is_idle(project)
    again(other)
    assert (project.root / "x.svg").read_text() == "<svg>theirs</svg>"
    assert faults(project.root) == []


def test_a_failed_build_leaves_everything_and_the_next_goes_on_from_the_good_one(project: Project) -> None:
    published, known = snapshot(project.root), record(project).read_bytes()
    project.write({"app/part.css": "a { b: url(missing.svg) }", "app/alone.js": "g()"})
    failed = again(project)
    assert failed.receipt is None
    assert failed.build.failed
    assert snapshot(project.root) == published
    assert record(project).read_bytes() == known
    project.write({"app/part.css": SITE["app/part.css"]})
    assert again(project).build.reasons == {"alone.js": CHANGED}


def test_what_is_kept_for_a_time_goes_when_it_is_over_though_nothing_has_changed(tmp_path: Path) -> None:
    project = project_in(tmp_path, OPTIONS._replace(age=100))
    project.collect(now=0)
    old = manifest_of(project.root).paths["alone.js"]
    project.write({"app/alone.js": "g()"})
    again(project, now=10)
    for now, steps in [(10, []), (109, []), (110, [(old, Action.DELETE)]), (111, [])]:
        collected = again(project, now=now)
        assert collected.build.reasons == {}
        assert collected.receipt is not None
        assert [(step.name, step.action) for step in collected.receipt.steps] == steps
        assert (old in names_in(project.root)) == (now < 110)


def test_a_cache_that_cannot_be_written_changes_nothing_but_the_time_it_takes(tmp_path: Path) -> None:
    project = project_in(tmp_path, OPTIONS._replace(minify=MINIFIED))
    project.cache = tmp_path / "file" / "cache"
    (tmp_path / "file").write_text("not a folder")
    for _ in range(2):
        collected = again(project)
        assert str(tmp_path / "file") in collected.problem
        assert set(collected.build.reasons.values()) == {"new"}
        assert faults(project.root) == []


def test_a_cache_that_can_be_written_is_no_problem(project: Project) -> None:
    assert project.collect().problem == ""


@pytest.mark.parametrize("what", ["blobs", ""])
def test_finished_work_that_was_deleted_is_made_again(tmp_path: Path, what: str) -> None:
    project = project_in(tmp_path, OPTIONS._replace(minify=MINIFIED))
    project.collect()
    settle()
    removed(project.cache / what)
    project.write({"app/x.svg": "<svg></svg>"})
    assert set(again(project).build.reasons) >= {"x.svg", "part.css", "page.css"}
    assert b"  " not in (project.root / "page.css").read_bytes()
    assert is_idle(project)


def test_findings_are_told_again_where_the_files_are_now(project: Project) -> None:
    project.sources = project.sources.rename(project.folder / "elsewhere")
    collected = again(project)
    assert collected.build.reasons == {}
    (finding,) = (one for one in collected.build.findings if one.id == "missing-reference")
    place = finding.place
    assert place.file == str(project.sources / PACKAGE / "waits.css")
    assert (place.line, place.column, place.excerpt) == (1, 12, "a { b: url(gone.svg) }")


def test_plain_files_that_a_collect_without_digests_has_written_over_are_put_right(project: Project) -> None:
    project.options = OPTIONS.undigested()
    project.collect(record=False)
    assert (project.root / "page.css").read_bytes() == (project.sources / OWN / "page.css").read_bytes()
    project.options = OPTIONS
    assert set(again(project).build.reasons.values()) == {LOST}


@pytest.mark.parametrize("ending", ["", ".gz"])
@pytest.mark.parametrize(
    "change", [lambda path: path.write_bytes(flip(path.read_bytes())), removed, os.utime]
)
def test_without_hard_links_copies_are_looked_after_too(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, change: Callable[[Path], object], ending: str
) -> None:
    without_hard_links(monkeypatch)
    project = project_in(tmp_path)
    project.collect()
    assert is_idle(project)
    change(project.root / f"page.css{ending}")
    collected = again(project)
    assert collected.build.reasons == {"page.css": LOST}
    assert collected.receipt is not None
    made = [step.name for step in collected.receipt.steps if step.action is not Action.KEEP]
    assert made == [f"page.css{ending}"]
    assert is_idle(project)


def test_two_at_once_share_a_cache(tmp_path: Path) -> None:
    projects = [project_in(tmp_path / name) for name in ("one", "two")]
    for project in projects:
        project.root, project.cache = tmp_path / "root", tmp_path / "cache"
    pair = [Child(collect_often, project, 15) for project in projects]
    assert [child.heard(60) for child in pair] == ["done", "done"]
    assert [child.ended() for child in pair] == [0, 0]
    assert faults(tmp_path / "root") == []
    assert litter(tmp_path / "root") == []
    assert json.loads((tmp_path / "root" / NAME).read_bytes())
    for project in projects:
        again(project)
        assert is_idle(project)
