"""Records: what is remembered of a front end, beside what its tool has installed.

They are in ``node_modules/.stator``, which nobody publishes or commits, and they go with ``node_modules``:
whoever installs anew builds anew.
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping

PACKAGES = "node_modules"
_FOLDER = os.path.join(PACKAGES, ".stator")
_LARGEST = 1 << 16  # bytes


def record_file(root: str, name: str) -> str:
    """Return the path of the record ``name`` of the front end in ``root``, whose folder is made for it."""
    os.makedirs(os.path.join(root, _FOLDER), exist_ok=True)
    return os.path.join(root, _FOLDER, name)


def read_record(root: str, name: str) -> dict[str, str] | None:
    """Return what is remembered, nothing of it where it is damaged, ``None`` where there is no record."""
    try:
        with open(os.path.join(root, _FOLDER, name), "rb") as file:
            told = json.loads(file.read(_LARGEST))
    except (FileNotFoundError, NotADirectoryError):
        return None
    except ValueError:
        return {}
    return told if isinstance(told, dict) else {}


def write_record(root: str, name: str, record: Mapping[str, str]) -> None:
    """Remember, in one step, so that a process that is killed leaves the record before or this one."""
    file = record_file(root, name)
    with open(f"{file}.{os.getpid()}", "w", encoding="utf-8") as written:
        json.dump(record, written, indent=2)
    os.replace(written.name, file)
