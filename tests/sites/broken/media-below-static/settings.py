from pathlib import Path

from usual_settings import *

BASE_DIR = Path(__file__).parent
STATICFILES_DIRS = [BASE_DIR / "static"]
STATIC_URL = "/static/"
MEDIA_URL = "/static/media/"
MEDIA_ROOT = BASE_DIR / "uploads"
ROOT_URLCONF = "urls"
