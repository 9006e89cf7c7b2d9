from pathlib import Path

from usual_settings import *

BASE_DIR = Path(__file__).parent
STATIC_ROOT = BASE_DIR / "static_root"
INSTALLED_APPS = [*INSTALLED_APPS, "shop"]
