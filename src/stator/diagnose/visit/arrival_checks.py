"""Checks of arrival: whether a visitor gets the file at all, and which step keeps it from them.

Of faults that hide each other only the cause is told: what a cache keeps is not missing, and a file of which
another release is asked for is not lost.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Mapping
from urllib.parse import urlsplit

from stator.diagnose.check import Check, Found
from stator.diagnose.checks import middleware
from stator.diagnose.visit.knowledge import Area, Knowledge
from stator.diagnose.visit.mention import Use
from stator.diagnose.visit.served import Served
from stator.diagnose.visit.telling import DAY, Step, found, nginx, shell_quoted, status_text, time_text
from stator.findings import How, Level, Mend

_LOGIN = re.compile(r"(?:^|[/_-])(?:log-?in|sign-?in|sso|auth)(?:[/_.-]|$)", re.IGNORECASE)


def _unreachable(served: Served) -> Iterator[Found]:
    got = served.got
    if got.fault:
        yield found(
            served, Step.REQUEST, f"has no answer: {got.fault}.", "Look at the host name, TLS, the server."
        )
    elif got.status >= 500:
        yield found(
            served,
            Step.SERVER,
            f"is answered with {status_text(got)}.",
            "The server's log says why; behind a proxy, whether the application runs at all.",
        )


def _insecure(served: Served) -> Iterator[Found]:
    for mention in served.mentions:
        if urlsplit(mention.page).scheme == "https" and urlsplit(mention.url).scheme == "http":
            told = found(
                served,
                Step.URL,
                "is asked for without TLS by a page with it, which browsers refuse.",
                "Write the address with https:, in STATIC_URL or MEDIA_URL if it comes from there.",
            )
            yield told._replace(place=mention.place)


def _redirect(served: Served) -> Iterator[Found]:
    if not served.is_moved or served.got.fault:
        return
    first = served.got.hops[0]
    step, why, hint = _redirected(served, first)
    yield found(
        served,
        step,
        f"is redirected to {first}, {why}.",
        hint,
        level=None if _is_useless(served) else Level.WARNING,
    )


def _redirected(served: Served, target: str) -> tuple[Step, str, str]:
    """Return the step that sends a browser elsewhere, what the other place is, and the next step."""
    here, there = urlsplit(served.url), urlsplit(target)
    if served.got.asks_password or _LOGIN.search(there.path):
        return (
            Step.SERVER,
            "a page to log in",
            "Static files are for everybody: the server must send them before the application is asked.",
        )
    if here.scheme == "https" and there.scheme == "http":
        return Step.URL, "an address without TLS", "Send to https:, or do not redirect static files at all."
    if here.hostname != there.hostname:
        return Step.URL, "another host", "Write that host in STATIC_URL, and save each visitor the detour."
    if here.path.rstrip("/") == there.path.rstrip("/") and here.scheme == there.scheme:
        return (
            Step.SERVER,
            "which differs by a slash",
            "A folder has that name on the server, or the application appends slashes to it.",
        )
    if here.scheme != there.scheme:
        return Step.URL, "an address with TLS", "Write https: in the page's own address and in STATIC_URL."
    return Step.SERVER, "another address", "Take the redirect out of the server's configuration."


def _is_useless(served: Served) -> bool:
    """Say whether a redirect ends at nothing that could be the file."""
    mixed = urlsplit(served.mention.page).scheme == "https" and any(
        urlsplit(hop).scheme == "http" for hop in served.got.hops
    )
    return mixed or not served.arrived or served.got.asks_password


def _cached_404(served: Served) -> Iterator[Found]:
    got = served.got
    if served.is_kept_404:
        cache = f"a cache ({got.cache})" if got.cache else "a cache"
        yield found(
            served,
            Step.CACHE,
            f"is answered with {status_text(got)} by {cache}, and with 200 where no cache has seen it.",
            "Purge that address there, and let nobody keep errors: publish files before pages name them, and "
            "send Cache-Control: no-store with a 404.",
        )
    elif got.status in {404, 410} and got.lifetime > DAY:
        yield found(
            served,
            Step.CACHE,
            f"is answered with {status_text(got)}, which browsers keep for {time_text(got.lifetime)}.",
            "Send Cache-Control: no-store with errors: add_header without 'always' leaves them alone.",
            level=Level.WARNING,
        )


def _other_release(served: Served) -> Iterator[Found]:
    path = served.other_release
    if path and served.got.status in {200, 404, 410} and not served.is_kept_404:
        gone = served.got.status != 200
        yield found(
            served,
            Step.MANIFEST,
            f"has the digest of a release that the manifest here does not know; it has another for {path}"
            f"{', and the file is not published' if gone else ''}.",
            "The page was rendered with another manifest: start the application anew after collectstatic, "
            "purge cached pages, or compare with what was deployed.",
            level=None if gone else Level.WARNING,
        )
    elif (path := served.earlier_release) and served.got.status == 200:
        yield found(
            served,
            Step.MANIFEST,
            f"is of an earlier release, and served yet; the manifest here has another for {path}.",
            "The page was rendered with the earlier manifest: start the application anew after "
            "collectstatic, or purge cached pages.",
            level=Level.WARNING,
        )
    elif _differs_from_manifest(served):
        yield found(
            served,
            Step.FILE,
            "has other bytes than the manifest here says.",
            "The server sends another release's file, or something on the way rewrites it (a CDN that "
            "minifies, optimises or injects): deploy again, purge, or switch that off.",
        )


def _differs_from_manifest(served: Served) -> bool:
    content, identity = served.content, served.identity
    if content is None or not served.arrived or not identity.is_whole:
        return False
    is_itself = not identity.coding and not served.is_coded_unsaid(identity)
    return is_itself and identity.hashes["sha256"] != content.sha256


def _missing(served: Served) -> Iterator[Found]:
    got = served.got
    is_told = served.is_moved or served.is_kept_404 or (served.other_release and got.status in {404, 410})
    if is_told or got.fault:
        return
    # Where a form stands beside a file that is lost, it is sent to those who can read it.
    for answer, asked in ((got, ""), (served.identity, " without a coding")):
        if 200 < answer.status < 500:
            step, why, hint, mend = _broken_step(served, answer.status)
            yield found(served, step, f"is answered with {status_text(answer)}{asked}{why}.", hint, mend)
            return


def _broken_step(served: Served, status: int) -> tuple[Step, str, str, Mend | None]:
    """Return which step keeps a file from a visitor, how that is known, the next step, and the mend."""
    known, name, root = served.knowledge, served.name, served.knowledge.static_root
    is_here = served.is_static and name in known.files and not served.is_of_application
    if is_here and (kept := _at_destination(known) or _closed(known, name)):
        return Step.SERVER, f", though the file is in {root}", *kept
    if status in {401, 403}:
        readable = Mend(How.RUN, f"chmod -R a+rX {shell_quoted(root)}") if root and served.is_static else None
        return (
            Step.SERVER,
            ", so the server may not hand it out",
            "Its user must be able to read the file and to enter each folder above; or a rule forbids it.",
            readable,
        )
    if served.area is Area.OTHER:
        return *_strange_address(served), None
    if served.area is Area.MEDIA:
        hint = "It was deleted, or MEDIA_ROOT is not the folder that the server looks in."
        return Step.FILE, "", hint, None
    if name in known.files and served.is_of_application:
        return Step.SERVER, f", though the file is in {root}", _of_application(served), None
    if name in known.files:
        return (
            Step.SERVER,
            f", though the file is in {root}",
            "It looks in another folder or on another machine; location and alias both end with a slash.",
            nginx(f'alias "{root.rstrip("/")}/";'),
        )
    collect = Mend(How.RUN, "python manage.py collectstatic --noinput")
    if known.content(name) is not None:
        return Step.FILE, ", though the manifest has it", "It was lost: collect again.", collect
    if name in known.sources:
        return Step.FILE, ", and was not collected yet", "Collect where the site is served.", collect
    near = known.nearest(name)
    why = ", and no source has that name" if known.sources else ""
    hint = f"Did you mean {near!r}?" if near else "Look for the name in the templates of the page."
    return Step.TEMPLATE, why, hint, None


def _at_destination(known: Knowledge) -> tuple[str, Mend] | None:
    """Return the next step and the mend where visitors do not get what stands in ``STATIC_ROOT``."""
    if not known.destination:
        return None
    hint = (
        f"Visitors get what {known.destination} has: publish what is missing there. If nothing is, whoever "
        "asks there may not read it, or the server or CDN asks another place."
    )
    return hint, Mend(How.RUN, "python manage.py stator publish --no-collect")


def _closed(known: Knowledge, name: str) -> tuple[str, Mend] | None:
    """Return the next step and the mend where other users of the machine do not come to a file."""
    inside = [one for one in known.closed if not one or f"{name}/".startswith(f"{one}/")]
    root = known.static_root
    paths = [*known.closed_above, *(os.path.join(root, one) if one else root for one in inside)]
    if not paths:
        return None
    hint = f"Other users of the machine may not read {paths[0]}, and the server is one."
    quoted = " ".join(map(shell_quoted, known.closed_above))
    return hint, Mend(How.RUN, f"chmod o+x {quoted}" if quoted else f"chmod -R a+rX {shell_quoted(root)}")


def _of_application(served: Served) -> str:
    """Return the next step where the application itself answers for a file, and with something else."""
    if served.knowledge.serves:
        return (
            "The application answers here: start it anew after collectstatic, with the settings that "
            "were used for it. If a web server is to hand the files out, it lacks a location for STATIC_URL."
        )
    return (
        "The application answers here, and nothing in it serves static files: add "
        f'"{middleware.OURS}" right after SecurityMiddleware, or let a web server hand them out '
        "(manage.py stator serverconfig)."
    )


def _strange_address(served: Served) -> tuple[Step, str, str]:
    """Return what is to be said of an address that is under neither of the settings."""
    for area in (Area.STATIC, Area.MEDIA):
        prefix = urlsplit(served.knowledge.prefix(area, served.mention.page)).path
        if prefix and prefix in urlsplit(served.url).path:
            return (
                Step.TEMPLATE,
                f", and is below {urlsplit(served.url).path.partition(prefix)[0]} instead of {prefix}",
                f"The address is relative to the page: write {area} with a slash in front, and use the tag.",
            )
    if served.mention.place.file != served.mention.page:
        return (
            Step.FILE,
            f", and is not below STATIC_URL; {served.mention.place.file} refers to it",
            "Write the address in the source of that file relative to it, as in ../img/a.png.",
        )
    return (
        Step.TEMPLATE,
        ", and is not below STATIC_URL",
        "Write {% static %} where the page has the address by itself.",
    )


def _html(served: Served) -> Iterator[Found]:
    if not served.is_other_page or served.is_moved:
        return
    if served.area is Area.OTHER and served.mention.use not in {Use.STYLE, Use.SCRIPT, Use.MODULE}:
        return
    what = "a page to log in" if served.got.asks_password else "a page"
    hint = (
        "A rule for every address (an application of one page, a login) comes before the files, or the file "
        "is missing and that rule hides it: a name without a file must get 404."
    )
    mend = nginx("try_files $uri =404;") if served.is_static else None
    if served.is_static and served.is_of_application:
        hint, mend = f"{hint} {_of_application(served)}", None
    yield found(
        served,
        Step.SERVER,
        f"is answered with {what} (200, {served.got.media_type or 'no type'}) in place of the "
        f"{served.mention.use}.",
        hint,
        mend,
    )


CHECKS: Mapping[str, Check[Served]] = {
    "live-unreachable": Check(
        Level.ERROR, "A visitor gets no answer, or that the server has failed.", _unreachable
    ),
    "live-insecure": Check(Level.ERROR, "A page with TLS asks for a file without.", _insecure),
    "live-cached-404": Check(Level.ERROR, "A cache says that a file is missing which is there.", _cached_404),
    "live-redirect": Check(Level.ERROR, "A visitor who asks for a file is sent elsewhere.", _redirect),
    "live-other-release": Check(
        Level.ERROR, "A page or a file is of another release than the manifest.", _other_release
    ),
    "live-missing": Check(Level.ERROR, "A file that a page refers to is not handed out.", _missing),
    "live-html": Check(Level.ERROR, "A page is sent in place of a file.", _html),
}
