"""A site that is nothing but the admin, with the app that is named; it prints its pages as JSON."""

from __future__ import annotations

import json
import sys

import django
from django.conf import settings
from django.core.management import call_command
from django.urls import path

PAGES = ["/admin/", "/admin/auth/user/", "/admin/auth/user/1/change/"]
settings.configure(
    SECRET_KEY="for tests",
    ALLOWED_HOSTS=["*"],
    ROOT_URLCONF=__name__,
    INSTALLED_APPS=[
        sys.argv[1],
        "django.contrib.admin",
        "django.contrib.auth",
        "django.contrib.contenttypes",
        "django.contrib.sessions",
        "django.contrib.messages",
        "django.contrib.staticfiles",
    ],
    MIDDLEWARE=[
        "django.contrib.sessions.middleware.SessionMiddleware",
        "django.contrib.auth.middleware.AuthenticationMiddleware",
        "django.contrib.messages.middleware.MessageMiddleware",
    ],
    TEMPLATES=[
        {
            "BACKEND": "django.template.backends.django.DjangoTemplates",
            "APP_DIRS": True,
            "OPTIONS": {
                "context_processors": [
                    "django.template.context_processors.request",
                    "django.contrib.auth.context_processors.auth",
                    "django.contrib.messages.context_processors.messages",
                ]
            },
        }
    ],
    DATABASES={"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": ":memory:"}},
    PASSWORD_HASHERS=["django.contrib.auth.hashers.MD5PasswordHasher"],
    STATIC_URL="/static/",
    USE_TZ=True,
)
django.setup()

from django.contrib import admin  # noqa: E402
from django.contrib.auth.models import User  # noqa: E402
from django.test import Client  # noqa: E402

urlpatterns = [path("admin/", admin.site.urls)]


def main() -> None:
    call_command("migrate", verbosity=0)
    call_command("check", stdout=sys.stderr)
    client = Client()
    login = client.get("/admin/login/")
    client.force_login(User.objects.create_superuser("somebody"))
    answers = {"/admin/login/": login, **{page: client.get(page) for page in PAGES}}
    assert {answer.status_code for answer in answers.values()} == {200}
    print(json.dumps({page: answer.content.decode() for page, answer in answers.items()}))


main()
