"""The tag ``frontend``: what starts an entry, from a release, from an output folder, from a server."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from stator.django import built
from stator.django.storage import MissingEntry
from stator.frontends.developing import Server
from tests.django.conftest import Project
from tests.django.frontends import LEGACY, plain, settings_of, vite
from tests.django.test_tags import collect, integrity, rendered, with_nonce
from tests.sites import write

MAIN = "{% frontend 'shop' 'src/main.tsx' %}"


def of(path: str, key: str = "href") -> str:
    """Return how an element names a file whose name is digested by its bundler."""
    return f'{key}="/static/{path}" integrity="{integrity(path)}"'


@pytest.fixture
def shop(tmp_path: Path) -> dict[str, object]:
    return vite(tmp_path / "shop")


def test_production_starts_an_entry_with_all_that_it_needs(project: Project, shop: dict[str, object]) -> None:
    with project.settings(**settings_of(shop=shop)):
        collect()
        assert rendered(MAIN).splitlines() == [
            f'<link rel="stylesheet" {of("shop/assets/shared-C9vT3mNp.css")}>',
            f'<link rel="stylesheet" {of("shop/assets/main-Dd4kXq2w.css")}>',
            f'<link rel="modulepreload" {of("shop/assets/shared-B2kQ1xZa.js")}>',
            f'<script type="module" {of("shop/assets/main-YDlxgRyH.js", "src")}></script>',
        ]


@pytest.mark.parametrize("tag", ["{% frontend 'shop' 'main' %}", "{% frontend 'shop' %}"])
def test_an_entry_has_a_short_name_and_the_only_one_needs_none(
    project: Project, shop: dict[str, object], tag: str
) -> None:
    with project.settings(**settings_of(shop=shop)):
        collect()
        assert rendered(tag) == rendered(MAIN)


def test_the_entry_of_the_settings_is_the_one(project: Project, tmp_path: Path) -> None:
    theme = {**plain(tmp_path / "theme"), "entry": "site.css"}
    with project.settings(**settings_of(theme=theme)):
        collect()
        assert rendered("{% frontend 'theme' %}") == rendered("{% frontend 'theme' 'site.css' %}")


def test_every_element_has_the_nonce_and_vite_is_told_it(project: Project, shop: dict[str, object]) -> None:
    with project.settings(**settings_of(shop=shop)):
        collect()
        written = rendered(MAIN, with_nonce("csp_nonce", "abc")).splitlines()
        assert all('nonce="abc"' in line for line in written)
        assert written[0] == '<meta property="csp-nonce" nonce="abc">'


def test_browsers_without_modules_get_the_legacy_scripts(project: Project, tmp_path: Path) -> None:
    with project.settings(**settings_of(shop=vite(tmp_path / "shop", LEGACY))):
        collect()
        *_, module, polyfills, start = rendered(MAIN, with_nonce("csp_nonce", "abc")).splitlines()
        assert 'type="module"' in module
        path = "shop/assets/polyfills-legacy-Qw8eRt5y.js"
        assert polyfills == f'<script {of(path, "src")} nonce="abc" nomodule defer></script>'
        assert start.startswith('<script nomodule nonce="abc">')
        assert 'System.import("/static/shop/assets/main-legacy-Xy7zAb2c.js")' in start
        assert rendered("{% frontend 'shop' %}") == rendered(MAIN)


def test_a_file_of_a_front_end_without_a_manifest_is_an_entry(project: Project, tmp_path: Path) -> None:
    with project.settings(**settings_of(theme=plain(tmp_path / "theme"))):
        collect()
        style, script = rendered("{% frontend 'theme' 'site.css' %} {% frontend 'theme' 'site.js' %}").split(
            "> ", 1
        )
        assert re.match(r'<link rel="stylesheet" href="/static/theme/site\.[0-9a-f]{12}\.css" integr', style)
        assert re.match(r'<script src="/static/theme/site\.[0-9a-f]{12}\.js" integrity=', script)


@pytest.mark.parametrize("debug", [True, False])
@pytest.mark.parametrize(
    ("tag", "said"),
    [
        (
            "{% frontend 'Shop' %}",
            "STATOR['FRONTENDS'] has no 'Shop'. Did you mean 'shop'? Known are: 'shop'",
        ),
        ("{% frontend 'shop' 'src/mian.tsx' %}", "has no entry 'src/mian.tsx'. Did you mean 'src/main.tsx'?"),
        ("{% frontend 'theme' %}", "front end 'theme'. Its tool has written no manifest with entries: name"),
        ("{% frontend 'theme' 'notes.txt' %}", "has no entry 'notes.txt'."),
        ("{% frontend 'theme' 'gone.css' %}", "has no entry 'gone.css'."),
    ],
)
def test_what_there_is_not_is_told_with_what_there_is(
    project: Project, tmp_path: Path, tag: str, said: str, debug: bool
) -> None:
    chosen = settings_of(shop=vite(tmp_path / "shop"), theme=plain(tmp_path / "theme"))
    with project.settings(**chosen):
        collect()
    with project.settings(**chosen, DEBUG=debug), pytest.raises(MissingEntry, match=re.escape(said)):
        rendered(tag)


def test_a_release_without_the_front_end_is_told(project: Project, shop: dict[str, object]) -> None:
    collect()
    with (
        project.settings(**settings_of(shop=shop)),
        pytest.raises(MissingEntry, match="collectstatic --build"),
    ):
        rendered(MAIN)


# --- DEBUG


def test_debug_without_a_server_takes_what_stands_in_the_output(
    project: Project, tmp_path: Path, shop: dict[str, object]
) -> None:
    with project.settings(**settings_of(shop=shop), DEBUG=True):
        assert rendered(MAIN).splitlines() == [
            '<link rel="stylesheet" href="/static/shop/assets/shared-C9vT3mNp.css">',
            '<link rel="stylesheet" href="/static/shop/assets/main-Dd4kXq2w.css">',
            '<link rel="modulepreload" href="/static/shop/assets/shared-B2kQ1xZa.js">',
            '<script type="module" src="/static/shop/assets/main-YDlxgRyH.js"></script>',
        ]
        manifest = tmp_path / "shop/dist/.vite/manifest.json"
        manifest.write_text(manifest.read_text().replace("main-YDlxgRyH.js", "lazy-Ab3dEf6h.js"))
        assert "lazy-Ab3dEf6h.js" in rendered(MAIN)


def test_a_manifest_that_is_being_written_changes_nothing_yet(
    project: Project, tmp_path: Path, shop: dict[str, object]
) -> None:
    with project.settings(**settings_of(shop=shop), DEBUG=True):
        before = rendered(MAIN)
        manifest = tmp_path / "shop/dist/.vite/manifest.json"
        manifest.write_text(manifest.read_text()[:20])
        assert rendered(MAIN) == before


def test_debug_says_how_to_get_what_is_not_built(project: Project, tmp_path: Path) -> None:
    shop = {**vite(tmp_path / "shop"), "output": "nowhere"}
    with (
        project.settings(**settings_of(shop=shop), DEBUG=True),
        pytest.raises(MissingEntry, match=r"manage\.py stator frontend dev shop"),
    ):
        rendered(MAIN)


@pytest.mark.parametrize("react", [True, False])
def test_a_development_server_has_the_sources(
    project: Project, shop: dict[str, object], monkeypatch: pytest.MonkeyPatch, react: bool
) -> None:
    address = "http://127.0.0.1:5173/static/shop/"
    monkeypatch.setattr(built, "server_of", lambda root: Server(address, react))
    with project.settings(**settings_of(shop=shop), DEBUG=True):
        urls = [
            "/static/shop/@vite/client",
            *(["/static/__stator__/refresh/shop.js"] if react else []),
            "/static/shop/src/main.tsx",
        ]
        scripts = [f'<script type="module" src="{url}" nonce="abc"></script>' for url in urls]
        meta = '<meta property="csp-nonce" nonce="abc">'
        assert rendered(MAIN, with_nonce("csp_nonce", "abc")).splitlines() == [meta, *scripts]
        style = rendered("{% frontend 'shop' 'src/site.css' %}").splitlines()[-1]
        assert style == '<link rel="stylesheet" href="/static/shop/src/site.css">'
        with pytest.raises(MissingEntry, match=r"by their sources, and there is no 'src/gone\.ts'"):
            rendered("{% frontend 'shop' 'src/gone.ts' %}")
        with pytest.raises(MissingEntry, match=r"Did you mean 'src/main\.tsx'\?"):
            rendered("{% frontend 'shop' 'src/mian.tsx' %}")


@pytest.mark.parametrize("name", ["node_modules/near/src/mian.ts", ".cache/src/mian.ts", "dist/src/mian.ts"])
def test_a_development_server_names_no_source_of_somebody_else(
    project: Project, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    shop = vite(tmp_path / "shop")
    write(tmp_path / "shop", {name: ""})
    monkeypatch.setattr(built, "server_of", lambda root: Server("http://127.0.0.1:1/", react=False))
    with (
        project.settings(**settings_of(shop=shop), DEBUG=True),
        pytest.raises(MissingEntry, match=r"Did you mean 'src/main\.tsx'\?"),
    ):
        rendered("{% frontend 'shop' 'src/mian.ts' %}")


def test_production_asks_no_development_server(
    project: Project, shop: dict[str, object], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(built, "server_of", lambda root: Server("http://127.0.0.1:1/", react=True))
    with project.settings(**settings_of(shop=shop)):
        collect()
        assert "@vite/client" not in rendered(MAIN)
