"""Stand-ins for esbuild, and the real one."""

from __future__ import annotations

from pathlib import Path

from tests.parts import CORPUS

ESBUILD = str(CORPUS / ".bin" / "esbuild")
NATIVE = str(CORPUS / "@esbuild" / "linux-x64" / "bin" / "esbuild")


def program(path: Path, script: str, version: str = "echo 0.99.0") -> str:
    """Write a program that has a version and otherwise does what the shell script says."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f'#!/bin/sh\nif [ "$1" = --version ]; then {version}; exit; fi\n{script}\n')
    path.chmod(0o755)
    return str(path)
