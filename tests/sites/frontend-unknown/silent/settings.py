from pathlib import Path

from usual_settings import *

BASE_DIR = Path(__file__).parent
STATIC_ROOT = BASE_DIR / "static_root"
STATOR = {"FRONTENDS": {"shop": {"root": "shop", "build": "make", "output": "out"}}}
