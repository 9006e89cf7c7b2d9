from pathlib import Path

from usual_settings import *

BASE_DIR = Path(__file__).parent
MEDIA_URL = "media/"
MEDIA_ROOT = BASE_DIR / "uploads"
ROOT_URLCONF = "urls"
