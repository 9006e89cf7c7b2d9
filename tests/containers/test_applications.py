"""What runs an application."""

from __future__ import annotations

import pytest

from stator.containers.applications import application_of


@pytest.mark.parametrize(
    ("wsgi", "asgi", "server", "target"),
    [
        ("shop.wsgi.application", "", "gunicorn", "shop.wsgi:application"),
        ("", "shop.asgi.application", "uvicorn", "shop.asgi:application"),
        ("shop.wsgi.application", "shop.asgi.application", "uvicorn", "shop.asgi:application"),
    ],
)
def test_settings_decide(wsgi: str, asgi: str, server: str, target: str) -> None:
    application = application_of(wsgi, asgi, lambda _: True)
    assert (application.server, application.command[-1], application.install) == (server, target, "")
    assert application.command[0] == server


def test_a_server_that_the_project_does_not_name_is_installed() -> None:
    assert application_of("shop.wsgi.application", "", lambda _: False).install.startswith("gunicorn")
