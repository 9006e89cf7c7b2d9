from __future__ import annotations

import pytest
from django.test import override_settings

from stator.django.checks import check_stator


@pytest.mark.parametrize(
    ("settings", "ids"),
    [
        ({}, []),
        ({"STATOR": {"KEEP_PLAIN": False}}, []),
        ({"STATOR": {"KEEP": False}}, ["stator.E001"]),
        ({"STATOR": None}, ["stator.E001"]),
        ({"INSTALLED_APPS": ["stator.django"]}, ["stator.E002"]),
        ({"INSTALLED_APPS": ["django.contrib.staticfiles", "stator.django"]}, ["stator.E003"]),
    ],
)
def test_checks(settings: dict[str, object], ids: list[str]) -> None:
    with override_settings(**settings):
        messages = check_stator()
    assert [message.id for message in messages] == ids
    assert all(message.hint for message in messages)
