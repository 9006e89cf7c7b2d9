"""The checks of the set-up as Django's own. What each finds is in ``tests/diagnose/test_setup.py``."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.checks import CheckMessage, Tags, run_checks
from django.test import override_settings

from stator.django.facts import setup_of
from tests.django.conftest import Project

SESSIONS = "django.contrib.sessions.middleware.SessionMiddleware"
OURS = "stator.django.middleware.StatorMiddleware"


def ours(*, deploy: bool = False, **settings: Any) -> list[CheckMessage]:
    with override_settings(**settings):
        found = run_checks(tags=[Tags.staticfiles, Tags.urls], include_deployment_checks=deploy)
    return [message for message in found if str(message.id).startswith("stator.")]


def ids(**settings: Any) -> list[str]:
    return [str(message.id) for message in ours(**settings)]


@pytest.mark.parametrize(
    ("settings", "expected"),
    [
        ({}, []),
        ({"STATOR": {"KEEP_PLAIN": False}}, []),
        ({"STATOR": {"KEEP": False}}, ["stator.bad-option"]),
        ({"STATOR": None}, ["stator.bad-option"]),
        ({"INSTALLED_APPS": ["stator.django"]}, ["stator.staticfiles-not-installed"]),
        (
            {"INSTALLED_APPS": ["django.contrib.staticfiles", "stator.django"]},
            ["stator.stator-below-staticfiles"],
        ),
        ({"MIDDLEWARE": [SESSIONS, OURS]}, ["stator.middleware-after-body"]),
        ({"MEDIA_URL": "media/"}, ["stator.media-root-unset"]),
    ],
)
def test_what_is_wrong_is_told_under_its_id(settings: dict[str, object], expected: list[str]) -> None:
    assert ids(**settings) == expected
    assert all(message.hint for message in ours(**settings))


def test_the_hint_has_what_to_paste() -> None:
    (message,) = ours(MIDDLEWARE=[SESSIONS, OURS])
    assert f'MIDDLEWARE = [\n    "{OURS}",\n    "{SESSIONS}",\n]' in str(message.hint)


def test_what_matters_to_visitors_is_told_before_a_deployment() -> None:
    assert ids(MIDDLEWARE=[]) == []
    assert ids(MIDDLEWARE=[], deploy=True) == ["stator.nothing-serves-static"]


def test_a_project_silences_in_either_way() -> None:
    settings = {"MEDIA_URL": "media/"}
    assert ids(**settings, STATOR={"SUPPRESS": ["media-root-unset"]}) == []
    (message,) = ours(**settings, SILENCED_SYSTEM_CHECKS=["stator.media-root-unset"])
    with override_settings(SILENCED_SYSTEM_CHECKS=["stator.media-root-unset"]):
        assert message.is_silenced()


# Facts


@pytest.mark.parametrize(
    ("settings", "static", "media", "relative"),
    [
        ({"STATIC_URL": "static/"}, "/static/", None, {"STATIC_URL"}),
        ({"STATIC_URL": "/static/", "MEDIA_URL": "media/"}, "/static/", "/media/", {"MEDIA_URL"}),
        ({"STATIC_URL": None}, None, None, set()),
        ({"STATIC_URL": "https://cdn.example/"}, "https://cdn.example/", None, set()),
    ],
)
def test_addresses_are_as_django_reads_them(
    settings: dict[str, object], static: str | None, media: str | None, relative: set[str]
) -> None:
    with override_settings(**settings):
        setup = setup_of(with_urls=False)
    assert (setup.static_url, setup.media_url, setup.relative) == (static, media, relative)


def test_a_storage_may_have_its_own_folder_and_address(project: Project) -> None:
    own = {"BACKEND": "django.core.files.storage.FileSystemStorage", "OPTIONS": {"location": "/srv/uploads"}}
    with project.settings(STORAGES={"default": own}, MEDIA_ROOT="/srv/other", MEDIA_URL="/media/"):
        setup = setup_of(with_urls=False)
    assert (setup.media_root, setup.media_url) == ("/srv/uploads", "/media/")


def test_a_class_that_cannot_be_imported_is_kept_with_its_reason() -> None:
    with override_settings(MIDDLEWARE=["gone.Middleware", SESSIONS, OURS]):
        setup = setup_of(with_urls=False)
    assert setup.unimportable == {"gone.Middleware": "ModuleNotFoundError: No module named 'gone'"}
    assert setup.is_a(SESSIONS, "django.utils.deprecation.MiddlewareMixin")
    assert setup.position(OURS) == 2


@pytest.mark.parametrize(
    ("module", "expected"),
    [("stator.django.wsgi.application", "django.core"), ("gone.wsgi.application", None), (None, None)],
)
def test_what_serves_the_site_is_read_and_not_run(module: str | None, expected: str | None) -> None:
    with override_settings(WSGI_APPLICATION=module):
        fronts = setup_of().fronts
    assert fronts is not None
    assert expected in fronts if expected else not fronts


def test_url_patterns_are_asked_only_where_they_may_be_loaded() -> None:
    with override_settings(ROOT_URLCONF="gone.urls"):
        assert setup_of(with_urls=False).routes is None
        routes = setup_of().routes
    assert routes
    assert routes.failure
    assert routes.failure.kind == "ModuleNotFoundError"
