"""The checks: each has a sample that it must report and one in which it must stay silent."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from stator.config import Options, UploadRules
from stator.findings import Finding
from stator.webserver import nginx
from stator.webserver.checks import CHECKS, check
from stator.webserver.policy import policy_of
from stator.webserver.tree import read
from tests.parts import TESTS
from tests.webserver.policies import POLICIES
from tests.webserver.test_rendering import include

SAMPLES = Path(__file__).parent / "samples"
POLICY = policy_of(
    Options(media=UploadRules(private=(("invoices/", "a.b"),))),
    None,
    static_url="/static/",
    static_root="/srv/static",
    media_url="/media/",
    media_root="/srv/media",
)


def found(file: Path) -> list[Finding]:
    return list(check(read(str(file)), POLICY))


@pytest.mark.parametrize("id", CHECKS)
def test_each_check_reports_its_sample(id: str) -> None:
    (finding,) = [one for one in found(SAMPLES / f"{id}.reported.conf") if one.id == id]
    assert finding.level is CHECKS[id].level
    assert finding.place.line
    assert finding.place.excerpt.strip()
    assert finding.hint


@pytest.mark.parametrize("id", CHECKS)
def test_each_check_stays_silent_where_all_is_right(id: str) -> None:
    assert [one for one in found(SAMPLES / f"{id}.silent.conf") if one.id == id] == []


def test_every_sample_belongs_to_a_check() -> None:
    assert {file.name.partition(".")[0] for file in SAMPLES.iterdir()} == CHECKS.keys()


def test_each_check_has_a_paragraph() -> None:
    text = (TESTS.parent / "docs" / "webservers.md").read_text()
    assert re.findall(r"^### `(nginx-.+)`$", text, re.MULTILINE) == list(CHECKS)


@pytest.mark.parametrize("policy", [POLICY, *POLICIES.values()], ids=["media", *POLICIES])
def test_what_we_write_passes(policy: object, tmp_path: Path) -> None:
    file = tmp_path / "site.conf"
    for text in (nginx.render(policy), include("nginx", policy)):  # type: ignore[arg-type]
        file.write_text(text)
        assert check(read(str(file)), policy) == ()  # type: ignore[arg-type]


def test_an_expression_for_all_style_sheets_overrules_a_prefix(tmp_path: Path) -> None:
    file = tmp_path / "site.conf"
    file.write_text(
        "server { location /static/ { alias /srv/static/; }\n"
        r"location ~* \.(css|js)$ { root /srv; expires max; } }"
    )
    assert [one.place.line for one in found(file) if one.id == "nginx-all-immutable"] == [2]


@pytest.mark.parametrize(
    ("expires", "ids"),
    [
        ("max", {"nginx-all-immutable"}),
        ("90d", {"nginx-all-immutable"}),
        ("2678400", {"nginx-all-immutable"}),
        ("1d", {"nginx-none-immutable"}),
        ("off", {"nginx-none-immutable"}),
        ("$kept", set()),
    ],
)
def test_how_long_is_long(expires: str, ids: set[str], tmp_path: Path) -> None:
    file = tmp_path / "site.conf"
    file.write_text(f"server {{ location /static/ {{ alias /srv/static/; expires {expires}; }} }}")
    assert {one.id for one in found(file) if "immutable" in one.id} == ids


def test_without_uploads_nothing_is_said_of_them(tmp_path: Path) -> None:
    for id in ("nginx-media-active", "nginx-media-programs", "nginx-media-proxied"):
        root = read(str(SAMPLES / f"{id}.reported.conf"))
        assert not [one for one in check(root, POLICY._replace(media=None)) if one.id == id]
