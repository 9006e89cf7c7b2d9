"""Real object stores for tests: SeaweedFS and Ceph speak S3, Azurite speaks Azure's protocol.

Each function runs a server until its block ends and gives what makes a bucket: ``with seaweedfs() as
bucket: store = bucket()``. A server costs seconds and is for many tests, a bucket costs milliseconds and is
for one. Everybody may read the objects of a bucket, and nobody may list it.

What a test finds out about a store it asks of ``objects``, a client that others wrote; what a browser would
get it fetches from ``address``. For Google's there is only a stand-in, ``tests/gcs_stub.py``.
"""

from __future__ import annotations

import base64
import json
import subprocess
import tempfile
import uuid
from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from http.client import HTTPConnection
from pathlib import Path
from typing import Any, NamedTuple, Protocol
from urllib.parse import quote, urlsplit

from tests.parts import AZURITE, CEPH, SCRIPTS
from tests.processes import free_port, running

WRONG_SECRET = base64.b64encode(b"wrong").decode()  # a secret of Azure's is base64, and of S3's any text
SECRETS = {"s3": "SECRET", "az": "KEY", "gs": "TOKEN"}  # under which key of a ``DESTINATION`` it is
_KEY, _SECRET, _REGION = "stator-tests", "known-to-everybody", "us-east-1"


class Object(NamedTuple):
    """What a store has under a name; a field that it has not is empty."""

    body: bytes
    content_type: str = ""
    cache_control: str = ""
    content_encoding: str = ""
    metadata: Mapping[str, str] = {}


class Objects(Protocol):
    """The objects below a prefix, without it in their names, as another client sees them."""

    def names(self) -> list[str]: ...
    def get(self, name: str) -> Object: ...
    def put(self, name: str, content: Object) -> None: ...
    def delete(self, name: str) -> None: ...


class Store(NamedTuple):
    """A fresh bucket: the ``DESTINATION`` that leads there, where all can read it, and what is in it."""

    options: Mapping[str, str]
    address: str
    objects: Objects

    @property
    def bucket(self) -> str:
        """The name of the bucket."""
        return urlsplit(self.options["URL"]).netloc

    @property
    def denied(self) -> Mapping[str, str]:
        """The ``DESTINATION`` that leads there with a wrong secret."""
        service = urlsplit(self.options["URL"]).scheme
        return {**self.options, SECRETS[service]: WRONG_SECRET}

    def through(self, proxy: str) -> Mapping[str, str]:
        """Return the ``DESTINATION`` that goes by way of a proxy, given as ``host:port``."""
        return {
            **self.options,
            "ENDPOINT": urlsplit(self.options["ENDPOINT"])._replace(netloc=proxy).geturl(),
        }


class Answer(NamedTuple):
    """What an anonymous client was told; names of fields are in lower case, the body is as it was sent."""

    status: int
    fields: Mapping[str, str]
    body: bytes


class NewBucket(Protocol):
    """Makes a bucket, and returns the place in it whose names begin with ``prefix``."""

    def __call__(self, prefix: str = "static") -> Store: ...


def fetch(store: Store, name: str, **fields: str) -> Answer:
    """Get an object as a CDN would: over HTTP, without credentials. ``if_none_match`` names a field."""
    url = urlsplit(store.address)
    connection = HTTPConnection(url.netloc, timeout=20)
    try:
        named = {field.replace("_", "-"): value for field, value in fields.items()}
        connection.request("GET", url.path + quote(name), headers=named)
        answer = connection.getresponse()
        return Answer(answer.status, {k.lower(): v for k, v in answer.getheaders()}, answer.read())
    finally:
        connection.close()


@contextmanager
def seaweedfs(*, volumes: int = 5000, megabytes: int = 64) -> Iterator[NewBucket]:
    """Run SeaweedFS with room for so many volumes of this size. Each bucket has volumes of its own."""
    named = ("master", "master.grpc", "volume", "volume.grpc", "filer", "filer.grpc", "s3", "s3.grpc")
    ports = {name: free_port() for name in named}
    identity = {
        "name": "stator",
        "credentials": [{"accessKey": _KEY, "secretKey": _SECRET}],
        "actions": ["Admin", "Read", "Write", "List", "Tagging"],
    }
    with tempfile.TemporaryDirectory(prefix="stator-") as folder:
        identities = Path(folder, "identities.json")
        identities.write_text(json.dumps({"identities": [identity]}))
        options = {
            "ip": "127.0.0.1",
            "ip.bind": "127.0.0.1",
            "dir": folder,
            "filer": "true",
            "filer.localSocket": f"{folder}/filer.sock",
            "s3": "true",
            "s3.config": identities,
            "s3.localSocket": f"{folder}/s3.sock",
            "s3.port.iceberg": 0,
            "s3.port.lance": 0,
            # By itself it lets pages of any origin use everything; others ask the rules of the bucket.
            "s3.allowedOrigins": "https://nobody.invalid",
            "master.peers": "none",  # nobody to elect: ready a second earlier
            "master.telemetry": "false",
            "master.volumeSizeLimitMB": megabytes,
            "volume.max": volumes,
        }
        options |= {
            f"{part}.port{'.' if kind else ''}{kind}": port
            for name, port in ports.items()
            for part, _, kind in [name.partition(".")]
        }
        command = [
            f"{SCRIPTS}/weed",
            "-logtostderr=true",
            "server",
            *(f"-{k}={v}" for k, v in options.items()),
        ]
        one_at_a_time = {"WEED_MASTER_VOLUME_GROWTH_COPY_1": "1"}  # else seven for each bucket
        try:
            with running(
                command, ("127.0.0.1", ports["s3"]), Path(folder, "log"), **one_at_a_time
            ) as process:
                try:
                    yield _s3_buckets(f"http://127.0.0.1:{ports['s3']}")
                finally:
                    process.kill()  # asked to end, it takes ten seconds and more
                    process.wait()
        finally:
            for part in ("master", "volume", "filer", "s3"):  # it puts them there whatever TMPDIR is
                Path(f"/tmp/seaweedfs-{part}-grpc-{ports[f'{part}.grpc']}.sock").unlink(missing_ok=True)


def full() -> AbstractContextManager[NewBucket]:
    """Run a SeaweedFS whose first bucket has room for a megabyte; then it answers every put with 500."""
    return seaweedfs(volumes=1, megabytes=1)


_CEPH_CONF = """\
[global]
rgw_backend_store = dbstore
rgw_config_store = dbstore
dbstore_db_dir = {folder}
dbstore_config_uri = file:{folder}/config.db
rgw_frontends = beast endpoint=127.0.0.1:{port}
rgw_data = {folder}
run_dir = {folder}
log_file = {folder}/rgw.log
plugin_dir = {libraries}/ceph
admin_socket =
auth_supported = none
"""


@contextmanager
def ceph() -> Iterator[NewBucket]:
    """Run Ceph's gateway, which needs no cluster where SQLite keeps the objects.

    It takes conditional puts for unconditional ones, and believes every checksum.
    """
    libraries = CEPH / "usr/lib/x86_64-linux-gnu"
    port = free_port()
    with tempfile.TemporaryDirectory(prefix="stator-") as folder:
        configuration = Path(folder, "ceph.conf")
        configuration.write_text(_CEPH_CONF.format(folder=folder, port=port, libraries=libraries))

        # The next Debian's programs with their libraries, as they are unpacked: by their loader, no chroot.
        def command(program: str, *words: str) -> list[str]:
            paths = f"{libraries}:{libraries}/ceph"
            loader = [
                f"{libraries}/ld-linux-x86-64.so.2",
                "--library-path",
                paths,
                f"{CEPH}/usr/bin/{program}",
            ]
            return [*loader, "--no-mon-config", "-c", str(configuration), *words]

        keys = ("--uid=stator", "--display-name=stator", f"--access-key={_KEY}", f"--secret-key={_SECRET}")
        admin = command("radosgw-admin", "user", "create", *keys)
        with subprocess.Popen(admin, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as process:
            assert process.stdout
            made = "}\n" in process.stdout  # the end of what it tells of the user
            process.kill()  # once in a hundred times it waits for ever for its own threads
        assert made, admin
        server = command("radosgw", "-d", "-n", "client.rgw")
        with running(server, ("127.0.0.1", port), Path(folder, "log")):
            yield _s3_buckets(f"http://127.0.0.1:{port}")


_AZURE_ACCOUNT = "devstoreaccount1"
_AZURE_SECRET = base64.b64encode(b"known to everybody").decode()


@contextmanager
def azurite() -> Iterator[NewBucket]:
    """Run Azurite, which keeps Azure's blobs."""
    port = free_port()
    with tempfile.TemporaryDirectory(prefix="stator-") as folder:
        options = (
            "--disableTelemetry",
            "--skipApiVersionCheck",
            "--blobHost=127.0.0.1",
            f"--blobPort={port}",
        )
        script = AZURITE / "dist/src/blob/main.js"
        with running(
            ["node", str(script), "--silent", *options, f"--location={folder}"],
            ("127.0.0.1", port),
            Path(folder, "log"),
            AZURITE_ACCOUNTS=f"{_AZURE_ACCOUNT}:{_AZURE_SECRET}",
        ):
            yield _azure_containers(f"http://127.0.0.1:{port}/{_AZURE_ACCOUNT}")


def fresh_name() -> str:
    """Return a name that no bucket has."""
    return f"stator-{uuid.uuid4().hex[:12]}"


def below(prefix: str) -> str:
    """Return what the keys below a prefix begin with."""
    return f"{prefix}/" if prefix else ""


def _s3_buckets(endpoint: str) -> NewBucket:
    import boto3  # type: ignore[import-untyped]
    from botocore.config import Config  # type: ignore[import-untyped]

    client = boto3.client(
        "s3",
        endpoint_url=endpoint,
        aws_access_key_id=_KEY,
        aws_secret_access_key=_SECRET,
        region_name=_REGION,
        config=Config(s3={"addressing_style": "path"}),
    )

    def bucket(prefix: str = "static") -> Store:
        name = fresh_name()
        client.create_bucket(Bucket=name)
        everybody = {
            "Effect": "Allow",
            "Principal": "*",
            "Action": "s3:GetObject",
            "Resource": f"arn:aws:s3:::{name}/*",
        }
        client.put_bucket_policy(
            Bucket=name, Policy=json.dumps({"Version": "2012-10-17", "Statement": [everybody]})
        )
        options = {
            "URL": f"s3://{name}/{prefix}".rstrip("/"),
            "ENDPOINT": endpoint,
            "REGION": _REGION,
            "KEY": _KEY,
            "SECRET": _SECRET,
        }
        return Store(options, f"{endpoint}/{name}/{below(prefix)}", _S3Objects(client, name, below(prefix)))

    return bucket


class _S3Objects(NamedTuple):
    client: Any
    bucket: str
    below: str

    def names(self) -> list[str]:
        pages = self.client.get_paginator("list_objects_v2").paginate(Bucket=self.bucket, Prefix=self.below)
        keys = [entry["Key"] for page in pages for entry in page.get("Contents", ())]
        return sorted(key.removeprefix(self.below) for key in keys)

    def get(self, name: str) -> Object:
        found = self.client.get_object(Bucket=self.bucket, Key=self.below + name)
        return Object(
            found["Body"].read(),
            found.get("ContentType", ""),
            found.get("CacheControl", ""),
            found.get("ContentEncoding", ""),
            found["Metadata"],
        )

    def put(self, name: str, content: Object) -> None:
        fields = {
            "ContentType": content.content_type,
            "CacheControl": content.cache_control,
            "ContentEncoding": content.content_encoding,
        }
        self.client.put_object(
            Bucket=self.bucket,
            Key=self.below + name,
            Body=content.body,
            Metadata=content.metadata,
            **{field: value for field, value in fields.items() if value},
        )

    def delete(self, name: str) -> None:
        self.client.delete_object(Bucket=self.bucket, Key=self.below + name)


def _azure_containers(endpoint: str) -> NewBucket:
    from azure.storage.blob import BlobServiceClient, PublicAccess

    credential = {"account_name": _AZURE_ACCOUNT, "account_key": _AZURE_SECRET}
    service = BlobServiceClient(endpoint, credential=credential)

    def container(prefix: str = "static") -> Store:
        name = fresh_name()
        client = service.create_container(name, public_access=PublicAccess.BLOB)
        options = {
            "URL": f"az://{name}/{prefix}".rstrip("/"),
            "ENDPOINT": endpoint,
            "ACCOUNT": _AZURE_ACCOUNT,
            "KEY": _AZURE_SECRET,
        }
        return Store(options, f"{endpoint}/{name}/{below(prefix)}", _AzureObjects(client, below(prefix)))

    return container


class _AzureObjects(NamedTuple):
    client: Any
    below: str

    def names(self) -> list[str]:
        return sorted(
            name.removeprefix(self.below) for name in self.client.list_blob_names(name_starts_with=self.below)
        )

    def get(self, name: str) -> Object:
        found = self.client.download_blob(self.below + name, decompress=False)
        fields = found.properties.content_settings
        return Object(
            found.readall(),
            fields.content_type or "",
            fields.cache_control or "",
            fields.content_encoding or "",
            found.properties.metadata,
        )

    def put(self, name: str, content: Object) -> None:
        from azure.storage.blob import ContentSettings

        fields = ContentSettings(
            content.content_type, content.content_encoding, cache_control=content.cache_control
        )
        self.client.upload_blob(
            self.below + name,
            content.body,
            overwrite=True,
            content_settings=fields,
            metadata=dict(content.metadata),
        )

    def delete(self, name: str) -> None:
        self.client.delete_blob(self.below + name)
