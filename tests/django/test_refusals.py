"""What ``collectstatic`` refuses, and that it says so without a traceback and leaves all as it was."""

from __future__ import annotations

import io
import os
from pathlib import Path

import pytest
from django.contrib.staticfiles.storage import staticfiles_storage
from django.core.files.storage import InMemoryStorage
from django.core.management import call_command
from django.core.management.base import CommandError

from stator.django.storage import MissingEntry, StatorStorage
from tests.django.conftest import Project
from tests.django.test_collectstatic import SITE, collect, failure
from tests.sites import write

OURS = "stator.django.storage.StatorStorage"
REMOTE = {"manifest_storage": InMemoryStorage()}


def tree(folder: Path) -> dict[str, bytes]:
    return {str(file): file.read_bytes() for file in folder.rglob("*") if file.is_file()}


@pytest.mark.parametrize("how", ["the same", "above", "a link to it", "a link inside"])
def test_sources_are_never_overwritten(project: Project, how: str) -> None:
    project.write({"sub/a.css": "@import 'b.css';", "sub/b.css": "b{}"})
    root = project.folder / "out"
    if how == "the same":
        root = project.sources
    elif how == "above":
        root = project.folder
    elif how == "a link to it":
        root.symlink_to(project.sources)
    else:
        root.mkdir()
        (root / "sub").symlink_to(project.sources / "sub")
    before = tree(project.sources)
    with project.settings(STATIC_ROOT=str(root), STATICFILES_DIRS=[("", str(project.sources))]):
        error, _ = failure(skip_checks=True)
    assert error.returncode == 2
    assert "Give STATIC_ROOT a folder of its own" in str(error)
    assert tree(project.sources) == before


def test_a_static_root_among_sources_is_no_source(project: Project) -> None:
    project.write(SITE)
    with project.settings(STATIC_ROOT=str(project.sources / "out")):
        collect()
        for _ in range(2):
            _, err = collect()
            assert "output-in-sources" in err
    assert not (project.sources / "out/out").exists()


def test_a_manifest_reached_by_another_path_survives_clear(project: Project) -> None:
    project.write(SITE)
    real = project.folder / "real"
    real.mkdir()
    (project.folder / "link").symlink_to(real)
    with project.settings(STATIC_ROOT=str(project.folder / "link"), STATOR={"MANIFEST": real / "man.json"}):
        collect()
        collect(clear=True)
    assert (real / "man.json").exists()


class PostProcessed(StatorStorage):
    """A storage whose maker does more than we know of."""

    def post_process(self, *args: object, **kwargs: object) -> object:
        yield from super().post_process(*args, **kwargs)
        (Path(self.location) / "more.txt").write_text("more")


def test_a_storage_that_post_processes_is_let_do_so(project: Project) -> None:
    project.write(SITE)
    backend = f"{PostProcessed.__module__}.PostProcessed"
    with project.settings(STORAGES={"staticfiles": {"BACKEND": backend}}):
        out, _ = collect()
    assert "4 post-processed" in out
    assert {"more.txt", "staticfiles.json"} <= project.published()


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({"STORAGES": {"staticfiles": {"BACKEND": OURS, "OPTIONS": REMOTE}}}, "MANIFEST"),
        ({"STATIC_URL": None}, "STATIC_URL"),
        ({"STATIC_ROOT": None}, "STATIC_ROOT"),
        ({"INSTALLED_APPS": ["django.contrib.staticfiles", "stator.django"]}, "stator-below-staticfiles"),
    ],
)  # fmt: skip
def test_wrong_use_is_exit_code_2(project: Project, settings: dict[str, object], said: str) -> None:
    from stator.django.management.commands.collectstatic import Command

    project.write(SITE)
    with project.settings(**settings), pytest.raises(CommandError) as raised:
        call_command(Command(), interactive=False, skip_checks=False)
    assert raised.value.returncode == 2
    assert said in str(raised.value)
    assert not project.root.exists()


@pytest.mark.parametrize("kind", ["file", "dangling"])
def test_a_static_root_that_is_no_folder(project: Project, kind: str) -> None:
    project.write(SITE)
    if kind == "file":
        project.root.write_text("")
    else:
        project.root.symlink_to("nowhere")
    error, _ = failure()
    assert error.returncode == 3
    assert str(project.root) in str(error)


@pytest.mark.parametrize("content", [b"\xff\xfe", b"{", b"[]"])
def test_a_manifest_of_any_bytes_is_replaced(project: Project, content: bytes) -> None:
    project.write(SITE)
    write(project.root, {"staticfiles.json": content})
    collect()
    assert staticfiles_storage.url("x.png").startswith("/static/x.")


def test_the_url_of_all_files(project: Project) -> None:
    project.write(SITE)
    collect()
    assert staticfiles_storage.url("") == "/static/"
    with project.settings(DEBUG=True):
        assert staticfiles_storage.url("") == "/static/"


def test_debug_refuses_what_a_link_leads_out_to(project: Project) -> None:
    project.write(SITE)
    outside = write(project.folder / "outside", {"x.css": ""})
    (project.sources / "out.css").symlink_to(outside / "x.css")
    with project.settings(DEBUG=True):
        with pytest.raises(MissingEntry):
            staticfiles_storage.url("out.css")
        with project.settings(DEBUG=True, STATOR={"FOLLOW_SYMLINKS": True}):
            assert staticfiles_storage.url("out.css") == "/static/out.css"


def test_the_folder_for_unfinished_files_is_not_published_to(project: Project) -> None:
    project.write({**SITE, ".stator/x.txt": "", "staticfiles.json": "{}", "staticfiles.json.unfinished": ""})
    _, err = collect(use_default_ignore_patterns=False)
    assert "where Stator keeps unfinished files" in err
    assert "staticfiles.json.unfinished" in project.published()
    before = (project.root / "staticfiles.json").read_bytes()
    collect(post_process=False)
    assert (project.root / "staticfiles.json").read_bytes() == before


def test_a_name_that_keeps_its_digest_and_changes_is_told(project: Project) -> None:
    project.write({"app-Aa11Aa11.js": "1"})
    with project.settings(STATOR={"PREDIGESTED": ["app-*"]}):
        _, err = collect()
        assert err == ""
        project.write({"app-Aa11Aa11.js": "2"})
        _, err = collect()
    assert "[predigested-changed]" in err


def test_names_are_escaped_where_the_terminal_has_no_utf_8(project: Project) -> None:
    project.write({"ü.css": "a{b:url(gone.png)}"})
    stream = io.TextIOWrapper(io.BytesIO(), encoding="ascii")
    with project.settings(STATOR={"ON_MISSING": "warn"}):
        call_command(
            "collectstatic", interactive=False, explain=True, verbosity=2, stdout=stream, stderr=stream
        )
    stream.seek(0)
    assert "\\xfc.css" in stream.read()


def test_findstatic_says_what_is_not_published(project: Project) -> None:
    from tests.django.test_findstatic import find

    project.write({".env": "x"})
    out, _ = find(".env")
    assert "is not published" in out


def test_a_minified_file_full_of_errors_takes_little_memory(project: Project) -> None:
    import tracemalloc

    project.write(
        {"a.css": "".join(f"a{{b:url(gone-{number}.png)}}{'c{d:e}' * 80}" for number in range(1000))}
    )
    assert os.path.getsize(project.sources / "a.css") > 500_000
    tracemalloc.start()
    error, said = failure(report=str(project.folder / "report.json"))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert "1000 errors" in str(error)
    assert said.count("error:") == 1000
    assert peak < 30_000_000
    assert (project.folder / "report.json").stat().st_size < 2_000_000
