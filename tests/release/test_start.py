"""What a start costs, without a clock: the modules that a project has to load because Stator is installed."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Sequence

import pytest

from tests.test_architecture import COMPILER, room_of

SETTINGS = {
    "INSTALLED_APPS": ["stator.django", "django.contrib.staticfiles"],
    "MIDDLEWARE": ["stator.django.middleware.StatorMiddleware"],
    "STATIC_URL": "static/",
    "STATIC_ROOT": "/srv/static_root",
    "STORAGES": {
        "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
        "staticfiles": {"BACKEND": "stator.django.storage.StatorStorage"},
    },
}
PLAIN = {"INSTALLED_APPS": ["django.contrib.staticfiles"], "STATIC_URL": "static/"}
SCRIPT = """
import json, sys
from django.conf import settings
settings.configure(**json.loads(sys.argv[1]))
import django
django.setup()
for module in sys.argv[2:]:
    __import__(module)
print(*sys.modules)
"""

# What a start must not wait for: compilers, networks, threads and other processes.
HEAVY = {
    *("asyncio", "backports", "boto3", "brotli", "compression", "concurrent", "crossplane", "deflate"),
    *("multiprocessing", "obstore", "sqlite3", "ssl", "subprocess", "tomllib", "watchfiles", "xml"),
}


def loaded(settings: dict[str, object], *modules: str) -> set[str]:
    command = [sys.executable, "-c", SCRIPT, json.dumps(settings), *modules]
    return set(subprocess.run(command, check=True, capture_output=True, text=True).stdout.split())


def test_a_start_reads_settings_and_does_nothing_else() -> None:
    extra = loaded(SETTINGS) - loaded(PLAIN) - {"__future__"}
    assert sorted(name for name in extra if name.partition(".")[0] != "stator") == []
    rooms = {name.split(".")[1] for name in extra if "." in name}
    assert rooms == {"config", "django", "errors", "media_types", "paths", "secret", "setting"}


@pytest.mark.parametrize(
    "asked",
    [
        ("django.core.management", "stator.django.management.commands.stator"),
        ("django.core.management", "stator.django.management.commands.collectstatic"),
        ("django.core.handlers.wsgi", "stator.django.middleware", "stator.django.storage"),
        ("stator.django.wsgi", "stator.django.urls"),
    ],
    ids=["stator --help", "collectstatic --help", "a server", "a front"],
)
def test_nothing_heavy_is_loaded_before_it_is_needed(asked: Sequence[str]) -> None:
    djangos = loaded(PLAIN, *(name for name in asked if name.startswith("django.")), *DJANGOS_OWN[asked[-1]])
    extra = {name.partition(".")[0] for name in loaded(SETTINGS, *asked) - djangos}
    assert sorted(extra & HEAVY) == []


# What of Django's own is loaded to do the same: its modules are not ours to count.
DJANGOS_OWN = {
    "stator.django.management.commands.stator": (),
    "stator.django.management.commands.collectstatic": (
        "django.contrib.staticfiles.management.commands.collectstatic",
    ),
    "stator.django.storage": ("django.contrib.staticfiles.storage",),
    "stator.django.urls": ("django.core.wsgi", "django.urls"),
}


def test_a_server_does_without_the_compiler() -> None:
    served = loaded(
        SETTINGS, "django.core.handlers.wsgi", "stator.django.middleware", "stator.django.storage"
    )
    assert sorted(name for name in served if name.startswith("stator.") and room_of(name) in COMPILER) == []
    assert "stator.collect" not in served


def test_a_module_that_is_loaded_is_seen() -> None:
    assert "sqlite3" in loaded(SETTINGS, "sqlite3")
