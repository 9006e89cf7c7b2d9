"""Checks of addresses: what is secret in one is not told."""

from __future__ import annotations

from typing import Any

import pytest

from stator.diagnose.check import run
from stator.diagnose.checks.addresses import CHECKS
from stator.diagnose.facts.setup import Setup

WITH_PASSWORD = "http://user:hidden@cdn.example.com/s"
WITH_TOKEN = "http://cdn.example.com/s?token=hidden"
FILES = {"default": "django.core.files.storage.FileSystemStorage"}


@pytest.mark.parametrize("url", [WITH_PASSWORD, WITH_TOKEN])
@pytest.mark.parametrize(
    "differing",
    [
        {"static_url": "{}"},
        {"static_url": "{}", "secure": True},
        {"static_url": "{}/", "media_url": "{}/media/"},
        {"static_url": "{}/static/", "media_url": "{}/"},
        {"static_url": "/static/", "media_url": "{}/", "storages": FILES},
    ],
)
def test_passwords_and_tokens_in_addresses_are_not_told(differing: dict[str, Any], url: str) -> None:
    urls = {name: value.format(url) for name, value in differing.items() if isinstance(value, str)}
    found = list(run(CHECKS, Setup(**{**differing, **urls})))
    assert found
    assert "hidden" not in str(found)
    assert "cdn.example.com" in str(found)
