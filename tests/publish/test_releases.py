"""What is kept, and what it costs."""

from __future__ import annotations

from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from stator.manifest import MAKER, Manifest, manifest_of, succeed
from stator.paths import CODING_SUFFIXES
from stator.publish.releases import Kept, kept_releases
from tests.publish.sites import artifact


def test_one_release_has_all_to_itself(site):
    site.publish([artifact("a.js", b"12345", codings={"br": b"12"}), artifact("b.js", b"1")])
    assert kept_releases(site.manifest()) == [Kept(site.manifest().id, None, None, MAKER, 2, 8, 8)]


def test_what_releases_share_is_of_none(site):
    shared = artifact("b.js", b"1234567")
    site.publish([artifact("a.js", b"1"), shared])
    first = site.manifest().id
    site.publish([artifact("a.js", b"22", codings={"br": b"2"}), shared], now=50)
    second = site.manifest().id
    site.publish([artifact("a.js", b"333")], now=70)
    assert kept_releases(site.manifest()) == [
        Kept(site.manifest().id, 70, None, MAKER, 1, 3, 3),
        Kept(second, 50, 70, MAKER, 2, 10, 3),
        Kept(first, None, 50, MAKER, 2, 8, 1),
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
    assert kept_releases(old)[1] == Kept(manifest.earlier[0].id, None, 0, MAKER, 1, 1, 1, known=False)


def test_of_those_before_one_that_is_not_known_only_files_are(site):
    for content in (b"1", b"22", b"333", b"4444"):
        site.publish([artifact("a.js", content), artifact("b.js", b"1234567")])
    manifest: Manifest = site.manifest()
    second, *others = manifest.earlier
    old = manifest._replace(earlier=(second, others[0]._replace(differences=None), *others[1:]))
    told = [(one.files, one.size, one.own, one.known) for one in kept_releases(old)]
    assert told == [(2, 11, 4, True), (2, 10, 3, True), (1, 2, 2, False), (1, 1, 1, False)]


def test_a_file_that_came_back_is_of_no_release_alone(site):
    for a, b in ((b"1", b"x"), (b"22", b"yy"), (b"1", b"zzz")):
        site.publish([artifact("a.js", a), artifact("b.js", b)])
    assert [(one.size, one.own) for one in kept_releases(site.manifest())] == [(4, 3), (4, 4), (2, 1)]


releases = st.lists(
    st.dictionaries(
        st.sampled_from(["a.js", "b.css", "c"]),
        st.tuples(
            st.binary(max_size=1),
            st.booleans(),
            st.dictionaries(st.sampled_from(["br", "gzip"]), st.binary(max_size=2)),
        ),
    ),
    min_size=1,
    max_size=8,
)


@given(releases)
def test_what_is_told_of_a_release_is_what_restoring_it_would_tell(releases):
    manifest = None
    for files in releases:
        made = [
            artifact(path, content, plain=plain, codings=codings)
            for path, (content, plain, codings) in sorted(files.items())
        ]
        manifest = succeed(manifest_of(made), manifest, len(releases))
    restored = [manifest.restored(id) for id in (manifest.id, *(one.id for one in manifest.earlier))]
    sizes = [sizes_of(one) for one in restored]
    holders = Counter(name for some in sizes for name in some)
    assert [(one.id, one.files, one.size, one.own, one.known) for one in kept_releases(manifest)] == [
        (
            one.id,
            len(one.files),
            sum(some.values()),
            sum(size for name, size in some.items() if holders[name] == 1),
            True,
        )
        for one, some in zip(restored, sizes, strict=True)
    ]


def sizes_of(manifest: Manifest) -> dict[str, int]:
    """Return the size of each file of a release and of each of its precompressed forms."""
    forms = {"": "", **CODING_SUFFIXES}
    return {
        name + forms[coding]: size
        for name, content in manifest.files.items()
        for coding, size in {"": content.size, **dict(content.codings)}.items()
    }
