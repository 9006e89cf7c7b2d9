"""All files that a project's images need, from what is known of the project: the top of this room."""

from __future__ import annotations

from stator.containers.compose import compose_file
from stator.containers.dockerfile import dockerfile
from stator.containers.ignored import ignored
from stator.containers.project import Project, is_ours, is_plain
from stator.containers.web import SERVERS
from stator.errors import ConfigError

NO_SERVER = "none"
SERVER_NAMES = (*SERVERS, NO_SERVER)


def files_of(project: Project, server: str) -> dict[str, str]:
    """Return the text of each file by its path in the project's folder, for a name of ``SERVER_NAMES``.

    Raises ``ConfigError`` for a path that the files could not name, or that a build could not reach.
    """
    for one in project.frontends:
        if away := [path for path in (one.root, one.output, *one.sources) if not is_ours(path)]:
            raise ConfigError(
                f"The front end {one.name!r} needs {away[0]}, which lies outside of the project's folder.",
                "What an image is built from must lie in one folder.",
            )
    if odd := [path for path in project.paths() if not is_plain(path)]:
        raise ConfigError(
            f"{odd[0]!r} cannot be named in a Dockerfile, where spaces and quotes mean something.",
            "Call it by letters, digits and . _ @ + - alone.",
        )
    web = SERVERS.get(server)
    return {
        "Dockerfile": dockerfile(project, web),
        "compose.yaml": compose_file(project, web),
        ".dockerignore": ignored(project),
        **({web.file: web.text} if web else {}),
    }
