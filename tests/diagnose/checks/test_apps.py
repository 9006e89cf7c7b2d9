"""Checks of classes that settings name: which one was meant by a name that nobody has."""

from __future__ import annotations

from typing import Any

import pytest

from stator.diagnose.check import run
from stator.diagnose.checks.apps import CHECKS, STATICFILES
from stator.diagnose.checks.middleware import CHECKS as OF_MIDDLEWARE
from stator.diagnose.checks.middleware import OURS
from stator.diagnose.facts.setup import Setup
from stator.findings import Finding, Level

SECURITY = "django.middleware.security.SecurityMiddleware"
MISSPELT = "stator.middleware.StatorMiddleware"
FILES = "django.core.files.storage.FileSystemStorage"


def told(id: str, setup: Setup) -> Finding | None:
    return next(iter(run({id: CHECKS[id]}, setup)), None)


@pytest.mark.parametrize("misspelt", [MISSPELT, "stator.django.middleware.StatorMiddelware"])
def test_a_class_is_named_as_it_was_meant(misspelt: str) -> None:
    setup = Setup(middleware=(SECURITY, misspelt), unimportable={misspelt: "ImportError: no"})
    found = told("setting-not-importable", setup)
    assert found
    assert found.hint == f"Did you mean {OURS!r}?"
    assert found.mend
    assert found.mend.text == f'MIDDLEWARE = [\n    "{SECURITY}",\n    "{OURS}",\n]'


def test_a_class_that_is_there_as_well_is_named_once() -> None:
    setup = Setup(middleware=(OURS, MISSPELT), unimportable={MISSPELT: "ImportError: no"})
    found = told("setting-not-importable", setup)
    assert found
    assert found.mend
    assert found.mend.text.count(OURS) == 1


@pytest.mark.parametrize("dotted", ["corsheaders.middleware.CorsMiddleware", "shop.middleware.Security"])
def test_a_class_of_others_is_not_taken_for_one_of_ours(dotted: str) -> None:
    found = told(
        "setting-not-importable", Setup(middleware=(dotted,), unimportable={dotted: "ImportError: no"})
    )
    assert found
    assert not found.mend
    assert "Did you mean" not in found.hint


def test_storages_have_options_so_no_mend_writes_them_anew() -> None:
    misspelt = f"{STATICFILES}.storage.ManifestStaticFileStorage"
    found = told("setting-not-importable", Setup(storages={"x": misspelt}, unimportable={misspelt: "no"}))
    assert found
    assert "ManifestStaticFilesStorage" in found.hint
    assert not found.mend


def test_a_class_that_cannot_be_imported_may_be_what_serves() -> None:
    id = "nothing-serves-static"
    setup = Setup(middleware=(MISSPELT,), static_url="/static/", fronts=frozenset())
    assert list(run({id: OF_MIDDLEWARE[id]}, setup))
    assert not list(run({id: OF_MIDDLEWARE[id]}, setup._replace(unimportable={MISSPELT: "no"})))


@pytest.mark.parametrize(
    ("uploads", "level"),
    [
        ({}, Level.WARNING),
        ({"media_root": "/srv/media"}, Level.ERROR),
        ({"media_url": "/media/"}, Level.ERROR),
    ],
)
def test_a_storage_of_uploads_is_missed_most_where_there_are_some(
    uploads: dict[str, Any], level: Level
) -> None:
    setup = Setup(settings=frozenset({"STORAGES"}), storages={"staticfiles": "any"})._replace(**uploads)
    found = told("default-storage-missing", setup)
    assert found
    assert found.level is level


def test_the_storages_that_django_has_are_enough() -> None:
    assert not told("default-storage-missing", Setup())
    stored = Setup(settings=frozenset({"STORAGES"}), storages={"default": FILES})
    assert not told("default-storage-missing", stored)
