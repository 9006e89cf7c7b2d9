"""The files of an app that gives Django's admin a colour, a logo and a title.

The admin is coloured by the custom properties that it offers for that, light and dark under the selectors
by which Django's own style sheets tell them apart, so that its switch between them goes on working. Nothing
of its layout is named: that changes from one release of Django to the next. The template fills only blocks
that ``admin/base.html`` has in all of them, and has nothing inline, so that a strict CSP lets all of it pass.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from stator.starting.colours import BLACK, WHITE, Colour, mixed, readable

Properties = Mapping[str, Colour]

# What the admin has behind its links and texts where a theme says nothing of it.
_PAGE_LIGHT = (WHITE, Colour(0xF8, 0xF8, 0xF8), Colour(0xE4, 0xE4, 0xE4))
_PAGE_DARK = (Colour(0x12, 0x12, 0x12), Colour(0x21, 0x21, 0x21), Colour(0x1B, 0x1B, 0x1B))
_TEXT_ON_ACCENT = Colour(0x33, 0x33, 0x33)  # that of a calendar's caption


class AdminTheme(NamedTuple):
    """An app to make: its label, the dotted name that it is imported by, a title, a colour."""

    label: str
    module: str
    title: str
    colour: Colour


def files_of(theme: AdminTheme) -> dict[str, str]:
    """Return the text of each file of the app, by its path in the folder of the app."""
    static = f"static/{theme.label}"
    return {
        "__init__.py": "",
        "apps.py": _apps(theme),
        "templates/admin/base_site.html": _TEMPLATE.replace("LABEL", theme.label),
        f"{static}/admin.css": style_sheet(theme.colour),
        f"{static}/logo.svg": _mark(theme, background(theme.colour), WHITE, frame=True),
        f"{static}/favicon.svg": _mark(theme, background(theme.colour), WHITE, frame=False),
    }


def background(colour: Colour) -> Colour:
    """Return the colour of header and buttons: what was asked for, or darker where white is lost on it."""
    return readable(colour, [WHITE], BLACK)


# --- the colours


def light(colour: Colour) -> Properties:
    """Return the admin's custom properties for its light form."""
    surface = background(colour)
    row = mixed(colour, WHITE, 0.9)
    link = readable(colour, [*_PAGE_LIGHT, row], BLACK)
    return _properties(surface, row, link, link_hover=mixed(link, BLACK, 0.35))


def dark(colour: Colour) -> Properties:
    """Return the admin's custom properties for its dark form."""
    surface = mixed(background(colour), BLACK, 0.25)
    row = mixed(colour, _PAGE_DARK[0], 0.8)
    link = readable(mixed(colour, WHITE, 0.4), [*_PAGE_DARK, row], WHITE)
    return _properties(surface, row, link, link_hover=mixed(link, WHITE, 0.5))


def _properties(surface: Colour, row: Colour, link: Colour, link_hover: Colour) -> Properties:
    deep = mixed(surface, BLACK, 0.3)
    accent = readable(mixed(surface, WHITE, 0.75), [surface, _TEXT_ON_ACCENT], WHITE)
    return {
        "primary": surface,
        "secondary": surface,
        "accent": accent,
        "primary-fg": WHITE,
        "header-bg": surface,
        "header-color": accent,
        "header-branding-color": WHITE,
        "header-link-color": WHITE,
        "breadcrumbs-bg": deep,
        "breadcrumbs-fg": accent,
        "breadcrumbs-link-fg": WHITE,
        "link-fg": link,
        "link-hover-color": link_hover,
        "link-selected-fg": link,
        "selected-row": row,
        "button-fg": WHITE,
        "button-bg": surface,
        "button-hover-bg": deep,
        "default-button-bg": deep,
        "default-button-hover-bg": surface,
    }


# --- the texts


def style_sheet(colour: Colour) -> str:
    """Return the style sheet that gives the admin this colour."""
    return _STYLE_SHEET.format(
        light=_block(_LIGHT, light(colour)),
        dark_by_system=_indented(_block(_DARK_BY_SYSTEM, dark(colour))),
        dark=_block(_DARK, dark(colour)),
    )


# As in the admin's own base.css and dark_mode.css: what is chosen goes before what the system prefers.
_LIGHT = 'html[data-theme="light"],\n:root'
_DARK_BY_SYSTEM = ":root"
_DARK = 'html[data-theme="dark"]'


def _block(selector: str, properties: Properties) -> str:
    lines = "".join(f"  --{name}: {colour};\n" for name, colour in properties.items())
    return f"{selector} {{\n{lines}}}"


def _indented(text: str) -> str:
    return "\n".join(f"  {line}" for line in text.splitlines())


def _apps(theme: AdminTheme) -> str:
    name = "".join(word[:1].upper() + word[1:] for word in theme.label.split("_"))
    return _APPS.format(class_name=f"{name}Config", module=theme.module, title=_literal(theme.title))


def _literal(text: str) -> str:
    """Return the text as Python writes it, in double quotes as formatters prefer them."""
    quoted = repr(text)
    return f'"{quoted[1:-1]}"' if quoted[0] == "'" and '"' not in quoted else quoted


def _mark(theme: AdminTheme, ground: Colour, letter: Colour, *, frame: bool) -> str:
    initial = next((char for char in theme.title if char.isalnum()), theme.label[0]).upper()
    # A frame, since the ground is that of the header that the logo stands in.
    line = f' stroke="{letter}" stroke-width="2"' if frame else ""
    return _MARK.format(ground=ground, letter=letter, initial=initial, line=line)


_APPS = '''\
"""The admin in the colours of the house."""

from django.apps import AppConfig
from django.contrib import admin


class {class_name}(AppConfig):
    name = "{module}"

    def ready(self):
        admin.site.site_header = admin.site.site_title = {title}
'''

# It stands in place of Django's file of that name, of which it keeps title and branding.
_TEMPLATE = """\
{% extends "admin/base.html" %}
{% load static %}

{% block title %}{% if subtitle %}{{ subtitle }} | {% endif %}{{ title }} | {{ site_title }}{% endblock %}

{% block extrastyle %}
{{ block.super }}
<link rel="stylesheet" href="{% static 'LABEL/admin.css' %}">
{% endblock %}

{% block extrahead %}
{{ block.super }}
<link rel="icon" href="{% static 'LABEL/favicon.svg' %}" type="image/svg+xml">
{% endblock %}

{% block branding %}
<div id="site-name"><a href="{% url 'admin:index' %}"><img \
src="{% static 'LABEL/logo.svg' %}" alt="" width="28" height="28"> {{ site_header }}</a></div>
{% if user.is_anonymous %}
  {% include "admin/color_theme_toggle.html" %}
{% endif %}
{% endblock %}

{% block nav-global %}{% endblock %}
"""

_STYLE_SHEET = """\
/* The admin in one colour, by the custom properties that it offers for that. */

{light}

@media (prefers-color-scheme: dark) {{
{dark_by_system}
}}

{dark}

#site-name img {{
  vertical-align: text-bottom;
}}
"""

_MARK = """\
<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32">
  <rect x="1" y="1" width="30" height="30" rx="6" fill="{ground}"{line}/>
  <text x="16" y="23" font-family="system-ui, sans-serif" font-size="20" font-weight="700" \
text-anchor="middle" fill="{letter}">{initial}</text>
</svg>
"""
