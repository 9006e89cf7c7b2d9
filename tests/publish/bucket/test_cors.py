"""The rules of a bucket for pages of other origins. tests/browser has what a browser makes of them."""

from __future__ import annotations

import json
from typing import Any

import pytest

from stator.config import DestinationRules
from stator.errors import ConfigError, EnvironmentFailed
from stator.publish.bucket.cors import apply, s3_rule, with_ours, written
from stator.secret import Secret

OTHERS = {"ID": "uploads", "AllowedOrigins": ["https://a.example"], "AllowedMethods": ["PUT"]}

TEXTS: dict[str, Any] = {
    "s3": {
        "CORSRules": [
            {
                "ID": "stator",
                "AllowedOrigins": ["https://a.example"],
                "AllowedMethods": ["GET", "HEAD"],
                "AllowedHeaders": ["*"],
                "MaxAgeSeconds": 86400,
            }
        ]
    },
    "gs": [
        {
            "origin": ["https://a.example"],
            "method": ["GET", "HEAD"],
            "responseHeader": ["*"],
            "maxAgeSeconds": 86400,
        }
    ],
}
COMMANDS = {
    DestinationRules(service="s3", bucket="assets"): (
        "aws s3api put-bucket-cors --bucket assets --cors-configuration file://cors.json"
    ),
    DestinationRules(service="s3", bucket="assets", endpoint="https://r2.example"): (
        "aws s3api put-bucket-cors --bucket assets --cors-configuration file://cors.json "
        "--endpoint-url https://r2.example"
    ),
    DestinationRules(service="gs", bucket="assets"): (
        "gcloud storage buckets update gs://assets --cors-file=cors.json"
    ),
    DestinationRules(service="az", bucket="assets", account="shop"): (
        "az storage cors add --services b --methods GET HEAD --origins 'https://a.example' "
        "--allowed-headers '*' --exposed-headers '*' --max-age 86400 --account-name shop"
    ),
}


@pytest.mark.parametrize("service", TEXTS)
def test_what_the_rules_are(service: str) -> None:
    rules = DestinationRules(service=service, bucket="assets")
    assert json.loads(written(rules, ["https://a.example"]).text) == TEXTS[service]


@pytest.mark.parametrize("rules", COMMANDS, ids=lambda rules: rules.place + rules.endpoint)
def test_the_command_that_applies_them(rules: DestinationRules) -> None:
    assert written(rules, ["https://a.example"]).command == COMMANDS[rules]


def test_rules_of_others_stay() -> None:
    assert with_ours([OTHERS], ["*"]) == [OTHERS, s3_rule(["*"])]


def test_the_rule_that_we_gave_before_is_replaced() -> None:
    before = with_ours([OTHERS], ["https://a.example"])
    assert with_ours(before, ["*"]) == [OTHERS, s3_rule(["*"])]


@pytest.mark.parametrize("service", ["gs", "az"])
def test_a_store_that_we_do_not_ask(service: str) -> None:
    with pytest.raises(ConfigError) as raised:
        apply(DestinationRules(service=service, bucket="assets"), ["*"], {})
    assert raised.value.hint.startswith("Run: ")


def test_a_store_that_is_not_there() -> None:
    secrets = Secret("KEY", "known"), Secret("SECRET", "s3cr3t")
    rules = DestinationRules(
        service="s3", bucket="assets", endpoint="http://127.0.0.1:9", region="us-east-1", secrets=secrets
    )
    with pytest.raises(EnvironmentFailed) as raised:
        apply(rules, ["*"], {})
    assert "s3cr3t" not in str(raised.value)
    assert "s3:PutBucketCORS" in raised.value.hint


@pytest.mark.parametrize(
    ("endpoint", "profile"), [("http://object_store:8333", ""), ("", "nowhere")], ids=["host", "profile"]
)
def test_what_boto3_refuses(endpoint: str, profile: str, monkeypatch: pytest.MonkeyPatch) -> None:
    if profile:
        monkeypatch.setenv("AWS_PROFILE", profile)
    with pytest.raises(EnvironmentFailed) as raised:
        apply(DestinationRules(service="s3", bucket="assets", endpoint=endpoint, region="x"), ["*"], {})
    assert endpoint + profile in raised.value.message
