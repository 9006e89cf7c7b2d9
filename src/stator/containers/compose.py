"""The compose file of a project: its images running, with as little allowed as they can do with.

JSON is YAML, so whatever could mean something in YAML is written as JSON. A dollar sign is doubled, but
where compose shall put something in its place.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Sequence

from stator.containers.dockerfile import BARE
from stator.containers.project import PORT, USER, Project, inside
from stator.containers.web import PORT as WEB_PORT
from stator.containers.web import WebServer

Lines = list[str]

_UNFIT = re.compile(r"[^A-Za-z0-9_.-]+")

# A name that no release has: who serves published files answers at once, and warns nobody.
_NOBODYS = "healthy.000000000000.txt"
# Any answer is one of a worker, but for the errors that a broken worker gives.
_ASK = (
    "import http.client, sys; "
    "asked = http.client.HTTPConnection('127.0.0.1', {port}, timeout=3); "
    "asked.request('HEAD', {path!r}, headers={{'Host': {host!r}}}); "
    "sys.exit(asked.getresponse().status >= 500)"
)


def compose_file(project: Project, web: WebServer | None) -> str:
    """Return the text of the compose file: a service for the application, and one for the web server."""
    volumes = [_volume(folder) for folder in project.written()]
    parts = [
        [
            f"# {project.name}, by 'manage.py stator docker'. This file is yours: what you change is written",
            "# over only with --force.",
            "#   docker compose up --build --wait",
            f"#   PREVIOUS={project.name}-{'web' if web else 'app'}:41 TAG=42 docker compose build",
        ],
        _CAREFUL,
        ["services:", *_indented(_app(project, published=web is None))],
        *([_indented(_web(project, web))] if web else []),
        *([["volumes:", *(f"  {name}:" for name in volumes)]] if volumes else []),
    ]
    return "\n\n".join("\n".join(part) for part in parts) + "\n"


_CAREFUL = [
    "# What is true of each: nobody in particular, who may write to nothing but what is mounted.",
    "x-careful: &careful",
    f'  user: "{USER}"',
    "  read_only: true",
    '  tmpfs: ["/tmp"]',
    '  cap_drop: ["ALL"]',
    '  security_opt: ["no-new-privileges:true"]',
    "  restart: unless-stopped",
]


def _app(project: Project, *, published: bool) -> Lines:
    asked = _ASK.format(port=PORT, path=f"{project.static_url}{_NOBODYS}", host=project.host)
    needed = (one.name for one in project.variables)
    return [
        "app:",
        *_indented(
            [
                *_image(project, "app"),
                "environment:",
                '  WEB_CONCURRENCY: "${WEB_CONCURRENCY:-2}"',
                *(
                    f'  {name}: "${{{name}:?is needed. Write it to .env, which no image gets}}"'
                    for name in needed
                ),
                "env_file:",
                "  - path: .env",
                "    required: false",
                *_mounts(project.written()),
                *([f'ports: ["${{PORT:-{PORT}}}:{PORT}"]'] if published else []),
                *_health(["python", "-c", asked]),
            ]
        ),
    ]


def _web(project: Project, web: WebServer) -> Lines:
    return [
        "web:",
        *_indented(
            [
                *_image(project, "web"),
                *_ability(web),
                "depends_on:",
                "  app:",
                "    condition: service_healthy",
                "    restart: true",
                *_mounts([project.media] if project.media else [], ":ro"),
                f'ports: ["${{PORT:-{WEB_PORT}}}:{WEB_PORT}"]',
                *_health(web.health),
            ]
        ),
    ]


def _ability(web: WebServer) -> Lines:
    if not web.ability:
        return []
    return [
        f"# The program in {web.name}'s image has this ability, and who must not have it cannot start it.",
        f"cap_add: {json.dumps([web.ability])}",
    ]


def _image(project: Project, target: str) -> Lines:
    return [
        "<<: *careful",
        f'image: "{project.name}-{target}:${{TAG:-latest}}"',
        "build:",
        "  context: .",
        f"  target: {target}",
        "  args:",
        f'    PREVIOUS: "${{PREVIOUS:-{BARE}}}"',
    ]


def _health(test: Sequence[str]) -> Lines:
    words = json.dumps(["CMD", *test], ensure_ascii=False).replace("$", "$$")
    return [
        "healthcheck:",
        f"  test: {words}",
        "  interval: 10s",
        "  timeout: 5s",
        "  start_period: 30s",
    ]


def _volume(folder: str) -> str:
    return _UNFIT.sub("-", folder).strip("-")


def _mounts(folders: Sequence[str], how: str = "") -> Lines:
    mounts = [f"{_volume(folder)}:{inside(folder)}{how}" for folder in folders]
    return ["volumes:", *(f"  - {json.dumps(mount)}" for mount in mounts)] if mounts else []


def _indented(lines: Iterable[str]) -> Lines:
    return [f"  {line}" if line else "" for line in lines]
