"""``manage.py stator releases`` and ``rollback``: what they say, and what comes of it."""

from __future__ import annotations

import json
import re

import pytest
from django.core.management import call_command

from stator.django.verbs.releases import age_text
from stator.manifest import MAKER, Manifest
from stator.manifest_text import from_json
from tests.django.conftest import Project
from tests.django.test_stator_command import collect, failure, stator

HELD = {"a.css": "a{b:url(x.png)}", "x.png": "x"}


@pytest.fixture
def releases(project: Project) -> Project:
    """Three releases, superseded two hours and one hour ago, of which each has another ``x.png``."""
    for hours, content in ((-3, "first"), (-2, "second"), (-1, "third")):
        project.write({**HELD, "x.png": content, f"only {content}.txt": content})
        collect(hours)
        (project.sources / f"only {content}.txt").unlink()
    return project


def manifest(project: Project) -> Manifest:
    return from_json((project.root / "staticfiles.json").read_bytes())


def contents(project: Project) -> dict[str, bytes]:
    return {
        name: (project.root / name).read_bytes() for name in project.published() if name != "staticfiles.json"
    }


def test_releases_are_listed(releases: Project) -> None:
    head, current, second, first = stator("releases").splitlines()
    assert head.split() == ["release", "since", "until", "age", "files", "size", "of", "its", "own"]
    ids = [manifest(releases).id, *(one.id for one in manifest(releases).earlier)]
    assert [line.split()[0] for line in (current, second, first)] == ids
    time = r"\d{4}-\d\d-\d\d \d\d:\d\d UTC"
    assert re.fullmatch(rf"\S+ +{time} +current +3 +\d+ B +\d+ B", current)
    assert re.fullmatch(rf"\S+ +{time} +{time} +\d+ minutes +3 +\d+ B +\d+ B", second)
    assert re.fullmatch(rf"\S+ +\? +{time} +2 hours +3 +\d+ B +\d+ B", first)


def test_releases_for_programs(releases: Project) -> None:
    current, second, first = json.loads(stator("releases", "--format", "json"))["releases"]
    assert (current["current"], second["current"]) == (True, False)
    assert (current["until"], current["age"]) == (None, None)
    assert 3600 <= second["age"] < 3700
    assert first.keys() == {"id", "current", "maker", "since", "until", "age", "files", "size", "own"}
    assert (first["maker"], first["since"]) == (MAKER, None)
    assert current["since"] == second["until"] > second["since"] == first["until"]
    assert (first["files"], first["own"] > 0) == (3, True)


def test_of_a_release_that_another_version_has_written_little_is_told(releases: Project) -> None:
    file = releases.root / "staticfiles.json"
    document = json.loads(file.read_bytes())
    for one in document["stator"]["earlier"]:
        del one["differences"]
    file.write_text(json.dumps(document))
    assert stator("releases").splitlines()[-1].split()[-4:-2] == ["?", "?"]
    assert json.loads(stator("releases", "--format", "json"))["releases"][1]["files"] is None
    assert failure("rollback").returncode == 2


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (-5, "0 seconds"),
        (1, "1 second"),
        (119, "119 seconds"),
        (120, "2 minutes"),
        (7200, "2 hours"),
        (3 * 86400 + 5, "3 days"),
    ],
)
def test_ages(seconds: int, text: str) -> None:
    assert age_text(seconds) == text


def test_the_one_before_this_becomes_current(releases: Project) -> None:
    before = manifest(releases)
    wanted = before.earlier[0].id
    said = stator("rollback")
    assert said == (
        f"Release {wanted} is current, with 2 plain names put back.\n"
        f"'manage.py stator rollback {before.id}' returns to the one that was.\n"
    )
    assert manifest(releases).id == wanted
    assert (releases.root / "x.png").read_text() == "second"


def test_any_release_by_how_its_id_begins(releases: Project) -> None:
    wanted = manifest(releases).earlier[1].id
    stator("rollback", wanted[:10])
    assert manifest(releases).id == wanted
    assert (releases.root / "x.png").read_text() == "first"


def test_the_current_one_is_current_already(releases: Project) -> None:
    id = manifest(releases).id
    assert stator("rollback", id) == f"Release {id} is current already.\n"


def test_a_dry_run_names_what_would_change(releases: Project) -> None:
    before, wanted = contents(releases), manifest(releases).earlier[0].id
    *named, last = stator("rollback", "--dry-run").splitlines()
    assert contents(releases) == before
    assert manifest(releases).id != wanted
    assert last == f"Release {wanted} would be current, with 2 plain names put back."
    assert "x.png: link (content differs)" in named
    assert not any("unchanged" in line for line in named)


def test_every_name_is_explained(releases: Project) -> None:
    names = [line.partition(":")[0] for line in stator("rollback", "--explain").splitlines()[:-2]]
    assert {"x.png", *manifest(releases).files} <= set(names)


def test_a_lost_file_is_told_and_nothing_changed(releases: Project) -> None:
    name = next(iter(manifest(releases).earlier[0].files))
    (releases.root / name).unlink()
    before = contents(releases)
    error = failure("rollback")
    assert error.returncode == 3
    assert f"{name} is not there." in str(error)
    assert contents(releases) == before


@pytest.mark.parametrize("words", [("rollback",), ("releases",)])
def test_without_a_manifest(project: Project, words: tuple[str, ...]) -> None:
    project.write(HELD)
    error = failure(*words)
    assert error.returncode == 2
    assert "Run collectstatic first" in str(error)


def test_a_release_that_is_not_kept(releases: Project) -> None:
    error = failure("rollback", "zz")
    assert error.returncode == 2
    assert manifest(releases).id in str(error)


@pytest.mark.parametrize("hard_links", [True, False], ids=["", "no hard links"])
@pytest.mark.parametrize("changed", [False, True], ids=["same sources", "other sources"])
def test_a_collect_after_a_rollback_publishes_as_usual(
    releases: Project, monkeypatch: pytest.MonkeyPatch, hard_links: bool, changed: bool
) -> None:
    if not hard_links:
        from tests.publish.sites import without_hard_links

        without_hard_links(monkeypatch)
    releases.write({"only third.txt": "third"})
    before, third = contents(releases), manifest(releases)
    stator("rollback", third.earlier[1].id)
    if changed:
        releases.write({"x.png": "fourth"})
    call_command("collectstatic", interactive=False, verbosity=0)
    now = manifest(releases)
    assert (now.id == third.id) is not changed
    for path in now.plain_names():
        assert (releases.root / path).read_bytes() == (releases.root / now.paths[path]).read_bytes()
    if not changed:
        assert contents(releases) == before
        assert (now.paths, now.files) == (third.paths, third.files)


def test_a_collect_after_there_and_back_publishes_as_usual(releases: Project) -> None:
    releases.write({"only third.txt": "third"})
    before, third = contents(releases), manifest(releases)
    stator("rollback")
    stator("rollback", third.id)
    assert contents(releases) == before
    call_command("collectstatic", interactive=False, verbosity=0)
    assert contents(releases) == before
    assert manifest(releases).id == third.id
