"""The store: what a bucket can do for us, by obstore. The one module here that talks to the network.

The rules of this file:

1. Names are below the prefix of the destination, as people write them.
2. obstore itself tries again whatever may be better the next time: no connection, one that is cut, errors of
   the server, a server that is busy. What it gives up is told in one sentence, with what the store has said.
3. No secret is in what is raised: of an answer only the code and the message are repeated.
"""

from __future__ import annotations

import importlib.util
import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from stator.config import DestinationRules
from stator.errors import ConfigError, EnvironmentFailed

if TYPE_CHECKING:
    from obstore.store import ObjectStore

_LARGE = 8 << 20  # bytes: a larger file is sent in parts, and never held whole
_PARTS_AT_ONCE = 4
_ATTEMPTS = 6
_PATIENCE = timedelta(seconds=60)  # for all attempts of a request
_SILENCE = timedelta(seconds=20)  # that a store may say nothing
_MOST_SAID = 300  # characters of what a store says that are repeated
_DELETED_AT_ONCE = 1000  # objects in one request (S3, DeleteObjects)
_STATUS = re.compile(r"status code: (\d{3})")
_CODE = re.compile(r"<Code>([^<]*)</Code>")
_MESSAGE = re.compile(r"<Message>([^<]*)</Message>")


_AGAIN = "The release that was current stays. Run the command again: it does only what is left."
_RIGHTS = "It needs the right to list, read, write and delete objects below the prefix."
# What an answer says, and what to do then; the first that it says counts.
_HINTS = {
    "RequestTimeTooSkewed": "Set the clock of this machine.",
    "InvalidAccessKeyId": "Look at KEY in STATOR['DESTINATION'], or at where it is taken from.",
    "SignatureDoesNotMatch": "Look at SECRET in STATOR['DESTINATION'], or at where it is taken from.",
    "AuthenticationFailed": "Look at ACCOUNT and KEY in STATOR['DESTINATION'], and at this machine's clock.",
    "NoSuchBucket": "Make the bucket, or mend its name in STATOR['DESTINATION'].",
    "ContainerNotFound": "Make the container, or mend its name in STATOR['DESTINATION'].",
    "status code: 401": "Look at what STATOR['DESTINATION'] says of who we are.",
    "status code: 403": _RIGHTS,
    "error sending request": f"Look at ENDPOINT and at the network. {_AGAIN}",
}


class Stored(NamedTuple):
    """An object in a listing: its ETag, which is another as soon as its content is, and its size in bytes."""

    etag: str
    size: int


class Found(NamedTuple):
    """An object that was read: its content and its ETag."""

    content: bytes
    etag: str


class Unmet(Exception):
    """An object was written only if it was as somebody knew it, and it was not."""


class Store:
    """The objects below the prefix of a destination.

    ``environ`` is asked for secrets. Raises ``ConfigError`` when obstore is missing, or refuses the rules.
    """

    def __init__(self, rules: DestinationRules, environ: Mapping[str, str]) -> None:
        self.rules = rules
        self.place = rules.place
        self._private = _opened(rules, environ)
        # An ACL is signed with what is written; other requests must not carry it.
        self._public = _opened(rules, environ, {"x-amz-acl": rules.acl}) if rules.acl else self._private

    def listing(self) -> dict[str, Stored]:
        """Return all objects, by name: a request for each thousand."""
        with self._told("The objects cannot be listed"):
            return {
                one["path"]: Stored(one["e_tag"] or "", one["size"])
                for some in self._private.list()
                for one in some
            }

    def read(self, name: str) -> Found | None:
        """Return an object, ``None`` when there is none."""
        with self._told(f"{name} cannot be read"):
            try:
                found = self._private.get(name)
                return Found(bytes(found.bytes()), found.meta["e_tag"] or "")
            except FileNotFoundError:
                return None

    def note(self, name: str, key: str) -> str:
        """Return what was written beside an object under ``key``, empty if nothing was."""
        with self._told(f"{name} cannot be looked at"):
            try:
                return str(self._private.get(name, options={"head": True}).attributes.get(key, ""))
            except FileNotFoundError:
                return ""

    def put(self, name: str, body: bytes | Path, fields: Mapping[str, str], *, anew: bool = False) -> str:
        """Write an object for everybody, with these fields; return its ETag.

        With ``anew`` it is not written over another: raises ``Unmet`` if there is one. A large file is always
        written.
        """
        is_large = isinstance(body, Path)
        how: Any = {"attributes": dict(fields), "use_multipart": is_large, "mode": "overwrite"}
        if is_large:
            how |= {"chunk_size": _LARGE, "max_concurrency": _PARTS_AT_ONCE}
        elif anew:
            how["mode"] = "create"
        return self._written(self._public, name, body, how)

    def put_record(self, name: str, content: bytes, etag: str | None, media_type: str) -> str:
        """Write an object of ours, which is not for everybody, and return its ETag.

        It must be the one with this ETag that is there, or with an empty one none, and any with ``None``.
        Raises ``Unmet`` if that is not so, and the store is one that looks.
        """
        mode: Any = "overwrite" if etag is None else {"e_tag": etag} if etag else "create"
        fields = {"Content-Type": media_type, "Cache-Control": "no-store"}
        how = {"attributes": fields, "use_multipart": False, "mode": mode}
        try:
            return self._written(self._private, name, content, how)
        except (Unmet, EnvironmentFailed):
            # The answer may have been lost, and not the request.
            found = self.read(name)
            if found is None or found.content != content:
                raise
            return found.etag

    def delete(self, names: list[str]) -> None:
        """Delete objects; those that there are not are no problem."""
        for start in range(0, len(names), _DELETED_AT_ONCE):
            with self._told("Objects cannot be deleted"):
                self._private.delete(names[start : start + _DELETED_AT_ONCE])

    def _written(self, store: ObjectStore, name: str, body: bytes | Path, how: Any) -> str:
        from obstore.exceptions import AlreadyExistsError, PreconditionError  # noqa: PLC0415

        with self._told(f"{name} cannot be written"):
            try:
                return store.put(name, body, **how)["e_tag"] or ""
            except (AlreadyExistsError, PreconditionError) as error:
                raise Unmet(name) from error

    @contextmanager
    def _told(self, what: str) -> Iterator[None]:
        """Turn what obstore raises into an error of ours."""
        from obstore.exceptions import BaseError  # noqa: PLC0415

        try:
            yield
        except (BaseError, FileNotFoundError, OSError) as error:
            raise EnvironmentFailed(f"{self.place}: {what}: {_said(error)}", _hint(str(error))) from None


def _opened(
    rules: DestinationRules, environ: Mapping[str, str], headers: Mapping[str, str] | None = None
) -> ObjectStore:
    """Return the store of obstore. Raises ``ConfigError``."""
    try:
        from obstore.exceptions import BaseError  # noqa: PLC0415
        from obstore.store import AzureStore, GCSStore, S3Store  # noqa: PLC0415
    except ImportError:
        raise ConfigError(
            f"{rules.place} is a bucket, and obstore is not installed, which talks to those.",
            "Run pip install 'stator[upload]'.",
        ) from None
    kinds: Mapping[str, tuple[Callable[..., ObjectStore], Callable[..., Mapping[str, Any]]]] = {
        "s3": (S3Store, _s3),
        "gs": (GCSStore, _gs),
        "az": (AzureStore, _az),
    }
    kind, told = kinds[rules.service]
    client = {"allow_http": rules.endpoint.startswith("http://"), "timeout": timedelta(minutes=10)}
    client |= {"read_timeout": _SILENCE, **({"default_headers": dict(headers)} if headers else {})}
    retry = {"max_retries": _ATTEMPTS - 1, "retry_timeout": _PATIENCE}
    try:
        return kind(
            rules.bucket,
            prefix=rules.prefix or None,
            client_options=client,
            retry_config=retry,
            **told(rules, [one.reveal(environ) for one in rules.secrets], environ),
        )
    except (BaseError, ValueError, OSError) as error:
        raise ConfigError(
            f"{rules.place} cannot be opened: {_said(error)}",
            "Look at STATOR['DESTINATION'] and at the environment.",
        ) from None


def _s3(rules: DestinationRules, secrets: list[str], environ: Mapping[str, str]) -> Mapping[str, Any]:
    told: dict[str, Any] = {"checksum_algorithm": "SHA256"}
    if rules.endpoint:
        told |= {"endpoint": rules.endpoint, "virtual_hosted_style_request": False}
    if rules.region:
        told["region"] = rules.region
    if secrets:
        told["access_key_id"], told["secret_access_key"] = secrets
    elif "AWS_ACCESS_KEY_ID" not in environ and importlib.util.find_spec("boto3"):
        # Profiles and single sign-on: boto3 knows the whole chain. Without it, obstore asks the environment
        # and the machine.
        from obstore.auth.boto3 import Boto3CredentialProvider  # noqa: PLC0415

        told["credential_provider"] = Boto3CredentialProvider()
    return told


def _gs(rules: DestinationRules, secrets: list[str], environ: Mapping[str, str]) -> Mapping[str, Any]:  # noqa: ARG001
    told: dict[str, Any] = {"base_url": rules.endpoint} if rules.endpoint else {}
    if secrets:
        told["bearer_token"] = secrets[0]
    return {**told, **({"service_account": rules.account_file} if rules.account_file else {})}


def _az(rules: DestinationRules, secrets: list[str], environ: Mapping[str, str]) -> Mapping[str, Any]:  # noqa: ARG001
    told: dict[str, Any] = {"endpoint": rules.endpoint} if rules.endpoint else {}
    if rules.account:
        told["account_name"] = rules.account
    return {**told, **({"account_key": secrets[0]} if secrets else {})}


def _said(error: Exception) -> str:
    """Return what a store has said, in one line."""
    text = str(error)
    status, code, message = (
        found[1] if found else "" for found in (one.search(text) for one in (_STATUS, _CODE, _MESSAGE))
    )
    if not status:
        return text.partition("\n")[0][:_MOST_SAID].rstrip(".") + "."
    said = ": ".join(filter(None, (code, message.strip())))
    return f"it answered {status}{f' ({said[:_MOST_SAID]})' if said else ''}."


def _hint(text: str) -> str:
    return next((hint for sign, hint in _HINTS.items() if sign in text), _AGAIN)
