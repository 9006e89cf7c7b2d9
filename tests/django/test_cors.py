"""``manage.py stator cors``: what it says. tests/browser/test_bucket.py has what comes of it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from io import StringIO

import pytest
from django.core.management import call_command

from tests.django.conftest import Project
from tests.django.test_stator_command import failure, stator


@pytest.fixture
def bucket(project: Project) -> Iterator[Project]:
    with project.settings(STATOR={"DESTINATION": {"URL": "gs://assets/static"}}):
        yield project


def test_the_rules_are_written(bucket: Project) -> None:
    assert [rule["origin"] for rule in json.loads(stator("cors"))] == [["*"]]


def test_the_command_that_replaces_a_buckets_rules_says_so(bucket: Project) -> None:
    told = StringIO()
    call_command("stator", "cors", stdout=StringIO(), stderr=told)
    assert "these rules, and no others: gcloud storage buckets update gs://assets" in told.getvalue()


def test_pages_of_some_origins_only(bucket: Project) -> None:
    words = ["--origin", "https://a.example/", "--origin", "http://127.0.0.1:8000"]
    (rule,) = json.loads(stator("cors", *words))
    assert rule["origin"] == ["https://a.example", "http://127.0.0.1:8000"]


@pytest.mark.parametrize(
    "origin", ["a.example", "https://", "https://a.example/page", "https://u@a.example", "*.a"]
)
def test_what_is_no_origin(bucket: Project, origin: str) -> None:
    assert failure("cors", "--origin", origin).returncode == 2


def test_a_store_that_we_do_not_ask_is_told_how(bucket: Project) -> None:
    error = failure("cors", "--apply")
    assert error.returncode == 2
    assert "gcloud storage buckets update gs://assets" in str(error)


@pytest.mark.parametrize("destination", [{}, {"DESTINATION": "/srv/published"}], ids=["none", "a folder"])
def test_only_buckets_have_rules(project: Project, destination: dict[str, str]) -> None:
    with project.settings(STATOR=destination):
        assert "serverconfig" in str(failure("cors"))
