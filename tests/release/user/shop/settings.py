"""Settings, as README.md has them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

BASE_DIR = Path(__file__).resolve().parent.parent
SECRET_KEY = "a secret of a test"
DEBUG = False
ALLOWED_HOSTS = ["127.0.0.1"]
ROOT_URLCONF = "shop.urls"
INSTALLED_APPS = ["stator.django", "django.contrib.staticfiles", "shop.apps.ShopConfig"]
MIDDLEWARE = ["stator.django.middleware.StatorMiddleware"]
STATIC_URL = "static/"
STATIC_ROOT = BASE_DIR / "static_root"
MEDIA_URL = "media/"
MEDIA_ROOT = BASE_DIR / "media"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "shop.storage.ShopStorage"},
}
STATOR: dict[str, Any] = {
    "CODINGS": ["br"],
    "FRONTENDS": {"planner": {"root": "planner"}},
    "MEDIA": {"PRIVATE": {"invoices/": "shop.uploads.may_read"}},
}
