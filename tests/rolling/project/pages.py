"""The page of the site, and the application that a server runs."""

import json
import os
from typing import Any

from django.contrib.staticfiles.storage import staticfiles_storage
from django.core.wsgi import get_wsgi_application
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path


def page(request: HttpRequest) -> HttpResponse:
    """Answer with what a visitor loads, and what all of it is to be as far as the storage knows."""
    storage: Any = staticfiles_storage
    manifest: Any = getattr(storage, "manifest", None)
    integrity = {
        storage.url(logical): manifest.files[name].integrity
        for logical, name in (manifest.paths if manifest else {}).items()
    }
    context = {
        "release": storage.manifest_hash,
        "integrity": json.dumps(integrity),
        "pictures": [one for one in storage.hashed_files if one.startswith("img/")],
    }
    return render(request, "page.html", context)


urlpatterns = [path("", page)]
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "settings")
application = get_wsgi_application()
