from __future__ import annotations

import logging
from socketserver import ThreadingMixIn
from typing import Any
from urllib.parse import unquote

from django.conf import settings
from django.contrib.staticfiles.management.commands import runserver
from django.core.exceptions import DisallowedHost
from django.core.management.base import CommandParser
from django.core.servers.basehttp import WSGIRequestHandler, WSGIServer
from django.http import HttpRequest
from django.utils.module_loading import import_string

from stator.django.live import EVENTS, Mode, chosen
from stator.django.middleware import StatorMiddleware
from stator.django.proxy import server_below
from stator.live import events, watch
from stator.live.tunnel import is_upgrade, join

MIDDLEWARE = f"{StatorMiddleware.__module__}.{StatorMiddleware.__qualname__}"
_AFTER = "django.middleware.security.SecurityMiddleware"


class TunnelHandler(WSGIRequestHandler):
    """Django's, which also hands WebSockets on to the development servers of front ends."""

    def parse_request(self) -> bool:
        """Say whether the request is to be answered; one for a WebSocket is over when this returns."""
        return super().parse_request() and not self._is_tunnelled()

    def _is_tunnelled(self) -> bool:
        fields = self.headers.items()
        handed_on = settings.DEBUG and chosen.mode is not Mode.OFF and is_upgrade(fields)
        server = server_below(unquote(self.path.partition("?")[0])) if handed_on else None
        if server is None:
            return False
        self.close_connection = True
        if not isinstance(self.server, ThreadingMixIn):
            self.send_error(501, "WebSockets need threads")
        elif not _is_our_host(self.headers.get("Host", "")):
            self.send_error(400, "DisallowedHost")
        elif not _is_our_page(self.headers.get("Origin")):
            self.send_error(403, "Another site's page asks")
        else:
            try:
                join(self.connection, server.address, self.path, fields)  # type: ignore[arg-type]
            except OSError:
                self.send_error(502, "The development server cannot be reached")
        return True


class TunnelServer(WSGIServer):
    """Django's, with a handler of ours: Django's command names its own."""

    def finish_request(self, request: Any, client_address: Any) -> None:
        TunnelHandler(request, client_address, self)


class Command(runserver.Command):
    """Django's command, with files from the load path and live reload where Django's serves files."""

    server_cls: type[WSGIServer] = TunnelServer

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        parser.add_argument(
            "--nolive",
            action="store_false",
            dest="live",
            help="Tells Stator to serve static files without reloading pages when something changes.",
        )

    def get_handler(self, *args: Any, **options: Any) -> Any:
        """Return the project's application, with our middleware in it where it has none."""
        if not settings.DEBUG:
            return super().get_handler(*args, **options)
        chosen.mode = _mode(**options)
        # Threads here are as many as there are requests, and none is waited for at the end.
        chosen.life = events.LONG if options["use_threading"] else events.AT_ONCE
        if chosen.mode is not Mode.OFF:
            settings.MIDDLEWARE = with_ours(settings.MIDDLEWARE)
            logging.getLogger("django.server").addFilter(_is_told)
        return super().get_handler(*args, **{**options, "use_static_handler": False})

    def on_bind(self, server_port: int) -> None:
        super().on_bind(server_port)
        if settings.DEBUG:
            self.stdout.write(_said(chosen.mode))


def _mode(*, use_static_handler: bool, live: bool, **_: Any) -> Mode:
    if not use_static_handler:
        return Mode.OFF
    return Mode.RELOAD if live else Mode.FILES


def _said(mode: Mode) -> str:
    if mode is Mode.OFF:
        return "Live reload is off, and static files are not served by Stator (--nostatic)."
    if mode is Mode.FILES:
        return "Live reload is off (--nolive)."
    if not watch.is_installed():
        return f"Live reload is on, but looks every {watch.INTERVAL} s only. Quicker: {watch.INSTALL}"
    return "Live reload is on."


def with_ours(middleware: list[str]) -> list[str]:
    """Return the middleware of a project with ours in its place, unless it is there already."""
    if any(_is_ours(import_string(one)) for one in middleware):
        return middleware
    place = middleware.index(_AFTER) + 1 if _AFTER in middleware else 0
    return [*middleware[:place], MIDDLEWARE, *middleware[place:]]


def _is_our_page(origin: str | None) -> bool:
    """Say whether a WebSocket is for a page of this site: browsers open one for the page of any."""
    return origin is None or _is_our_host(origin.partition("://")[2])


def _is_our_host(host: str) -> bool:
    asked = HttpRequest()
    asked.META = {"HTTP_HOST": host}
    try:
        asked.get_host()
    except DisallowedHost:
        return False
    return True


def _is_ours(middleware: Any) -> bool:
    return isinstance(middleware, type) and issubclass(middleware, StatorMiddleware)


def _is_told(record: logging.LogRecord) -> bool:
    """Keep the streams of open pages out of the log of requests."""
    return EVENTS not in record.getMessage()
