"""``collectstatic``: Django's flags, output and use from code, with our compiler behind them."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from io import StringIO
from pathlib import Path

import pytest
from django.contrib.staticfiles.finders import BaseFinder
from django.contrib.staticfiles.storage import staticfiles_storage
from django.core.files.base import ContentFile
from django.core.files.storage import InMemoryStorage
from django.core.management import CommandError, call_command
from django.test import override_settings

from stator.paths import CODING_SUFFIXES
from tests.django.conftest import Project
from tests.encode.decoders import DECODERS
from tests.publish.sites import snapshot
from tests.sites import write

SITE: dict[str, str | bytes] = {
    "a.css": "a{b:url(x.png)}",
    "x.png": "x",
    "a.js": "import './b.js'",
    "b.js": "",
}


def collect(**chosen: object) -> tuple[str, str]:
    """Return what the command prints on stdout and stderr."""
    out, err = StringIO(), StringIO()
    call_command("collectstatic", interactive=False, stdout=out, stderr=err, **chosen)
    return out.getvalue(), err.getvalue()


def failure(**chosen: object) -> tuple[CommandError, str]:
    err = StringIO()
    with pytest.raises(CommandError) as raised:
        call_command("collectstatic", interactive=False, stdout=StringIO(), stderr=err, **chosen)
    return raised.value, err.getvalue()


def last_line(out: str) -> str:
    """Return what Django says; our summary stands above it."""
    return out.strip().rpartition("\n")[2]


def test_it_says_what_django_says(project: Project) -> None:
    project.write(SITE)
    copied = f"static files copied to '{project.root}'"
    assert last_line(collect()[0]) == f"4 {copied}, 4 post-processed."
    assert last_line(collect()[0]) == f"0 {copied}, 4 unmodified, 4 post-processed."
    project.write({"x.png": "y"})
    assert last_line(collect()[0]) == f"2 {copied}, 2 unmodified, 4 post-processed."


def test_above_it_stands_what_was_done(project: Project) -> None:
    project.write(SITE)
    first, again = collect()[0], collect()[0]
    assert first.startswith("\n4 files, 57 B\n4 built, 8 files written, in ")
    assert "\nheaviest files:\n    28 B  a.css\n" in first
    assert again.startswith("\n4 files, 57 B\n4 reused, nothing written, in ")
    assert "heaviest" not in again


def test_a_dry_run_claims_nothing(project: Project) -> None:
    project.write(SITE)
    assert "written" not in collect(dry_run=True)[0]


def test_verbosity_0_says_nothing(project: Project) -> None:
    project.write(SITE)
    assert collect(verbosity=0) == ("", "")


def test_verbosity_2_names_every_file(project: Project) -> None:
    project.write(SITE)
    out, _ = collect(verbosity=2)
    assert f"Copying '{project.sources / 'x.png'}'" in out
    assert re.search(r"Post-processed 'x.png' as 'x\.[0-9a-f]{12}\.png'", out)


def test_the_manifest_is_djangos_too(project: Project) -> None:
    project.write(SITE)
    collect()
    manifest = json.loads((project.root / "staticfiles.json").read_text())
    assert manifest["version"] == "1.1"
    assert set(manifest["paths"]) == set(SITE)
    for path, name in manifest["paths"].items():
        assert (project.root / name).read_bytes() == (project.root / path).read_bytes()


def test_errors_stop_it_and_publish_nothing(project: Project) -> None:
    project.write(SITE)
    collect()
    before = {name: (project.root / name).read_bytes() for name in project.published()}
    project.write({"a.css": "a{b:url(y.png) url(z.png)}"})
    error, said = failure()
    assert error.returncode == 1
    assert "2 errors; nothing was published." in str(error)
    assert said.count("error: url()") == 2
    assert staticfiles_storage.manifest is not None
    assert staticfiles_storage.url("x.png").startswith("/static/x.")
    assert {name: (project.root / name).read_bytes() for name in project.published()} == before


def test_a_bad_setting_is_wrong_use(project: Project) -> None:
    with project.settings(STATOR={"KEEP_PLANE": True}):
        error, _ = failure()
    assert error.returncode == 2
    assert "Did you mean 'KEEP_PLAIN'?" in str(error)


def test_dry_run_changes_nothing_and_says_what_it_would(project: Project) -> None:
    project.write(SITE)
    out, _ = collect(dry_run=True)
    assert f"Pretending to copy '{project.sources / 'a.css'}'" in out
    assert not project.root.exists()
    collect()
    before = project.published()
    (project.sources / "x.png").unlink()
    project.write({"a.css": "a{}"})
    out, _ = collect(dry_run=True, clear=True, verbosity=1)
    assert "Pretending to delete 'x.png'" in out
    assert project.published() == before


def test_clear_leaves_only_this_release(project: Project) -> None:
    project.write({**SITE, "deep/er/y.png": "y"})
    collect()
    write(project.root, {"stray/file.txt": ""})
    (project.root / "stray/link").symlink_to("nowhere")
    (project.sources / "deep/er/y.png").unlink()
    collect(clear=True)
    names = json.loads((project.root / "staticfiles.json").read_text())["paths"]
    assert project.published() == {*names, *names.values(), "staticfiles.json"}
    assert not (project.root / "deep").exists()
    assert not (project.root / "stray").exists()


def test_without_clear_earlier_files_stay(project: Project) -> None:
    project.write(SITE)
    collect()
    before = project.published()
    project.write({"x.png": "y"})
    collect()
    assert before <= project.published()


def test_a_file_that_was_damaged_is_mended(project: Project) -> None:
    project.write(SITE)
    collect()
    before = {name: (project.root / name).read_bytes() for name in project.published()}
    for damaged in ("a.css", staticfiles_storage.stored_name("x.png")):
        (project.root / damaged).write_bytes(b"damaged")
    (project.root / "b.js").unlink()
    collect()
    assert {name: (project.root / name).read_bytes() for name in project.published()} == before


def test_rehash_finds_what_sizes_and_times_hide(project: Project) -> None:
    project.write(SITE)
    collect()
    file = project.root / staticfiles_storage.stored_name("x.png")
    status = file.stat()
    file.write_bytes(b"z")
    os.utime(file, ns=(status.st_atime_ns, status.st_mtime_ns))
    collect(rehash=True)
    assert file.read_bytes() == b"x"


def test_files_of_an_earlier_release_go_in_the_end(project: Project) -> None:
    project.write({**SITE, "only-first.txt": "1"})
    with project.settings(STATOR={"RETENTION": {"releases": 1, "age": 0}}):
        collect()
        first = project.published()
        (project.sources / "only-first.txt").unlink()
        collect()
        assert first <= project.published()
        project.write({"x.png": "y"})
        out, _ = collect(verbosity=2)
        assert "Deleting 'only-first.txt'" in out
        gone = first - project.published()
    assert {name.partition(".")[0] for name in gone} == {"only-first"}


def test_an_age_keeps_what_a_number_would_not(project: Project) -> None:
    project.write(SITE)
    with project.settings(STATOR={"RETENTION": {"releases": 0, "age": "1 hour"}}):
        collect()
        first = project.published()
        project.write({"x.png": "y"})
        collect()
    assert first <= project.published()


def test_minified_and_compressed_by_default(project: Project) -> None:
    style = "/* many words */ a { color : red ; background : url( x.png ) }\n" * 100
    project.write({**SITE, "a.css": style})
    with override_settings(STATOR={}):
        out, _ = collect()
        small = (project.root / "a.css").read_bytes()
        assert len(small) < len(style)
        assert staticfiles_storage.stored_name("x.png").encode() in small
        for name in ("a.css", staticfiles_storage.stored_name("a.css")):
            for coding, decode in DECODERS.items():
                assert decode((project.root / (name + CODING_SUFFIXES[coding])).read_bytes()) == small
        assert "minified to" in out
        assert "-> " in out
        before = snapshot(project.root)
        collect()
        assert snapshot(project.root) == before
    assert (project.folder / ".stator-cache" / ".gitignore").exists()


def test_finished_work_that_cannot_be_kept_is_told_and_no_harm(project: Project) -> None:
    project.write(SITE)
    place = write(project.folder, {"a-file": ""}) / "a-file"
    with project.settings(STATOR={"CACHE_DIR": place}):
        _, said = collect()
    assert said.startswith(f"Finished work is not kept: {place}")
    assert "STATOR['CACHE_DIR']" in said
    assert set(SITE) < project.published()


@pytest.mark.parametrize("jobs", ["0", "-1", "many"])
def test_a_number_of_jobs_that_cannot_be_is_wrong_use(project: Project, jobs: str) -> None:
    with pytest.raises(CommandError, match="--jobs"):
        call_command("collectstatic", f"--jobs={jobs}", interactive=False)


def test_ignore(project: Project) -> None:
    project.write({**SITE, "notes/a.txt": "", "b.psd": ""})
    collect(ignore_patterns=["*.psd", "notes"])
    assert not any("notes" in name or "psd" in name for name in project.published())


def test_no_default_ignore(project: Project) -> None:
    project.write({".well-known/x.txt": "", "a.txt~": ""})
    collect()
    assert not {".well-known/x.txt", "a.txt~"} & project.published()
    collect(use_default_ignore_patterns=False)
    assert {".well-known/x.txt", "a.txt~"} <= project.published()


def test_link_makes_plain_names_symbolic_links(project: Project) -> None:
    project.write(SITE)
    out, _ = collect(link=True)
    assert "4 static files symlinked" in out
    assert os.readlink(project.root / "x.png") == str(project.sources / "x.png")
    assert not (project.root / staticfiles_storage.stored_name("x.png")).is_symlink()
    collect()
    assert not (project.root / "x.png").is_symlink()


def test_no_post_process_copies_and_no_more(project: Project) -> None:
    project.write({**SITE, "broken.css": "a{b:url(gone.png)}"})
    with project.settings(STATOR={"ON_MISSING": "ignore"}):
        out, _ = collect(post_process=False)
    assert last_line(out) == f"5 static files copied to '{project.root}'."
    assert project.published() == {*SITE, "broken.css"}
    assert (project.root / "a.css").read_bytes() == b"a{b:url(x.png)}"


def test_keep_plain(project: Project) -> None:
    project.write(SITE)
    with project.settings(STATOR={"KEEP_PLAIN": ["*.png"]}):
        collect()
    assert set(SITE) & project.published() == {"x.png"}


def test_a_manifest_elsewhere(project: Project) -> None:
    project.write(SITE)
    place = project.folder / "code" / "manifest.json"
    with project.settings(STATOR={"MANIFEST": place}):
        collect()
        assert staticfiles_storage.url("x.png").startswith("/static/x.")
        collect(clear=True)
    assert "staticfiles.json" not in project.published()
    assert json.loads(place.read_text())["paths"]["x.png"]


def test_explain_gives_a_reason_for_each_name(project: Project) -> None:
    project.write({"x.png": "x"})
    out, _ = collect(explain=True)
    assert "x.png: built (new)" in out
    assert "x.png: link (not there yet)" in out
    project.write({"x.png": "y"})
    out, _ = collect(explain=True)
    assert "x.png: built (its content changed)" in out
    assert "x.png: link (content differs)" in out
    out, _ = collect(explain=True)
    assert "x.png: reused (unchanged)" in out
    out, _ = collect(explain=True, rehash=True)
    assert "x.png: keep (unchanged)" in out


@pytest.mark.parametrize(("content", "failed"), [("a{b:url(gone.png)}", True), ("a{b:url(a.css)}", False)])
def test_report(project: Project, content: str, failed: bool) -> None:
    project.write({"a.css": content})
    file = project.folder / "report.json"
    if failed:
        failure(report=str(file))
    else:
        collect(report=str(file))
    report = json.loads(file.read_text())
    assert (report["release"] is None) is failed
    assert [finding["id"] for finding in report["findings"]] == ["missing-reference"] * failed
    assert report["files"] == 1


def test_report_to_a_place_that_cannot_be_written(project: Project) -> None:
    project.write(SITE)
    error, _ = failure(report=str(project.folder))
    assert error.returncode == 3


def test_problems_of_packages_are_counted_and_shown_on_demand(project: Project) -> None:
    package = write(project.folder / "site-packages/pkg", {"p.css": "a{b:url(gone.png)}"})
    with project.settings(STATICFILES_DIRS=[str(package)]):
        _, err = collect()
        assert (
            err.strip()
            == "Notes, and problems of installed packages: 1 missing-reference. (-v 2 shows them.)"
        )
        _, err = collect(verbosity=2)
        assert "warning: url() 'gone.png'" in err


def test_prefixes_and_two_folders_of_one_finder(project: Project) -> None:
    one, two = project.folder / "one", project.folder / "two"
    write(one, {"x.png": "1"})
    write(two, {"x.png": "2"})
    with project.settings(STATICFILES_DIRS=[("first", str(one)), ("second/deep", two), ("again", str(one))]):
        collect()
    assert {"first/x.png", "second/deep/x.png", "again/x.png"} <= project.published()


class Elsewhere(BaseFinder):
    """A finder of a project's own, over a storage that has no folder."""

    storage = InMemoryStorage()
    storage.save("app.css", ContentFile(b"a{b:url(img/x.png)}"))
    storage.save("img/x.png", ContentFile(b"x" * 2_000_000))

    def list(self, ignore_patterns: object) -> list[tuple[str, object]]:
        return [("app.css", self.storage), ("img/x.png", self.storage)]

    def find(self, path: str, find_all: bool = False, **_: object) -> list[str]:
        return []

    def check(self, **_: object) -> list[object]:
        return []


def test_a_custom_finder_over_a_storage_without_folders(project: Project) -> None:
    with project.settings(STATICFILES_FINDERS=["tests.django.test_collectstatic.Elsewhere"]):
        collect()
    name = staticfiles_storage.stored_name("img/x.png")
    assert (project.root / "app.css").read_text() == f"a{{b:url({name})}}"
    assert (project.root / name).stat().st_size == 2_000_000


def test_another_storage_keeps_djangos_command(project: Project) -> None:
    project.write({"a.css": "a{b:url(gone.png)}"})
    storages = {"staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}}
    with project.settings(STORAGES=storages):
        out, err = collect()
        error, _ = failure(explain=True)
    assert (out.strip(), err) == (f"1 static file copied to '{project.root}'.", "")
    assert project.published() == {"a.css"}
    assert error.returncode == 2


def test_djangos_own_command_publishes_through_our_storage(project: Project) -> None:
    from django.contrib.staticfiles.management.commands.collectstatic import Command

    project.write(SITE)
    out = StringIO()
    call_command(Command(), interactive=False, stdout=out)
    assert out.getvalue().strip() == f"4 static files copied to '{project.root}', 4 post-processed."
    assert (project.root / staticfiles_storage.stored_name("a.css")).exists()
    project.write({"a.css": "a{b:url(gone.png)}"})
    with pytest.raises(Exception, match=r"missing-reference"):
        call_command(Command(), interactive=False, stdout=StringIO(), stderr=StringIO())


def test_no_static_root_is_wrong_use(project: Project) -> None:
    project.write(SITE)
    with project.settings(STATIC_ROOT=None):
        error, _ = failure()
    assert error.returncode == 2
    assert str(error).endswith('hint: STATIC_ROOT = BASE_DIR / "static_root"')


def test_from_the_command_line_without_a_traceback(project: Project) -> None:
    project.write({"a.css": "a{b:url(gone.png)}"})
    script = (
        "import sys; from django.conf import settings; import tests.settings as base;"
        "chosen = {name: getattr(base, name) for name in dir(base) if name.isupper()};"
        f"settings.configure(**{{**chosen, 'STATICFILES_DIRS': [{str(project.sources)!r}],"
        f" 'STATIC_ROOT': {str(project.root)!r}}});"
        "from django.core.management import execute_from_command_line as run;"
        "run(['manage.py', *sys.argv[1:]])"
    )
    command = [sys.executable, "-c", script, "collectstatic", "--noinput"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert "Traceback" not in done.stderr
    assert f"{project.sources / 'a.css'}:1:9: error:".removeprefix(f"{Path.cwd()}/") in done.stderr


@pytest.mark.parametrize("answer", ["no", ""])
def test_it_asks_before_it_overwrites(project: Project, answer: str, monkeypatch: pytest.MonkeyPatch) -> None:
    project.write(SITE)
    collect()
    asked: list[str] = []
    monkeypatch.setattr("builtins.input", lambda text: asked.append(text) or answer)
    with pytest.raises(CommandError, match="cancelled"):
        call_command("collectstatic", stdout=StringIO())
    assert "This will overwrite existing files!" in asked[0]


def test_debug_finds_what_a_finder_can_only_list(project: Project) -> None:
    with project.settings(DEBUG=True, STATICFILES_FINDERS=["tests.django.test_collectstatic.Elsewhere"]):
        assert staticfiles_storage.url("app.css") == "/static/app.css"
