"""What a minifier is: a few facts and a function."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import NamedTuple

# Of our own part in each minifier; to be raised with every change of what comes out.
CSS_VERSION = "1"
ESBUILD_VERSION = "1"  # how it is used
JSON_VERSION = "1"
VERSIONS = f"css {CSS_VERSION}, esbuild {ESBUILD_VERSION}, json {JSON_VERSION}"


class MinifyFailed(Exception):
    """A file that a minifier does not take; ``str()`` is a reason that can follow "was left as it is: "."""


class Tool(NamedTuple):
    """A minifier for one media type, ``kind``. It has either ``one`` or ``batch``.

    ``id``: name, version and options; whatever changes the bytes that come out changes it.
    ``one``: from content to content; raises ``MinifyFailed``.
    ``batch``: all files of a run in one call, since starting the tool is dear: from contents by logical
    path to new contents, or failures, under the same paths. Raises nothing.
    """

    id: str
    kind: str
    one: Callable[[bytes], bytes] | None = None
    batch: Callable[[Mapping[str, bytes]], Mapping[str, bytes | MinifyFailed]] | None = None
