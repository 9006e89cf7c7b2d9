from pathlib import Path

from usual_settings import *

BASE_DIR = Path(__file__).parent
STATIC_ROOT = str(BASE_DIR / "static_root")
TEMPLATES[0]["DIRS"] = (BASE_DIR / "templates",)
MIDDLEWARE = tuple(MIDDLEWARE)
