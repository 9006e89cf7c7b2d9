"""Rolling deploys: what visitors lose with Stator, which is nothing, and without.

``python -m benchmarks.rolling`` is the long form, with pages that are a minute old.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.rolling.deploys import Course, Outcome, run
from tests.rolling.scenes import bucket, django, shared, shared_folder
from tests.stores import seaweedfs

pytestmark = pytest.mark.other_programs

LATEST = 1.5


def nobody_lost_anything(outcome: Outcome) -> None:
    assert outcome.problems == []
    assert outcome.harmed == 0
    assert outcome.pages > 10
    assert outcome.files > 10 * outcome.pages
    assert outcome.latest > LATEST / 2


@pytest.mark.needs("seaweedfs")
@pytest.mark.needs("varnish")
def test_a_bucket_behind_varnish_never_misses_a_file(tmp_path: Path) -> None:
    course = Course(deploys=8, rollbacks=2, visitors=6, latest=LATEST, age=8, pace=1.2)
    with seaweedfs() as buckets:
        outcome = run(bucket(buckets(), course.retention), course, tmp_path)
    nobody_lost_anything(outcome)
    assert (outcome.releases, outcome.rollbacks) == (9, 2)
    assert outcome.gone, "what no release that is kept has was deleted meanwhile"


@pytest.mark.needs("nginx")
def test_a_shared_folder_behind_nginx_never_misses_a_file(tmp_path: Path) -> None:
    course = Course(deploys=4, rollbacks=1, visitors=6, latest=LATEST, age=10)
    with shared() as folder:
        outcome = run(shared_folder(folder, course.retention), course, tmp_path)
    nobody_lost_anything(outcome)


@pytest.mark.needs("nginx")
def test_djangos_storage_does_where_old_files_are_cleared(tmp_path: Path) -> None:
    """So what is counted above would be seen."""
    course = Course(deploys=2, rollbacks=1, visitors=6, latest=LATEST, age=0)
    with shared() as folder:
        outcome = run(django(folder), course, tmp_path)
    assert outcome.count("missing") > 0
    assert 0 < outcome.harmed <= outcome.pages
