"""Make a site in an empty folder with the Stator of this Python, and use it as a newcomer does.

    PYTHON scripts/smoke_site.py FOLDER

Prints a line of JSON for each step that went well, ``{"step": …, "seconds": …}``. The first that goes wrong
ends it, with what it said. Nothing but the standard library is imported, so PYTHON needs nothing but Stator.
"""

from __future__ import annotations

import http.client
import json
import os
import re
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

PATIENCE = 30  # seconds for a server to listen
SETTINGS = """
DEBUG = "DEBUG" in os.environ
ALLOWED_HOSTS = ["127.0.0.1"]
INSTALLED_APPS.append("pages")
"""
FILES = {
    "pages/__init__.py": "",
    "pages/static/pages/site.css": "body {\n    background: url(paper.svg);\n}\n" * 40,
    "pages/static/pages/paper.svg": '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>\n',
    "pages/templates/page.html": """
{% load static %}<link rel="stylesheet" href="{% static 'pages/site.css' %}">
""",
    "site_/urls.py": """
from django.urls import path
from django.views.generic import TemplateView

urlpatterns = [path("", TemplateView.as_view(template_name="page.html"))]
""",
    "serve.py": """
import sys
from wsgiref.simple_server import make_server

from site_.wsgi import application

make_server("127.0.0.1", int(sys.argv[1]), application).serve_forever()
""",
}


def start_project() -> None:
    run("-m", "django", "startproject", "site_", ".")
    for name, text in FILES.items():
        Path(name).parent.mkdir(parents=True, exist_ok=True)
        Path(name).write_text(text)
    settings = Path("site_/settings.py")
    settings.write_text("import os\n" + settings.read_text() + SETTINGS)


def add_stator() -> None:
    run("-m", "stator", "init", "--yes")
    expect("stator.django.storage.StatorStorage" in Path("site_/settings.py").read_text(), "a storage")


def collect() -> None:
    run("manage.py", "collectstatic", "--noinput")
    names = json.loads(Path("static_root/staticfiles.json").read_text())["paths"]
    digested = Path("static_root", names["pages/site.css"])
    expect(names["pages/paper.svg"].rpartition("/")[2] in digested.read_text(), "a linked reference")
    expect(digested.with_name(f"{digested.name}.br").exists(), "a brotli form")


def say_why() -> None:
    expect("paper.svg" in run("manage.py", "stator", "why", "pages/site.css"), "a file and what it refers to")


def ask_doctor() -> None:
    run("manage.py", "stator", "doctor")


def report() -> None:
    run("manage.py", "stator", "report", "-o", "report.html")
    expect(b"pages/site.css" in Path("report.html").read_bytes(), "a report of the file")


def serve() -> None:
    with served("serve.py") as get:
        status, _, page = get("/")
        expect(status == 200, "a page")
        address = re.search(r'href="(/static/pages/site\.[0-9a-f]{12}\.css)"', page.decode())
        expect(address is not None, "a digested name in the page")
        status, fields, _ = get(address[1])
        expect((status, fields["Content-Encoding"]) == (200, "br"), "a file in brotli")
        expect("immutable" in fields["Cache-Control"], "a file to keep")


def develop() -> None:
    with served("manage.py", "runserver", "--noreload", DEBUG="1") as get:
        address = re.search(r'href="(/static/pages/site\S*\.css)"', get("/")[2].decode())
        expect(address is not None, "a style sheet in the page")
        status, _, content = get(address[1])
        expect(status == 200 and b"paper" in content, "a file from its source")


STEPS: dict[str, Callable[[], None]] = {
    "startproject": start_project,
    "init": add_stator,
    "collect": collect,
    "why": say_why,
    "doctor": ask_doctor,
    "report": report,
    "serve": serve,
    "runserver": develop,
}


def expect(true: bool, what: str) -> None:
    if not true:
        raise SystemExit(f"wanted: {what}")


def run(*arguments: str) -> str:
    done = subprocess.run(
        [sys.executable, *arguments], check=False, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )
    expect(done.returncode == 0, f"{' '.join(arguments)} to end well, not:\n{done.stdout}")
    return done.stdout


@contextmanager
def served(
    *arguments: str, **environ: str
) -> Iterator[Callable[[str], tuple[int, http.client.HTTPMessage, bytes]]]:
    """Run a server whose last argument is its port, and yield what asks it for a path."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    with Path("server.log").open("wb") as log:
        process = subprocess.Popen(
            [sys.executable, *arguments, str(port)], stdout=log, stderr=log, env={**os.environ, **environ}
        )
        try:
            wait_for(port, process)
            yield lambda path: answer(port, path)
        finally:
            process.terminate()
            process.wait()


def wait_for(port: int, process: subprocess.Popen[bytes]) -> None:
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end and process.poll() is None:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            time.sleep(0.02)
        else:
            return
    raise SystemExit(f"wanted: a server that listens, not:\n{Path('server.log').read_text()}")


def answer(port: int, path: str) -> tuple[int, http.client.HTTPMessage, bytes]:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE)
    try:
        connection.request("GET", path, headers={"Accept-Encoding": "br" if path != "/" else "identity"})
        response = connection.getresponse()
        return response.status, response.headers, response.read()
    finally:
        connection.close()


def main() -> None:
    os.chdir(sys.argv[1])
    for name, step in STEPS.items():
        started = time.perf_counter()
        try:
            step()
        except SystemExit as ended:
            raise SystemExit(f"{name}: {ended}") from None
        print(json.dumps({"step": name, "seconds": time.perf_counter() - started}), flush=True)


if __name__ == "__main__":
    main()
