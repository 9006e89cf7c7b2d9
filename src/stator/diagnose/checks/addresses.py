"""Checks of the addresses of static files and uploads: STATIC_URL, MEDIA_URL, and what answers below them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from urllib.parse import urlsplit

from stator.diagnose.check import Check, Found, When
from stator.diagnose.checks import snippets
from stator.diagnose.checks.apps import FILES
from stator.diagnose.checks.snippets import masked
from stator.diagnose.facts.setup import Setup
from stator.findings import How, Level, Mend, Place

_NAMES = ("STATIC_URL", "MEDIA_URL")
_EXAMPLES = {"STATIC_URL": "static/", "MEDIA_URL": "media/"}
# A host without its scheme: a name with a dot in it, the last part letters only, perhaps with a port.
_HOST = re.compile(r"(?:[a-z0-9-]+\.)+[a-z]{2,}(?::[0-9]+)?/|localhost(?::[0-9]+)?/", re.IGNORECASE)
_SERVING = "from stator.django.urls import media\n\nurlpatterns += media()"
_THIS_MACHINE = {"localhost", "127.0.0.1", "::1"}


def _urls(setup: Setup) -> dict[str, str]:
    """Return those of the two addresses that are set, by setting."""
    given = dict(zip(_NAMES, (setup.static_url, setup.media_url), strict=True))
    return {name: url for name, url in given.items() if url}


def is_here(url: str) -> bool:
    """Say whether an address is on the site itself."""
    return url.startswith("/") and not url.startswith("//")


def _address(name: str, url: str) -> Mend | None:
    """Return the mend that sets an address, ``None`` where it has something in it that must not be shown."""
    return snippets.assigned(name, snippets.quoted(url)) if masked(url) == url else None


def _static_url_missing(setup: Setup) -> Iterator[Found]:
    if not setup.static_url:
        yield Found(
            setup.place("STATIC_URL"),
            "STATIC_URL is not set, so no static file has an address.",
            "Set it to the path below which static files are.",
            _address("STATIC_URL", _EXAMPLES["STATIC_URL"]),
        )


def _static_url_without_scheme(setup: Setup) -> Iterator[Found]:
    for name, url in _urls(setup).items():
        host = url.lstrip("/")
        if name in setup.relative and _HOST.match(host):
            yield Found(
                setup.place(name),
                f"{name} begins with a host and no scheme, so it is taken for a path of this site: "
                f"{masked(url)}",
                "Write the scheme too.",
                _address(name, f"https://{host}"),
            )


def _url_without_slash(setup: Setup) -> Iterator[Found]:
    for name, url in _urls(setup).items():
        if not url.endswith("/"):
            written = url.lstrip("/") if name in setup.relative else url
            yield Found(
                setup.place(name),
                f"{name} does not end with a slash, so names are glued to its last part: {masked(url)}",
                "End it with a slash.",
                _address(name, f"{written}/"),
            )


def _static_url_insecure(setup: Setup) -> Iterator[Found]:
    for name, url in _urls(setup).items():
        if setup.secure and url.startswith("http://") and urlsplit(url).hostname not in _THIS_MACHINE:
            yield Found(
                setup.place(name),
                f"{name} is {masked(url)}, and pages come by HTTPS: browsers refuse styles and "
                "scripts from there.",
                "Write https://, or // for the scheme of the page.",
                _address(name, f"https://{url.removeprefix('http://')}"),
            )


def _static_and_media_url(setup: Setup) -> Iterator[Found]:
    static, media = setup.static_url, setup.media_url
    if not static or not media or media == "/":
        return
    if media.startswith(static):
        what = "is the same as" if media == static else "lies below"
        moved = "STATIC_URL" if static == "/" else "MEDIA_URL"
        yield Found(
            setup.place(moved),
            f"MEDIA_URL ({masked(media)}) {what} STATIC_URL ({masked(static)}), so one is asked for files of "
            "the other.",
            "Give each a path of its own.",
            _address(moved, _elsewhere(moved, static)),
        )
    elif static.startswith(media):
        yield Found(
            setup.place("STATIC_URL"),
            f"STATIC_URL ({masked(static)}) lies below MEDIA_URL ({masked(media)}): what answers for uploads "
            "can hide static files.",
            "Give each a path of its own.",
            _address("STATIC_URL", _elsewhere("STATIC_URL", media)),
            Level.WARNING,
        )


def _elsewhere(name: str, taken: str) -> str:
    """Return an address for a setting that is neither below nor above one that is taken."""
    usual = _EXAMPLES[name]
    return usual if taken == "/" or not f"/{usual}".startswith(taken) else f"site-{usual}"


def keeps_files(setup: Setup) -> bool:
    """Say whether uploads are kept in a folder by Django's own storage."""
    return setup.is_a(setup.storages.get("default", ""), *FILES)


def _media_root_unset(setup: Setup) -> Iterator[Found]:
    if setup.media_url and not setup.media_root and keeps_files(setup):
        yield Found(
            setup.place("MEDIA_ROOT"),
            f"MEDIA_URL is set ({masked(setup.media_url)}) and MEDIA_ROOT is not: uploads land in the "
            "folder that the site happens to be started in.",
            "Give uploads a folder.",
            snippets.assigned("MEDIA_ROOT", snippets.inside(setup, "media")),
        )


def _media_url_unset(setup: Setup) -> Iterator[Found]:
    if setup.media_root and not setup.media_url and keeps_files(setup):
        yield Found(
            setup.place("MEDIA_URL"),
            "MEDIA_ROOT is set and MEDIA_URL is not, so links to uploads lead to the root of the site.",
            "Set it; where no page is to link to uploads, suppress this: "
            'STATOR = {"SUPPRESS": ["media-url-unset"]}',
            _address("MEDIA_URL", _EXAMPLES["MEDIA_URL"]),
        )


def _urls_not_importable(setup: Setup) -> Iterator[Found]:
    if setup.routes and setup.routes.failure:
        kind, said, place = setup.routes.failure
        yield Found(
            place, f"The URL patterns cannot be loaded: {kind}: {said}", "Mend it; every page needs them."
        )


def _media_not_served(setup: Setup) -> Iterator[Found]:
    routes = setup.routes
    if routes is None or routes.failure or "default" not in setup.storages:  # the cause, which is told
        return
    if routes.unserved:
        message, hint = routes.unserved
        yield Found(setup.place("MEDIA_ROOT", "MEDIA_URL", "STORAGES"), message, hint)
    elif (
        setup.debug
        and setup.media_url
        and is_here(setup.media_url)
        and setup.media_root
        and keeps_files(setup)
        and "MEDIA_URL" not in routes.answered
    ):
        yield Found(
            Place(routes.file or setup.file),
            f"No URL pattern answers for uploads, below {setup.media_url}: each of them is a 404.",
            "Add media() at the end of the root urlpatterns.",
            Mend(How.PASTE, _SERVING) if routes.file else None,
        )


CHECKS: Mapping[str, Check[Setup]] = {
    "static-url-missing": Check(Level.ERROR, "Static files have no address.", _static_url_missing),
    "static-url-without-scheme": Check(
        Level.ERROR, "The address of another host is taken for a path.", _static_url_without_scheme
    ),
    "url-without-slash": Check(
        Level.ERROR, "An address does not end with a slash.", _url_without_slash, When.NEVER
    ),
    "static-url-insecure": Check(
        Level.WARNING, "Pages by HTTPS load files by HTTP, which browsers refuse.", _static_url_insecure
    ),
    "static-and-media-url": Check(
        Level.ERROR, "Static files and uploads share an address.", _static_and_media_url
    ),
    "media-root-unset": Check(Level.WARNING, "Uploads have no folder.", _media_root_unset),
    "media-url-unset": Check(Level.WARNING, "Uploads have no address.", _media_url_unset),
    "urls-not-importable": Check(
        Level.ERROR, "The URL patterns of the project cannot be loaded.", _urls_not_importable, When.NEVER
    ),
    "media-not-served": Check(Level.WARNING, "Nothing answers for uploads.", _media_not_served, When.URLS),
}
