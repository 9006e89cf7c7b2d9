from pathlib import Path

from usual_settings import *

BASE_DIR = Path(__file__).parent
STATIC_ROOT = BASE_DIR / "static_root"
STATIC_URL = "http://127.0.0.1:8080/"
SECURE_SSL_REDIRECT = True
