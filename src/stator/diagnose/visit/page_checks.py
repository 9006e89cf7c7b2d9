"""Checks of pages: whether a visitor sees the page at all, and whether it leads to any file."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from stator.diagnose.check import Check, Found
from stator.diagnose.visit.answer import Answer
from stator.diagnose.visit.mention import Mentions
from stator.diagnose.visit.telling import Step, status_text
from stator.findings import Level, Place


class Page(NamedTuple):
    """A page that was asked for: its answer, what it mentions, and how much of that is static or media."""

    url: str
    answer: Answer
    mentions: Mentions = Mentions()
    files: int = 0

    @property
    def is_there(self) -> bool:
        return self.answer.status == 200 and not self.answer.fault


def _unreachable(page: Page) -> Iterator[Found]:
    if not page.is_there:
        why = f"no answer: {page.answer.fault}" if page.answer.fault else status_text(page.answer)
        yield Found(
            Place(page.url),
            f"{Step.REQUEST}: The page {page.url} has {why}.",
            "Give pages that everybody may see; look at the host name, TLS, and the server's log.",
        )


def _broken_page(page: Page) -> Iterator[Found]:
    answer = page.answer
    if not page.is_there:
        return
    if answer.garbled or not (answer.is_html or answer.media_type in {"text/html", "application/xhtml+xml"}):
        why = answer.garbled or f"its type is {answer.media_type or 'not told'}"
        hint = "Give the address of a page; of a compressed one, see who compresses it."
        yield Found(Place(page.url), f"{Step.SERVER}: {page.url} is no page that can be read: {why}.", hint)
    elif page.mentions.unread:
        yield Found(
            page.mentions.unread,
            f"{Step.TEMPLATE}: From here on {page.url} cannot be read as HTML.",
            "Mend the declaration that begins with <! here; what follows it was not looked at.",
        )


def _no_files(page: Page) -> Iterator[Found]:
    if page.is_there and page.answer.is_html and not page.files:
        what = "It is a page to log in: g" if page.answer.asks_password else "G"
        yield Found(
            Place(page.url),
            f"{Step.TEMPLATE}: {page.url} refers to nothing below STATIC_URL or MEDIA_URL.",
            f"{what}ive the address of a page that does; if this one should, look for addresses that were "
            "typed without the tag.",
        )


CHECKS: Mapping[str, Check[Page]] = {
    "live-unreachable": Check(
        Level.ERROR, "A visitor gets no answer, or that the server has failed.", _unreachable
    ),
    "live-broken-page": Check(Level.WARNING, "A page is none, or cannot be read to its end.", _broken_page),
    "live-no-files": Check(Level.INFO, "A page refers to no static file.", _no_files),
}
