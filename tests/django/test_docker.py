"""``manage.py stator docker``: what it finds out about a project, and what it does with files."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from django.core.management import load_command_class

from tests.parts import TESTS
from tests.sites import write

SETTINGS = """
import os
from pathlib import Path

BASE_DIR = Path(__file__).resolve().parent.parent
SECRET_KEY = os.environ["SHOP_KEY"]
ALLOWED_HOSTS = ["shop.example.com"]
INSTALLED_APPS = ["stator.django", "django.contrib.staticfiles"]
MIDDLEWARE = ["stator.django.middleware.StatorMiddleware"]
WSGI_APPLICATION = "shop.wsgi.application"
STATIC_URL = "static/"
STATIC_ROOT = BASE_DIR / "staticfiles"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "stator.django.storage.StatorStorage"},
}
"""
MANAGE = """
import os
import sys
from django.core.management import execute_from_command_line
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "shop.settings")
execute_from_command_line(sys.argv)
"""
PROJECT = {
    "manage.py": MANAGE,
    "shop/__init__.py": "",
    "shop/settings.py": SETTINGS,
    "requirements.txt": "Django\nstator\ngunicorn\n",
}


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    folder = tmp_path / "The Shop"
    write(folder, PROJECT)
    return folder


def docker(folder: Path, *words: str, manage: str = "manage.py", code: int = 0) -> str:
    """Run the command in the folder of a project; return what it prints."""
    environ = {**os.environ, "SHOP_KEY": "of nobody", "PYTHONWARNINGS": "error"}
    environ.pop("DJANGO_SETTINGS_MODULE", None)
    done = subprocess.run(
        [sys.executable, manage, "stator", "docker", *words],
        cwd=folder,
        env=environ,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == code, done.stderr
    return done.stdout + done.stderr


def add(folder: Path, lines: str, path: str = "shop/settings.py") -> None:
    with (folder / path).open("a") as file:
        file.write(f"\n{lines}\n")


def test_it_writes_what_images_of_the_project_need(shop: Path) -> None:
    said = docker(shop)
    written = re.findall(r"^Wrote (.+)$", said, re.MULTILINE)
    assert written == ["Dockerfile", "compose.yaml", ".dockerignore", "docker/nginx.conf"]
    dockerfile = (shop / "Dockerfile").read_text()
    version = f"{sys.version_info.major}.{sys.version_info.minor}"
    for line in (
        f"ARG PYTHON=docker.io/library/python:{version}-slim",
        "pip --python /venv/bin/python install -r requirements.txt",
        "COPY --from=collect /app/staticfiles /app/staticfiles",
        'CMD ["gunicorn", "--bind=0.0.0.0:8000", "--access-logfile=-", "shop.wsgi:application"]',
        'export SHOP_KEY="$secret"',
        "DJANGO_SETTINGS_MODULE=shop.settings",
    ):
        assert line in dockerfile
    assert "Host': 'shop.example.com'" in (shop / "compose.yaml").read_text()
    assert 'image: "the-shop-app:' in (shop / "compose.yaml").read_text()
    assert "Write to .env beside compose.yaml, which no image gets: SHOP_KEY." in said


def test_a_second_time_there_is_nothing_to_do(shop: Path) -> None:
    docker(shop)
    assert "Wrote" not in docker(shop)


def test_what_somebody_has_changed_is_not_written_over(shop: Path) -> None:
    write(shop, {"compose.yaml": "services: {}\n"})
    said = docker(shop, code=2)
    assert "there is something else in compose.yaml" in said
    assert not (shop / "Dockerfile").exists()
    docker(shop, "--force", "-v0")
    assert (shop / "compose.yaml").read_text() != "services: {}\n"


def test_a_dry_run_prints_and_writes_nothing(shop: Path) -> None:
    said = docker(shop, "-n", "--server", "caddy")
    assert "--- Dockerfile\n" in said
    assert "--- docker/Caddyfile\n" in said
    assert {one.name for one in shop.iterdir()} == {"manage.py", "shop", "requirements.txt"}


def test_files_can_be_written_somewhere_else(shop: Path, tmp_path: Path) -> None:
    docker(shop, "-v0", "--server", "none", "-o", str(tmp_path / "there"))
    assert {one.name for one in (tmp_path / "there").iterdir()} == {
        "Dockerfile",
        "compose.yaml",
        ".dockerignore",
    }
    assert not (shop / "Dockerfile").exists()


def test_a_project_may_stand_in_a_folder_of_its_repository(tmp_path: Path) -> None:
    write(tmp_path, {f"backend/{path}": text for path, text in PROJECT.items()})
    (tmp_path / "backend" / "requirements.txt").rename(tmp_path / "requirements.txt")
    docker(tmp_path, "-v0", manage="backend/manage.py")
    dockerfile = (tmp_path / "Dockerfile").read_text()
    assert "python backend/manage.py collectstatic" in dockerfile
    assert "COPY --from=collect /app/backend/staticfiles /app/backend/staticfiles" in dockerfile
    assert "WORKDIR /app/backend\nUSER" in dockerfile


def test_folders_that_are_written_to_are_volumes(shop: Path) -> None:
    add(shop, 'MEDIA_ROOT = BASE_DIR / "media"\nMEDIA_URL = "media/"')
    add(shop, 'SQLITE = "django.db.backends.sqlite3"')
    add(shop, 'DATABASES = {"default": {"ENGINE": SQLITE, "NAME": BASE_DIR / "data" / "db.sqlite3"}}')
    assert "The database in" not in docker(shop)
    compose = (shop / "compose.yaml").read_text()
    assert '- "media:/app/media"\n      - "data:/app/data"' in compose
    assert '- "media:/app/media:ro"' in compose


def test_a_database_among_files_of_the_project_is_told(shop: Path) -> None:
    add(shop, 'SQLITE = "django.db.backends.sqlite3"')
    add(shop, 'DATABASES = {"default": {"ENGINE": SQLITE, "NAME": BASE_DIR / "db.sqlite3"}}')
    assert f"The database in {shop} lies among files of the project" in docker(shop)
    assert "volumes" not in (shop / "compose.yaml").read_text()


@pytest.mark.parametrize(
    ("lines", "said"),
    [
        ("DEBUG = True", "DEBUG is True in shop/settings.py, and would be in the image"),
        ('SECRET_KEY = "django-insecure-x"', "SECRET_KEY is startproject's in shop/settings.py"),
        ('DEBUG = os.environ["SHOP_KEY"] != ""', ""),
        ('SECRET_KEY = os.environ["SHOP_KEY"] or "django-insecure-x"', ""),
        ("DEBUG = False", ""),
    ],
)
def test_settings_that_are_for_developers_are_told(shop: Path, lines: str, said: str) -> None:
    add(shop, lines)
    told = [line for line in docker(shop).splitlines() if line.startswith(("DEBUG", "SECRET_KEY"))]
    assert [line[: len(said)] for line in told] == ([said] if said else [])


def test_asgi_is_for_those_who_have_set_it(shop: Path) -> None:
    add(shop, 'ASGI_APPLICATION = "shop.asgi.application"')
    said = docker(shop)
    assert "shop.asgi:application is run by uvicorn, which requirements.txt does not name" in said
    assert "install 'uvicorn[standard]" in (shop / "Dockerfile").read_text()


def test_front_ends_are_built_in_stages_of_their_own(shop: Path) -> None:
    write(
        shop,
        {
            "frontends/shop/package.json": '{"scripts": {"build": "vite build"}}',
            "frontends/shop/package-lock.json": "{}",
            "frontends/shop/vite.config.js": "export default {}",
            "shared/colours.css": "",
        },
    )
    add(shop, 'STATOR = {"FRONTENDS": {"shop": {"root": "frontends/shop", "sources": ["../../shared"]}}}')
    docker(shop, "-v0")
    dockerfile = (shop / "Dockerfile").read_text()
    stage = dockerfile.partition(" AS frontend-shop\n")[2].partition("\n\n")[0]
    assert stage.split("\n")[2:7] == [
        "COPY frontends/shop/package.json frontends/shop/package-lock.json ./",
        "RUN --mount=type=cache,target=/root/.npm \\",
        "    npm ci",
        "COPY frontends/shop/ ./",
        "COPY shared /app/shared",
    ]
    assert stage.split("\n")[7].startswith("RUN npm run build -- --base=./")
    assert "COPY --from=frontend-shop /app/frontends/shop/dist /app/frontends/shop/dist" in dockerfile
    assert "frontends/shop/dist" in (shop / ".dockerignore").read_text().split("\n")


def test_nobody_would_serve_published_files_without_the_middleware(shop: Path) -> None:
    add(shop, "MIDDLEWARE = []")
    assert "Nothing would serve published files" in docker(shop, "--server", "none")
    assert "Nothing would serve" not in docker(shop, "--force")


@pytest.mark.parametrize(
    ("lines", "said"),
    [
        ("STATIC_ROOT = None", "STATIC_ROOT is not set"),
        ('STATOR = {"DESTINATION": "/srv/shared"}', "STATOR['DESTINATION'] is set"),
        ('STATIC_ROOT = BASE_DIR / "static files"', "'static files' cannot be named in a Dockerfile"),
    ],
)
def test_what_images_could_not_be_like_is_refused(shop: Path, lines: str, said: str) -> None:
    add(shop, lines)
    assert said in docker(shop, code=2)


def test_packages_must_be_listed(shop: Path) -> None:
    (shop / "requirements.txt").unlink()
    (shop / ".git").mkdir()
    assert "says which packages the project needs" in docker(shop, code=2)


def documented_commands() -> list[str]:
    text = (TESTS.parent / "docs" / "containers.md").read_text()
    return re.findall(r"manage\.py stator docker([^`\n\])|]*)", text)


@pytest.mark.parametrize("command", documented_commands())
def test_commands_are_documented_as_they_are_typed(command: str) -> None:
    parser = load_command_class("stator.django", "stator").create_parser("manage.py", "stator")
    assert parser.parse_args(["docker", *command.split()]).server in {"nginx", "caddy", "none"}


def test_commands_are_documented() -> None:
    assert documented_commands()
