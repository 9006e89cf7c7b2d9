"""Reports of sites that never were: what ``stator report`` writes, made up for tests of its page.

Equal arguments give an equal report. Numbers hang together as those of a real one do: a form is smaller than
its file, what a page loads follows from the links, and what comes again is what has changed.
"""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

MADE = 1_795_415_804
KINDS = ("style sheets", "scripts", "images", "fonts", "source maps", "others")
LINK_KINDS = ("url()", "@import", "import", "import()", "sourceMappingURL")
OWNERS = (
    ("STATICFILES_DIRS[0]", False),
    ("app 'catalogue'", False),
    ("app 'desk'", False),
    ("app 'admin'", True),
    ("app 'rest_framework'", True),
)
# Of each kind: how common it is, its extension, its usual size in bytes, whether it can be compressed.
_SORTS: Sequence[tuple[int, str, int, bool]] = (
    (12, "css", 9_000, True),
    (30, "js", 24_000, True),
    (40, "png", 30_000, False),
    (4, "woff2", 45_000, False),
    (10, "js.map", 60_000, True),
    (4, "json", 4_000, True),
)
_FOLDERS = (
    "css",
    "js",
    "js/widgets",
    "img",
    "img/covers",
    "img/icons",
    "fonts",
    "vendor/editor",
    "vendor/maps",
)
_WORDS = (
    "book",
    "loan",
    "shelf",
    "reader",
    "cover",
    "index",
    "form",
    "button",
    "menu",
    "theme",
    "chart",
    "map",
)
_FOUND = ("error", "warning", "warning", "warning", "info", "info")


def report(count: int = 400, seed: int = 1, *, also: Iterable[str] = ()) -> dict[str, Any]:
    """Return a report of ``count`` files and of those with the logical paths ``also``."""
    chance = random.Random(seed)
    files = _files(chance, sorted({*_paths(chance, count), *also}))
    links = _links(chance, files)
    targets = _targets(links)
    changes = _changes(chance, files)
    new = {*changes["added"], *(file for file, _, _ in changes["changed"])}
    return {
        "format": 1,
        "maker": "Stator 0.1",
        "made": MADE,
        "site": "library",
        "static_url": "/static/",
        "release": {"id": "9c41d07be2a5", "since": MADE - 7_200},
        "previous": {"id": "51fe09aa8c03", "since": MADE - 700_000, "until": MADE - 7_200},
        "codings": ["br", "zstd", "gzip"],
        "kinds": list(KINDS),
        "owners": [{"label": label, "package": package} for label, package in OWNERS],
        "files": files,
        "links": links,
        "link_kinds": list(LINK_KINDS),
        "pages": [
            _page(chance, number, files, targets, new) for number in range(count and max(count // 40, 3))
        ],
        "changes": changes,
        "shadowed": _shadowed(chance, files["paths"]),
        "findings": [
            _finding(chance, number, files["paths"]) for number in range(count and max(count // 25, 8))
        ],
        "suppressed": 2,
    }


def first_release(count: int = 40) -> dict[str, Any]:
    """Return a report with nothing to compare with, no links known, no pages, and nothing wrong."""
    made = report(count)
    empty = {"pages": [], "shadowed": [], "findings": [], "suppressed": 0}
    return {**made, **empty, "previous": None, "changes": None, "links": None}


def _paths(chance: random.Random, count: int) -> Iterable[str]:
    ways = [f"{owner}/{folder}" for owner in ("library", "admin", "desk", "api") for folder in _FOLDERS]
    weights = [common for common, _, _, _ in _SORTS]
    for number in range(count):
        _, extension, _, _ = chance.choices(_SORTS, weights)[0]
        way = chance.choice(ways) + (f"/part{chance.randrange(count // 1000 + 1)}" if count > 1000 else "")
        yield f"{way}/{chance.choice(_WORDS)}-{number}.{extension}"


def _sort_of(path: str) -> int:
    found = [number for number, (_, extension, _, _) in enumerate(_SORTS) if path.endswith(f".{extension}")]
    return found[0] if found else len(_SORTS) - 1


def _files(chance: random.Random, paths: list[str]) -> dict[str, list[Any]]:
    names = ("names", "kinds", "owners", "sources", "sizes", "br", "zstd", "gzip", "places")
    columns: dict[str, list[Any]] = {"paths": paths, **{name: [] for name in names}}
    for path in paths:
        kind = _sort_of(path)
        _, _, usual, compresses = _SORTS[kind]
        size = int(usual * chance.lognormvariate(-0.5, 1.1)) + 40
        owner = -1 if chance.random() < 0.01 else chance.randrange(len(OWNERS))
        stem, _, extension = path.rpartition(".")
        row = {
            "names": f"{stem}.{chance.getrandbits(48):012x}.{extension}",
            "kinds": kind,
            "owners": owner,
            "sources": 0 if owner < 0 else int(size * chance.uniform(1, 1.6)),
            "sizes": size,
            "br": int(size * chance.uniform(0.2, 0.4)) if compresses else 0,
            "zstd": int(size * chance.uniform(0.22, 0.44)) if compresses else 0,
            "gzip": int(size * chance.uniform(0.25, 0.48)) if compresses else 0,
            "places": "" if owner < 0 else _place(owner, path),
        }
        for name, value in row.items():
            columns[name].append(value)
    return columns


def _place(owner: int, path: str) -> str:
    label, package = OWNERS[owner]
    app = label.removeprefix("app ").strip("'")
    return f"{app}: static/{path}" if package else f"library/static/{path}"


def _links(chance: random.Random, files: Mapping[str, list[Any]]) -> dict[str, list[int]]:
    of_kind = {kind: [file for file, its in enumerate(files["kinds"]) if its == kind] for kind in range(6)}
    wanted = {0: ((1, 0, 1), (0, 2, 3), (0, 3, 1)), 1: ((2, 1, 3), (3, 1, 1), (4, 4, 1))}
    found: dict[tuple[int, int], int] = {}
    for source, kind in enumerate(files["kinds"]):
        for link, target_kind, most in wanted.get(kind, ()):
            later = [one for one in _some(chance, of_kind[target_kind], most) if one > source or kind != 1]
            found.update({(source, target): link for target in later if target != source})
    return {
        "from": [source for source, _ in found],
        "to": [target for _, target in found],
        "kinds": list(found.values()),
    }


def _targets(links: Mapping[str, list[int]]) -> Mapping[int, Sequence[tuple[int, int]]]:
    """Return what each file refers to, and how."""
    found = defaultdict(list)
    for source, target, kind in zip(links["from"], links["to"], links["kinds"], strict=True):
        found[source].append((target, kind))
    return found


def _some(chance: random.Random, of: Sequence[int], most: int) -> list[int]:
    return chance.sample(of, min(chance.randint(0, most), len(of)))


def _page(
    chance: random.Random,
    number: int,
    files: Mapping[str, list[Any]],
    targets: Mapping[int, Sequence[tuple[int, int]]],
    new: set[int],
) -> dict[str, Any]:
    count = len(files["paths"])
    asks = sorted(set(chance.sample(range(count), min(chance.randint(2, 9), count))))
    linked = [link for file in asks for link in targets.get(file, ())]
    loads = sorted({target for target, kind in linked if kind < LINK_KINDS.index("import()")} - {*asks})
    later = sorted({target for target, kind in linked if LINK_KINDS[kind] == "import()"} - {*asks, *loads})
    fetched = [*asks, *loads]
    again = [file for file in fetched if file in new]
    package = chance.random() < 0.25
    name = f"{'admin' if package else 'library'}/{chance.choice(_WORDS)}-{number}.html"
    return {
        "name": name,
        "package": package,
        "place": f"library/templates/{name}",
        "asks": asks,
        "loads": loads,
        "later": later,
        "unknown": chance.choice((0, 0, 0, 2)),
        "missing": [f"library/img/{chance.choice(_WORDS)}.svg"] if chance.random() < 0.1 else [],
        "first": _visit(files, fetched),
        "return": _visit(files, again),
    }


def _visit(files: Mapping[str, list[Any]], fetched: Sequence[int]) -> dict[str, int]:
    return {
        "requests": len(fetched),
        "bytes": sum(files["br"][file] or files["sizes"][file] for file in fetched),
    }


def _changes(chance: random.Random, files: Mapping[str, list[Any]]) -> dict[str, list[Any]]:
    count = len(files["paths"])
    touched = chance.sample(range(count), count // 12)
    added, changed, renamed = touched[::3], touched[1::3], touched[2::3]

    def before(size: int) -> int:
        return int(size * chance.uniform(0.7, 1.4)) + 1

    return {
        "added": sorted(added),
        "removed": [
            [f"library/old/{word}.js", size := before(9_000), size // 3] for word in sorted(_WORDS)[:4]
        ],
        "changed": [
            [file, before(files["sizes"][file]), before(files["br"][file] or files["sizes"][file])]
            for file in sorted(changed)
        ],
        "renamed": sorted(renamed),
    }


def _shadowed(chance: random.Random, paths: Sequence[str]) -> list[dict[str, Any]]:
    return [
        {
            "path": path,
            "winner": f"library/static/{path}",
            "losers": [f"admin: static/{path}"],
            "declared": number % 2 == 0,
        }
        for number, path in enumerate(sorted(chance.sample(list(paths), min(5, len(paths)))))
    ]


def _finding(chance: random.Random, number: int, paths: Sequence[str]) -> dict[str, Any]:
    path = chance.choice(paths)
    line = chance.choice((0, number + 1))
    mends = (
        None,
        {"how": "replace", "text": "../img/cover.png"},
        {"how": "run", "text": "manage.py collectstatic"},
    )
    return {
        "id": chance.choice(("missing-reference", "heavy-image", "duplicate-files", "hard-coded-address")),
        "level": chance.choice(_FOUND),
        "message": f"'../img/covr-{number}.png' leads nowhere.",
        "file": f"library/static/{path}",
        "line": line,
        "column": 12 if line else 0,
        "length": 16 if line else 0,
        "source": "  background: url(../img/covr.png) no-repeat;" if line else "",
        "hint": chance.choice(("", "The nearest name is '../img/cover.png'.")),
        "path": path,
        "package": False,
        "mend": chance.choice(mends),
    }
