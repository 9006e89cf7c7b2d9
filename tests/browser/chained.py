"""A site of one page, which starts a long chain of modules: ``python -m tests.browser.chained COMMAND``.

The environment says where it is (``STATOR_TEST_ROOT``) and whether modules find each other by an import map.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

import django
from django.conf import settings
from django.core.management import execute_from_command_line
from django.core.wsgi import get_wsgi_application
from django.http import HttpResponse
from django.template import engines
from django.urls import path

ROOT = Path(os.environ["STATOR_TEST_ROOT"])
PAGE = """<!doctype html><title>chain</title>{% load stator %}<link rel="icon" href="data:,">{% importmap %}
{% script "m0.js" %}<p id="said">nothing</p>"""

settings.configure(
    SECRET_KEY="test",
    ALLOWED_HOSTS=["127.0.0.1"],
    ROOT_URLCONF=__name__,
    INSTALLED_APPS=["stator.django", "django.contrib.staticfiles"],
    MIDDLEWARE=["stator.django.middleware.StatorMiddleware"],
    STATIC_URL="/static/",
    STATIC_ROOT=str(ROOT),
    STATICFILES_DIRS=[str(ROOT.parent / "static")],
    STORAGES={"staticfiles": {"BACKEND": "stator.django.storage.StatorStorage"}},
    TEMPLATES=[{"BACKEND": "django.template.backends.django.DjangoTemplates"}],
    STATOR={"LINK_BY_IMPORTMAP": os.environ["BY_IMPORTMAP"] == "1", "CODINGS": ()},
)
django.setup()
urlpatterns = [
    path("", lambda request: HttpResponse(engines["django"].from_string(PAGE).render({}, request)))
]
wsgi_application = get_wsgi_application()

if __name__ == "__main__":
    execute_from_command_line(sys.argv)
