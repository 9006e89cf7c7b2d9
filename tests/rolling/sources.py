"""The sources of a site that refer to each other, and edits of them by chance: the same seed, the same edits.

A site is the revision of each of its files. From that follows what is in them: a module imports two others
and now and then the one that imports it, a style sheet two others and a picture, each as long as it is
there. So a file that comes or goes is an edit of those that refer to it too.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from random import Random

from tests.sites import write

Site = Mapping[str, int]  # revision by logical path

KINDS = ("js/{}.js", "css/{}.css", "img/{}.svg")
ROOTS = frozenset(kind.format(1) for kind in KINDS)  # what the page refers to, besides all pictures
MOST = 10  # files of a kind
_PARAGRAPHS = 12  # of what makes a file long enough to be worth compressing
_MOST_EDITS = 5
_CIRCLE = 5  # of so many modules one imports what imports it; Django links no style sheets in circles


def first() -> Site:
    """Return the site before any edit: of each kind some that there may be."""
    return {kind.format(number): 0 for kind in KINDS for number in range(1, MOST - 1)}


def edited(site: Site, revision: int, chance: Random) -> Site:
    """Return the site with some files changed, added, removed, or as they once were.

    ``revision`` is one that no file has had. The page's own module gets it, so that no two sites are equal.
    """
    after = dict(site)
    every = [kind.format(number) for kind in KINDS for number in range(1, MOST + 1)]
    for path in chance.sample(every, chance.randint(1, _MOST_EDITS)):
        if path not in site:
            after[path] = chance.randint(0, revision)
        elif path not in ROOTS and chance.random() < 1 / 3:
            del after[path]
        else:
            after[path] = chance.choice([revision, chance.randint(0, revision)])
    return {**after, "js/1.js": revision}


def put(site: Site, folder: Path) -> None:
    """Make a folder hold the site, and nothing else. Files that stay as they are are not touched."""
    wanted = {path: _TEXTS[path.rpartition(".")[2]](path, site) for path in site}
    for kind in KINDS:
        for file in (folder / kind).parent.glob("*"):
            path = file.relative_to(folder).as_posix()
            if path not in wanted:
                file.unlink()
            elif wanted[path] == file.read_text():
                del wanted[path]
    write(folder, wanted)


def _others(path: str, site: Site) -> list[str]:
    """Return the names of files of the same kind that one refers to."""
    folder, _, name = path.rpartition("/")
    stem, _, ending = name.partition(".")
    number = int(stem)
    has_circle = ending == "js" and number % _CIRCLE == 0
    numbers = [2 * number, 2 * number + 1, *([number // 2] if has_circle else [])]
    return [f"{one}.{ending}" for one in numbers if f"{folder}/{one}.{ending}" in site]


def _module(path: str, site: Site) -> str:
    imports = "".join(f'import "./{name}";\n' for name in _others(path, site))
    lines = "".join(f'say("{path}", {line}, {site[path]});\n' for line in range(_PARAGRAPHS))
    return imports + lines


def _sheet(path: str, site: Site) -> str:
    imports = "".join(f'@import "{name}";\n' for name in _others(path, site))
    picture = path.replace("css", "img", 1).replace(".css", ".svg")
    drawn = f'body {{ background: url("../{picture}"); }}\n' if picture in site else ""
    rules = "".join(f".rule-{line} {{ order: {site[path]}; }}\n" for line in range(_PARAGRAPHS))
    return imports + drawn + rules


def _picture(path: str, site: Site) -> str:
    return f'<svg xmlns="http://www.w3.org/2000/svg"><text>{path}, {site[path]}</text></svg>\n'


_TEXTS = {"js": _module, "css": _sheet, "svg": _picture}
