"""A Django project in development, written to a folder, and run there by real servers."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from subprocess import Popen

from tests.processes import Address, free_port, running
from tests.serve.http import Answer, ask
from tests.sites import write

SETTINGS = """
import os
from pathlib import Path

BASE_DIR = Path(__file__).parent
DEBUG = "STATOR_TEST_DEBUG_OFF" not in os.environ
SECRET_KEY = "for tests"
ALLOWED_HOSTS = ["*"]
ROOT_URLCONF = "urls"
WSGI_APPLICATION = "served.wsgi"
INSTALLED_APPS = ["stator.django", "django.contrib.staticfiles"]
OURS = "stator.django.middleware.StatorMiddleware"
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    *([] if "STATOR_TEST_WITHOUT" in os.environ else [OURS]),
    "django.middleware.common.CommonMiddleware",
]
STATIC_URL = "static/"
STATICFILES_DIRS = [BASE_DIR / "static"]
STATOR = {"ROOT_FILES": BASE_DIR / "root_files"}
STORAGES = {"staticfiles": {"BACKEND": "stator.django.storage.StatorStorage"}}
TEMPLATES = [
    {"BACKEND": "django.template.backends.django.DjangoTemplates", "DIRS": [BASE_DIR / "templates"]}
]
"""

URLS = """
from django.shortcuts import render
from django.urls import path

import words


def page(request):
    return render(request, "page.html", {"word": words.WORD})


def guarded(request):
    response = page(request)
    response["Content-Security-Policy"] = "default-src 'self'; script-src 'nonce-abc123'"
    return response


urlpatterns = [path("", page), path("guarded/", guarded)]
"""

SERVED = """
from django.core.asgi import get_asgi_application
from django.core.wsgi import get_wsgi_application

wsgi = get_wsgi_application()
asgi = get_asgi_application()
"""

PAGE = """{% load static %}<!DOCTYPE html>
<html>
<head>
<title>{{ word }}</title>
<link rel="stylesheet" href="{% static 'css/app.css' %}">
</head>
<body>
<h1>first</h1>
<img src="{% static 'img/dot.svg' %}">
<div class="drawn"></div>
</body>
</html>
"""

FILES: dict[str, str | bytes] = {
    "settings.py": SETTINGS,
    "urls.py": URLS,
    "served.py": SERVED,
    "words.py": 'WORD = "one"\n',
    "templates/page.html": PAGE,
    "static/css/app.css": """@import "part.css";
body { color: rgb(1, 0, 0) }
.drawn { background: url(../img/dot.svg) }
""",
    "static/css/part.css": "h1 { color: rgb(2, 0, 0) }\n",
    "root_files/favicon.ico": b"",
    "static/img/dot.svg": '<svg xmlns="http://www.w3.org/2000/svg" width="1" height="1"/>',
}

# server: its command after "python -m"
COMMANDS = {
    "runserver": "django runserver {host}:{port}",
    "uvicorn": "uvicorn --host {host} --port {port} served:asgi",
    "gunicorn sync": "gunicorn --bind {host}:{port} --no-control-socket served:wsgi",
    "gunicorn gthread": "gunicorn --bind {host}:{port} --no-control-socket --threads 4 served:wsgi",
}


@dataclass(frozen=True)
class Site:
    """A running project: its server and the process of that, its folder, and where it listens."""

    server: str
    folder: Path
    address: Address
    process: Popen[bytes]
    log: Path

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.address[1]}"

    def get(self, target: str, method: str = "GET", **fields: str) -> Answer:
        return ask(self.address, target, method, **fields)

    def write(self, name: str, content: str | bytes) -> None:
        write(self.folder, {name: content})


@contextmanager
def developed(
    server: str,
    folder: Path,
    options: str = "",
    before: Path | None = None,
    host: str = "127.0.0.1",
    **environ: str,
) -> Iterator[Site]:
    """Write the project to a folder and run a server for it until the block ends.

    Modules in the folder ``before`` go before all that are installed.
    """
    write(folder, FILES)
    port = free_port()
    command = f"{COMMANDS[server].format(host=host, port=port)} {options}".split()
    address = (host.strip("[]"), port)
    log = folder / "log.txt"
    paths = os.pathsep.join(str(path) for path in (before, folder, os.environ.get("PYTHONPATH")) if path)
    environ = {"PYTHONPATH": paths, "DJANGO_SETTINGS_MODULE": "settings", "PYTHONUNBUFFERED": "1", **environ}
    with running([sys.executable, "-m", *command], address, log, **environ) as process:
        yield Site(server, folder, address, process, log)
