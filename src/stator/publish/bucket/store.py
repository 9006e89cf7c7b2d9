"""The store: what a bucket can do for us, by obstore. The one module here that talks to the network.

The rules of this file:

1. Names are below the prefix of the destination, as people write them.
2. obstore itself tries again whatever may be better the next time: no connection, one that is cut, errors of
   the server, a server that is busy. We do only where an answer was cut off in its middle, which it gives up.
   What is given up is told in one sentence, with what the store has said.
3. No secret is in what is raised: of an answer only the code and the message are repeated.
"""

from __future__ import annotations

import functools
import html
import importlib.util
import re
import threading
from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, NamedTuple, TypeVar

from stator.config import DestinationRules
from stator.errors import ConfigError, EnvironmentFailed

if TYPE_CHECKING:
    from obstore import PutResult
    from obstore.store import ObjectStore

_T = TypeVar("_T")
_LARGE = 8 << 20  # bytes: a larger file is sent in parts, and never held whole
_PARTS_AT_ONCE = 4
_PIECE = 1 << 20  # bytes, at least, that are held of an object on its way to a file
_ATTEMPTS = 6
_PATIENCE = timedelta(seconds=60)  # for all attempts of a request
_SILENCE = timedelta(seconds=20)  # that a store may say nothing
_MOST_SAID = 300  # characters of what a store says that are repeated
# Google decompresses what is stored as gzip, unless it is asked not to.
_ASKED_OF: Mapping[str, Mapping[str, str]] = {"s3": {}, "gs": {"Accept-Encoding": "gzip"}, "az": {}}
_CUT_OFF = "request or response body error"
_STATUS = re.compile(r"status code: (\d{3})")
_CODE = re.compile(r"<Code>([^<]*)</Code>")
_MESSAGE = re.compile(r"<Message>([^<\n]*)")
_NO_CONNECTION = "error sending request"
_CAUSE = re.compile(r'(?:message|error): "([^"]*)"|(InvalidCertificate)')  # of that
_NO_BUCKET = ("NoSuchBucket", "ContainerNotFound")  # which is not to be taken for an object that is not there

_AGAIN = "The release that was current stays. Run the command again: it does only what is left."
_WHO = "in STATOR['DESTINATION'], or at where it is taken from."
_RIGHTS = "Whoever publishes must be allowed to list, read, write and delete objects below the prefix."
_PROFILE = "Sign in to AWS again, or look at AWS_PROFILE and what it names."
_MAKE = "Make it, or mend its name in STATOR['DESTINATION']."
_MACHINE = ("/latest/api/token", "/latest/meta-data/")  # which AWS's machines are asked for credentials
_NOBODY = "No credentials were found. Give KEY and SECRET in STATOR['DESTINATION'], or set AWS_ACCESS_KEY_ID."
# What an answer says, and what to do then; the first that it says counts.
_HINTS = {
    **dict.fromkeys(_MACHINE, _NOBODY),
    "RequestTimeTooSkewed": "Set the clock of this machine.",
    "InvalidAccessKeyId": f"Look at KEY {_WHO}",
    "SignatureDoesNotMatch": f"Look at SECRET {_WHO}",
    "AuthenticationFailed": f"Look at this machine's clock, and at ACCOUNT and KEY {_WHO}",
    **dict.fromkeys(_NO_BUCKET, _MAKE),
    "AccessControlListNotSupported": "Leave ACL out, and open the bucket to readers by a policy.",
    "InvalidStorageClass": "Look at STORAGE_CLASS in STATOR['DESTINATION'].",
    "get_credentials": "Give KEY and SECRET in STATOR['DESTINATION'], or set AWS_ACCESS_KEY_ID and the like.",
    "Account must be specified": "Give ACCOUNT in STATOR['DESTINATION'], or set AZURE_STORAGE_ACCOUNT_NAME.",
    "External AWS credential provider": _PROFILE,
    "invalid path": "Move that object away, or publish below another prefix: obstore reads no such names.",
    "status code: 400": "Look at STATOR['DESTINATION']: the store does not take what is said there.",
    "status code: 401": f"Look at TOKEN {_WHO}",
    "status code: 403": _RIGHTS,
    "status code: 404": f"Is there such a bucket? {_MAKE}",
    _NO_CONNECTION: f"Look at ENDPOINT and at the network. {_AGAIN}",
}


class Stored(NamedTuple):
    """An object in a listing: its ETag, its size in bytes, and when it was written, by the store's clock.

    The ETag is another as soon as the content is. It is without quotation marks: Azure puts some around it,
    but in listings none.
    """

    etag: str
    size: int
    written: datetime


class Found(NamedTuple):
    """An object that was read: its content, and what tells whether it is still this one.

    That is its ETag, or Google's number of its generation.
    """

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
        self.place: str = rules.place
        self._condition: Literal["e_tag", "version"] = "version" if rules.service == "gs" else "e_tag"
        self._private = _opened(rules, environ)
        self._whole = threading.Lock()
        # An ACL is signed with what is written; other requests must not carry it.
        self._public = _opened(rules, environ, {"x-amz-acl": rules.acl}) if rules.acl else self._private

    def listing(self) -> dict[str, Stored]:
        """Return all objects, by name: a request for each thousand."""

        def ask() -> dict[str, Stored]:
            return {
                one["path"]: Stored(_bare(one["e_tag"]), one["size"], one["last_modified"])
                for some in self._private.list()
                for one in some
                if one["path"]  # else the prefix itself, which consoles make an object of
            }

        return self._asked("The objects cannot be listed", ask)

    def read(self, name: str) -> Found | None:
        """Return an object, ``None`` when there is none."""

        def ask() -> Found | None:
            try:
                found = self._private.get(name)
                return Found(bytes(found.bytes()), found.meta[self._condition] or "")
            except FileNotFoundError as error:
                if any(sign in str(error) for sign in _NO_BUCKET):
                    raise
                return None

        return self._asked(f"{name} cannot be read", ask)

    def save(self, name: str, file: Path) -> bool:
        """Write an object to a file, without holding it whole; say whether there is one."""

        def ask() -> bool:
            try:
                found = self._private.get(name)
            except FileNotFoundError:
                return False
            with file.open("wb") as opened:
                opened.writelines(found.stream(_PIECE))
            return True

        return self._asked(f"{name} cannot be read", ask)

    def note(self, name: str, key: str) -> str:
        """Return what was written beside an object under ``key``, empty if nothing was."""

        def ask() -> str:
            try:
                return str(self._private.get(name, options={"head": True}).attributes.get(key, ""))
            except FileNotFoundError:
                return ""

        return self._asked(f"{name} cannot be looked at", ask)

    def put(self, name: str, body: bytes | Path, fields: Mapping[str, str], *, anew: bool = False) -> str:
        """Write an object for everybody, with these fields; return its ETag.

        With ``anew`` it is not written over another: raises ``Unmet`` if there is one. A large file is always
        written, and is sent in parts. Only where there is an ACL, which S3 refuses with parts, it is sent
        whole, one at a time for the sake of memory.
        """
        how: Any = {"attributes": dict(fields), "use_multipart": False, "mode": "overwrite"}
        if isinstance(body, bytes):
            how["mode"] = "create" if anew else "overwrite"
        elif self.rules.acl:
            with self._whole:
                return _bare(self._written(self._public, name, body, how)["e_tag"])
        else:
            how |= {"use_multipart": True, "chunk_size": _LARGE, "max_concurrency": _PARTS_AT_ONCE}
        return _bare(self._written(self._public, name, body, how)["e_tag"])

    def put_record(self, name: str, content: bytes, etag: str | None, media_type: str) -> str:
        """Write an object of ours, which is not for everybody, and return the ETag of ``Found``.

        It must be the one with this ETag that is there, or with an empty one none, and any with ``None``.
        Raises ``Unmet`` if that is not so, and the store is one that looks.
        """
        mode: Any = "overwrite" if etag is None else {self._condition: etag} if etag else "create"
        fields = {"Content-Type": media_type, "Cache-Control": "no-store"}
        how = {"attributes": fields, "use_multipart": False, "mode": mode}
        try:
            return self._written(self._private, name, content, how)[self._condition] or ""
        except (Unmet, EnvironmentFailed):
            # The answer may have been lost, and not the request.
            found = self.read(name)
            if found is None or found.content != content:
                raise
            return found.etag

    def delete(self, names: list[str]) -> None:
        """Delete objects; those that there are not are no problem."""

        def ask() -> None:
            try:
                self._private.delete(names)
            except FileNotFoundError:
                for name in names:
                    with suppress(FileNotFoundError):
                        self._private.delete(name)

        self._asked("Objects cannot be deleted", ask)

    def _written(self, store: ObjectStore, name: str, body: bytes | Path, how: Any) -> PutResult:
        from obstore.exceptions import AlreadyExistsError, PreconditionError  # noqa: PLC0415

        def ask() -> PutResult:
            try:
                return store.put(name, body, **how)
            except (AlreadyExistsError, PreconditionError) as error:
                if how["mode"] == "overwrite":
                    raise  # that condition was none of ours
                raise Unmet(name) from error

        return self._asked(f"{name} cannot be written", ask)

    def _asked(self, what: str, ask: Callable[[], _T]) -> _T:
        """Return what a store answers; what obstore raises becomes an error of ours."""
        from obstore.exceptions import BaseError  # noqa: PLC0415

        for attempts_left in reversed(range(_ATTEMPTS)):
            try:
                return ask()
            except (BaseError, FileNotFoundError, OSError) as error:
                if not (attempts_left and _CUT_OFF in str(error)):
                    raise EnvironmentFailed(f"{self.place}: {what}: {_said(error)}", _hint(error)) from None
        raise AssertionError(what)


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
    headers = {**(headers or {}), **_ASKED_OF[rules.service]}
    client = {"allow_http": rules.endpoint.startswith("http://"), "timeout": timedelta(minutes=10)}
    client |= {"read_timeout": _SILENCE, "default_headers": headers}
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
            _hint(error, "Look at STATOR['DESTINATION'] and at the environment."),
        ) from None


def _s3(rules: DestinationRules, secrets: list[str], environ: Mapping[str, str]) -> Mapping[str, Any]:
    told: dict[str, Any] = {"checksum_algorithm": "SHA256"}
    if rules.endpoint:
        told |= {"endpoint": rules.endpoint, "virtual_hosted_style_request": False}
    if rules.region:
        told["region"] = rules.region
    if secrets:
        told["credential_provider"] = functools.partial(_credentials, *secrets)
    elif "AWS_ACCESS_KEY_ID" not in environ and importlib.util.find_spec("boto3"):
        # Profiles and single sign-on: boto3 knows the whole chain. Without it, obstore asks the environment
        # and the machine.
        from botocore.exceptions import BotoCoreError  # type: ignore[import-untyped]  # noqa: PLC0415
        from obstore.auth.boto3 import Boto3CredentialProvider  # noqa: PLC0415

        try:
            told["credential_provider"] = Boto3CredentialProvider()
        except BotoCoreError as error:
            raise ConfigError(f"{rules.place} cannot be opened: {_said(error)}", _PROFILE) from None
    return told


def _credentials(key: str, secret: str) -> Mapping[str, str | None]:
    """Return credentials as obstore asks for them: whole, without a session's token from the environment."""
    return {"access_key_id": key, "secret_access_key": secret, "token": None, "expires_at": None}


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


def _bare(etag: str | None) -> str:
    return (etag or "").strip('"')


def _said(error: Exception) -> str:
    """Return what a store, or obstore, has said, in one line, with nothing that a terminal would obey."""
    text = "".join(char if char.isprintable() or char == "\n" else " " for char in str(error))
    status, code, message = (
        " ".join(html.unescape(found[1]).split()) if found else ""
        for found in (one.search(text) for one in (_STATUS, _CODE, _MESSAGE))
    )
    if status:
        said, more = f"it answered {status}", ": ".join(filter(None, (code, message)))
    elif _NO_CONNECTION in text:
        cause = _CAUSE.search(text)
        said, more = "it cannot be reached", (cause[1] or cause[2]) if cause else ""
    else:
        said, more = text.partition("\n")[0].rpartition(" - ")[2].rstrip(".")[:_MOST_SAID], ""
    return f"{said} ({more[:_MOST_SAID].rstrip('.')})." if more else f"{said}."


def _hint(error: Exception, otherwise: str = _AGAIN) -> str:
    text = str(error)
    return next((hint for sign, hint in _HINTS.items() if sign in text), otherwise)
