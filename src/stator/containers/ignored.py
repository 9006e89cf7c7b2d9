"""What is kept out of the images, and out of what is sent to be built: a ``.dockerignore``.

What can be made anew, what is nobody else's to know, and what belongs to the machine.
"""

from __future__ import annotations

from collections.abc import Mapping

from stator.containers.project import Project, is_ours

_ALWAYS: Mapping[str, tuple[str, ...]] = {
    "Secrets": (
        "**/.env",
        "**/.env.*",
        "**/*.env",
        "**/.envs",
        "**/*.key",
        "**/*.pem",
        "**/id_rsa",
        "**/.netrc",
    ),
    "History, and what is said of images": (
        "**/.git",
        ".dockerignore",
        "**/Dockerfile*",
        "**/compose*.yaml",
        "**/docker-compose*.yml",
    ),
    "Made anew": (
        "**/node_modules",
        "**/__pycache__",
        "**/*.pyc",
        "**/.venv",
        "**/venv",
        "**/.tox",
        "**/.*_cache",
        "**/.coverage",
        "**/*.egg-info",
        "**/.stator-cache",
    ),
    "Data": ("**/*.sqlite3", "**/*.sqlite3-*", "**/*.sqlite", "**/*.db"),
    "Editors' and systems'": ("**/.idea", "**/.vscode", "**/.DS_Store"),
}


def ignored(project: Project) -> str:
    """Return the text of the ``.dockerignore``."""
    own = [
        project.root,
        project.cache,
        project.media,
        *project.data,
        *(one.output for one in project.frontends),
    ]
    patterns = [_pattern(path) for path in (*own, *project.ignored) if path and is_ours(path)]
    parts = {**_ALWAYS, "Of this project": tuple(dict.fromkeys(patterns))}
    head = "# By 'manage.py stator docker'. This file is yours."
    groups = ("\n".join([f"# {about}", *some]) for about, some in parts.items() if some)
    return "\n\n".join([head, *groups]) + "\n"


def _pattern(path: str) -> str:
    """Return the pattern of just one path."""
    return "".join(f"\\{char}" if char in "*?[\\" else char for char in path)
