"""The request: what goes to a service, without the secret that it is sent with.

That is the seal's to add, in the moment of sending. So a request can be shown, and a signature is never older
than the waiting before it.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

Fields = tuple[tuple[str, str], ...]


class Request(NamedTuple):
    """A request of HTTP. A field ``Host`` goes before the host of the address."""

    method: str
    url: str
    fields: Fields = ()
    body: bytes = b""


# From a request and the time, in seconds since 1970, to the fields that say who sends it.
Seal = Callable[[Request, int], Fields]


def unsealed(_: Request, __: int) -> Fields:
    """Seal a request to a service that asks for no secret."""
    return ()
