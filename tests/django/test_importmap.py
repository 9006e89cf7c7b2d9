"""The import map: what apps declare, how it is checked, and what of it a page gets."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

import pytest
from django.apps import apps
from django.core.management import CommandError, call_command

from stator.django.importmap import importmap_targets
from stator.errors import ConfigError
from tests.django.conftest import Project
from tests.django.test_tags import collect, integrity, rendered, url, with_nonce

SITE: dict[str, str | bytes] = {
    "vendor/lit.js": "export const html = 1",
    "vendor/lit/decorators.js": "export const state = 1",
    "vendor/lit/unused.js": "export {}",
    "app/main.js": "import {html} from 'lit'; import 'lit/decorators.js'; import './view.js'; html",
    "app/view.js": "import './dep.js'; import('./later.js')",
    "app/dep.js": "export {}",
    "app/later.js": "export {}",
    "other/page.js": "import './widget.js'",
    "other/widget.js": "export {}",
}
LIT = {"lit": "vendor/lit.js", "lit/": "vendor/lit/", "cdn": "https://cdn.example.com/x.js"}


@pytest.fixture
def declare(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Let apps, by label, declare what is given; the first is above the second in INSTALLED_APPS."""

    def let(stator: object, staticfiles: object = None) -> None:
        for label, entries in (("stator", stator), ("staticfiles", staticfiles or {})):
            monkeypatch.setattr(apps.get_app_config(label), "importmap", entries, raising=False)

    return let


def map_of(tag: str) -> Mapping[str, Any]:
    found = re.fullmatch(r'<script type="importmap">(.*)</script>', rendered(tag))
    assert found
    told: Mapping[str, Any] = json.loads(found[1])
    return told


def test_bare_specifiers_lead_to_digested_files_which_are_checked(project: Project, declare: Any) -> None:
    project.write(SITE)
    declare(LIT)
    collect()
    assert map_of("{% importmap %}") == {
        "imports": {
            "lit": url("vendor/lit.js"),
            "lit/": "/static/vendor/lit/",
            "lit/decorators.js": url("vendor/lit/decorators.js"),
            "cdn": "https://cdn.example.com/x.js",
        },
        "integrity": {url(path): integrity(path) for path in ("vendor/lit.js", "vendor/lit/decorators.js")},
    }


def test_debug_leads_to_plain_files(project: Project, declare: Any) -> None:
    project.write(SITE)
    declare(LIT)
    with project.settings(DEBUG=True):
        assert map_of("{% importmap %}") == {
            "imports": {
                "lit": "/static/vendor/lit.js",
                "lit/": "/static/vendor/lit/",
                "cdn": "https://cdn.example.com/x.js",
            }
        }


def test_with_names_there_is_only_what_these_lead_to(project: Project, declare: Any) -> None:
    project.write(SITE)
    declare({"lit": "vendor/lit.js"})
    collect()
    told = map_of("{% importmap 'app/view.js' %}")
    assert told == {"integrity": {url(path): integrity(path) for path in ("app/dep.js", "app/later.js")}}
    assert "lit" in map_of("{% importmap 'app/main.js' 'other/page.js' %}")["imports"]


def test_linking_by_the_map_leads_from_plain_urls_to_digested_ones(project: Project, declare: Any) -> None:
    project.write(SITE)
    declare({"lit": "vendor/lit.js"})
    with project.settings(STATOR={"LINK_BY_IMPORTMAP": True, "ON_MISSING": "ignore"}):
        collect()
        told = map_of("{% importmap 'other/page.js' %}")
        assert told["imports"] == {"/static/other/widget.js": url("other/widget.js")}
        every = map_of("{% importmap %}")
        assert "/static/app/dep.js" in every["imports"]
        assert "/static/app/later.js" in every["imports"]
        assert "/static/other/page.js" not in every["imports"]  # nothing imports it
        assert set(every["integrity"]) == {*every["imports"].values()}


def test_names_that_urls_escape(project: Project, declare: Any) -> None:
    project.write({"a.js": "import './ü (1) 100%25.js'", "ü (1) 100%.js": "export {}"})
    declare({})
    with project.settings(STATOR={"LINK_BY_IMPORTMAP": True}):
        collect()
        assert [*map_of("{% importmap %}")["imports"]] == ["/static/ü (1) 100%25.js"]


def test_no_specifier_ends_the_script(project: Project, declare: Any) -> None:
    project.write(SITE)
    declare({"</script><script>alert(1)</script>": "https://x.example/<!--"})
    collect()
    text = rendered("{% importmap %}")
    assert text.count("<") == 2
    assert "alert(1)" in json.loads(text[text.index("{") : text.rindex("}") + 1])["imports"].popitem()[0]


def test_an_empty_map_is_nothing(project: Project, declare: Any) -> None:
    project.write({"a.js": "import './b.js'", "b.js": ""})
    declare({})
    collect()
    assert rendered("{% importmap %}") == ""


def test_it_has_the_nonce(project: Project, declare: Any) -> None:
    project.write(SITE)
    declare(LIT)
    collect()
    assert 'type="importmap" nonce="abc">' in rendered("{% importmap %}", with_nonce("csp_nonce", "abc"))


def test_a_module_of_ones_own_that_is_not_there_stops_the_collect(
    project: Project, declare: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("stator.django.importmap.is_package", lambda _: False)
    project.write(SITE)
    declare({"gone": "vendor/gone.js"})
    with pytest.raises(CommandError, match="nothing was published"):
        collect()


def test_one_of_a_package_does_not(
    project: Project, declare: Any, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("stator.django.importmap.is_package", lambda _: True)
    project.write(SITE)
    declare({"gone": "vendor/gone.js"})
    call_command("collectstatic", interactive=False, verbosity=2)
    assert "leads from 'gone' to 'vendor/gone.js', which is not there" in capsys.readouterr().err


def test_a_page_leaves_out_what_is_not_published(project: Project, declare: Any) -> None:
    """A module asks for it in vain, where else every page with a map would be an error."""
    project.write(SITE)
    collect()
    declare({"gone": "vendor/gone.js", "lit": "vendor/lit.js"})
    assert "gone" not in rendered("{% importmap %}")
    assert '"lit"' in rendered("{% importmap %}")


def test_a_new_release_has_a_new_map(project: Project, declare: Any) -> None:
    project.write(SITE)
    declare({"lit": "vendor/lit.js"})
    collect()
    before = map_of("{% importmap %}")
    project.write({"vendor/lit.js": "export const html = 2"})
    collect()
    assert map_of("{% importmap %}") != before


def test_of_two_apps_the_first_counts(declare: Any) -> None:
    declare({"lit": "a.js", "x": "x.js"}, {"lit": "b.js", "y": "y.js"})
    assert importmap_targets() == (("lit", "a.js"), ("x", "x.js"), ("y", "y.js"))


@pytest.mark.parametrize(
    ("entries", "said"),
    [
        (["lit"], "is no dictionary"),
        ({1: "x.js"}, "1, which is no bare specifier"),
        ({"./lit": "x.js"}, "'./lit', which is no bare specifier"),
        ({"/lit": "x.js"}, "'/lit', which is no bare specifier"),
        ({"": "x.js"}, "'', which is no bare specifier"),
        ({"lit": ""}, "'' for 'lit', which is no static path and no URL"),
        ({"lit": None}, "None for 'lit', which is no static path and no URL"),
        ({"lit/": "vendor/lit"}, "both end with a slash, or neither"),
        ({"lit": "vendor/lit/"}, "both end with a slash, or neither"),
        ({"lit": "../lit.js"}, "which has an empty, '.' or '..' segment"),
    ],
)
def test_what_cannot_be_right_is_told_with_the_app(declare: Any, entries: object, said: str) -> None:
    declare(entries)
    with pytest.raises(ConfigError, match=re.escape(said)) as raised:
        importmap_targets()
    assert "StatorConfig" in raised.value.message
    assert "For example" in raised.value.hint


@pytest.mark.parametrize("target", ["/js/x.js", "//cdn.example.com/x.js", "https://x.example/", "data:,"])
def test_urls_are_taken_as_they_are(declare: Any, target: str) -> None:
    key = "lit/" if target.endswith("/") else "lit"
    declare({key: target})
    assert importmap_targets() == ((key, target),)
