"""Checks of pages: whether a visitor sees the page at all, and whether it leads to any file."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import NamedTuple
from urllib.parse import urlsplit

from stator.diagnose.check import Check, Found
from stator.diagnose.visit.answer import Answer
from stator.diagnose.visit.knowledge import Area, Knowledge
from stator.diagnose.visit.mention import Mentions
from stator.diagnose.visit.telling import Step, status_text
from stator.findings import Level, Place

DEVELOPMENT = "__stator__/client.js"  # below STATIC_URL: what a page has from a development server alone


class Page(NamedTuple):
    """A page that was asked for: its answer, what it mentions, and how much of that is static or media."""

    url: str
    answer: Answer
    knowledge: Knowledge = Knowledge()
    mentions: Mentions = Mentions()
    files: int = 0

    @property
    def is_there(self) -> bool:
        return self.answer.status == 200 and not self.answer.fault

    @property
    def is_development(self) -> bool:
        """Whether a development server of ours has sent it."""
        client = self.knowledge.prefix(Area.STATIC, self.answer.url) + DEVELOPMENT
        return any(mention.url == client for mention in self.mentions.found)


def _unreachable(page: Page) -> Iterator[Found]:
    if not page.is_there:
        why = f"no answer: {page.answer.fault}" if page.answer.fault else status_text(page.answer)
        moved = f", redirected to {page.answer.hops[-1]}," if page.answer.hops else ""
        yield Found(
            Place(page.url),
            f"{Step.REQUEST}: The page {page.url}{moved} has {why}.",
            _likely(page),
        )


def _likely(page: Page) -> str:
    """Return what most often keeps a page from its visitors in this way."""
    answer = page.answer
    at = urlsplit(answer.hops[-1] if answer.hops else page.url)
    if answer.fault and at.scheme == "https" and urlsplit(page.url).scheme == "http":
        return (
            "Look where TLS ends: the redirect is SECURE_SSL_REDIRECT or a web server's, and nothing there "
            "speaks TLS. Give the address with https: that visitors use."
        )
    if answer.status == 400:
        return f"ALLOWED_HOSTS has to name {at.hostname!r}; the server's log says what else it may be."
    if answer.status == 500 and page.knowledge.manifest is None and page.knowledge.destination:
        return (
            "The application needs the manifest of its release, in STATIC_ROOT or where STATOR['MANIFEST'] "
            f"says: 'manage.py stator releases' lists those at {page.knowledge.destination}. The server's "
            "log says whether it is that."
        )
    if answer.status == 500 and page.knowledge.manifest is None and page.knowledge.sources:
        return (
            "No manifest can be read here, and without one no name can be written into a page: run "
            "collectstatic where the site is served, and start it anew. The server's log says whether it is "
            "that."
        )
    if answer.status == 500:
        return (
            "A name that the manifest lacks ends a page so: 'manage.py stator doctor' says whether one does; "
            "the application has read the manifest when it started. Else the server's log says why."
        )
    if answer.status > 500:
        return "See whether the application runs, and whether the proxy asks where it listens."
    return "Give pages that everybody may see; look at the host name, TLS, and the server's log."


def _broken_page(page: Page) -> Iterator[Found]:
    answer = page.answer
    if not page.is_there:
        return
    if answer.garbled or not (answer.is_html or answer.media_type in {"text/html", "application/xhtml+xml"}):
        why = answer.garbled or f"its type is {answer.media_type or 'not told'}"
        hint = "Give the address of a page; of a compressed one, see who compresses it."
        yield Found(Place(page.url), f"{Step.SERVER}: {page.url} is no page that can be read: {why}.", hint)


def _no_files(page: Page) -> Iterator[Found]:
    if page.is_there and page.answer.is_html and not page.files:
        what = "It is a page to log in: g" if page.answer.asks_password else "G"
        yield Found(
            Place(page.url),
            f"{Step.TEMPLATE}: {page.url} refers to nothing below STATIC_URL or MEDIA_URL.",
            f"{what}ive the address of a page that does; if this one should, look for addresses that were "
            "typed without the tag.",
        )


def _development(page: Page) -> Iterator[Found]:
    if page.is_development:
        yield Found(
            Place(page.url),
            f"{Step.SERVER}: {page.url} comes from a development server, so its release, and how long and in "
            "which form browsers keep its files, were not judged.",
            "Give the address of the site that visitors use.",
        )


CHECKS: Mapping[str, Check[Page]] = {
    "live-unreachable": Check(
        Level.ERROR, "A visitor gets no answer, or that the server has failed.", _unreachable
    ),
    "live-broken-page": Check(Level.WARNING, "A page is none, or cannot be read.", _broken_page),
    "live-no-files": Check(Level.INFO, "A page refers to no static file.", _no_files),
    "live-development": Check(Level.INFO, "A page comes from a development server.", _development),
}
