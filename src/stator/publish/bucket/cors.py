"""CORS: what a store must be told so that pages of other origins may use fonts and modules from it.

Browsers ask for fonts, for module scripts and for whatever has ``crossorigin`` or ``integrity`` by CORS
(Fetch Standard). A store answers such requests by rules of the bucket, and without them the file is there,
and the browser refuses it. Published files are public, so any origin may have them unless a project says
which. The rules are for reading only.

``WRITTEN`` has a line for each kind of store: how its rules are written, and the command that applies them.
"""

from __future__ import annotations

import importlib.util
import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from stator.config import DestinationRules
from stator.errors import ConfigError, EnvironmentFailed

ID = "stator"  # of our rule, among those of a bucket in S3
_METHODS = ["GET", "HEAD"]
_SECONDS = 86400  # that a browser remembers an answer to its question
_NO_RULES = "NoSuchCORSConfiguration"


class Written(NamedTuple):
    """The rules as a text, and the command that applies it."""

    text: str
    command: str


def s3_rule(origins: Sequence[str]) -> dict[str, Any]:
    """Return the rule as S3 takes it (PutBucketCors)."""
    return {
        "ID": ID,
        "AllowedOrigins": list(origins),
        "AllowedMethods": _METHODS,
        "AllowedHeaders": ["*"],
        "MaxAgeSeconds": _SECONDS,
    }


def _s3(rules: DestinationRules, origins: Sequence[str]) -> Written:
    text = _json({"CORSRules": [s3_rule(origins)]})
    endpoint = f" --endpoint-url {rules.endpoint}" if rules.endpoint else ""
    return Written(
        text,
        f"aws s3api put-bucket-cors --bucket {rules.bucket} --cors-configuration file://cors.json{endpoint}",
    )


def _gs(rules: DestinationRules, origins: Sequence[str]) -> Written:
    rule = {
        "origin": list(origins),
        "method": _METHODS,
        "responseHeader": ["*"],
        "maxAgeSeconds": _SECONDS,
    }
    return Written(_json([rule]), f"gcloud storage buckets update gs://{rules.bucket} --cors-file=cors.json")


def _az(rules: DestinationRules, origins: Sequence[str]) -> Written:
    quoted = " ".join(f"'{origin}'" for origin in origins)
    account = f" --account-name {rules.account}" if rules.account else ""
    command = (
        f"az storage cors add --services b --methods {' '.join(_METHODS)} --origins {quoted}"
        f" --allowed-headers '*' --exposed-headers '*' --max-age {_SECONDS}{account}"
    )
    return Written("", command)  # Azure has no file for them


WRITTEN: Mapping[str, Callable[[DestinationRules, Sequence[str]], Written]] = {
    "s3": _s3,
    "gs": _gs,
    "az": _az,
}


def written(rules: DestinationRules, origins: Sequence[str]) -> Written:
    """Return the rules for a bucket, for pages of these origins; ``*`` is any."""
    return WRITTEN[rules.service](rules, origins)


def with_ours(rules: Iterable[Mapping[str, Any]], origins: Sequence[str]) -> list[Mapping[str, Any]]:
    """Return the rules of a bucket in S3 with ours in the place of the one that we have given it before."""
    return [*(rule for rule in rules if rule.get("ID") != ID), s3_rule(origins)]


def apply(rules: DestinationRules, origins: Sequence[str], environ: Mapping[str, str]) -> bool:
    """Give a bucket in S3 our rule, and leave it the others; return whether it did not have it already.

    By boto3, since obstore has no call for it. Raises ``ConfigError`` where boto3 is missing or the store is
    another, naming the command that does it, and ``EnvironmentFailed``.
    """
    missing = importlib.util.find_spec("boto3") is None
    if rules.service != "s3" or missing:
        why = "boto3 is not installed" if rules.service == "s3" else "we ask only stores that speak S3"
        raise ConfigError(
            f"The rules of {rules.place} are not changed: {why}.",
            f"Run: {written(rules, origins).command}",
        )
    import boto3  # type: ignore[import-untyped]  # noqa: PLC0415
    from botocore.exceptions import BotoCoreError, ClientError  # type: ignore[import-untyped]  # noqa: PLC0415

    key, secret = (one.reveal(environ) for one in rules.secrets) if rules.secrets else (None, None)
    try:
        client = boto3.client(
            "s3",
            endpoint_url=rules.endpoint or None,
            region_name=rules.region or None,
            aws_access_key_id=key,
            aws_secret_access_key=secret,
        )
        try:
            before = client.get_bucket_cors(Bucket=rules.bucket).get("CORSRules", [])
        except ClientError as error:
            if error.response["Error"]["Code"] != _NO_RULES:
                raise
            before = []
        after = with_ours(before, origins)
        if before == after:
            return False
        client.put_bucket_cors(Bucket=rules.bucket, CORSConfiguration={"CORSRules": after})
    except (BotoCoreError, ClientError, ValueError) as error:  # the last for a host that boto3 takes for none
        raise EnvironmentFailed(
            f"The rules of {rules.place} cannot be changed: {error}.",
            "It needs the rights s3:GetBucketCORS and s3:PutBucketCORS.",
        ) from None
    return True


def _json(value: Any) -> str:
    return json.dumps(value, indent=2)
