"""The projects in ``tests/sites``, copied to where they may be changed, and looked at by the doctor.

A site is a folder with ``settings.py``, and perhaps ``prepare.sh``, a shell script that makes what cannot be
kept in a repository: other repositories, links, permissions, what ``collectstatic`` writes.
"""

from __future__ import annotations

import atexit
import functools
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any, NamedTuple

SITES = Path(__file__).parents[1] / "sites"
_PREPARE = "prepare.sh"


class Said(NamedTuple):
    """What the doctor has said of a site."""

    code: int
    output: str
    errors: str

    @property
    def findings(self) -> list[dict[str, Any]]:
        assert self.output, self.errors
        return list(json.loads(self.output)["findings"])

    @property
    def ids(self) -> list[str]:
        return [finding["id"] for finding in self.findings]


def copied(site: Path, to: Path) -> Path:
    """Copy a site and prepare it; return its folder. What all sites share is copied too: mends change it."""
    shutil.copytree(site, to, symlinks=True, dirs_exist_ok=True, ignore=shutil.ignore_patterns("__pycache__"))
    for shared in SITES.glob("usual_*.py"):
        shutil.copy(shared, to)
    script = to / _PREPARE
    if script.exists():
        script.unlink()
        shell(to, (site / _PREPARE).read_text())
    return to


def shell(folder: Path, script: str) -> None:
    """Run a shell script in a site, where ``python`` and ``git`` are those of the tests."""
    paths = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    environ = {
        **os.environ,
        "PATH": paths,
        "PYTHONPATH": os.pathsep.join([str(folder), str(SITES)]),
        "DJANGO_SETTINGS_MODULE": "settings",
        "GIT_CONFIG_GLOBAL": os.devnull,
        "GIT_CONFIG_SYSTEM": os.devnull,
    }
    done = subprocess.run(
        ["sh", "-eu", "-c", script], cwd=folder, env=environ, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, f"{script}\n{done.stdout}{done.stderr}"


def doctor(folder: Path, *arguments: str) -> Said:
    """Run ``stator doctor`` in a folder; without arguments for its format, it tells JSON."""
    if "--format" not in arguments:
        arguments = (*arguments, "--format", "json")
    process = _process()
    assert process.stdin
    assert process.stdout
    process.stdin.write(json.dumps([str(folder), ["doctor", *arguments]]) + "\n")
    process.stdin.flush()
    return Said(**json.loads(process.stdout.readline()))


@functools.cache
def _process() -> subprocess.Popen[str]:
    script = Path(__file__).with_name("doctoring.py")
    environ = {name: value for name, value in os.environ.items() if name != "DJANGO_SETTINGS_MODULE"}
    process = subprocess.Popen(
        [sys.executable, str(script)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=environ, text=True
    )
    atexit.register(_end, process)
    return process


def _end(process: subprocess.Popen[str]) -> None:
    assert process.stdin
    process.stdin.close()
    process.wait(5)
