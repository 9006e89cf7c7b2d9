"""The Dockerfile of a project: its stages, in the order in which they are built.

What changes seldom comes first, so that a change of a template installs nothing again. Only what Docker and
Buildah both understand is used. A value that is made up for a command stands in that command's environment
and nowhere else: not in an instruction, not in a file, so that no layer and no history has it.
"""

from __future__ import annotations

import json
import posixpath
import re
import shlex
from collections.abc import Iterable, Sequence

from stator.containers.packages import EXPORTED
from stator.containers.project import HOME, PORT, USER, FrontendBuild, Project, inside
from stator.containers.variables import SECRET
from stator.containers.web import INCLUDED, UPSTREAM, WebServer
from stator.containers.web import PORT as WEB_PORT

Lines = list[str]

BARE = "bare"  # the stage that stands in for the image of the release before
_UNFIT = re.compile(r"[^a-z0-9]+")
_VENV = "/venv"
_CACHE = "--mount=type=cache,target="
_BY_CHANCE = "$(python -c 'import secrets; print(secrets.token_urlsafe(48))')"


def dockerfile(project: Project, web: WebServer | None) -> str:
    """Return the Dockerfile. Without a web server the application serves published files itself."""
    stages = [
        _head(project, web),
        _bare(project),
        _packages(project),
        *(_frontend(one) for one in project.frontends),
        ["# The release before.", "FROM ${PREVIOUS} AS previous"],
        _collect(project, web),
        _application(project, whole=web is None),
        *([_web(project, web)] if web else []),
    ]
    return "\n\n".join("\n".join(stage) for stage in stages) + "\n"


def _head(project: Project, web: WebServer | None) -> Lines:
    last = "web" if web else "app"
    return [
        f"# Images of {project.name}, by 'manage.py stator docker'. This file is yours: what you change is",
        "# written over only with --force. It needs Docker with BuildKit, as since 23.0, or Buildah.",
        "#   docker compose up --build --wait",
        f"#   docker build --target {last} --build-arg PREVIOUS={project.name}-{last}:41 .",
        "# PREVIOUS is the image of the release before: pages that are still open go on finding their files.",
        f"ARG PYTHON=docker.io/library/python:{project.python}-slim",
        *(["ARG NODE=docker.io/library/node:22-slim"] if project.frontends else []),
        *([f"ARG {web.name.upper()}={web.image}"] if web else []),
        f"ARG PREVIOUS={BARE}",
    ]


def _bare(project: Project) -> Lines:
    # Other stages begin with this one: Buildah builds no stage that is only named by an argument.
    return [
        "# Python, and no published file: this is before the first release.",
        f"FROM ${{PYTHON}} AS {BARE}",
        f"WORKDIR {HOME}",
        f"RUN mkdir -p {inside(project.root)}",
    ]


def _packages(project: Project) -> Lines:
    packages, application = project.packages, project.application
    install = [f"pip --python {_VENV}/bin/python install -r {packages.listed}"]
    if application.install:
        install.append(f"pip --python {_VENV}/bin/python install {shlex.quote(application.install)}")
    return [
        "# Python's packages. pip itself stays here.",
        f"FROM {BARE} AS packages",
        f"RUN python -m venv --without-pip {_VENV}",
        *_copies(packages.files),
        *(
            _run([], [*_tools(packages.tools), _export(packages.export, packages.tools)])
            if packages.export
            else []
        ),
        *_run(["/root/.cache/pip"], install),
    ]


def _tools(tools: Sequence[str]) -> Lines:
    named = " ".join(map(shlex.quote, tools))
    return ["python -m venv /tools", f"/tools/bin/pip install --no-cache-dir {named}"] if tools else []


def _export(command: str, tools: Sequence[str]) -> str:
    return f"{'/tools/bin/' if tools else ''}{command} > {EXPORTED}"


def _frontend(one: FrontendBuild) -> Lines:
    return [
        f"# The front end {one.name!r}, whose tools and sources stay here.",
        f"FROM ${{NODE}} AS {_stage(one)}",
        f"WORKDIR {inside(one.root)}",
        f"ENV PATH={inside(one.root)}/node_modules/.bin:$PATH",
        *([_copy([posixpath.join(one.root, name) for name in one.first], "./")] if one.first else []),
        *(_run(["/root/.npm"], [*_manager(one.install), one.install]) if one.install else []),
        _copy([f"{one.root}/"], "./"),
        *(_copy([source], inside(source)) for source in one.sources),
        *_run([], [one.build]),
    ]


def _manager(install: str) -> Lines:
    """Return what brings the manager of packages that the image of Node has not."""
    how = {"pnpm": "corepack enable", "bun": "npm install --global bun@1"}.get(install.partition(" ")[0])
    return [how] if how else []


def _stage(one: FrontendBuild) -> str:
    return f"frontend-{_UNFIT.sub('-', one.name.lower())}"


def _collect(project: Project, web: WebServer | None) -> Lines:
    root = inside(project.root)
    manage = f"python {posixpath.join(project.folder, 'manage.py')}"
    steps = [f"{manage} collectstatic --no-input"]
    if web:
        steps += [
            f"mkdir -p {INCLUDED}",
            f"{manage} stator serverconfig {web.name} --include --upstream {UPSTREAM} -o {web.included}",
        ]
    return [
        "# Published files" + (f", and what {web.name} has to know of them." if web else "."),
        "FROM packages AS collect",
        _environment(project),
        _copy(["."], "./"),
        *(_copy([inside(one.output)], inside(one.output), stage=_stage(one)) for one in project.frontends),
        _copy([root], root, stage="previous"),
        *_run([inside(project.cache)], [*_made_up(project), *steps], _reason(project)),
    ]


def _reason(project: Project) -> Lines:
    if not project.variables:
        return []
    return [
        "# Settings ask the environment for these, and nothing that is published depends on them: each has a",
        "# value that only this command sees. That of a secret is made here, by chance, and is in no layer.",
    ]


def _made_up(project: Project) -> Lines:
    if not project.variables:
        return []
    values = (
        f'{one.name}="$secret"' if one.example == SECRET else f"{one.name}={shlex.quote(one.example)}"
        for one in project.variables
    )
    return [f'secret="{_BY_CHANCE}"', f"export {' '.join(values)}"]


def _application(project: Project, *, whole: bool) -> Lines:
    """Return the application's stage, with all published files or with nothing but their names."""
    published = project.root if whole else project.manifest
    return [
        "# The application"
        + (", which serves its published files." if whole else ". It only knows their names."),
        "FROM ${PYTHON} AS app",
        _environment(project),
        f"WORKDIR {HOME}",
        _copy([_VENV], _VENV, stage="packages"),
        _copy(["."], "./"),
        _copy([inside(published)], inside(published), stage="collect"),
        *_writable(project.written()),
        *([f"WORKDIR {inside(project.folder)}"] if project.folder else []),
        f"USER {USER}",
        f"EXPOSE {PORT}",
        f"CMD {json.dumps(project.application.command)}",
    ]


def _web(project: Project, web: WebServer) -> Lines:
    root = inside(project.root)
    settings = " ".join(f"{name}={value}" for name, value in web.environment.items())
    return [
        "# The web server, with published files and nothing else of the project.",
        f"FROM ${{{web.name.upper()}}} AS web",
        *([f"ENV {settings}"] if settings else []),
        *_writable([project.media] if project.media else []),
        _copy([web.file], web.path),
        _copy([INCLUDED], INCLUDED, stage="collect"),
        _copy([root], root, stage="collect"),
        f"USER {USER}",
        f"EXPOSE {WEB_PORT}",
        "ENTRYPOINT []",
        f"CMD {json.dumps(web.command)}",
    ]


# --- instructions


def _environment(project: Project) -> str:
    return (
        f"ENV PATH={_VENV}/bin:$PATH PYTHONDONTWRITEBYTECODE=1 PYTHONUNBUFFERED=1 HOME=/tmp "
        f"DJANGO_SETTINGS_MODULE={project.settings}"
    )


def _copies(files: Iterable[str]) -> Lines:
    """Return what copies files to where they are in the project, a line for each folder."""
    by_folder: dict[str, list[str]] = {}
    for file in files:
        by_folder.setdefault(posixpath.dirname(file), []).append(file)
    return [_copy(some, f"{folder or '.'}/") for folder, some in by_folder.items()]


def _copy(what: Sequence[str], to: str, stage: str = "") -> str:
    source = f"--from={stage} " if stage else ""
    return f"COPY {source}{' '.join([*what, to])}"


def _run(caches: Iterable[str], steps: Sequence[str], reason: Sequence[str] = ()) -> Lines:
    mounts = [f"{_CACHE}{folder}" for folder in caches]
    lines = [*mounts, steps[0], *(f"&& {step}" for step in steps[1:])]
    return [*reason, "RUN " + " \\\n    ".join(lines)]


def _writable(folders: Sequence[str]) -> Lines:
    """Return what makes folders that only the user may write to, for volumes to begin with."""
    owner, _, group = USER.partition(":")
    named = " ".join(map(inside, folders))
    return [f"RUN install -d -o {owner} -g {group} {named}"] if folders else []
