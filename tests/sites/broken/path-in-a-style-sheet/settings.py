from pathlib import Path

from usual_settings import *

BASE_DIR = Path(__file__).parent
STATICFILES_DIRS = [BASE_DIR / "static"]
