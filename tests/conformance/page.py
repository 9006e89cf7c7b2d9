"""The application that stands behind a web server: it says its name, and has no files."""

from __future__ import annotations

from tests.serve.apps import wsgi_page as wsgi_application

__all__ = ["wsgi_application"]
