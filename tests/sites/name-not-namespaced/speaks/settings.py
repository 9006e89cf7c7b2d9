from pathlib import Path

from usual_settings import *

BASE_DIR = Path(__file__).parent
INSTALLED_APPS = [*INSTALLED_APPS, "shop"]
