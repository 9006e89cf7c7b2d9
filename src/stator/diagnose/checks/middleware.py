"""Checks of middleware: where ours stands, and whether anything serves static files.

The middleware of WhiteNoise and ServeStatic is known by name, so it need not be there to be seen.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from stator.diagnose.check import Check, Found, When
from stator.diagnose.checks import snippets
from stator.diagnose.checks.addresses import is_here, keeps_files
from stator.diagnose.facts.setup import Setup
from stator.findings import Level, Mend

OURS = "stator.django.middleware.StatorMiddleware"
_SECURITY = "django.middleware.security.SecurityMiddleware"
_GZIP = "django.middleware.gzip.GZipMiddleware"
_OTHERS = {
    "whitenoise.middleware.WhiteNoiseMiddleware": "WhiteNoise",
    "servestatic.middleware.ServeStaticMiddleware": "ServeStatic",
}
_OTHER_APPS = {"whitenoise.runserver_nostatic": "WhiteNoise", "servestatic.runserver_nostatic": "ServeStatic"}
_FRONTS = ("stator.django.wsgi", "stator.django.asgi")
_OTHER_FRONTS = ("whitenoise", "servestatic", "dj_static", "django.contrib.staticfiles.handlers")
# What works for each request of a page and is of no use to a file. Above ours, each file pays for it.
_OF_PAGES = (
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.auth.middleware.RemoteUserMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.cache.UpdateCacheMiddleware",
    "django.middleware.cache.FetchFromCacheMiddleware",
)


def _is_ours(setup: Setup, dotted: str) -> bool:
    return setup.is_a(dotted, OURS)


def _moved(setup: Setup) -> Mend:
    """Return MIDDLEWARE with ours once, right after Django's for security and above what it must be above."""
    ours = setup.middleware[setup.position(OURS)]
    kept = [dotted for dotted in setup.middleware if not _is_ours(setup, dotted)]
    security = [dotted for dotted in kept if setup.is_a(dotted, _SECURITY)]
    others = [dotted for dotted in kept if dotted not in security]
    known = (_SECURITY, _GZIP, *_OF_PAGES)
    place = next((number for number, dotted in enumerate(kept) if setup.is_a(dotted, *known)), 0)
    return snippets.listed("MIDDLEWARE", [*others[:place], *security, ours, *others[place:]])


def _middleware_after_body(setup: Setup) -> Iterator[Found]:
    above = setup.middleware[: max(setup.position(OURS), 0)]
    of_pages = [dotted for dotted in above if setup.is_a(dotted, *_OF_PAGES)]
    if of_pages:
        names = ", ".join(dotted.rpartition(".")[2] for dotted in of_pages)
        yield Found(
            setup.place("MIDDLEWARE"),
            f"StatorMiddleware stands below {names}: every request for a file pays for what only pages need.",
            "Put it right after SecurityMiddleware.",
            _moved(setup),
        )


def _middleware_below_gzip(setup: Setup) -> Iterator[Found]:
    gzip, ours = setup.position(_GZIP), setup.position(OURS)
    if 0 <= gzip < ours:
        yield Found(
            setup.place("MIDDLEWARE"),
            "GZipMiddleware stands above StatorMiddleware: it compresses files anew for each request, and "
            "changes their ETags.",
            "Put StatorMiddleware right after SecurityMiddleware; it has compressed forms of its own.",
            _moved(setup),
        )


def _middleware_twice(setup: Setup) -> Iterator[Found]:
    count = sum(_is_ours(setup, dotted) for dotted in setup.middleware)
    if count > 1:
        yield Found(
            setup.place("MIDDLEWARE"),
            f"StatorMiddleware stands in MIDDLEWARE {count} times.",
            "Once is enough, right after SecurityMiddleware.",
            _moved(setup),
        )


def _two_static_servers(setup: Setup) -> Iterator[Found]:
    if setup.position(OURS) < 0:
        return
    others = [dotted for dotted in setup.middleware if setup.is_a(dotted, *_OTHERS)]
    if others:
        names = {dotted.rpartition(".")[2] for dotted in others}
        yield Found(
            setup.place("MIDDLEWARE"),
            f"Two serve static files: StatorMiddleware and {', '.join(sorted(names))}.",
            "Keep StatorMiddleware; with it the other has nothing to do.",
            snippets.listed("MIDDLEWARE", [one for one in setup.middleware if one not in others]),
        )
    apps = [name for name in setup.app_names if name in _OTHER_APPS]
    if apps:
        yield Found(
            setup.place("INSTALLED_APPS"),
            f"{apps[0]} is in INSTALLED_APPS: runserver leaves static files to {_OTHER_APPS[apps[0]]}.",
            "Take it out: StatorMiddleware serves them in development too.",
            snippets.listed("INSTALLED_APPS", [name for name in setup.app_names if name not in apps]),
        )


def _nothing_serves_static(setup: Setup) -> Iterator[Found]:
    if setup.debug or setup.fronts is None or not is_here(setup.static_url or ""):
        return
    if not setup.unimportable.keys().isdisjoint(setup.middleware):  # which is told, and may be the cause
        return
    if setup.position(OURS, *_OTHERS) >= 0 or any(
        one.startswith((*_FRONTS, *_OTHER_FRONTS)) for one in setup.fronts
    ):
        return
    if setup.routes and (setup.routes.failure or "STATIC_URL" in setup.routes.answered):
        return
    yield Found(
        setup.place("MIDDLEWARE"),
        f"DEBUG is off, and nothing in Django answers for static files, below {setup.static_url}",
        f'Add "{OURS}" right after SecurityMiddleware. Where a web server does it ("manage.py stator '
        'serverconfig" writes its configuration), say so: STATOR = {"SUPPRESS": ["nothing-serves-static"]}',
        _moved(setup._replace(middleware=(*setup.middleware, OURS))),
    )


def _nothing_serves_media(setup: Setup) -> Iterator[Found]:
    routes = setup.routes
    if setup.debug or routes is None or routes.failure or routes.unserved or "MEDIA_URL" in routes.answered:
        return
    if setup.media_root and is_here(setup.media_url or "") and keeps_files(setup):
        yield Found(
            setup.place("MEDIA_URL"),
            f"DEBUG is off, and nothing in Django answers for uploads, below {setup.media_url}",
            "Where no web server does it, add media() of stator.django.urls at the end of urlpatterns: "
            "static() of Django has no effect without DEBUG.",
        )


CHECKS: Mapping[str, Check[Setup]] = {
    "middleware-after-body": Check(
        Level.WARNING, "Requests for files pay for what only pages need.", _middleware_after_body
    ),
    "middleware-below-gzip": Check(
        Level.WARNING, "Files are compressed anew for each request.", _middleware_below_gzip
    ),
    "middleware-twice": Check(Level.WARNING, "The middleware is there more than once.", _middleware_twice),
    "two-static-servers": Check(
        Level.WARNING, "Two servers of static files are at work.", _two_static_servers
    ),
    "nothing-serves-static": Check(
        Level.WARNING, "Nothing answers for static files in production.", _nothing_serves_static, When.DEPLOY
    ),
    "nothing-serves-media": Check(
        Level.INFO, "Nothing in Django answers for uploads in production.", _nothing_serves_media, When.DEPLOY
    ),
}
