"""Settings for tests that need Django; each test overrides what it is about."""

from __future__ import annotations

from tests.parts import PARTS

SECRET_KEY = "for tests"
DEBUG = False
ALLOWED_HOSTS = ["*"]
ROOT_URLCONF = "tests.urls"
INSTALLED_APPS = ["stator.django", "django.contrib.staticfiles"]
STATIC_URL = "/static/"
STATIC_ROOT = str(PARTS / "static_root")
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "stator.django.storage.StatorStorage"},
}
TEMPLATES = [{"BACKEND": "django.template.backends.django.DjangoTemplates", "APP_DIRS": True}]
USE_TZ = True
STATOR: dict[str, object] = {"MINIFY": False, "CODINGS": []}  # tests of these choose them
