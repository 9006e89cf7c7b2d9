"""What is in an admin theme. tests/django/test_admintheme.py has what Django makes of it."""

from __future__ import annotations

import ast
import glob
import re
from pathlib import Path
from xml.etree import ElementTree as ET

import django
import pytest

from stator.starting.admin_theme import AdminTheme, background, files_of, style_sheet
from stator.starting.colours import WHITE, Colour, colour_of, contrast
from tests.parts import DJANGO_61

AA = 4.5
THIS_DJANGO = Path(django.__file__).parent
ADMIN_CSS = "contrib/admin/static/admin/css/base.css"
COLOURS = ["#000000", "#ffffff", "#808080", "#ff0000", "#00ff00", "#0000ff", "#ffcc00", "#3b7564", "#fde7f3"]
BLOCK = re.compile(r"([^{}]+)\{([^{}]*)\}")
PROPERTY = re.compile(r"--([\w-]+): (#[0-9a-f]{6});")
LIGHT, BY_SYSTEM, DARK = 'html[data-theme="light"],\n:root', ":root", 'html[data-theme="dark"]'
# Text, and what it stands on: custom properties, or what is written in Django's style sheets.
PAIRS = [
    ("header-color", "header-bg"),
    ("header-branding-color", "header-bg"),
    ("header-link-color", "header-bg"),
    ("header-link-color", "primary"),
    ("header-link-color", "secondary"),
    ("accent", "header-bg"),
    ("#333333", "accent"),
    ("primary-fg", "primary"),
    ("breadcrumbs-fg", "breadcrumbs-bg"),
    ("breadcrumbs-fg", "primary"),
    ("breadcrumbs-link-fg", "breadcrumbs-bg"),
    ("button-fg", "button-bg"),
    ("button-fg", "button-hover-bg"),
    ("button-fg", "default-button-bg"),
    ("button-fg", "default-button-hover-bg"),
    ("button-fg", "secondary"),
    ("link-fg", "selected-row"),
]
PAGES = {LIGHT: ("#ffffff", "#f8f8f8", "#e4e4e4"), DARK: ("#121212", "#212121", "#1b1b1b")}
TEXTS = {LIGHT: ("#333333", "#000000"), DARK: ("#eeeeee", "#ffffff")}


def theme(title: str = "The House", colour: str = "#3b7564", label: str = "house") -> AdminTheme:
    return AdminTheme(label, f"apps.{label}", title, colour_of(colour))


def blocks(text: str) -> dict[str, dict[str, Colour]]:
    """Return the custom properties of a style sheet by selector, of which a media query counts as none."""
    rules = re.sub(r"/\*.*?\*/|@media[^{]*\{", "", text)
    return {
        selector.strip("} \n"): {name: colour_of(value) for name, value in PROPERTY.findall(body)}
        for selector, body in BLOCK.findall(rules)
        if PROPERTY.search(body)
    }


@pytest.mark.parametrize("colour", COLOURS)
@pytest.mark.parametrize("form", [LIGHT, DARK])
def test_all_that_is_read_can_be_read(colour: str, form: str) -> None:
    properties = blocks(style_sheet(colour_of(colour)))[form]
    pairs = [
        *PAIRS,
        *(
            (link, page)
            for link in ("link-fg", "link-selected-fg", "link-hover-color")
            for page in PAGES[form]
        ),
        *((text, "selected-row") for text in TEXTS[form]),
    ]
    for text, ground in pairs:
        seen = [properties[one] if one in properties else colour_of(one) for one in (text, ground)]
        assert contrast(*seen) >= AA, (text, ground)


@pytest.mark.parametrize(("colour", "stays"), [("#3b7564", True), ("#000000", True), ("#ffcc00", False)])
def test_the_colour_is_used_as_it_is_where_white_can_be_read_on_it(colour: str, stays: bool) -> None:
    assert (background(colour_of(colour)) == colour_of(colour)) is stays
    assert contrast(background(colour_of(colour)), WHITE) >= AA


def test_what_the_system_prefers_looks_as_what_is_chosen() -> None:
    found = blocks(style_sheet(colour_of("#3b7564")))
    assert set(found) == {LIGHT, BY_SYSTEM, DARK}
    assert found[BY_SYSTEM] == found[DARK]
    assert found[LIGHT] != found[DARK]
    assert found[LIGHT].keys() == found[DARK].keys()


@pytest.mark.parametrize("pattern", [
    f"{THIS_DJANGO}/{ADMIN_CSS}",
    pytest.param(
        f"{DJANGO_61}/lib/python*/site-packages/django/{ADMIN_CSS}", marks=pytest.mark.needs("Django 6.1")
    ),
])  # fmt: skip
def test_the_admin_has_these_properties(pattern: str) -> None:
    (sheet,) = glob.glob(pattern)
    offered = set(re.findall(r"^ *--([\w-]+):", Path(sheet).read_text(), re.MULTILINE))
    assert blocks(style_sheet(colour_of("#3b7564")))[LIGHT].keys() <= offered


def test_static_files_are_in_a_folder_of_the_apps_name() -> None:
    static = {path for path in files_of(theme()) if path.startswith("static/")}
    assert static == {f"static/house/{name}" for name in ("admin.css", "logo.svg", "favicon.svg")}


@pytest.mark.parametrize(
    "title", ["The House", "Müller & <Söhne>", 'A "house"', "It's", "\\", "{% x %}", "—"]
)
def test_any_title_is_written_as_it_is(title: str) -> None:
    files = files_of(theme(title))
    strings = [node.value for node in ast.walk(ast.parse(files["apps.py"])) if isinstance(node, ast.Constant)]
    assert title in strings
    for name in ("logo", "favicon"):
        mark = ET.fromstring(files[f"static/house/{name}.svg"])
        letter = mark.findtext("{http://www.w3.org/2000/svg}text")
        assert letter == next((char for char in title if char.isalnum()), "h").upper()


def test_the_app_has_the_name_it_is_imported_by() -> None:
    text = files_of(theme(label="white_house"))["apps.py"]
    assert 'class WhiteHouseConfig(AppConfig):\n    name = "apps.white_house"\n' in text


def test_nothing_is_inline() -> None:
    files = files_of(theme())
    assert not re.search(r"<style|<script|\sstyle=|\son\w+=", files["templates/admin/base_site.html"])
    assert not any(
        "<style" in text or "style=" in text for path, text in files.items() if path.endswith(".svg")
    )
