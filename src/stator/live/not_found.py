"""The answer to a search that found nothing: a page for people, text for everybody else."""

from __future__ import annotations

from collections.abc import Iterator
from html import escape

from stator.diagnose.missing.mistakes import reasons
from stator.diagnose.missing.search import Search
from stator.load_path import printable

_PAGE = """<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<title>Not found: {name}</title>
<style>
:root {{ color-scheme: light dark }}
body {{ font: 16px/1.5 system-ui, sans-serif; max-width: 60rem; margin: 3rem auto; padding: 0 1.5rem }}
h1 {{ font-size: 1.5rem; overflow-wrap: anywhere }}
h2 {{ font-size: 1rem; margin: 2rem 0 .5rem }}
code {{ font: .9em/1.5 ui-monospace, monospace; overflow-wrap: anywhere }}
dt {{ margin-top: .75rem }} dd {{ margin: 0 0 0 1.5rem }}
footer {{ margin-top: 3rem; opacity: .7; font-size: .875rem }}
</style>
</head>
<body>
<h1>There is no static file <code>{name}</code></h1>
{parts}
<footer>You see this because of <code>DEBUG = True</code>; otherwise the site's own answer is sent.</footer>
</body>
</html>
"""


def as_html(search: Search) -> str:
    """Return the page."""
    parts = []
    for title, rows in _parts(search):
        items = "".join(f"<dt>{escape(row)}</dt><dd>{escape(more)}</dd>\n" for row, more in rows)
        parts.append(f"<h2>{escape(title)}</h2>\n<dl>\n{items}</dl>")
    return _PAGE.format(name=escape(_asked(search)), parts="\n".join(parts))


def as_text(search: Search) -> str:
    """Return the same as plain text."""
    lines = [f"There is no static file '{_asked(search)}'."]
    for title, rows in _parts(search):
        lines += ["", f"{title}:"]
        for row, more in rows:
            lines += [f"  {row}", *([f"    {more}"] if more else [])]
    return "\n".join(lines) + "\n"


def _asked(search: Search) -> str:
    return printable(search.name or search.path)


def _parts(search: Search) -> Iterator[tuple[str, list[tuple[str, str]]]]:
    blamed = [(printable(reason.what), printable(reason.hint)) for reason in reasons(search)]
    if blamed:
        yield "What is to blame", blamed
    if search.refusal():
        return  # no folder can have it
    looked = [
        (origin.label, printable(file) or f"only names that begin with {origin.prefix}/")
        for origin, file in search.places()
    ]
    looked += [(f"front end {one.path!r}", f"{one.place.file}, not built yet") for one in search.unbuilt()]
    looked += [(finder, "which looks for itself") for finder in search.others]
    yield "Where it was looked for, in this order", looked or [("nowhere", "No finder has a folder.")]
