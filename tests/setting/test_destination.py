from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from stator.config import DestinationRules, Options
from stator.errors import ConfigError
from stator.secret import Secret
from stator.setting import read_options

S3 = {"URL": "s3://assets/static", "KEY": "AKIA", "SECRET": "s3cr3t"}


def secret(key: str, text: str = "", variable: str = "") -> Secret:
    return Secret(f"STATOR['DESTINATION'][{key!r}]", text, variable)


@pytest.mark.parametrize(
    ("value", "rules"),
    [
        ("/srv/static", DestinationRules("/srv/static")),
        (Path("/srv/static/"), DestinationRules("/srv/static")),
        ({"URL": "/srv/./static"}, DestinationRules("/srv/static")),
        ("s3://assets", DestinationRules(service="s3", bucket="assets")),
        ("gs://assets/", DestinationRules(service="gs", bucket="assets")),
        ("az://assets/a/b/", DestinationRules(service="az", bucket="assets", prefix="a/b")),
        (
            {
                **S3,
                "ENDPOINT": "https://s3.example.com/",
                "REGION": "eu-1",
                "ACL": "public-read",
                "STORAGE_CLASS": "STANDARD_IA",
                "CODINGS": "keys",
            },
            DestinationRules(
                service="s3",
                bucket="assets",
                prefix="static",
                endpoint="https://s3.example.com",
                region="eu-1",
                secrets=(secret("KEY", "AKIA"), secret("SECRET", "s3cr3t")),
                acl="public-read",
                storage_class="STANDARD_IA",
                codings="keys",
            ),
        ),
        (
            {
                "URL": "s3://assets",
                "KEY_ENV": "S3_KEY",
                "SECRET_ENV": "S3_SECRET",
                "ENDPOINT": "http://[::1]:8",
            },
            DestinationRules(
                service="s3",
                bucket="assets",
                endpoint="http://[::1]:8",
                secrets=(secret("KEY_ENV", variable="S3_KEY"), secret("SECRET_ENV", variable="S3_SECRET")),
            ),
        ),
        (
            {"URL": "gs://assets", "TOKEN": "s3cr3t", "ENDPOINT": ""},
            DestinationRules(service="gs", bucket="assets", secrets=(secret("TOKEN", "s3cr3t"),)),
        ),
        (
            {"URL": "gs://assets", "ACCOUNT_FILE": Path("/run/gcs.json")},
            DestinationRules(service="gs", bucket="assets", account_file="/run/gcs.json"),
        ),
        (
            {"URL": "az://assets", "ACCOUNT": "shop", "KEY_ENV": "AZURE_KEY"},
            DestinationRules(
                service="az",
                bucket="assets",
                account="shop",
                secrets=(secret("KEY_ENV", variable="AZURE_KEY"),),
            ),
        ),
    ],
)
def test_destination(value: Any, rules: DestinationRules) -> None:
    assert read_options({"DESTINATION": value}).destination == rules


@pytest.mark.parametrize(
    ("rules", "place"),
    [
        (DestinationRules("/srv/static"), "/srv/static"),
        (DestinationRules(service="s3", bucket="assets"), "s3://assets"),
        (DestinationRules(service="az", bucket="assets", prefix="a/b"), "az://assets/a/b"),
    ],
)
def test_what_people_call_it(rules: DestinationRules, place: str) -> None:
    assert rules.place == place


@pytest.mark.parametrize(
    ("value", "said"),
    [
        (None, "STATOR['DESTINATION'] must be a folder or the address of a bucket, not None"),
        ({"ENDPOINT": "https://s3.example.com"}, "STATOR['DESTINATION'] has no 'URL'"),
        (3, "must be a folder or the address of a bucket, not 3 (int)"),
        ({}, "has no 'URL', which says where to publish to.\nhint: For example: BASE_DIR"),
        ("", "STATOR['DESTINATION'] must be the absolute path of a folder, or the address of a bucket"),
        ("static", "must be the absolute path"),
        (Path("static"), "must be the absolute path"),
        ({"URL": "/srv/static", "ACL": "public-read"}, "for a folder has no key 'ACL'"),
        ("s4://assets", "cannot publish to 's4' addresses.\nhint: There are: s3, gs, az."),
        (
            "https://me:s3cr3t@assets.example.com",
            "cannot publish to 'https' addresses.\nhint: There are: s3, gs, az",
        ),
        ("://assets", "cannot publish to '' addresses.\nhint: There are: "),
        ("s3://", "STATOR['DESTINATION'] names no bucket.\nhint: For example: 's3://bucket/static'"),
        ("s3:///static", "names no bucket"),
        ("s3://AKIA:s3cr3t@assets/static", "names no bucket"),
        ("AKIA:s3cr3t@s3://assets/static", "names no folder and no bucket"),
        ("AKIA:s3cr3t@assets", "names no folder and no bucket"),
        ("s3://assets?region=eu", "names no bucket"),
        ("s3://assets/static?secret=s3cr3t", "has more than a bucket and a prefix.\nhint: All else has keys"),
        ("s3://assets/a//b", "has the prefix 'a//b', which has an empty, '.' or '..' segment"),
        ("s3://assets/../b", "has the prefix '../b', which has an empty"),
        ("s3://assets/.stator", "which lies in .stator"),
        ({**S3, "SECRT": "s3cr3t"}, "for s3 has no key 'SECRT'.\nhint: Did you mean 'SECRET'?"),
        ({**S3, "TOKEN": "s3cr3t"}, "for s3 has no key 'TOKEN'"),
        ({"URL": "gs://assets", "ACL": "public-read"}, "for gs has no key 'ACL'"),
        ({"URL": "az://assets", "REGION": "eu"}, "for az has no key 'REGION'"),
        ({"URL": "s3://assets", "KEY": "AKIA"}, "must have 'SECRET' or 'SECRET_ENV', and not both"),
        ({"URL": "s3://assets", "SECRET": "s3cr3t"}, "must have 'KEY' or 'KEY_ENV', and not both"),
        ({**S3, "SECRET_ENV": "S3_SECRET"}, "must have 'SECRET' or 'SECRET_ENV', and not both"),
        ({**S3, "SECRET": b"s3cr3t"}, "STATOR['DESTINATION']['SECRET'] must be a text that is not empty"),
        ({"URL": "gs://assets", "TOKEN_ENV": "s3cr3t-token"}, "is no name of a variable"),
        (
            {"URL": "gs://assets", "ENDPOINT": "http://gcs.example.com"},
            "STATOR['DESTINATION']['ENDPOINT'] must begin with https://",
        ),
        ({**S3, "ENDPOINT": "https://me:s3cr3t@s3.example.com"}, "has more than scheme, host, port and path"),
        ({**S3, "ENDPOINT": "s3.example.com"}, "['ENDPOINT'] is no address of HTTP"),
        ({**S3, "ENDPOINT": 9000}, "['ENDPOINT'] must be an address, not 9000 (int)"),
        ({**S3, "REGION": None}, "STATOR['DESTINATION']['REGION'] must be a text of one line"),
        ({**S3, "ACL": "public\nread"}, "STATOR['DESTINATION']['ACL'] must be a text of one line"),
        ({**S3, "STORAGE_CLASS": 3}, "STATOR['DESTINATION']['STORAGE_CLASS'] must be a text of one line"),
        ({**S3, "CODINGS": "br"}, "STATOR['DESTINATION']['CODINGS'] must be one of 'identity', 'keys'"),
        ({**S3, "CODINGS": ["keys"]}, "must be one of 'identity', 'keys'"),
        (
            {"URL": "gs://assets", "ACCOUNT_FILE": "gcs.json"},
            "['ACCOUNT_FILE'] must be the absolute path of a file",
        ),
    ],
)
def test_what_destination_cannot_be_and_no_error_has_a_secret(value: Any, said: str) -> None:
    with pytest.raises(ConfigError) as raised:
        read_options({"DESTINATION": value})
    assert said in str(raised.value)
    assert "s3cr3t" not in str(raised.value)


def test_no_secret_is_shown() -> None:
    assert "s3cr3t" not in repr(read_options({"DESTINATION": S3}))


def test_where_releases_go_changes_no_build() -> None:
    assert read_options({"DESTINATION": S3}).deciding() == Options().deciding()
