"""Patterns over names: what they match is what Python's shell patterns and our digests say."""

from __future__ import annotations

import re
from fnmatch import fnmatchcase

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stator.errors import ConfigError
from stator.paths import parse_digested
from stator.webserver import patterns

NAMES = ["css/app.css", "a.js", "a]b", "a^b", "x.min.js", "fonts/é.woff2", "[1].js", "a\\b", "b.js", "{}"]


@pytest.mark.parametrize(
    "pattern", ["*", "*.js", "css/*", "?.js", "[ab].js", "[!a].js", "[[]1].js", "a[]]b", "*é*"]
)
@pytest.mark.parametrize("name", NAMES)
def test_a_shell_pattern_matches_what_it_matches_in_python(pattern: str, name: str) -> None:
    found = re.fullmatch(patterns.from_shell(pattern, "."), name)
    assert (found is not None) is fnmatchcase(name, pattern)


@pytest.mark.filterwarnings("ignore:Possible:FutureWarning")  # of Python alone
@given(
    pattern=st.text(st.sampled_from("ab-z[]!^*?\\&~|."), max_size=8),
    name=st.text(st.sampled_from("ab-z[]!^\\&~|."), min_size=1, max_size=4),
)
def test_odd_shell_patterns_match_what_they_match_in_python(pattern: str, name: str) -> None:
    found = re.fullmatch(patterns.from_shell(pattern, "."), name)
    assert (found is not None) is fnmatchcase(name, pattern)


def test_brackets_are_for_ascii() -> None:
    with pytest.raises(ConfigError, match="ASCII only"):
        patterns.from_shell("[é]")


@pytest.mark.filterwarnings("ignore:Possible:FutureWarning")
@given(st.text(max_size=20))
def test_a_literal_matches_itself(text: str) -> None:
    assert re.fullmatch(patterns.literal(text), text)


@pytest.mark.parametrize(
    "name",
    [
        "css/app.0123456789ab.css",
        "app.0123456789ab",
        "app.0123456789AB.css",
        "app.0123456789ab.tar.gz",
        "app.0123456789abc.css",
        "app-0123456789ab.css",
        "0123456789ab.css",
        "a.b.0123456789ab.css",
    ],
)
def test_the_form_of_digests_is_that_of_our_names(name: str) -> None:
    assert (re.search(patterns.DIGESTED, name) is not None) is (parse_digested(name) is not None)


@pytest.mark.parametrize(
    ("name", "form_of"), [("a.css.br", "a.css"), ("a.css.zst", "a.css"), ("a.gz", "a"), ("a.css", "")]
)
def test_the_file_of_a_form(name: str, form_of: str) -> None:
    assert patterns.form_of(name) == form_of
