"""Two publishes at once: one waits for the other."""

from __future__ import annotations

from stator.publish.directory import Directory
from tests.publish.processes import Child, hold, publish, publish_often
from tests.publish.sites import FIRST, SECOND, faults, litter

ROUNDS = 60


def test_one_waits_until_the_other_is_done(site):
    built = site.build(FIRST)
    with Directory(str(site.root)).locked():
        child = Child(publish, site.root, built, {})
        assert child.heard() == "waits"
        assert child.heard(0.2) is None
        assert list(site.root.iterdir()) == []
    assert child.heard() == "done"
    assert child.ended() == 0
    assert faults(site.root) == []


def test_nobody_waits_for_nobody(site):
    for _ in range(2):
        with Directory(str(site.root)).locked(on_wait=lambda: 1 / 0):
            pass


def test_another_folder_is_not_held(site, tmp_path):
    with (
        Directory(str(tmp_path / "other")).locked(),
        Directory(str(site.root)).locked(on_wait=lambda: 1 / 0),
    ):
        pass


def test_a_lock_goes_with_the_process_that_held_it(site):
    holder = Child(hold, site.root)
    assert holder.heard() == "holds"
    waiter = Child(publish, site.root, site.build(FIRST), {})
    assert waiter.heard() == "waits"
    holder.killed()
    assert waiter.heard() == "done"
    assert waiter.ended() == 0
    assert faults(site.root) == []


def test_many_rounds_of_two(site):
    builds = [site.build(FIRST), site.build(SECOND)]
    pair = [
        Child(publish_often, site.root, order, how, ROUNDS)
        for order, how in ((builds, {"keep": 2}), (builds[::-1], {"clear": True}))
    ]
    waits = [child.heard(60) for child in pair]
    assert [child.ended() for child in pair] == [0, 0]
    assert sum(waits) > 0
    assert faults(site.root) == []
    assert litter(site.root) == []
    paths = {path: one.name for path, one in builds[0].artifacts.items()}
    assert site.manifest().paths in (paths, {path: one.name for path, one in builds[1].artifacts.items()})
    site.publish(builds[0])
    assert site.manifest().paths == paths
