from pathlib import Path

from usual_settings import *

BASE_DIR = Path(__file__).parent
STATIC_ROOT = BASE_DIR / "static_root"
DEBUG = False
MIDDLEWARE = [one for one in MIDDLEWARE if one != "stator.django.middleware.StatorMiddleware"]
WSGI_APPLICATION = "wsgi.application"
