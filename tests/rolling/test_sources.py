"""The sources of the site, and what an edit does to them."""

from __future__ import annotations

from itertools import accumulate, pairwise
from pathlib import Path
from random import Random

from tests.rolling import sources
from tests.rolling.sources import Site
from tests.rolling.visitors import references

EDITS = 40


def history(seed: int) -> list[Site]:
    chance = Random(seed)
    revisions = range(1, EDITS + 1)
    return list(
        accumulate(
            revisions, lambda site, revision: sources.edited(site, revision, chance), initial=sources.first()
        )
    )


def test_the_same_seed_makes_the_same_edits() -> None:
    assert history(1) == history(1) != history(2)


def test_edits_change_add_remove_and_take_back() -> None:
    sites = history(1)
    pairs = list(pairwise(sites))
    assert any(set(after) - set(before) for before, after in pairs)
    assert any(set(before) - set(after) for before, after in pairs)
    assert any(after.get(path, 0) > before[path] for before, after in pairs for path in before)
    assert any(path in after and after[path] < before[path] for before, after in pairs for path in before)
    assert len({frozenset(site.items()) for site in sites}) == len(sites)


def test_every_reference_leads_to_a_file(tmp_path: Path) -> None:
    for site in history(1):
        sources.put(site, tmp_path)
        there = {file.as_uri(): file for file in tmp_path.rglob("*") if file.is_file()}
        assert {file.relative_to(tmp_path).as_posix() for file in there.values()} == set(site)
        referred = {to for uri, file in there.items() for to in references(uri, file.read_text())}
        assert referred
        assert referred <= set(there)


def test_what_stays_as_it_is_is_not_written(tmp_path: Path) -> None:
    sources.put(sources.first(), tmp_path)
    file = tmp_path / "img/1.svg"
    before = file.stat().st_mtime_ns
    sources.put({**sources.first(), "img/2.svg": 1}, tmp_path)
    assert file.stat().st_mtime_ns == before
