"""Projects whose images are described in tests: a plain one, and what is odd, each by itself."""

from __future__ import annotations

from typing import NamedTuple

from stator.containers.applications import application_of
from stator.containers.packages import Packages
from stator.containers.project import FrontendBuild, Project
from stator.containers.variables import SECRET, Variable


class Case(NamedTuple):
    project: Project
    server: str = "nginx"


PLAIN = Project(
    name="shop",
    python="3.12",
    folder="",
    settings="shop.settings",
    packages=Packages(("requirements.txt",), "requirements.txt"),
    application=application_of("shop.wsgi.application", "", lambda _: True),
    root="staticfiles",
    manifest="staticfiles/staticfiles.json",
    cache=".stator-cache",
)
MEDIA = PLAIN._replace(
    host="shop.example.com",
    media="media",
    variables=(Variable("DATABASE_URL", "sqlite://:memory:"), Variable("SECRET_KEY", SECRET)),
)
FRONTENDS = MEDIA._replace(
    frontends=(
        FrontendBuild(
            "shop",
            "frontends/shop",
            "npm ci",
            "npm run build -- --base=./",
            "frontends/shop/dist",
            ("package.json", "package-lock.json"),
        ),
        FrontendBuild(
            "Theme 2",
            "frontends/theme",
            "pnpm install --frozen-lockfile",
            "pnpm run build",
            "frontends/theme/dist",
            ("package.json", "pnpm-lock.yaml"),
            ("shop/templates",),
        ),
    ),
)
ODD = Project(
    name="backend",
    python="3.13",
    folder="backend",
    settings="site.settings.production",
    packages=Packages(("uv.lock", "pyproject.toml"), "/requirements.txt", "uv export --frozen", ("uv>=0.9",)),
    application=application_of("", "site.asgi.application", lambda _: False),
    root="/srv/www/static",
    manifest="/srv/www/static/staticfiles.json",
    cache="/srv/www/.stator-cache",
    static_url="/assets/",
    media="/srv/www/media",
    data=("backend/data",),
    variables=(Variable("ALLOWED_HOSTS", "localhost"), Variable("DB_PASSWORD", SECRET)),
    ignored=("env",),
)

CASES = {
    "plain": Case(PLAIN),
    "frontends": Case(FRONTENDS),
    "caddy": Case(MEDIA, "caddy"),
    "none": Case(MEDIA, "none"),
    "odd": Case(ODD),
}
