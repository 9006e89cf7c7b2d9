"""What runs an application: a table, by what its settings name."""

from __future__ import annotations

from collections.abc import Callable

from stator.containers.project import PORT, Application

# By the interface: the server, what is installed where the project names none, and its options.
_SERVERS = {
    "wsgi": ("gunicorn", "gunicorn~=27.0", (f"--bind=0.0.0.0:{PORT}", "--access-logfile=-")),
    "asgi": ("uvicorn", "uvicorn[standard]~=0.30", ("--host=0.0.0.0", f"--port={PORT}")),
}


def application_of(wsgi: str, asgi: str, has: Callable[[str], bool]) -> Application:
    """Return what runs an application, by the dotted names that settings give it, "" where they give none.

    Who has set ``ASGI_APPLICATION``, which no new project has, means it. ``has`` says whether the project
    installs a package.
    """
    server, package, options = _SERVERS["asgi" if asgi else "wsgi"]
    module, _, name = (asgi or wsgi).rpartition(".")
    return Application((server, *options, f"{module}:{name}"), server, "" if has(server) else package)
