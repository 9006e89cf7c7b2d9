"""What is proposed for settings, by what they are. tests/django/test_init.py has what comes of it."""

from __future__ import annotations

import pytest

from stator.starting.installing import (
    APP,
    MIDDLEWARE,
    SECURITY,
    STATICFILES,
    STORAGE,
    Proposal,
    State,
    proposal,
    settings_in,
)
from stator.starting.source import read

# In the texts of this file the names of the left stand for those of the right.
NAMES = {
    "stator": APP,
    "staticfiles app": STATICFILES,
    "Security": SECURITY,
    "Stator": MIDDLEWARE,
    "StatorStorage": STORAGE,
    "DjangoStorage": "django.contrib.staticfiles.storage.StaticFilesStorage",
    "DjangoManifest": "django.contrib.staticfiles.storage.ManifestStaticFilesStorage",
    "S3": "storages.backends.s3.S3Storage",
    "nostatic": "whitenoise.runserver_nostatic",
    "WhiteNoise": "whitenoise.middleware.WhiteNoiseMiddleware",
    "WhiteNoiseStorage": "whitenoise.storage.CompressedManifestStaticFilesStorage",
}
# A project that has all; those in the tables lack what they are about.
READY = State(
    apps=(APP, STATICFILES),
    middleware=(SECURITY, MIDDLEWARE),
    storage=STORAGE,
    is_ours=True,
    sets_storages=True,
    static_root="/srv/static_root",
    base_dir="Path",
)
NO_APP = READY._replace(apps=(STATICFILES,))
NO_MIDDLEWARE = READY._replace(middleware=(SECURITY,))
NO_ROOT = READY._replace(static_root="")


def stored(name: str) -> State:
    return READY._replace(is_ours=False, storage=NAMES.get(name, ""))


NEW = stored("DjangoStorage")._replace(
    apps=(STATICFILES,), middleware=(SECURITY,), sets_storages=False, static_root=""
)


def spelt(text: str) -> str:
    """Return a text with the names that it means."""
    for short, long in NAMES.items():
        text = text.replace(f'"{short}"', f'"{long}"').replace(f"'{short}'", f"'{long}'")
    return text


def proposed(state: State, *texts: str) -> Proposal:
    return proposal([read(f"{number}.py", spelt(text).encode()) for number, text in enumerate(texts)], state)


STARTED = """\
from pathlib import Path

BASE_DIR = Path(__file__).resolve().parent.parent

INSTALLED_APPS = [
    'django.contrib.admin',
    'staticfiles app',
]

MIDDLEWARE = [
    'Security',
    'django.middleware.common.CommonMiddleware',
]

STATIC_URL = 'static/'

# Default primary key
DEFAULT_AUTO_FIELD = 'django.db.models.BigAutoField'
"""
INSTALLED = """\
from pathlib import Path

BASE_DIR = Path(__file__).resolve().parent.parent

INSTALLED_APPS = [
    'django.contrib.admin',
    'stator',
    'staticfiles app',
]

MIDDLEWARE = [
    'Security',
    'Stator',
    'django.middleware.common.CommonMiddleware',
]

STATIC_URL = 'static/'
STATIC_ROOT = BASE_DIR / 'static_root'
STORAGES = {
    'default': {'BACKEND': 'django.core.files.storage.FileSystemStorage'},
    'staticfiles': {'BACKEND': 'StatorStorage'},
}

# Default primary key
DEFAULT_AUTO_FIELD = 'django.db.models.BigAutoField'
"""


def test_a_folder_is_named_after_the_one_that_it_is_in() -> None:
    early = "STATIC_URL = 'static/'\n" + STARTED.replace("STATIC_URL = 'static/'\n", "")
    (after,) = proposed(NEW, early).contents.values()
    text = after.decode()
    assert text.startswith("STATIC_URL = 'static/'\nfrom pathlib")
    assert text.index("BASE_DIR = ") < text.index("STATIC_ROOT = BASE_DIR")


def test_what_startproject_writes() -> None:
    done = proposed(NEW, STARTED)
    assert done.contents == {"0.py": spelt(INSTALLED).encode()}
    assert not done.by_hand


@pytest.mark.parametrize("change", [
    lambda text: text.replace("\n", "\r\n"),
    lambda text: text.replace("'", '"'),
    lambda text: text.replace("    ", "\t"),
    lambda text: text.replace("[", "(").replace("]", ")"),
    lambda text: f"\ufeff{text}",
])  # fmt: skip
def test_as_its_author_writes_it(change) -> None:  # type: ignore[no-untyped-def]
    assert proposed(NEW, change(STARTED)).contents == {"0.py": change(spelt(INSTALLED)).encode()}


def test_who_has_all_is_left_alone() -> None:
    assert proposed(READY, INSTALLED) == Proposal({}, (), ())


def test_only_files_that_change_are_proposed() -> None:
    done = proposed(NO_APP, "from .base import *\n", "INSTALLED_APPS = ['staticfiles app']\n")
    assert done.contents == {"1.py": spelt("INSTALLED_APPS = ['stator', 'staticfiles app']\n").encode()}


@pytest.mark.parametrize(("state", "before", "after"), [
    (
        NO_APP,
        'DJANGO = ["staticfiles app"]\nLOCAL = []\nINSTALLED_APPS = DJANGO + LOCAL\n',
        'DJANGO = ["stator", "staticfiles app"]\nLOCAL = []\nINSTALLED_APPS = DJANGO + LOCAL\n',
    ),
    (
        NO_APP,
        'INSTALLED_APPS = []\nINSTALLED_APPS += ["staticfiles app"]\n',
        'INSTALLED_APPS = []\nINSTALLED_APPS += ["stator", "staticfiles app"]\n',
    ),
    (
        NO_APP,
        'INSTALLED_APPS: list[str] = [*OTHERS, "staticfiles app"]\n',
        'INSTALLED_APPS: list[str] = [*OTHERS, "stator", "staticfiles app"]\n',
    ),
    (
        NO_MIDDLEWARE,
        'MIDDLEWARE = ["debug.Toolbar", "Security", "x.Y"]\n',
        'MIDDLEWARE = ["debug.Toolbar", "Security", "Stator", "x.Y"]\n',
    ),
    (
        NO_ROOT,
        'STATIC_URL = "/static/"\nX = 1\n',
        'STATIC_URL = "/static/"\nSTATIC_ROOT = BASE_DIR / "static_root"\nX = 1\n',
    ),
    (
        NO_ROOT._replace(base_dir="str"),
        "import os\nSTATIC_URL = '/static/'\n",
        "import os\nSTATIC_URL = '/static/'\nSTATIC_ROOT = os.path.join(BASE_DIR, 'static_root')\n",
    ),
    (NO_ROOT, 'X = "1"\n', 'X = "1"\nSTATIC_ROOT = BASE_DIR / "static_root"\n'),
    (
        NO_ROOT,
        'if X:\n    STATIC_URL = "/static/"\n',
        'if X:\n    STATIC_URL = "/static/"\nSTATIC_ROOT = BASE_DIR / "static_root"\n',
    ),
    (
        stored("DjangoStorage"),
        'STORAGES = {"default": {"BACKEND": "x"}, "staticfiles": {"BACKEND": "DjangoStorage"}}\n',
        'STORAGES = {"default": {"BACKEND": "x"}, "staticfiles": {"BACKEND": "StatorStorage"}}\n',
    ),
    (
        stored("DjangoManifest"),
        'from .base import *\nSTORAGES["staticfiles"]["BACKEND"] = "DjangoManifest"\n',
        'from .base import *\nSTORAGES["staticfiles"]["BACKEND"] = "StatorStorage"\n',
    ),
    (
        stored("none"),
        'STORAGES = {"default": {"BACKEND": "x"}}\n',
        'STORAGES = {"default": {"BACKEND": "x"}, "staticfiles": {"BACKEND": "StatorStorage"}}\n',
    ),
    (
        stored("none"),
        "STORAGES = {\n  'default': f(\n  ),\n}",
        "STORAGES = {\n  'default': f(\n  ),\n  'staticfiles': {'BACKEND': 'StatorStorage'},\n}",
    ),
])  # fmt: skip
def test_changes(state: State, before: str, after: str) -> None:
    done = proposed(state, before)
    assert done.contents["0.py"].decode() == spelt(after)
    assert not done.by_hand


@pytest.mark.parametrize(("state", "text", "told"), [
    (NO_APP, "INSTALLED_APPS = apps()\n", "INSTALLED_APPS"),
    (NO_APP, 'INSTALLED_APPS = ["staticfiles app"]\nif X:\n    Y = ["staticfiles app"]\n', "INSTALLED_APPS"),
    (READY._replace(apps=(STATICFILES, APP)), 'X = ["staticfiles app", "stator"]\n', "INSTALLED_APPS"),
    (NO_MIDDLEWARE, 'MIDDLEWARE = ["x.Y"]\n', "MIDDLEWARE"),
    (NO_ROOT._replace(base_dir=""), "", "STATIC_ROOT"),
    (NO_ROOT._replace(base_dir="str"), "", "STATIC_ROOT"),
    (stored("S3"), 'STORAGES = {"staticfiles": {"BACKEND": "S3"}}\n', "DESTINATION"),
    (
        stored("DjangoManifest")._replace(has_options=True),
        'STORAGES = {"staticfiles": {"BACKEND": "DjangoManifest", "OPTIONS": {"x": 1}}}\n',
        "STORAGES",
    ),
    (stored("DjangoStorage"), "STORAGES = storages()\n", "STORAGES"),
    (stored("none"), "STORAGES = {**BASE}\n", "STORAGES"),
    (stored("none"), "STORAGES = {}\n", "STORAGES"),
])  # fmt: skip
def test_what_is_not_plain_is_left_alone_and_told(state: State, text: str, told: str) -> None:
    done = proposed(state, text)
    assert not done.contents
    (line,) = done.by_hand
    assert told in line


def test_what_can_be_done_is_done_though_something_cannot() -> None:
    done = proposed(NEW._replace(base_dir=""), STARTED)
    without_root = spelt(INSTALLED).replace("STATIC_ROOT = BASE_DIR / 'static_root'\n", "")
    assert done.contents == {"0.py": without_root.encode()}
    (line,) = done.by_hand
    assert "STATIC_ROOT" in line


IN_LINES = """\
INSTALLED_APPS = [
    "{app}",
    "staticfiles app",
]
MIDDLEWARE = [
    "Security",
    "{middleware}",
    "x.Y",
]
STORAGES = {{"staticfiles": {{"BACKEND": "{storage}"}}}}
"""
IN_ONE_LINE = """\
INSTALLED_APPS = ["{app}", "staticfiles app"]
MIDDLEWARE = ("Security", "{middleware}", "x.Y")
STORAGES["staticfiles"] = {{"BACKEND": "{storage}"}}
"""


# WhiteNoise comes last, as nothing but it follows what ours is put behind.
AT_THE_END = """\
INSTALLED_APPS = ["{app}", "staticfiles app"]
MIDDLEWARE = ["x.Y", "Security", "{middleware}"]
STORAGES["staticfiles"] = {{"BACKEND": "{storage}"}}
"""


@pytest.mark.parametrize("text", [IN_LINES, IN_ONE_LINE, AT_THE_END])
def test_whitenoise_is_replaced(text: str) -> None:
    state = stored("WhiteNoiseStorage")._replace(
        apps=(NAMES["nostatic"], STATICFILES), middleware=(SECURITY, NAMES["WhiteNoise"], "x.Y")
    )
    done = proposed(state, text.format(app="nostatic", middleware="WhiteNoise", storage="WhiteNoiseStorage"))
    after = text.format(app="stator", middleware="Stator", storage="StatorStorage")
    assert done.contents["0.py"].decode() == spelt(after)
    assert not done.by_hand


def test_what_whitenoise_serves_at_the_root_is_told() -> None:
    (line,) = proposed(READY._replace(whitenoise_root="/srv/root_files"), "").by_hand
    assert '"ROOT_FILES": WHITENOISE_ROOT' in line


@pytest.mark.parametrize(("state", "is_there"), [
    (READY, False),
    (READY._replace(apps=(NAMES["nostatic"],)), True),
    (READY._replace(middleware=(NAMES["WhiteNoise"],)), True),
    (stored("WhiteNoiseStorage"), True),
])  # fmt: skip
def test_whitenoise_is_known_by_its_names(state: State, is_there: bool) -> None:
    assert state.whitenoise is is_there


@pytest.mark.parametrize(("text", "names"), [
    ("from .base import *\nDEBUG = False\n", []),
    ('STORAGES["staticfiles"]["BACKEND"] = "x"\nMIDDLEWARE += ["x"]\n', ["MIDDLEWARE", "STORAGES"]),
])  # fmt: skip
def test_settings_that_matter_here(text: str, names: list[str]) -> None:
    assert settings_in(read("other.py", text.encode())) == names
