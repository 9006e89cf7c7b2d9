"""What of a request decides how a file is answered."""

from __future__ import annotations

from typing import NamedTuple


class Request(NamedTuple):
    """The method, and the values of the fields that matter; ``None`` for one that was not sent.

    Several lines of a field are one list, joined by commas (RFC 9110, 5.2).
    ``preflight`` is the method that a script on another origin asks leave for (Fetch, CORS).
    """

    method: str
    accept_encoding: str | None = None
    if_match: str | None = None
    if_none_match: str | None = None
    if_modified_since: str | None = None
    if_unmodified_since: str | None = None
    range: str | None = None
    if_range: str | None = None
    preflight: str | None = None

    @property
    def is_plain(self) -> bool:
        """Whether it is a GET for all of a file, whatever the client may have of it already."""
        return self.method == "GET" and self[2:8] == _NOTHING


# The fields, in the order of ``Request``, as HTTP names them.
FIELDS = (
    "accept-encoding",
    "if-match",
    "if-none-match",
    "if-modified-since",
    "if-unmodified-since",
    "range",
    "if-range",
    "access-control-request-method",
)
_NOTHING = (None,) * 6
