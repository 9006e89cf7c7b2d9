"""A small shop, for the pages of the documentation: what a page needs besides comes from the environment."""

import json
import os
from pathlib import Path

BASE_DIR = Path(__file__).resolve().parent.parent
SECRET_KEY = os.environ["SECRET_KEY"]
DATABASE_URL = os.environ["DATABASE_URL"]
DEBUG = "DEBUG" in os.environ
ALLOWED_HOSTS = ["shop.example.com", "127.0.0.1"]
INSTALLED_APPS = ["shop", "theme", "stator.django", "django.contrib.staticfiles"]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "stator.django.middleware.StatorMiddleware",
]
ROOT_URLCONF = "mysite.urls"
WSGI_APPLICATION = "mysite.wsgi.application"
TEMPLATES = [{"BACKEND": "django.template.backends.django.DjangoTemplates", "APP_DIRS": True}]
STATIC_URL = "static/"
STATIC_ROOT = BASE_DIR / "static_root"
STATICFILES_DIRS = [BASE_DIR / "assets"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "stator.django.storage.StatorStorage"},
}
STATOR = json.loads(os.environ.get("STATOR", "{}"))
USE_TZ = True
