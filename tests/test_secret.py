from __future__ import annotations

import json

import pytest

from stator.errors import ConfigError
from stator.secret import Secret

GIVEN = Secret("TOKEN", "s3cr3t")


def test_a_secret_is_told_to_who_asks_for_it() -> None:
    assert GIVEN.reveal({}) == "s3cr3t"


def test_a_secret_can_be_in_the_environment() -> None:
    assert Secret("TOKEN_ENV", variable="CDN_TOKEN").reveal({"CDN_TOKEN": "s3cr3t\n"}) == "s3cr3t"


@pytest.mark.parametrize("environ", [{}, {"CDN_TOKEN": ""}, {"CDN_TOKEN": " \n"}])
def test_a_variable_that_is_not_set_is_named(environ: dict[str, str]) -> None:
    with pytest.raises(ConfigError, match="The environment variable CDN_TOKEN is not set"):
        Secret("TOKEN_ENV", variable="CDN_TOKEN").reveal(environ)


@pytest.mark.parametrize("text", ["s3cr3t\r\nX-Field: a", "s3cr3t s3cr3t", "s3cr3t–", "s3cr3t\0"])
def test_what_no_field_can_hold_is_refused_and_not_repeated(text: str) -> None:
    with pytest.raises(ConfigError) as raised:
        Secret("TOKEN", text).reveal({})
    assert "s3cr3t" not in str(raised.value)


@pytest.mark.parametrize("shown", [repr, str, lambda secret: f"{secret}", lambda secret: repr([secret])])
def test_nothing_shows_a_secret(shown: object) -> None:
    assert "s3cr3t" not in shown(GIVEN)  # type: ignore[operator]


def test_nothing_writes_a_secret() -> None:
    with pytest.raises(TypeError):
        json.dumps(GIVEN)


def test_equal_secrets_are_equal() -> None:
    assert Secret("TOKEN", "s3cr3t") == GIVEN
    assert hash(GIVEN) == hash(Secret("TOKEN", "s3cr3t"))
    assert GIVEN not in (Secret("TOKEN", "other"), "s3cr3t")
