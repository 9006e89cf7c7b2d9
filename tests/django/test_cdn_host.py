"""A site that runs here while ``STATIC_URL`` names the host of a CDN: what pages say, and what is served."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

from stator.manifest import NAME
from stator.manifest_text import from_json
from tests.live.site import FILES, developed
from tests.serve.http import matches
from tests.sites import write

HOST = "https://cdn.example.com"
SETTINGS = f"""
from settings import *
STATIC_URL = "{HOST}/static/"
STATIC_ROOT = BASE_DIR / "static_root"
"""
APP_CSS = str(FILES["static/css/app.css"]).encode()


def addresses(page: bytes) -> list[str]:
    return re.findall(r'(?:href|src)="([^"]+)"', page.decode())


def test_with_debug_pages_name_plain_files_of_the_cdn_and_sources_are_served_here(tmp_path: Path) -> None:
    more = write(tmp_path / "more", {"cdn_settings.py": SETTINGS})
    with developed(
        "runserver", tmp_path / "site", before=more, DJANGO_SETTINGS_MODULE="cdn_settings"
    ) as site:
        style, image, live = addresses(site.get("/").body)
        assert (style, image) == (f"{HOST}/static/css/app.css", f"{HOST}/static/img/dot.svg")
        assert live.startswith("/static/__stator__/client.js")
        matches(site.get("/static/css/app.css"), 200, APP_CSS, cache="no-cache")


def test_without_debug_pages_name_the_release_and_it_is_served_here_too(tmp_path: Path) -> None:
    more = write(tmp_path / "more", {"cdn_settings.py": SETTINGS})
    folder = tmp_path / "site"
    write(folder, FILES)
    environ = {
        **os.environ,
        "PYTHONPATH": os.pathsep.join(map(str, (more, folder))),
        "DJANGO_SETTINGS_MODULE": "cdn_settings",
        "STATOR_TEST_DEBUG_OFF": "1",
    }
    collect = [sys.executable, "-m", "django", "collectstatic", "--noinput", "-v", "0"]
    subprocess.run(collect, check=True, cwd=folder, env=environ)
    name = from_json((folder / "static_root" / NAME).read_bytes()).paths["css/app.css"]
    with developed(
        "runserver",
        folder,
        before=more,
        DJANGO_SETTINGS_MODULE="cdn_settings",
        STATOR_TEST_DEBUG_OFF="1",
    ) as site:
        assert addresses(site.get("/").body)[0] == f"{HOST}/static/{name}"
        answer = site.get(f"/static/{name}")
        assert answer.status == 200
        assert "immutable" in (answer["cache-control"] or "")
        assert b"https://" not in answer.body  # what it refers to is found beside it, on any host
