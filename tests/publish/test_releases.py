"""What is kept, and what it costs."""

from __future__ import annotations

from stator.manifest import Manifest
from stator.publish.releases import Kept, kept_releases
from tests.publish.sites import artifact


def test_one_release_has_all_to_itself(site):
    site.publish([artifact("a.js", b"12345", codings={"br": b"12"}), artifact("b.js", b"1")])
    assert kept_releases(site.manifest()) == [Kept(site.manifest().id, None, 2, 8, 8)]


def test_what_releases_share_is_of_none(site):
    shared = artifact("b.js", b"1234567")
    site.publish([artifact("a.js", b"1"), shared])
    first = site.manifest().id
    site.publish([artifact("a.js", b"22", codings={"br": b"2"}), shared], now=50)
    second = site.manifest().id
    site.publish([artifact("a.js", b"333")], now=70)
    assert kept_releases(site.manifest()) == [
        Kept(site.manifest().id, None, 1, 3, 3),
        Kept(second, 70, 2, 10, 3),
        Kept(first, 50, 2, 8, 1),
    ]


def test_a_form_that_only_one_release_has_is_its_own(site):
    site.publish([artifact("a.js", b"1", codings={"br": b"12", "gzip": b"1234"})])
    site.publish([artifact("a.js", b"1", codings={"br": b"12"})])
    assert [(one.size, one.own) for one in kept_releases(site.manifest())] == [(3, 0), (7, 4)]


def test_of_a_release_that_another_version_has_written_only_files_are_known(site):
    site.publish([artifact("a.js", b"1"), artifact("b.js", b"1234567")])
    site.publish([artifact("a.js", b"2"), artifact("b.js", b"1234567")])
    manifest: Manifest = site.manifest()
    old = manifest._replace(earlier=tuple(one._replace(differences=None) for one in manifest.earlier))
    assert kept_releases(old)[1] == Kept(manifest.earlier[0].id, 0, 1, 1, 1, known=False)
