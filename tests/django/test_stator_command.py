"""``manage.py stator``: verbs, their output and exit codes."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from io import StringIO
from unittest import mock

import pytest
from django.core.management import CommandError, ManagementUtility, call_command

from stator import __version__ as version
from tests.django.conftest import Project
from tests.parts import TESTS

HOUR = 3600
SITE: dict[str, str | bytes] = {"a.css": "a{b:url(x.png)}", "x.png": "x"}


def stator(*words: str, **chosen: object) -> str:
    out = StringIO()
    call_command("stator", *words, stdout=out, stderr=StringIO(), **chosen)
    return out.getvalue()


def failure(*words: str, **chosen: object) -> CommandError:
    with pytest.raises(CommandError) as raised:
        stator(*words, **chosen)
    return raised.value


def collect(hours_from_now: float = 0) -> None:
    with mock.patch("time.time", return_value=time.time() + hours_from_now * HOUR):
        call_command("collectstatic", interactive=False, verbosity=0)


@pytest.fixture
def releases(project: Project) -> Iterator[Project]:
    """Three releases, of which each has another ``x.png``; two hours and one hour ago came the next."""
    project.write(SITE)
    collect(-3)
    project.write({"x.png": "second"})
    collect(-2)
    project.write({"x.png": "the third"})
    collect(-1)
    with project.settings(STATOR={"RETENTION": {"releases": 0, "age": "90 minutes"}}):
        yield project


def forms_of(name: str, project: Project) -> int:
    stem, ending = name.split(".")
    return sum(one.startswith(f"{stem}.") and one.endswith(ending) for one in project.published())


def test_without_a_verb_it_says_which_there_are(capsys: pytest.CaptureFixture[str]) -> None:
    stator()
    said = capsys.readouterr().out
    assert "why " in said
    assert "prune " in said


def test_its_version_is_not_that_of_django(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        ManagementUtility().fetch_command("stator").run_from_argv(["manage.py", "stator", "--version"])
    assert capsys.readouterr().out == f"{version}\n"


@pytest.mark.parametrize("verb", ["why", "prune"])
def test_each_verb_has_help(verb: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        stator(verb, "--help")
    assert ended.value.code == 0
    assert f"stator {verb}" in capsys.readouterr().out


def test_why(project: Project) -> None:
    project.write(SITE)
    collect()
    said = stator("why", "/static/x.png")
    assert said.startswith("x.png\n")
    assert "referred by   a.css:1:9  x.png\n" in said
    assert said.endswith("next collect  reused (unchanged since the last collect)\n")


def test_why_knows_what_the_last_collect_knew(project: Project) -> None:
    """Both must agree on folders, options and minifiers, or the one would not find what the other left."""
    with project.settings(STATOR={"MINIFY": True, "CODINGS": ["gzip"], "KEEP_PLAIN": False}):
        project.write(SITE)
        collect()
        assert "reused (unchanged since the last collect)" in stator("why", "a.css")


def test_why_for_programs(project: Project) -> None:
    project.write(SITE)
    collect()
    assert json.loads(stator("why", "x.png", "--format", "json"))["referred_by"] == [
        {"path": "a.css", "specifier": "x.png", "line": 1, "column": 9}
    ]


def test_why_with_nothing_found(project: Project) -> None:
    project.write(SITE)
    error = failure("why", "x.pgn")
    assert error.returncode == 1
    assert str(error).startswith("No static file is called 'x.pgn'.\nThe nearest name is 'x.png'.\nhint: ")


def test_why_with_nothing_found_for_programs(project: Project) -> None:
    project.write(SITE)
    out = StringIO()
    with pytest.raises(CommandError) as raised:
        call_command("stator", "why", "x.pgn", format="json", stdout=out)
    assert raised.value.returncode == 1
    assert json.loads(out.getvalue())["nearest"] == ["x.png"]


def test_why_shows_many_references_when_asked(project: Project) -> None:
    project.write({"x.png": "", **{f"{number}.css": "a{b:url(x.png)}" for number in range(25)}})
    collect()
    assert "and 5 references more (-v 2 shows all)" in stator("why", "x.png")
    assert stator("why", "x.png", "-v", "2").count(".css:1:9") == 25


def test_why_with_a_manifest_that_cannot_be_read(project: Project) -> None:
    project.write(SITE)
    collect()
    (project.root / "staticfiles.json").write_text("{}")
    assert failure("why", "x.png").returncode == 3


def test_prune_goes_by_the_options(releases: Project) -> None:
    assert forms_of("x.png", releases) == 4
    said = stator("prune")
    assert said == "2 files deleted, 29 B; 1 earlier release kept.\n"
    assert forms_of("x.png", releases) == 3
    assert stator("prune") == "Nothing to delete; 1 earlier release kept.\n"


@pytest.mark.parametrize(
    ("flags", "kept"),
    [
        (["--releases", "1"], 1),
        (["--releases", "2"], 2),
        (["--age", "10 minutes"], 0),
        (["--age", "3 hours"], 2),
        (["--age", "0", "--releases", "1"], 1),
    ],
)
def test_flags_go_before_options(releases: Project, flags: list[str], kept: int) -> None:
    assert f"{kept} earlier release{'' if kept == 1 else 's'} kept" in stator("prune", *flags)
    assert forms_of("x.png", releases) == 2 + kept


def test_a_dry_run_names_what_would_go_and_deletes_nothing(releases: Project) -> None:
    before = releases.published()
    *named, last = stator("prune", "--dry-run").splitlines()
    assert releases.published() == before
    assert last == "2 files would be deleted, 29 B; 1 earlier release kept."
    stator("prune")
    gone = before - releases.published()
    assert sorted(named) == sorted(f"{name}: delete (no release that is kept has it)" for name in gone)


def test_a_collect_after_a_prune_goes_on_from_the_last_collect(releases: Project) -> None:
    stator("prune")
    out = StringIO()
    call_command("collectstatic", interactive=False, explain=True, stdout=out)
    assert "a.css: reused (unchanged)" in out.getvalue()
    assert "built" not in out.getvalue()


def test_prune_names_files_only_when_asked(releases: Project) -> None:
    assert "x." in stator("prune", "-v", "2")
    assert stator("prune", "-v", "0") == ""


def test_options_of_all_commands_may_stand_before_the_verb(releases: Project) -> None:
    assert "x." in stator("-v", "2", "prune")


def test_what_is_deleted_is_counted_once_however_many_names_it_has(project: Project) -> None:
    project.write({"x.png": "four", "y.png": ""})
    collect(-1)
    (project.sources / "x.png").unlink()
    collect()
    assert forms_of("x.png", project) == 2
    assert stator("prune", "--releases", "0", "--age", "0").startswith("2 files deleted, 4 B;")
    assert forms_of("x.png", project) == 0


def test_prune_without_a_manifest(project: Project) -> None:
    error = failure("prune")
    assert error.returncode == 2
    assert f"There is no manifest at {project.root / 'staticfiles.json'}." in str(error)
    assert not project.root.exists()


@pytest.mark.parametrize("words", [("why", "x.png"), ("prune",)], ids=["why", "prune"])
@pytest.mark.parametrize(
    ("settings", "said"),
    [
        (
            {"STORAGES": {"staticfiles": {"BACKEND": "django.core.files.storage.FileSystemStorage"}}},
            "Set STORAGES['staticfiles']['BACKEND'] = 'stator.django.storage.StatorStorage'.",
        ),
        ({"STATOR": {"KEEP_PLANE": True}}, "Did you mean 'KEEP_PLAIN'?"),
        ({"STATIC_ROOT": None}, "STATIC_ROOT"),
    ],
    ids=["another storage", "a bad option", "no STATIC_ROOT"],
)
def test_wrong_use(project: Project, words: tuple[str, ...], settings: dict[str, object], said: str) -> None:
    with project.settings(**settings):
        error = failure(*words)
    assert error.returncode == 2
    assert said in str(error)


@pytest.mark.parametrize("flag", [("--age", "3 parsecs"), ("--releases", "-1"), ("--releases", "many")])
def test_a_flag_that_cannot_be_right_is_named(releases: Project, flag: tuple[str, str]) -> None:
    error = failure("prune", *flag)
    assert flag[0] in str(error)
    assert flag[1] in str(error)


@pytest.mark.parametrize(
    ("words", "code"), [(["why", "nothing"], 1), (["prune", "--age", "x"], 2), (["no"], 2)]
)
def test_exit_codes_of_the_process(words: list[str], code: int, project: Project) -> None:
    environment = {**os.environ, "DJANGO_SETTINGS_MODULE": "tests.settings"}
    ended = subprocess.run(
        [sys.executable, "-m", "django", "stator", *words],
        cwd=TESTS.parent,
        env=environment,
        capture_output=True,
        check=False,
    )
    assert ended.returncode == code
