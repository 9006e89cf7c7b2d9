"""The visit itself: pages, what they refer to, what that refers to, and what is wrong with all of it."""

from __future__ import annotations

import functools
import secrets
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import NamedTuple
from urllib.parse import urlsplit

from stator.diagnose.check import Check, Rule, run
from stator.diagnose.visit import arrival_checks, content_checks, keeping_checks, page_checks
from stator.diagnose.visit.address import address, credentials_of, origin_of, without_credentials
from stator.diagnose.visit.answer import Answer
from stator.diagnose.visit.fetch import PATIENCE, Fetcher, accepted_codings
from stator.diagnose.visit.knowledge import Area, Knowledge
from stator.diagnose.visit.mention import Mention, Use, of_file, of_page
from stator.diagnose.visit.page_checks import Page
from stator.diagnose.visit.served import Served
from stator.errors import ConfigError
from stator.findings import Finding, Level, Place
from stator.load_path import printable

MOST_FILES = 500
AT_ONCE = 8
_NAMED = 3  # files that a finding names besides the first

OF_PAGE = page_checks.CHECKS
# In the order in which one thing leads to another: of several errors the first is likely to be the cause.
OF_FILE: Mapping[str, Check[Served]] = {
    **arrival_checks.CHECKS,
    **content_checks.CHECKS,
    **keeping_checks.CHECKS,
}
_UNFINISHED = "live-unfinished"
RULES: Mapping[str, Rule] = {
    **{id: check.rule for id, check in OF_PAGE.items()},
    **{id: check.rule for id, check in OF_FILE.items()},
    _UNFINISHED: Rule(Level.INFO, "A visit has ended before all files were looked at."),
}
# What a development server does in its own way: it serves sources, and nothing is to be kept.
_OF_PRODUCTION = frozenset(["live-other-release", *keeping_checks.CHECKS])
_READ_ON = frozenset({Use.STYLE, Use.MODULE})


class Visit(NamedTuple):
    """What was wrong, what is likely to be the cause first, and how many pages and files were looked at."""

    findings: tuple[Finding, ...]
    pages: int
    files: int


def visit(
    urls: Iterable[str], knowledge: Knowledge, *, most: int = MOST_FILES, patience: float = PATIENCE
) -> Visit:
    """Return what is wrong with what visitors of these pages get.

    ``most`` is how many files are asked for, ``patience`` the seconds that a server may be silent. An
    address may hold a user and a password, which its own origin is told. What cannot be reached is a
    finding. Raises ``ConfigError`` for what is no address of a page, before anything is asked for.
    """
    given = list(urls)
    asked = dict.fromkeys(map(_page_address, given))
    credentials = {origin_of(url): secret for url in given if (secret := credentials_of(url))}
    with Fetcher(credentials, patience) as fetcher, ThreadPoolExecutor(AT_ONCE) as pool:
        answered = pool.map(functools.partial(_page, fetcher, knowledge), asked)
        pages = [page for page in answered if page is not None]
        tour = _tour(pages, knowledge, fetcher, pool, most)
    found = [finding for page in pages for finding in run(OF_PAGE, page)]
    developed = {page.answer.url for page in pages if page.is_development}
    for id, check in OF_FILE.items():
        passed = developed if id in _OF_PRODUCTION else ()
        subjects = (served for served in tour.files if served.mention.page not in passed)
        found += _together(finding for served in subjects for finding in run({id: check}, served))
    if tour.why_ended:
        place = Place(next(iter(asked)))
        hint = "Give fewer pages at a time."
        found.append(Finding(_UNFINISHED, RULES[_UNFINISHED].level, tour.why_ended, place, hint))
    return Visit(tuple(map(_printable, found)), len(pages), len(tour.files))


def _page_address(url: str) -> str:
    meant = address(url)
    if not meant:
        raise ConfigError(
            f"{printable(without_credentials(url))!r} is no address of a page.",
            "Write it whole, as in https://www.example.com/, with a port from 1 to 65535 if it has one.",
        )
    return meant


class _Tour(NamedTuple):
    """The files that were asked for, in the order in which a browser finds them.

    ``why_ended`` says why there are not more of them, ``""`` where these are all.
    """

    files: tuple[Served, ...]
    why_ended: str = ""


class _Got(NamedTuple):
    """The answers to what a browser asks for an address, as in ``Served``, and what it will ask for next."""

    got: Answer
    plain: Answer | None = None
    coded: tuple[Answer, ...] = ()
    again: Answer | None = None
    afresh: Answer | None = None
    mentions: tuple[Mention, ...] = ()


def _page(fetcher: Fetcher, knowledge: Knowledge, url: str) -> Page | None:
    """Return a page that was asked for, ``None`` where the visit had to end meanwhile."""
    fields = {"Accept": "text/html,application/xhtml+xml,*/*;q=0.8", "Accept-Encoding": accepted_codings(url)}
    answer = fetcher.get(url, fields.items())
    if fetcher.why_spent:
        return None
    if answer.status != 200 or answer.fault or answer.garbled:
        return Page(url, answer, knowledge)
    at = answer.hops[-1] if answer.hops else url
    mentions = of_page(answer.content, at)
    kept = tuple(mention for mention in mentions.found if _is_ours(mention, knowledge))
    files = sum(knowledge.place_of(mention.url, at)[0] is not Area.OTHER for mention in kept)
    return Page(url, answer._replace(url=at), knowledge, mentions._replace(found=kept), files)


def _is_ours(mention: Mention, knowledge: Knowledge) -> bool:
    """Say whether a file is of the site's own host or of those that its settings name."""
    addresses = [mention.page, *(knowledge.prefix(area, mention.page) for area in (Area.STATIC, Area.MEDIA))]
    if _is_insecure(mention):  # it is meant to be of the same host, and has another origin by mistake
        return urlsplit(mention.url).hostname in {urlsplit(one).hostname for one in addresses}
    return origin_of(mention.url) in {origin_of(one) for one in addresses if one}


def _is_insecure(mention: Mention) -> bool:
    return urlsplit(mention.page).scheme == "https" and urlsplit(mention.url).scheme == "http"


def _tour(
    pages: Sequence[Page], knowledge: Knowledge, fetcher: Fetcher, pool: ThreadPoolExecutor, most: int
) -> _Tour:
    """Ask for all that pages refer to, then for all that this refers to, and so on."""
    imports = {page.answer.url: page.mentions.imports for page in pages}
    mentioned: dict[str, list[Mention]] = {}
    got: dict[str, _Got] = {}
    waiting = [mention for page in pages for mention in page.mentions.found]
    while waiting:
        for mention in waiting:
            mentioned.setdefault(mention.url, []).append(mention)
        fresh = [url for url in mentioned if url not in got][: most - len(got)]
        if not fresh or fetcher.why_spent:
            break
        ask = functools.partial(_ask, fetcher, knowledge, imports)
        answers = zip(fresh, pool.map(ask, [mentioned[url] for url in fresh]), strict=True)
        looked_at = {url: one for url, one in answers if one is not None}
        got.update(looked_at)
        waiting = [
            mention for one in looked_at.values() for mention in one.mentions if _is_ours(mention, knowledge)
        ]
    files = tuple(_served(mentioned[url], one, knowledge) for url, one in got.items())
    if why := fetcher.why_spent:
        return _Tour(files, f"{why}, and what followed was not looked at.")
    if left := len(mentioned) - len(got):
        return _Tour(files, f"{len(got)} files were looked at, and at least {left} more were not.")
    return _Tour(files)


def _served(mentions: Sequence[Mention], got: _Got, knowledge: Knowledge) -> Served:
    area, name = knowledge.place_of(mentions[0].url, mentions[0].page)
    return Served(tuple(mentions), area, name, knowledge, *got[:-1])


def _ask(
    fetcher: Fetcher,
    knowledge: Knowledge,
    imports: Mapping[str, Mapping[str, str]],
    mentions: Sequence[Mention],
) -> _Got | None:
    """Ask for a file in each way that a browser may; ``None`` where the visit had to end meanwhile."""
    got = None if fetcher.why_spent else _asked(fetcher, knowledge, imports, mentions)
    return None if fetcher.why_spent else got


def _asked(
    fetcher: Fetcher,
    knowledge: Knowledge,
    imports: Mapping[str, Mapping[str, str]],
    mentions: Sequence[Mention],
) -> _Got:
    mention = next((one for one in mentions if one.use in _READ_ON), mentions[0])
    url = mention.url
    if _is_insecure(mention):
        return _Got(Answer(url))  # a browser does not ask
    fields = {"Accept-Encoding": accepted_codings(url)}
    if any(one.cors for one in mentions) and origin_of(url) != origin_of(mention.page):
        fields["Origin"] = origin_of(mention.page)
    got = fetcher.get(url, fields.items())
    if got.status in {404, 410}:
        return _Got(got, afresh=_without_content(fetcher.get(_unseen(url), fields.items())))
    if got.status != 200 or got.fault:
        return _Got(got)
    inner = of_file(got.content, mention._replace(url=got.url), imports.get(mention.page, {}))
    got = _without_content(got)
    area, name = knowledge.place_of(url, mention.page)
    if area is not Area.STATIC or got.hops:
        return _Got(got, mentions=inner)

    def asked(**changed: str) -> Answer:
        renamed = {name.replace("_", "-"): value for name, value in changed.items()}
        return _without_content(fetcher.get(url, {**fields, **renamed}.items()))

    plain = asked(Accept_Encoding="identity") if got.coding else None
    others = [coding for coding in knowledge.codings(name) if coding != got.coding]
    coded = tuple(asked(Accept_Encoding=coding) for coding in others)
    return _Got(got, plain, coded, _asked_again(got, asked), mentions=inner)


def _asked_again(got: Answer, asked: Callable[..., Answer]) -> Answer | None:
    """Return the answer to somebody who has the file already, ``None`` where nothing shows that."""
    if etag := got.field("etag"):
        return asked(If_None_Match=etag)
    if date := got.field("last-modified"):
        return asked(If_Modified_Since=date)
    return None


def _without_content(answer: Answer) -> Answer:
    """Return an answer without its body, so that memory does not grow with a site."""
    return answer._replace(content=b"")


def _unseen(url: str) -> str:
    """Return the address with a query that nobody has asked for before."""
    return f"{url}{'&' if urlsplit(url).query else '?'}stator={secrets.token_hex(6)}"


def _together(findings: Iterable[Finding]) -> Iterator[Finding]:
    """Yield one finding for all files that are mended by the same, naming some of them."""
    grouped: dict[tuple[object, ...], list[Finding]] = {}
    for finding in findings:
        key = (finding.level, finding.hint, finding.mend, finding.message.partition(":")[0])
        grouped.setdefault(key, []).append(finding)
    for first, *others in grouped.values():
        names = list(dict.fromkeys(one.path for one in others if one.path != first.path))
        if not names:
            yield first
            continue
        named = ", ".join(names[:_NAMED]) + (" and others" if len(names) > _NAMED else "")
        yield first._replace(message=f"{first.message} The same is true of {len(names)} more: {named}.")


def _printable(finding: Finding) -> Finding:
    """Return a finding in which nothing that came over the network can steer a terminal."""
    place = finding.place._replace(file=printable(finding.place.file))
    return finding._replace(
        message=printable(finding.message),
        hint=printable(finding.hint),
        path=printable(finding.path),
        place=place,
    )
