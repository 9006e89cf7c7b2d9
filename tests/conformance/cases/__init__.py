"""The table of cases, a module for each part of HTTP."""

from __future__ import annotations

from tests.conformance.case import Case
from tests.conformance.cases import (
    caching,
    codings,
    connection,
    media_types,
    methods,
    names,
    preconditions,
    ranges,
)

CASES: tuple[Case, ...] = (
    *methods.CASES,
    *preconditions.CASES,
    *ranges.CASES,
    *codings.CASES,
    *caching.CASES,
    *media_types.CASES,
    *names.CASES,
    *connection.CASES,
)
