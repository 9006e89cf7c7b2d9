from pathlib import Path

from usual_settings import *

BASE_DIR = Path(__file__).parent
DEBUG = False
STATIC_ROOT = BASE_DIR / "static_root"
MEDIA_URL = "media/"
MEDIA_ROOT = BASE_DIR / "media"
ROOT_URLCONF = "urls"
