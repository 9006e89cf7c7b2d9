"""The project of ``django_project`` with its files answered before Django is entered."""

from __future__ import annotations

from django.conf import settings

from stator.django.asgi import get_asgi_application
from stator.django.wsgi import get_wsgi_application
from tests.serve import django_project

settings.ROOT_URLCONF = django_project.__name__
settings.MIDDLEWARE.remove("stator.django.middleware.StatorMiddleware")
wsgi_application = get_wsgi_application()
asgi_application = get_asgi_application()
