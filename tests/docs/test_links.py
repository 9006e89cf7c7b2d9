"""Links: each leads to a file that is there and, where it names one, to a heading in it.

No network is asked; `make links` does that.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import NamedTuple
from urllib.parse import unquote, urlsplit

import pytest

from tests.docs.pages import DOCS, PROJECT

AT_TOP = [
    PROJECT / f"{name}.md" for name in ("README", "CONTRIBUTING", "SECURITY", "ARCHITECTURE", "CHANGELOG")
]
PAGES = [*AT_TOP, PROJECT / "examples/library/README.md", *sorted(DOCS.rglob("*.md"))]
_FENCED = re.compile(r"^ *```.*?^ *```$", re.MULTILINE | re.DOTALL)
_CODE = re.compile(r"(`+)(?!`).*?(?<!`)\1(?!`)", re.DOTALL)
_LINK = re.compile(r"\]\((?P<target>[^()\s]*(?:\([^()\s]*\)[^()\s]*)*)\)")
_HEADING = re.compile(r"^#{1,6} +(?P<text>.+?) *$", re.MULTILINE)
_OURS = re.compile(r"`((?:tests|scripts|src/stator|benchmarks)/[\w./-]*\w)/?(?:::\w+)?`")
_IN_HEADING = re.compile(r"\[(?P<text>[^\]]*)\]\([^)]*\)")


class Link(NamedTuple):
    page: Path
    target: str

    def __str__(self) -> str:
        return f"{self.page.relative_to(PROJECT)}: {self.target}"


def links(page: Path) -> Iterator[Link]:
    """Yield the links and pictures of a page, without what only looks like some in code."""
    text = _CODE.sub("", _FENCED.sub("", page.read_text()))
    for found in _LINK.finditer(text):
        yield Link(page, found["target"])


def slugs(text: str) -> set[str]:
    """Return the names that code hosts give the headings of a page."""
    headings = (found["text"] for found in _HEADING.finditer(_FENCED.sub("", text)))
    plain = [re.sub(r"[^\w\- ]", "", _IN_HEADING.sub(r"\g<text>", one).lower()) for one in headings]
    seen: Counter[str] = Counter()
    found = set()
    for slug in (one.replace(" ", "-") for one in plain):
        found.add(f"{slug}-{seen[slug]}" if seen[slug] else slug)
        seen[slug] += 1
    return found


@cache
def headings_of(page: Path) -> set[str]:
    return slugs(page.read_text())


def problem(link: Link) -> str | None:
    """Return what is wrong with a link, ``None`` if nothing is."""
    parts = urlsplit(link.target)
    if parts.scheme or parts.netloc:
        right = parts.scheme == "https" and "." in parts.netloc
        return None if right else "is no address of HTTPS"
    page = (link.page.parent / unquote(parts.path)).resolve() if parts.path else link.page
    if not page.exists():
        return "leads to no file"
    if parts.fragment and (page.suffix != ".md" or parts.fragment not in headings_of(page)):
        return "leads to no heading"
    return None


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(PROJECT)))
def test_links_lead_somewhere(page: Path) -> None:
    assert {str(link): said for link in links(page) if (said := problem(link))} == {}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(PROJECT)))
def test_files_of_ours_that_a_page_names_are_there(page: Path) -> None:
    named = _OURS.findall(_FENCED.sub("", page.read_text()))
    assert [name for name in named if not (PROJECT / name).exists()] == []


@pytest.mark.parametrize(
    ("target", "said"),
    [
        ("releases.md", None),
        ("releases.md#a-bucket", None),
        ("#a-folder", None),
        ("https://www.example.com/a(b)", None),
        ("releases.md#a-bukket", "leads to no heading"),
        ("#a-bukket", "leads to no heading"),
        ("images/admin-list-after-dark.png#a", "leads to no heading"),
        ("gone.md", "leads to no file"),
        ("http://www.example.com/", "is no address of HTTPS"),
        ("https://", "is no address of HTTPS"),
        ("/docs/releases.md", "leads to no file"),
    ],
)
def test_a_link_that_leads_nowhere_is_told(target: str, said: str | None) -> None:
    assert problem(Link(DOCS / "releases.md", target)) == said


def test_what_is_code_is_no_link(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text('`[a](b)` [c](d "e") [f](g_(h)) ``[i](`j`)``\n```js\n[k](l)\n```\n![m](n.png)\n')
    assert [link.target for link in links(page)] == ["g_(h)", "n.png"]


def test_headings_have_the_names_that_code_hosts_give_them() -> None:
    page = (
        "# `a_b`: what, *why*?\n## nginx, 1.22 or later\n## Twice\n## Twice\n### [RFC 9110, 8](https://x)\n"
    )
    page += "```\n# no heading\n```\n"
    assert slugs(page) == {"a_b-what-why", "nginx-122-or-later", "twice", "twice-1", "rfc-9110-8"}
