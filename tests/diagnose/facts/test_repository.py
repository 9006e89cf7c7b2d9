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


def test_a_broken_index_says_nothing_of_what_is_tracked(tmp_path: Path) -> None:
    git(tmp_path, "echo text > a; git add a; echo garbage > .git/index")
    assert repository_of(str(tmp_path)) is None


def test_programs_that_a_repository_names_are_not_run(tmp_path: Path) -> None:
    git(tmp_path, "echo text > a; git add a; git config core.fsmonitor 'touch ran; false'; rm -f ran")
    found = repository_of(str(tmp_path))
    assert found
    assert found.ignored([f"{tmp_path}/a"]) == {}
    assert not (tmp_path / "ran").exists()


def test_rules_that_come_from_a_pipe_are_not_waited_for(tmp_path: Path) -> None:
    git(tmp_path, "echo '*.log' > .gitignore; mkdir -p a/b; mkfifo a/.gitignore")
    found = repository_of(str(tmp_path))
    assert found
    paths = [f"{tmp_path}/{name}" for name in ("1.log", "a/2.log", "a/b/3.log")]
    assert list(found.ignored(paths)) == paths[:1]


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


@pytest.mark.parametrize("pattern", ["static/", "/static/", "static"])
def test_a_folder_of_sources_that_is_ignored_as_a_whole(tmp_path: Path, pattern: str) -> None:
    site = ignoring(tmp_path, pattern)
    (finding,) = [one for one in doctor(site).findings if one["id"] == "ignored-source"]
    assert "css/app.css, img/logo.svg" in finding["message"]
    assert finding["source"] == pattern
    shell(site, f"echo x > static/css/.env; echo .env >> .gitignore\n{finding['mend']['text']}")
    shell(site, "git ls-files --error-unmatch static/css/app.css; ! git ls-files | grep env")
    assert "ignored-source" not in doctor(site).ids


@pytest.mark.parametrize(
    ("pattern", "prepare"),
    [
        ("static/", "sed -i 's/css.app.css/css\\/other.css/' templates/home.html"),  # nobody asks for it
        ("static/", 'echo \'{"scripts": {"build": "x"}}\' > package.json'),
        ("static/", "git rm -r -q --cached ."),
        ("static/", "git add -f static/img"),
        ("static/css/", ""),
        ("/*", ""),
    ],
)
def test_a_folder_that_may_be_ignored_on_purpose(tmp_path: Path, pattern: str, prepare: str) -> None:
    site = ignoring(tmp_path, pattern)
    shell(site, prepare)
    assert "ignored-source" not in doctor(site).ids


def ignoring(folder: Path, pattern: str) -> Path:
    """Return a site in a repository which ignores what the pattern hits."""
    site = copied(SITES / "ignored-source" / "silent", folder)
    shell(
        site,
        "rm -rf .git static; mkdir -p static/css static/img templates\n"
        "echo 'a { color: red }' > static/css/app.css; echo '<svg/>' > static/img/logo.svg\n"
        "echo \"{% load static %}{% static 'css/app.css' %}\" > templates/home.html\n"
        'echo \'TEMPLATES[0]["DIRS"] = [BASE_DIR / "templates"]\' >> settings.py\n'
        f"echo '{pattern}' > .gitignore; git init -q .; git add -f settings.py .gitignore templates",
    )
    return site


def test_the_mend_works_in_a_repository_around_the_project(tmp_path: Path) -> None:
    shell(tmp_path, "mkdir -p 'my site'; printf '*.log' > .gitignore")
    site = copied(SITES / "output-not-ignored" / "silent", tmp_path / "my site")
    shell(tmp_path, "rm -rf 'my site/.git' 'my site/.gitignore'")
    git(tmp_path, "git add .")
    finding = next(one for one in doctor(site).findings if one["id"] == "output-not-ignored")
    shell(site, finding["mend"]["text"])
    assert "output-not-ignored" not in doctor(site).ids
    assert (tmp_path / ".gitignore").read_text().splitlines() == ["*.log", "/my\\ site/static_root/"]
