"""What front ends have built is found by all of Django, and published under their names."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.conf import settings
from django.contrib.staticfiles import finders
from django.contrib.staticfiles.storage import staticfiles_storage
from django.core.management import CommandError, call_command

from stator.django.finders import FRONTEND_FINDER, FrontendFinder
from stator.frontend import Entry
from tests.django.conftest import Project
from tests.sites import write

MANIFEST = """{
    "src/main.tsx": {"file": "assets/main-Aa11Aa11.js", "isEntry": true, "css": ["assets/main-Bb22Bb22.css"],
                     "imports": ["_chunk.js"], "dynamicImports": ["src/later.tsx"]},
    "_chunk.js": {"file": "assets/chunk-Cc33Cc33.js"},
    "src/later.tsx": {"file": "assets/later-Dd44Dd44.js", "isDynamicEntry": true}
}"""
BUILT = {
    "dist/.vite/manifest.json": MANIFEST,
    "dist/index.html": "<!doctype html><script type=module src=./assets/main-Aa11Aa11.js></script>",
    "dist/robots.txt": "",
    "dist/assets/main-Aa11Aa11.js": "import './chunk-Cc33Cc33.js'; import('./later-Dd44Dd44.js')",
    "dist/assets/chunk-Cc33Cc33.js": "export const a = 1",
    "dist/assets/later-Dd44Dd44.js": "export const b = 2",
    "dist/assets/main-Bb22Bb22.css": "a{color:red}",
    "src/main.tsx": "",
    "package.json": '{"scripts": {"build": "vite build"}}',
    "vite.config.js": "",
}
NAMES = {"robots.txt", *(path.removeprefix("dist/") for path in BUILT if path.startswith("dist/assets/"))}
ENTRY = Entry(
    ("shop/assets/main-Aa11Aa11.js",), ("shop/assets/main-Bb22Bb22.css",), ("shop/assets/chunk-Cc33Cc33.js",)
)


@pytest.fixture
def shop(project: Project) -> Iterator[Project]:
    write(project.folder / "frontends/shop", BUILT)
    with project.settings(
        BASE_DIR=project.folder,
        STATICFILES_FINDERS=[*settings.STATICFILES_FINDERS, FRONTEND_FINDER],
        STATOR={"FRONTENDS": {"shop": {"root": "frontends/shop"}}},
    ):
        yield project


def collect() -> None:
    call_command("collectstatic", interactive=False, verbosity=0)


def test_django_finds_what_was_built(shop: Project) -> None:
    built = shop.folder / "frontends/shop/dist/assets/main-Aa11Aa11.js"
    assert finders.find("shop/assets/main-Aa11Aa11.js") == str(built)
    listed = {path for finder in finders.get_finders() for path, _ in finder.list([])}
    assert listed >= NAMES


def test_two_may_have_one_output(shop: Project) -> None:
    one = {"root": "frontends/shop"}
    with shop.settings(STATOR={"FRONTENDS": {"shop": one, "shop2": one}}):
        listed = [
            f"{storage.prefix}/{path}"
            for finder in finders.get_finders()
            for path, storage in finder.list([])
            if path == "robots.txt"
        ]
        assert listed == ["shop/robots.txt", "shop2/robots.txt"]


def test_an_output_that_has_the_sources_in_it_is_an_error_of_the_set_up(shop: Project) -> None:
    wrong = {"root": "frontends/shop", "output": ".."}
    with shop.settings(STATOR={"FRONTENDS": {"shop": {"root": "frontends/shop"}, "wrong": wrong}}):
        (error,) = FrontendFinder().check()
        assert (error.id, "in which all sources are" in error.msg) == ("stator.bad-option", True)
        assert finders.find("shop/robots.txt")
        assert finders.find("wrong/shop/package.json") is None
        with pytest.raises(CommandError, match="in which all sources are"):
            collect()


@pytest.mark.parametrize("name", ["index.html", ".vite/manifest.json"])
def test_what_is_only_read_is_not_found(shop: Project, name: str) -> None:
    assert finders.find(f"shop/{name}") is None


@pytest.mark.parametrize(
    ("content", "published"), [('{"main.js": "main.8f2b1c0d9e3a.js"}', False), ('{"name": "Shop"}', True)]
)
def test_a_manifest_of_a_web_app_is_published_and_that_of_a_bundler_is_not(
    shop: Project, content: str, published: bool
) -> None:
    write(shop.folder / "frontends/shop/dist", {"manifest.json": content, "main.8f2b1c0d9e3a.js": ""})
    assert (finders.find("shop/manifest.json") is not None) is published
    collect()
    assert ("shop/manifest.json" in staticfiles_storage.manifest.paths) is published
    assert staticfiles_storage.manifest.paths["shop/main.8f2b1c0d9e3a.js"].count("8f2b1c0d9e3a") == 1


def test_names_with_a_digest_stay_and_nothing_else_is_published(shop: Project) -> None:
    collect()
    paths = staticfiles_storage.manifest.paths
    assert {path.removeprefix("shop/") for path in paths} == NAMES
    assert {path for path in paths if paths[path] != path} == {"shop/robots.txt"}


def test_the_manifest_says_what_pages_start(shop: Project) -> None:
    collect()
    manifest = staticfiles_storage.manifest
    assert manifest.frontends["shop"].entries["src/main.tsx"] == ENTRY
    assert manifest.frontends["shop"].page == BUILT["dist/index.html"]
    assert manifest.loads[ENTRY.scripts[0]].dynamic == ("shop/assets/later-Dd44Dd44.js",)


def test_another_page_is_another_release(shop: Project) -> None:
    collect()
    before = staticfiles_storage.manifest.id
    write(shop.folder / "frontends/shop", {"dist/index.html": "<!doctype html>"})
    collect()
    assert staticfiles_storage.manifest.id != before
    assert staticfiles_storage.manifest.frontends["shop"].page == "<!doctype html>"


def test_what_its_own_page_starts_goes_by_the_name_of_the_source(shop: Project) -> None:
    """A project as Vite makes it has the page alone as its input."""
    manifest = MANIFEST.replace('"src/main.tsx":', '"index.html":', 1)
    page = '<script type="module" src="/src/main.tsx"></script>'
    write(shop.folder / "frontends/shop", {"dist/.vite/manifest.json": manifest, "index.html": page})
    collect()
    assert staticfiles_storage.manifest.frontends["shop"].entries["src/main.tsx"] == ENTRY


def test_one_that_is_not_built_is_an_error_with_the_command(project: Project) -> None:
    write(project.folder / "frontends/shop", {"package.json": '{"scripts": {"build": "x"}}'})
    project.write({"a.css": ""})
    with (
        project.settings(
            BASE_DIR=project.folder,
            STATICFILES_FINDERS=[*settings.STATICFILES_FINDERS, FRONTEND_FINDER],
            STATOR={"FRONTENDS": {"shop": {"root": "frontends/shop"}}},
        ),
        pytest.raises(CommandError, match="nothing was published"),
    ):
        collect()
    assert not project.root.exists()


def test_what_was_made_while_developing_is_not_published(shop: Project) -> None:
    record = {"node_modules/.stator/built.json": '{"developed": ""}'}
    write(shop.folder / "frontends/shop", record)
    with pytest.raises(CommandError, match="nothing was published"):
        collect()


def test_an_image_without_the_sources_of_a_front_end_starts(project: Project) -> None:
    with project.settings(
        BASE_DIR=project.folder,
        STATICFILES_FINDERS=[*settings.STATICFILES_FINDERS, FRONTEND_FINDER],
        STATOR={"FRONTENDS": {"shop": {"root": "not/in/the/image"}}},
    ):
        assert finders.find("shop/a.js") is None
        call_command("check")
