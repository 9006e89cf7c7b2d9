"""The page of template tags: how each is written, and what the docstring of its function says."""

from __future__ import annotations

from collections.abc import Iterator

from scripts.reference import markdown
from scripts.reference.markdown import code, from_docstring, paragraphs
from stator.django.tags.table import TAGS, Tag, function_of

_COUNTS = {(1, 1): "one name", (1, 2): "one name or two", (0, None): "any number of names, or none"}


def page() -> str:
    return markdown.page("tags", "the docstrings in src/stator/django/tags", tags=paragraphs(_sections()))


def _sections() -> Iterator[str]:
    for name, tag in TAGS.items():
        yield f"## `{name}`"
        yield code(f"{{% load stator %}}\n{{% {name} {tag.usage} %}}", "html")
        yield from_docstring(function_of(name)).replace("Return ", "Writes ", 1)
        yield _takes(tag)


def _takes(tag: Tag) -> str:
    more = "attributes may follow: `key=value`, or `key` alone" if tag.attributes else "no attributes"
    return f"Takes {_COUNTS[tag.least, tag.most]}; {more}."
