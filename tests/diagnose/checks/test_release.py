from __future__ import annotations

import gzip
import json
from pathlib import Path

import pytest

from tests.diagnose.sites import SITES, Said, copied, doctor, shell

MANAGE = """
import os
import sys

from django.core.management import execute_from_command_line

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "settings")
execute_from_command_line(sys.argv)
"""
COLLECT = "python -m django collectstatic --noinput -v0"


def site(id: str, folder: Path) -> Path:
    found = copied(SITES / id / "speaks", folder)
    (found / "manage.py").write_text(MANAGE)
    return found


def message(id: str, said: Said) -> str:
    return str(next(one["message"] for one in said.findings if one["id"] == id))


@pytest.mark.parametrize(
    "id",
    [
        "not-collected",
        "manifest-unreadable",
        "manifest-by-django",
        "lost-files",
        "stale-coding",
        "not-readable",
        "leftovers",
    ],
)
def test_the_mend_works_to_the_letter(id: str, tmp_path: Path) -> None:
    folder = site(id, tmp_path)
    finding = next(one for one in doctor(folder).findings if one["id"] == id)
    shell(folder, finding["mend"]["text"])
    assert id not in doctor(folder).ids


@pytest.mark.parametrize(
    ("script", "level"),
    [
        ("echo other >> static/css/app.css", "warning"),
        ("echo new > static/new.css", "info"),
        ("rm static/css/app.css", "info"),
        ("echo other >> static/css/app.css; echo 'DEBUG = True' >> settings.py", "info"),
    ],
)
def test_changed_content_is_worse_than_new_files(tmp_path: Path, script: str, level: str) -> None:
    folder = copied(SITES / "manifest-stale" / "silent", tmp_path)
    shell(folder, f"{COLLECT}\nsleep 0.05\n{script}")
    (finding,) = [one for one in doctor(folder).findings if one["id"] == "manifest-stale"]
    assert (finding["level"], finding["mend"]) == (level, None)


def test_sources_in_static_root_are_not_to_be_collected_first(tmp_path: Path) -> None:
    folder = copied(SITES / "not-collected" / "speaks", tmp_path)
    shell(
        folder,
        "echo 'STATICFILES_DIRS = [STATIC_ROOT]' >> settings.py; cp -R static static_root",
    )
    ids = doctor(folder).ids
    assert "static-root-in-sources" in ids
    assert "not-collected" not in ids


def test_what_changed_is_known_without_the_cache(tmp_path: Path) -> None:
    folder = copied(SITES / "manifest-stale" / "silent", tmp_path)
    shell(
        folder,
        f"echo logo > static/logo.svg\n{COLLECT}\nrm -r .stator-cache\nsleep 0.05\n"
        "echo other > static/logo.svg\necho new > static/new.svg\nrm static/css/draft.css",
    )
    told = message("manifest-stale", doctor(folder))
    assert "1 changed: logo.svg" in told
    assert "1 gone: css/draft.css" in told
    assert "1 new: new.svg" in told


def test_a_release_that_was_copied_is_not_stale(tmp_path: Path) -> None:
    folder = copied(SITES / "manifest-stale" / "silent", tmp_path)
    shell(folder, f"{COLLECT}\ncp -R static_root copy\nrm -r static_root .stator-cache\nmv copy static_root")
    assert {"manifest-stale", "lost-files"}.isdisjoint(doctor(folder).ids)


def test_nothing_need_be_collected_where_the_manifest_is_in_a_bucket(tmp_path: Path) -> None:
    folder = copied(SITES / "not-collected" / "speaks", tmp_path)
    place = "s3://assets/static"
    stator = {"DESTINATION": place, "MANIFEST": f"{place}/.stator/staticfiles.json"}
    shell(folder, f"echo 'STATOR = {json.dumps(stator)}' >> settings.py")
    assert "not-collected" not in doctor(folder).ids


def test_a_file_that_was_cut_short_is_lost(tmp_path: Path) -> None:
    folder = copied(SITES / "lost-files" / "silent", tmp_path)
    shell(folder, "for file in static_root/css/app.*.css; do printf x > $file; done")
    assert "1 file " in message("lost-files", doctor(folder))


def test_a_file_of_an_earlier_release_is_lost(tmp_path: Path) -> None:
    folder = copied(SITES / "lost-files" / "silent", tmp_path)
    earlier = f"echo 'b {{}}' > static/css/app.css; {COLLECT}"
    latest = f"echo 'i {{}}' > static/css/app.css; {COLLECT}"
    shell(folder, f"{earlier}\nls -d static_root/css/app.*.css > names\n{latest}")
    assert "lost-files" not in doctor(folder).ids
    shell(folder, "rm $(cat names)")
    said = doctor(folder)
    assert [one["level"] for one in said.findings if one["id"] == "lost-files"] == ["warning"]
    assert "of earlier releases" in message("lost-files", said)
    shell(folder, f"{earlier}\n{latest}")
    assert "lost-files" not in doctor(folder).ids


@pytest.mark.parametrize(
    "content", [b"no gzip", gzip.compress(b"x" * 10_000), gzip.compress(b"half")[:-3], b""]
)
def test_forms_of_another_content(tmp_path: Path, content: bytes) -> None:
    folder = copied(SITES / "stale-coding" / "silent", tmp_path)
    (folder / "static_root/css/app.css.gz").write_bytes(content)
    assert "stale-coding" in doctor(folder).ids


def test_files_of_an_earlier_release_are_no_leftovers(tmp_path: Path) -> None:
    folder = copied(SITES / "leftovers" / "silent", tmp_path)
    assert len(list((folder / "static_root/css").glob("app.*.css"))) == 2
    assert "leftovers" not in doctor(folder).ids
