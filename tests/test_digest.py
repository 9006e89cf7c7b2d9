"""The digest rule: a name changes when what the browser gets changes, and only then."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from stator.graph import targets
from tests.sites import Files, built, content_of, names_of, write

CHAIN: dict[str, str] = {
    "page.css": "@import 'part.css'; a{b:url(x.png)}",
    "part.css": "a{b:url(deep/y.png)}",
    "deep/y.png": "y",
    "x.png": "x",
    "alone.css": "a{}",
}
CIRCLE: dict[str, str] = {
    "a.js": "import './b.js'; export let a = 1",
    "b.js": "import './c.js'; import './leaf.js'",
    "c.js": "import './a.js'",
    "leaf.js": "1",
    "user.js": "import './a.js'",
    "other.js": "2",
}


def renamed(folder: Path, before: Files, change: Files) -> set[str]:
    """Return the files whose names differ once the change is made."""
    old = names_of(built(write(folder, before)))
    new = names_of(built(write(folder, change)))
    return {path for path in new if old.get(path) != new[path]}


@pytest.mark.parametrize(
    ("site", "change", "expected"),
    [
        (CHAIN, {"deep/y.png": "z"}, {"deep/y.png", "part.css", "page.css"}),
        (CHAIN, {"x.png": "z"}, {"x.png", "page.css"}),
        (CHAIN, {"alone.css": "b{}"}, {"alone.css"}),
        (CHAIN, {"page.css": CHAIN["page.css"] + " "}, {"page.css"}),
        (CHAIN, {"new.css": "c{}"}, {"new.css"}),
        (CIRCLE, {"c.js": "import './a.js'; 2"}, {"a.js", "b.js", "c.js", "user.js"}),
        (CIRCLE, {"leaf.js": "3"}, {"a.js", "b.js", "c.js", "leaf.js", "user.js"}),
        (CIRCLE, {"user.js": "import './a.js'; 3"}, {"user.js"}),
        (CIRCLE, {"other.js": "3"}, {"other.js"}),
        ({"self.css": "a{b:url(self.css)}"}, {"self.css": "a{b:url(self.css)} "}, {"self.css"}),
        (
            {"a.js": "//# sourceMappingURL=a.js.map", "a.js.map": '{"file":"a.js"}'},
            {"a.js.map": '{"file":"a.js","sources":[]}'},
            {"a.js", "a.js.map"},
        ),
        # The same content, read through other names, is other content.
        ({"a.css": "a{b:url(./x.png)}", "x.png": ""}, {"a.css": "a{b:url(x.png)}"}, {"a.css"}),
    ],
)
def test_a_change_renames_the_file_and_its_referrers_and_nothing_else(
    tmp_path: Path, site: Files, change: Files, expected: set[str]
) -> None:
    assert renamed(tmp_path / "app", site, change) == expected


def test_a_broken_reference_that_gets_its_target_renames_the_referrer(tmp_path: Path) -> None:
    assert renamed(tmp_path / "app", {"a.css": "a{b:url(x.png)}"}, {"x.png": ""}) == {"a.css", "x.png"}


def test_members_of_a_circle_with_equal_content_have_names_of_their_own(tmp_path: Path) -> None:
    names = names_of(
        built(write(tmp_path / "app", {"a/i.js": "import '../b/i.js'", "b/i.js": "import '../a/i.js'"}))
    )
    assert names["a/i.js"] != names["b/i.js"].replace("b/", "a/")


def test_equal_files_of_equal_names_are_equal_everywhere(tmp_path: Path) -> None:
    names = names_of(built(write(tmp_path / "app", {"a/x.png": "same", "b/x.png": "same"})))
    assert names["a/x.png"].removeprefix("a/") == names["b/x.png"].removeprefix("b/")


def test_names_do_not_depend_on_the_machine(tmp_path: Path) -> None:
    """Golden: a change of these names is a change of the rule, and belongs in the salt and the changelog."""
    assert names_of(built(write(tmp_path / "app", {**CHAIN, **CIRCLE}))) == GOLDEN


def test_names_do_not_depend_on_the_order_of_finding(tmp_path: Path) -> None:
    one, two = write(tmp_path / "one", CHAIN), write(tmp_path / "two", CIRCLE)
    assert names_of(built(one, two)) == names_of(built(two, one))


GOLDEN = {
    "a.js": "a.7c2dd95e0845.js",
    "alone.css": "alone.c9fc6a62cb55.css",
    "b.js": "b.85e3a2c51af7.js",
    "c.js": "c.ec4a14e7efe9.js",
    "deep/y.png": "deep/y.f5a890639403.png",
    "leaf.js": "leaf.57272871573f.js",
    "other.js": "other.700f1da7c791.js",
    "page.css": "page.a3e93a1b2749.css",
    "part.css": "part.90adcf868b64.css",
    "user.js": "user.a46b937f29d6.js",
    "x.png": "x.7266af545735.png",
}

specifiers = st.sampled_from(["a.js", "b.js", "c.js", "d.js"])
modules = st.tuples(st.lists(specifiers, max_size=3), st.sampled_from("xyz")).map(
    lambda drawn: "".join(f"import './{name}';" for name in drawn[0]) + drawn[1]
)
sites = st.fixed_dictionaries(dict.fromkeys(("a.js", "b.js", "c.js", "d.js"), modules))


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60, deadline=None)
@given(before=sites, after=sites)
def test_two_sites_share_a_name_only_where_they_share_all_that_it_leads_to(
    tmp_path: Path, before: dict[str, str], after: dict[str, str]
) -> None:
    first, second = built(write(tmp_path / "x", before)), None
    contents = {path: content_of(first, path) for path in first.artifacts}
    second = built(write(tmp_path / "x", after))
    for path, artifact in second.artifacts.items():
        if artifact.name == first.artifacts[path].name:
            assert content_of(second, path) == contents[path]
            for target in targets(second.links(path)):
                assert second.artifacts[target].name == first.artifacts[target].name
