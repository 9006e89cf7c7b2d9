from settings import *

INSTALLED_APPS = [app for app in INSTALLED_APPS if app != "stator.django"]
STORAGES = {
    **STORAGES,
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.ManifestStaticFilesStorage"},
}
