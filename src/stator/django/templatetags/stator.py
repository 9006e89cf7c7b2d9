"""``{% load stator %}``: the tags of ``stator.django.tags`` in Django's template language.

Behind the names, ``key=value`` is an attribute of the element, and a word alone is one without a value:
``{% script "app.js" defer data-page=page.pk %}``.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence

from django.template import Library, Node, TemplateSyntaxError
from django.template.base import FilterExpression, Parser, Token
from django.template.context import Context
from django.utils.safestring import SafeString

from stator.django.tags.elements import ATTRIBUTE_NAME
from stator.django.tags.page import Page
from stator.django.tags.table import TAGS, function_of

register: Library = Library()
_ATTRIBUTE = re.compile(rf"(?P<name>{ATTRIBUTE_NAME.pattern})(?:=(?P<value>.+))?", re.DOTALL)


class TagNode(Node):
    """A tag in a template: what it writes depends on the request."""

    def __init__(
        self,
        write: Callable[..., SafeString],
        names: Sequence[FilterExpression],
        attributes: Mapping[str, FilterExpression | None],
    ) -> None:
        self.write = write
        self.names = names
        self.attributes = attributes

    def render(self, context: Context) -> SafeString:
        request = getattr(context, "request", None) or context.get("request")
        names = [str(name.resolve(context)) for name in self.names]
        attributes = {
            key: True if value is None else value.resolve(context) for key, value in self.attributes.items()
        }
        return self.write(Page(request), *names, **attributes)


def _compiled(parser: Parser, token: Token) -> TagNode:
    """Return the node for a tag. Raises ``TemplateSyntaxError`` for one that is written wrong."""
    called, *bits = token.split_contents()
    tag = TAGS[called]
    names = bits[: tag.most]
    if len(names) < tag.least or any(_is_attribute(name) for name in names):
        raise TemplateSyntaxError(f"{{% {called} %}} is written {{% {called} {tag.usage} %}}.")
    attributes = {}
    for bit in bits[len(names) :]:
        found = _ATTRIBUTE.fullmatch(bit)
        if not found or not tag.attributes:
            raise TemplateSyntaxError(
                f"{{% {called} %}} cannot have {bit}. It is written {{% {called} {tag.usage} %}}."
            )
        value = found["value"]
        attributes[found["name"]] = None if value is None else parser.compile_filter(value)
    return TagNode(function_of(called), [parser.compile_filter(name) for name in names], attributes)


def _is_attribute(bit: str) -> bool:
    found = _ATTRIBUTE.fullmatch(bit)
    return found is not None and found["value"] is not None


for _name in TAGS:
    register.tag(_name, _compiled)
