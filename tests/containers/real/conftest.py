"""The example site in containers, as a newcomer gets it there: by one command, and what that has written."""

from __future__ import annotations

import json
import os
import re
import secrets
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import NamedTuple

import pytest

from stator.containers.web import SERVERS
from stator.manifest import NAME, Manifest
from stator.manifest_text import from_json
from tests.containers.real import engine
from tests.containers.real.engine import Site, podman
from tests.parts import TESTS

# They take minutes, so nobody runs them who has not asked for them: make containers.
collect_ignore = [] if os.environ.get("STATOR_CONTAINERS") else ["test_images.py"]

EXAMPLE = TESTS.parent / "examples" / "library"
ROOT = "/app/static_root"
REQUIREMENTS = "stator\nDjango~=5.2\ndjangorestframework\ndjango-htmx\ndjango-csp\nPillow\n"
# What a site adds for production: the secret comes from the environment, and the database has a folder.
PRODUCTION = """\
import os
import sys

from library.settings import *
from library.settings import BASE_DIR

SECRET_KEY = os.environ["SECRET_KEY"]
ALLOWED_HOSTS = ["localhost", "127.0.0.1"]
DATABASES = {"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": BASE_DIR / "data" / "db.sqlite3"}}
print("The key is", SECRET_KEY, file=sys.stderr)
"""
WSGI = "ASGI_APPLICATION = None\n"


class Secrets(NamedTuple):
    """What nobody may find in an image: the site's key, that of who wrote the files, and what lies about."""

    key: str = f"key-{secrets.token_hex(16)}"
    own: str = f"own-{secrets.token_hex(16)}"
    other: str = f"other-{secrets.token_hex(16)}"


class Images(NamedTuple):
    """The images of a release: what they were built of, for which server, and what was said meanwhile."""

    folder: Path
    server: str
    release: int
    said: str = ""

    @property
    def names(self) -> list[str]:
        """Return the images that run, the application's first; the last one has published files."""
        return [self.name(target) for target in (["app"] if self.server == "none" else ["app", "web"])]

    @property
    def port(self) -> int:
        return 8000 if self.server == "none" else 8080

    def name(self, target: str) -> str:
        return f"localhost/stator-test-{self.server}-{target}:{self.release}"

    def build(self, target: str, **arguments: str) -> str:
        return engine.build(self.folder, target, self.name(target), **arguments)

    def built(self, **arguments: str) -> Images:
        targets = [name.rpartition(":")[0].rpartition("-")[2] for name in self.names]
        return self._replace(said="\n".join(self.build(target, **arguments) for target in targets))

    def manifest(self) -> Manifest:
        return from_json(engine.run_once(self.names[-1], "cat", f"{ROOT}/{NAME}").encode())

    def options(self, key: str) -> list[list[str]]:
        """Return what each container is given, as by compose."""
        data, media = (f"stator-test-{self.server}-{name}" for name in ("data", "media"))
        application = [
            f"--volume={data}:/app/data",
            f"--volume={media}:/app/media",
            f"--env=SECRET_KEY={key}",
        ]
        if self.server == "none":
            return [application]
        ability = SERVERS[self.server].ability
        allowed = [f"--cap-add={ability}"] if ability else []
        return [application, [f"--volume={media}:/app/media:ro", *allowed]]


@pytest.fixture(scope="session")
def hidden() -> Secrets:
    return Secrets()


@pytest.fixture(scope="session")
def requirements(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Yield what the site asks for, which can be installed now. Afterwards only base images are left."""
    listed = tmp_path_factory.mktemp("requirements") / "requirements.txt"
    listed.write_text(REQUIREMENTS)
    engine.prepare()
    # The hash, since builders look for layers by what is written, and not by the wheels that are there.
    yield f"{REQUIREMENTS}# stator is {engine.wheels(listed)}\n"
    engine.tidy()


@pytest.fixture(scope="session", params=["nginx", "caddy", "none"])
def images(
    request: pytest.FixtureRequest,
    requirements: str,
    hidden: Secrets,
    tmp_path_factory: pytest.TempPathFactory,
) -> Images:
    server: str = request.param
    folder = copy_of_example(tmp_path_factory.mktemp(server) / "library", hidden, wsgi=server == "none")
    (folder / "requirements.txt").write_text(requirements)
    manage(folder, hidden.own, "stator", "docker", "--server", server)
    return Images(folder, server, 1).built()


@pytest.fixture(scope="session")
def site(images: Images, hidden: Secrets) -> Iterator[Site]:
    options = images.options(hidden.key)
    with ExitStack() as after:
        volumes = [found for one in options[0] for found in re.findall(r"--volume=([^:]+):", one)]
        after.callback(podman, "volume", "rm", "--force", *volumes)
        for command in (["migrate", "--verbosity=0"], ["seed"]):
            engine.run_once(images.names[0], "python", "manage.py", *command, options=options[0])
        yield after.enter_context(engine.running(images.names, images.port, options))


def copy_of_example(folder: Path, hidden: Secrets, *, wsgi: bool) -> Path:
    """Make the example site into one that is to be deployed, with what lies about in such folders."""
    left_out = ("node_modules", "dist", "static_root", "media", "*.sqlite3", "__pycache__", ".stator-cache")
    shutil.copytree(EXAMPLE, folder, ignore=shutil.ignore_patterns(*left_out))
    # Of this run: no layer of an earlier one is taken for the same, and builds say what they do.
    settings = f"{PRODUCTION}{WSGI if wsgi else ''}# {secrets.token_hex(8)}\n"
    (folder / "library" / "production.py").write_text(settings)
    for name in (".env", "library/.env.local", "desk/static/desk/server.key", "media/private.txt"):
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_text(f"PASSWORD={hidden.other}\n")
    return folder


def manage(folder: Path, key: str, *words: str) -> str:
    environ = {**os.environ, "DJANGO_SETTINGS_MODULE": "library.production", "SECRET_KEY": key}
    done = subprocess.run(
        [sys.executable, "manage.py", *words],
        cwd=folder,
        env=environ,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def health_checks(folder: Path) -> list[list[str]]:
    """Return the commands by which compose looks after the services, in their order."""
    text = (folder / "compose.yaml").read_text().replace("$$", "$")
    return [json.loads(found)[1:] for found in re.findall(r"test: (\[.*\])", text)]
