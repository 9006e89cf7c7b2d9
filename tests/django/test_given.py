"""Settings of wrong types: none keeps the set-up from being read, and each is told."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.test import override_settings
from django.urls import get_script_prefix, set_script_prefix
from django.utils.functional import lazystr

from stator.diagnose.checks.snippets import inside
from stator.diagnose.doctor import of_setup
from stator.django.facts import setup_of
from stator.django.searching import url_prefix

NO_ADDRESS: tuple[Any, ...] = (5, b"x", [], {}, (), len, "\udcff")
NO_PATH: tuple[Any, ...] = (5, [], {}, b"x", "a\0b")
NO_NAMES: tuple[Any, ...] = (None, 5, True, "x", b"x", {}, [[]], [None])
NO_DOTTED_NAME: tuple[Any, ...] = (5, b"x", [])
FILES = {"BACKEND": "django.core.files.storage.FileSystemStorage"}
DJANGO = "django.template.backends.django.DjangoTemplates"
WRONG: dict[str, tuple[Any, ...]] = {
    "STATIC_URL": NO_ADDRESS,
    "MEDIA_URL": NO_ADDRESS,
    "FORCE_SCRIPT_NAME": (5, b"x", "\udcff"),
    "STATIC_ROOT": NO_PATH,
    "MEDIA_ROOT": NO_PATH,
    "BASE_DIR": NO_PATH,
    "STATICFILES_DIRS": ([5], [("a",)], [("a", "b", "c")], [[]], [(5, "a")], ["a\0b"]),
    "STATICFILES_FINDERS": NO_NAMES,
    "MIDDLEWARE": NO_NAMES,
    "STORAGES": (None, "x", [], {5: FILES}, {"default": "x"}, {"default": {"BACKEND": 5}}),
    "WSGI_APPLICATION": NO_DOTTED_NAME,
    "ASGI_APPLICATION": NO_DOTTED_NAME,
    "CSRF_TRUSTED_ORIGINS": (None, 5, [5], "https://example.com"),
    "ROOT_URLCONF": (5, b"x"),
    "TEMPLATES": (
        None,
        5,
        "x",
        [5],
        [{"BACKEND": DJANGO, "DIRS": "templates"}],
        [{"BACKEND": DJANGO, "DIRS": [5]}],
        [{"BACKEND": DJANGO, "OPTIONS": None}],
        [{"BACKEND": DJANGO, "OPTIONS": {"file_charset": "nope"}}],
        [{"BACKEND": DJANGO, "OPTIONS": {"file_charset": "hex"}}],
    ),
}
RIGHT: dict[str, tuple[Any, ...]] = {
    "STATIC_URL": (None, "", "static/", lazystr("static/")),
    "STATIC_ROOT": (None, "", "static_root", Path("static_root")),
    "STATICFILES_DIRS": ([], ("a",), [Path("a"), ("prefix", "b"), ["", "c"]]),
    "MIDDLEWARE": ([], ()),
    "CSRF_TRUSTED_ORIGINS": ({"https://example.com"}, ()),
    "STORAGES": ({"default": {**FILES, "OPTIONS": {"location": None, "base_url": 5}}, "staticfiles": FILES},),
    "TEMPLATES": ([], [{"BACKEND": DJANGO, "DIRS": (Path("a"),), "OPTIONS": {"file_charset": "utf-16"}}]),
    "ROOT_URLCONF": (None, "tests.urls"),
}


def cases(table: dict[str, tuple[Any, ...]]) -> list[Any]:
    rows = [(name, number, value) for name, values in table.items() for number, value in enumerate(values)]
    return [pytest.param(name, value, id=f"{name}-{number}") for name, number, value in rows]


@pytest.mark.parametrize(("name", "value"), cases(WRONG))
def test_a_wrong_one_is_told_first(name: str, value: Any) -> None:
    with override_settings(**{name: value}):
        setup = setup_of()
        url_prefix()
    assert [*setup.wrong] == [name]
    first = of_setup(setup).findings[0]
    assert (first.id, first.message.partition(" ")[0]) == ("setting-of-wrong-type", name)


@pytest.mark.parametrize(("name", "value"), cases(RIGHT))
def test_all_that_django_takes_is_right(name: str, value: Any) -> None:
    with override_settings(**{name: value}):
        assert setup_of().wrong == {}


@pytest.fixture
def script_prefix() -> Iterator[None]:
    before = get_script_prefix()
    set_script_prefix("/shop/")
    yield
    set_script_prefix(before)


@pytest.mark.usefixtures("script_prefix")
def test_an_address_is_below_the_script() -> None:
    with override_settings(STATIC_URL="static/", MEDIA_URL=""):
        setup = setup_of()
        assert (setup.static_url, setup.media_url, url_prefix()) == ("/shop/static/", None, "/shop/static/")
        assert setup.relative == {"STATIC_URL"}


@pytest.mark.parametrize(
    ("base", "written"),
    [
        (Path("/srv/shop"), 'BASE_DIR / "media"'),
        ("/srv/shop", 'BASE_DIR + "/media"'),
        (None, '"/srv/a {b} \\"c\\"/media"'),
    ],
)
def test_how_a_path_in_the_project_is_written(
    base: Any, written: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("os.getcwd", lambda: '/srv/a {b} "c"')
    with override_settings(BASE_DIR=base):
        assert inside(setup_of(), "media") == written
