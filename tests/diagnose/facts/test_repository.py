from __future__ import annotations

from pathlib import Path

import pytest

from stator.diagnose.facts.repository import IgnoreRule, repository_of
from tests.diagnose.sites import SITES, copied, doctor, shell


def git(folder: Path, script: str = "") -> None:
    shell(folder, f"git init -q .\n{script}")


def test_there_need_not_be_one(tmp_path: Path) -> None:
    assert repository_of(str(tmp_path)) is None
    assert repository_of(str(tmp_path / "nowhere")) is None


def test_what_is_tracked(tmp_path: Path) -> None:
    shell(tmp_path, "mkdir -p a/b c; touch a/b/1 'a/2 é' c/3 4")
    git(tmp_path, "git add a/b/1 'a/2 é' 4")
    found = repository_of(str(tmp_path / "a"))
    assert found
    assert found.root == str(tmp_path)
    assert found.tracked_below(str(tmp_path / "a")) == ["2 é", "b/1"]
    assert found.tracked_below(str(tmp_path / "c")) == []


def test_links_lead_to_what_is_tracked(tmp_path: Path) -> None:
    shell(tmp_path, "mkdir a; touch a/1; ln -s a link")
    git(tmp_path, "git add .")
    found = repository_of(str(tmp_path / "link"))
    assert found
    assert found.tracked_below(str(tmp_path / "link")) == ["1"]


@pytest.mark.parametrize(("folder", "is_held"), [("a", True), ("a/b", True), ("", False), ("..", False)])
def test_what_lies_in_it(tmp_path: Path, folder: str, is_held: bool) -> None:
    git(tmp_path)
    found = repository_of(str(tmp_path))
    assert found
    assert found.holds(str(tmp_path / folder)) is is_held


def test_what_is_ignored_and_by_which_rule(tmp_path: Path) -> None:
    git(tmp_path, "printf '# ours\\n*.log\\n!keep.log\\n/out/\\n' > .gitignore")
    found = repository_of(str(tmp_path))
    assert found
    paths = [f"{tmp_path}/{name}" for name in ("a.log", "keep.log", "out/any/file", "b.txt")]
    rules = str(tmp_path / ".gitignore")
    assert found.ignored(paths) == {
        paths[0]: IgnoreRule(rules, 2, "*.log"),
        paths[2]: IgnoreRule(rules, 4, "/out/"),
    }
    assert found.ignored([]) == {}


@pytest.mark.parametrize(
    ("id", "after"),
    [
        ("output-in-repository", "test -e static_root/staticfiles.json"),
        ("output-not-ignored", ""),
        ("media-in-repository", "test -e media/portrait.svg"),
        ("ignored-source", "git ls-files --error-unmatch static/lib/htmx.js"),
    ],
)
def test_the_mend_works_to_the_letter(id: str, after: str, tmp_path: Path) -> None:
    site = copied(SITES / id / "speaks", tmp_path)
    finding = next(one for one in doctor(site).findings if one["id"] == id)
    shell(site, finding["mend"]["text"])
    shell(site, after)
    assert id not in doctor(site).ids


def test_the_mend_works_in_a_repository_around_the_project(tmp_path: Path) -> None:
    shell(tmp_path, "mkdir -p 'my site'; printf '*.log' > .gitignore")
    site = copied(SITES / "output-not-ignored" / "silent", tmp_path / "my site")
    shell(tmp_path, "rm -rf 'my site/.git' 'my site/.gitignore'")
    git(tmp_path, "git add .")
    finding = next(one for one in doctor(site).findings if one["id"] == "output-not-ignored")
    shell(site, finding["mend"]["text"])
    assert "output-not-ignored" not in doctor(site).ids
    assert (tmp_path / ".gitignore").read_text().splitlines() == ["*.log", "/my\\ site/static_root/"]
