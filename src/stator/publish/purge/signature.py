"""AWS Signature Version 4: who sends a request, proven without sending the secret.

The steps are those of "Create a signed AWS API request" (AWS IAM User Guide, 2026), for requests with a body
of text and no query. The SDK for one call would be forty times the size of all of Stator.
"""

from __future__ import annotations

import hashlib
import hmac
from datetime import UTC, datetime
from functools import reduce
from typing import NamedTuple
from urllib.parse import quote, urlsplit

from stator.publish.purge.request import Fields, Request

_ALGORITHM = "AWS4-HMAC-SHA256"


class Credentials(NamedTuple):
    """What AWS knows us by; ``session`` is empty for lasting credentials."""

    key: str
    secret: str
    session: str = ""

    def __repr__(self) -> str:
        return "Credentials(...)"


def sealed(request: Request, credentials: Credentials, region: str, service: str, now: int) -> Fields:
    """Return the fields that sign a request to a service in a region at a time in seconds since 1970."""
    time = datetime.fromtimestamp(now, UTC).strftime("%Y%m%dT%H%M%SZ")
    scope = f"{time[:8]}/{region}/{service}/aws4_request"
    sent = [("X-Amz-Date", time)]
    if credentials.session:
        sent.append(("X-Amz-Security-Token", credentials.session))
    parts = urlsplit(request.url)
    signed = sorted([("host", parts.netloc), *((name.lower(), value) for name, value in sent)])
    names = ";".join(name for name, _ in signed)
    canonical = "\n".join(
        [
            request.method,
            quote(parts.path or "/", safe="/-_.~"),
            "",  # no query
            *(f"{name}:{value}" for name, value in signed),
            "",
            names,
            hashlib.sha256(request.body).hexdigest(),
        ]
    )
    to_sign = "\n".join([_ALGORITHM, time, scope, hashlib.sha256(canonical.encode()).hexdigest()])
    key = reduce(_hmac, scope.split("/"), f"AWS4{credentials.secret}".encode())
    said = f"Credential={credentials.key}/{scope}, SignedHeaders={names}, "
    return (*sent, ("Authorization", f"{_ALGORITHM} {said}Signature={_hmac(key, to_sign).hex()}"))


def _hmac(key: bytes, text: str) -> bytes:
    return hmac.digest(key, text.encode(), "sha256")
