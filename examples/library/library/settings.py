"""Settings of the Lending Library, an example site of Stator."""

import os
from pathlib import Path

import django

BASE_DIR = Path(__file__).resolve().parent.parent

DEBUG = os.environ.get("DEBUG", "") == "1"
SECRET_KEY = os.environ.get("SECRET_KEY", "for-the-demo-only-a-real-site-keeps-its-own-key-to-itself")
ALLOWED_HOSTS = ["127.0.0.1", "localhost"]

INSTALLED_APPS = [
    "stator.django",  # above staticfiles, whose commands it replaces
    "catalogue",
    "readers",
    "desk",
    "visit",
    "django_htmx",
    "rest_framework",
    "house",  # the theme of the admin, above that
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
]

# Content-Security-Policy: all that a page loads comes from the site itself, and what is written into a page
# counts only with the nonce of that page. From 6.0 on Django has a middleware for this, before there is
# django-csp. The admin needs no exception. DRF's browsable API would: it writes a style sheet into its pages
# for code in descriptions. None is here, so templates/rest_framework/api.html leaves that out.
if django.VERSION >= (6, 0):
    from django.utils.csp import CSP

    NONCE = CSP.NONCE
    CSP_MIDDLEWARE = "django.middleware.csp.ContentSecurityPolicyMiddleware"
else:
    from csp.constants import NONCE

    CSP_MIDDLEWARE = "csp.middleware.CSPMiddleware"

SECURE_CSP = {
    "default-src": ["'self'"],
    "script-src": ["'self'", NONCE],
    "style-src": ["'self'", NONCE],
    "base-uri": ["'self'"],
    "form-action": ["'self'"],
    "frame-ancestors": ["'none'"],
}
CONTENT_SECURITY_POLICY = {"DIRECTIVES": SECURE_CSP}  # as django-csp calls it

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "stator.django.middleware.StatorMiddleware",  # answers for static files before anything else works
    CSP_MIDDLEWARE,
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
]

ROOT_URLCONF = "library.urls"
WSGI_APPLICATION = "library.wsgi.application"
ASGI_APPLICATION = "library.asgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ],
        },
    },
]

DATABASES = {"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": BASE_DIR / "db.sqlite3"}}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

LANGUAGE_CODE = "en-gb"
TIME_ZONE = "UTC"
USE_TZ = True

LOGIN_URL = "login"
LOGIN_REDIRECT_URL = "desk:dashboard"
LOGOUT_REDIRECT_URL = "catalogue:books"

# Static files: the apps' own folders, one of the project, and one that is published below brand/.
STATIC_URL = "static/"
STATIC_ROOT = BASE_DIR / "static_root"
STATICFILES_DIRS = [BASE_DIR / "static", ("brand", BASE_DIR / "brand_assets")]

# Media: what the librarians upload.
MEDIA_URL = "media/"
MEDIA_ROOT = BASE_DIR / "media"

STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "stator.django.storage.StatorStorage"},
}

# What other tools build. Who has no Node sets FRONTENDS=0, and the pages that need these say so.
STATOR = {
    "FRONTENDS": {
        "planner": {
            "root": "frontends/react",
            "entry": "src/main.tsx",
            "sources": ["../../brand_assets/colours.css"],
        },
        "seats": {"root": "frontends/vue"},
        "loans": {"root": "frontends/webpack"},
        "welcome": {"root": "frontends/tailwind"},
    }
    if os.environ.get("FRONTENDS", "1") == "1"
    else {}
}

REST_FRAMEWORK = {
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.DjangoModelPermissionsOrAnonReadOnly"],
    "DEFAULT_PAGINATION_CLASS": "rest_framework.pagination.PageNumberPagination",
    "PAGE_SIZE": 12,
}
