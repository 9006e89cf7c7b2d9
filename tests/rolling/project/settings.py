"""The site that is deployed: all of it is in this folder, which is copied as an image would be built.

``deployment.json`` has the settings that are another in each scenario.
"""

import json
from pathlib import Path

BASE_DIR = Path(__file__).parent

SECRET_KEY = "for tests"
ALLOWED_HOSTS = ["127.0.0.1"]
ROOT_URLCONF = "pages"
INSTALLED_APPS = ["stator.django", "django.contrib.staticfiles"]
MIDDLEWARE = ["django.middleware.common.CommonMiddleware"]  # which says how long a page is
TEMPLATES = [{"BACKEND": "django.template.backends.django.DjangoTemplates", "DIRS": [BASE_DIR]}]
STATICFILES_DIRS = [BASE_DIR / "sources"]
STATIC_ROOT = BASE_DIR / "static_root"
STORAGES = {"staticfiles": {"BACKEND": "stator.django.storage.StatorStorage"}}
USE_TZ = True
globals().update(json.loads((BASE_DIR / "deployment.json").read_text()))
