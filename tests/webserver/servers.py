"""What the servers themselves say of a configuration."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

from tests.conformance.web_servers import PROGRAMS, _command

# The word of the command, and what stands there when a configuration is only to be read.
_READ_ONLY = {"caddy": ("run", ("validate",)), "nginx": ("-g", ("-t", "-g")), "apache": ("-D", ("-t", "-D"))}


def complaint(server: str, text: str, run: Path) -> str:
    """Return what a server says against the configuration of a site, empty if it takes it."""
    word, instead = _READ_ONLY[server]
    whole = list(_command(PROGRAMS[server], run, text, 8080))
    at = whole.index(word)
    whole[at : at + 1] = instead
    folders = {"HOME": str(run), "XDG_DATA_HOME": str(run), "XDG_CONFIG_HOME": str(run)}
    said = subprocess.run(
        whole, env={**os.environ, **folders}, capture_output=True, text=True, check=False, errors="replace"
    )
    return "" if said.returncode == 0 else said.stdout + said.stderr
