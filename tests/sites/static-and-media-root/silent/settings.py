from pathlib import Path

from usual_settings import *

BASE_DIR = Path(__file__).parent
STATIC_ROOT = BASE_DIR / "public" / "static"
ROOT_URLCONF = "urls"
MEDIA_URL = "media/"
MEDIA_ROOT = BASE_DIR / "public" / "media"
