"""The settings of a project in development: its static files are in the folder STATOR_TEST_SOURCES."""

from __future__ import annotations

import os

from django.http import HttpResponse
from django.urls import re_path

from tests.serve.apps import PAGE

DEBUG = True
SECRET_KEY = "for tests"
ALLOWED_HOSTS = ["*"]
ROOT_URLCONF = __name__
INSTALLED_APPS = ["stator.django", "django.contrib.staticfiles"]
MIDDLEWARE = ["stator.django.middleware.StatorMiddleware"]
STATIC_URL = "/static/"
STATICFILES_DIRS = [os.environ["STATOR_TEST_SOURCES"]]
STORAGES = {"staticfiles": {"BACKEND": "stator.django.storage.StatorStorage"}}

urlpatterns = [re_path("", lambda _: HttpResponse(PAGE))]
