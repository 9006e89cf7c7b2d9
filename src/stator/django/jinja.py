"""The tags of ``{% load stator %}`` as functions of Jinja2.

In the options of Django's backend, ``"extensions": ["stator.django.jinja.Tags"]``; in a template,
``{{ script("js/app.js", defer=true) }}`` and ``{{ script("js/app.js", **{"data-page": page.pk}) }}``.
"""

from __future__ import annotations

from collections.abc import Callable

from django.utils.safestring import SafeString
from jinja2 import Environment, pass_context
from jinja2.ext import Extension
from jinja2.runtime import Context

from stator.django.tags.page import Page
from stator.django.tags.table import TAGS, function_of


class Tags(Extension):
    """Puts the tags into an environment. The request is in the context, where Django's backend has it."""

    def __init__(self, environment: Environment) -> None:
        super().__init__(environment)
        environment.globals.update({name: _with_page(function_of(name)) for name in TAGS})


def _with_page(function: Callable[..., SafeString]) -> object:
    @pass_context
    def write(context: Context, *names: str, **attributes: object) -> SafeString:
        return function(Page(context.get("request")), *names, **attributes)

    return write
