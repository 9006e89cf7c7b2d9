"""Dates as HTTP writes them (RFC 9110, 5.6.7), to and from seconds since 1970."""

from __future__ import annotations

import re
import time
from datetime import UTC, datetime

_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_DAY = f"(?:{'|'.join(_DAYS)})"
_LONG_DAY = "(?:Monday|Tuesday|Wednesday|Thursday|Friday|Saturday|Sunday)"
_MONTH = f"(?P<month>{'|'.join(_MONTHS)})"
_TIME = r"(?P<hour>\d\d):(?P<minute>\d\d):(?P<second>\d\d)"
_FORMS = tuple(
    re.compile(form, re.ASCII)
    for form in (
        rf"{_DAY}, (?P<day>\d\d) {_MONTH} (?P<year>\d{{4}}) {_TIME} GMT",  # the one that is written today
        rf"{_LONG_DAY}, (?P<day>\d\d)-{_MONTH}-(?P<year>\d\d) {_TIME} GMT",  # RFC 850
        rf"{_DAY} {_MONTH} (?P<day>[ \d]\d) {_TIME} (?P<year>\d{{4}})",  # asctime() of C
    )
)
_CENTURY = 100
_FAR = 50  # years: a year of two digits that lies further ahead is the one a century before (RFC 9110)


def http_date(seconds: int) -> str:
    """Return the date that a ``Last-Modified`` field says."""
    at = time.gmtime(seconds)
    month = _MONTHS[at.tm_mon - 1]
    return (
        f"{_DAYS[at.tm_wday]}, {at.tm_mday:02} {month} {at.tm_year:04} "
        f"{at.tm_hour:02}:{at.tm_min:02}:{at.tm_sec:02} GMT"
    )


def parse_http_date(value: str) -> int | None:
    """Return the time of a date in any of the three forms, ``None`` for what is no date."""
    for form in _FORMS:
        if found := form.fullmatch(value.strip(" \t")):
            return _seconds(found)
    return None


def _seconds(date: re.Match[str]) -> int | None:
    year = int(date["year"])
    if len(date["year"]) == len("94"):
        now = time.gmtime().tm_year
        year += now - now % _CENTURY
        if year > now + _FAR:
            year -= _CENTURY
    try:
        at = datetime(
            year,
            _MONTHS.index(date["month"]) + 1,
            int(date["day"]),
            int(date["hour"]),
            int(date["minute"]),
            min(int(date["second"]), 59),  # 60 is a leap second, which no clock here has
            tzinfo=UTC,
        )
    except ValueError:  # the 30th of February
        return None
    return int(at.timestamp())
