from __future__ import annotations

import functools
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st

from stator.diagnose.check import Rule
from stator.diagnose.doctor import rules
from stator.diagnose.sarif import as_sarif
from stator.findings import Finding, How, Level, Mend, Place, Places
from tests.parts import CORPUS

SCHEMA = CORPUS / "@microsoft" / "sarif-multitool-ts" / "assets" / "sarif-2.1.0.schema.json"
KNOWN = {"bad-url": Rule(Level.ERROR, "It is bad."), "a-rule": Rule(Level.INFO, "It is so.")}


def finding(place: Place, mend: Mend | None = None, id: str = "bad-url") -> Finding:
    return Finding(id, Level.WARNING, "It is wrong.", place, "Do this.", mend=mend)


def log(*findings: Finding, rules: Mapping[str, Rule] = KNOWN) -> dict[str, Any]:
    return as_sarif(findings, rules, "/srv/site", "1.2")


def run(*findings: Finding) -> dict[str, Any]:
    (one,) = log(*findings)["runs"]
    return dict(one)


def result(one: Finding) -> dict[str, Any]:
    (told,) = run(one)["results"]
    return dict(told)


def physical(place: Place) -> dict[str, Any]:
    (location,) = result(finding(place))["locations"]
    return dict(location["physicalLocation"])


def fingerprints(*findings: Finding) -> list[str]:
    return [told["partialFingerprints"]["stator/v1"] for told in run(*findings)["results"]]


def with_fix(content: str, told: dict[str, Any]) -> str:
    """Do what a fix says to the letter: columns count characters, and what is at the end column stays."""
    (fix,) = told["fixes"]
    (change,) = fix["artifactChanges"]
    (replacement,) = change["replacements"]
    region = replacement["deletedRegion"]
    lines = content.splitlines(keepends=True)

    def offset(line: int, column: int) -> int:
        return sum(map(len, lines[: line - 1])) + column - 1

    start = offset(region["startLine"], region["startColumn"])
    end = offset(region.get("endLine", region["startLine"]), region["endColumn"])
    return content[:start] + str(replacement["insertedContent"]["text"]) + content[end:]


@functools.cache
def validator() -> Any:
    schema = json.loads(SCHEMA.read_text())
    return jsonschema.validators.validator_for(schema)(schema)


places = st.builds(
    Place,
    st.text(),
    st.integers(min_value=0),
    st.integers(min_value=1),
    st.text(),
    st.integers(min_value=0),
    st.integers(min_value=1),
)
mends = st.none() | st.builds(Mend, st.sampled_from(How), st.text())
any_finding = st.builds(
    Finding, st.text(min_size=1), st.sampled_from(Level), st.text(), places, st.text(), st.text(), mend=mends
)


@pytest.mark.needs("npm corpus")
@given(st.lists(any_finding))
def test_every_log_is_valid_by_the_schema_of_the_standard(findings: list[Finding]) -> None:
    validator().validate(json.loads(json.dumps(log(*findings))))


@pytest.mark.needs("npm corpus")
def test_the_rules_of_the_doctor_are_valid_too() -> None:
    validator().validate(log(rules=rules()))


@pytest.mark.needs("npm corpus")
def test_the_schema_of_the_standard_is_strict() -> None:
    broken = log(finding(Place("a.css", 1, 1)))
    broken["runs"][0]["results"][0]["level"] = "fatal"
    with pytest.raises(jsonschema.ValidationError, match="fatal"):
        validator().validate(broken)


def test_a_result_says_what_the_finding_says() -> None:
    told = result(finding(Place("/srv/site/a.css", 3, 5, "a { url(x) }", 0, 6)))
    assert told["ruleId"] == "bad-url"
    assert told["level"] == "warning"
    assert told["message"] == {"text": "It is wrong.\nDo this."}


@pytest.mark.parametrize(
    ("level", "told"), [(Level.ERROR, "error"), (Level.WARNING, "warning"), (Level.INFO, "note")]
)
def test_levels_have_other_names(level: Level, told: str) -> None:
    assert result(finding(Place("a"))._replace(level=level))["level"] == told


def test_each_result_points_to_its_rule() -> None:
    one = run(finding(Place("a"), id="unheard-of"), finding(Place("a"), id="bad-url"))
    described = one["tool"]["driver"]["rules"]
    assert [described[told["ruleIndex"]]["id"] for told in one["results"]] == ["unheard-of", "bad-url"]


def test_a_rule_says_what_is_known_of_it() -> None:
    described = {
        rule["id"]: rule for rule in run(finding(Place("a"), id="unheard-of"))["tool"]["driver"]["rules"]
    }
    assert described.keys() == {*KNOWN, "unheard-of"}
    assert described["a-rule"]["shortDescription"] == {"text": "It is so."}
    assert described["a-rule"]["defaultConfiguration"] == {"level": "note"}
    assert "docs/findings/a-rule.md" in described["a-rule"]["help"]["text"]
    assert described["unheard-of"] == {"id": "unheard-of"}


@pytest.mark.parametrize(
    ("file", "artifact"),
    [
        ("/srv/site/shop/a.css", {"uri": "shop/a.css", "uriBaseId": "SRCROOT"}),
        ("/srv/site/a b/ä%20?.css", {"uri": "a%20b/%C3%A4%2520%3F.css", "uriBaseId": "SRCROOT"}),
        ("/srv/site/a:b.css", {"uri": "a%3Ab.css", "uriBaseId": "SRCROOT"}),
        ("/srv/site/\udcff.css", {"uri": "%FF.css", "uriBaseId": "SRCROOT"}),
        ("shop/a.css", {"uri": "shop/a.css", "uriBaseId": "SRCROOT"}),
        ("/srv/site-two/a.css", {"uri": "file:///srv/site-two/a.css"}),
        ("/opt/packages/a b.css", {"uri": "file:///opt/packages/a%20b.css"}),
        ("https://example.com/static/a.css?x=1", {"uri": "https://example.com/static/a.css?x=1"}),
    ],
)
def test_files_are_named_from_the_folder(file: str, artifact: dict[str, str]) -> None:
    assert physical(Place(file))["artifactLocation"] == artifact


def test_a_region_is_told_where_it_is_known() -> None:
    content = "ä { background: url(x.png) }\n".encode()
    start = content.index(b"x.png")
    place = Places("/srv/site/a.css", content).at(start, start + 5)
    assert physical(place)["region"] == {"startLine": 1, "startColumn": 21, "endColumn": 26}


def test_no_region_is_told_of_a_whole_file() -> None:
    assert "region" not in physical(Place("/srv/site/a.css"))


def test_a_finding_without_a_file_has_no_location() -> None:
    assert "locations" not in result(finding(Place("")))


def test_what_is_to_be_replaced_has_a_fix() -> None:
    content = "é {}\nü { background: url(../img/lgo.png) }\n"
    raw = content.encode()
    start = raw.index(b"..")
    place = Places("a.css", raw).at(start, start + len(b"../img/lgo.png"))
    told = result(finding(place, Mend(How.REPLACE, "../img/logo.png")))
    assert with_fix(content, told) == content.replace("lgo", "logo")


@pytest.mark.parametrize(
    ("content", "after"),
    [
        ("A = 1\nLIST = [\n    'ä',\n]  # why\nB = 2\n", "A = 1\nLIST = [\n    'b']  # why\nB = 2\n"),
        ("if A:\n    LIST = []\n", "if A:\n    LIST = [\n        'b']\n"),
        ("'é'; LIST = ['é']; B = 2", "'é'; LIST = [\n         'b']; B = 2"),
    ],
)
def test_what_is_to_be_pasted_takes_the_place_of_a_whole_statement(
    tmp_path: Path, content: str, after: str
) -> None:
    file = tmp_path / "settings.py"
    file.write_text(content)
    raw = file.read_bytes()
    place = Places(str(file), raw).at(raw.index(b"LIST"), raw.index(b"LIST") + 4)
    assert with_fix(content, result(finding(place, Mend(How.PASTE, "LIST = [\n    'b']")))) == after


@pytest.mark.parametrize(
    ("how", "line", "content"),
    [
        (How.RUN, 1, "A = 1\n"),
        (How.PASTE, 0, "A = 1\n"),
        (How.PASTE, 2, "A = [\n1]\n"),
        (How.PASTE, 1, "A = [\n"),
        (How.REPLACE, 0, "A = 1\n"),
    ],
)
def test_other_mends_are_no_fixes(tmp_path: Path, how: How, line: int, content: str) -> None:
    file = tmp_path / "settings.py"
    file.write_text(content)
    assert "fixes" not in result(finding(Place(str(file), line, 1), Mend(how, "A = 2")))


def test_a_paste_into_a_file_that_is_gone_is_no_fix(tmp_path: Path) -> None:
    assert "fixes" not in result(finding(Place(str(tmp_path / "gone.py"), 1, 1), Mend(How.PASTE, "A = 2")))


def test_fingerprints_stay_when_lines_move() -> None:
    def found(content: bytes) -> Finding:
        start = content.index(b"x.png")
        return finding(Places("a.css", content).at(start, start + 5))

    moved = b"\n\n@media print { a { b: url(x.png) } }"
    assert fingerprints(found(b"a { b: url(x.png) }")) == fingerprints(found(moved))


@pytest.mark.parametrize(
    "other",
    [
        finding(Place("a", 1, 1, "x y", 0, 1), id="a-rule"),
        finding(Place("b", 1, 1, "x y", 0, 1)),
        finding(Place("a", 1, 3, "x y", 0, 1)),
        finding(Place("a", 9, 1, "x y", 0, 1)),
    ],
    ids=["another id", "another file", "another text", "the same elsewhere"],
)
def test_findings_have_fingerprints_of_their_own(other: Finding) -> None:
    first, second = fingerprints(finding(Place("a", 1, 1, "x y", 0, 1)), other)
    assert first != second


def test_a_log_has_no_names_of_the_machine() -> None:
    assert "/srv" not in json.dumps(log(finding(Place("/srv/site/a.css", 1, 1))))
