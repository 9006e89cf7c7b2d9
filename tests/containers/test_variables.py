"""Which environment variables a module needs, and what is given for each."""

from __future__ import annotations

import pytest

from stator.containers.variables import SECRET, Variable, needed, written_out

HELPER = """
import os
from django.core.exceptions import ImproperlyConfigured

def get_secret(name):
    try:
        return os.environ[name]
    except KeyError:
        raise ImproperlyConfigured(name)

SECRET_KEY = get_secret("KEY")
"""

NEEDED = {
    'import os\nSECRET_KEY = os.environ["KEY"]': "KEY",
    'from os import environ\nSECRET_KEY = environ["KEY"]': "KEY",
    'import os as system\nKEY = system.environ["KEY"].strip()': "KEY",
    'class Settings:\n    KEY = os.environ["KEY"]': "KEY",
    'SECRET_KEY = os.environ.get("KEY")': "KEY",
    'SECRET_KEY = os.getenv("KEY")': "KEY",
    'env = environ.Env()\nSECRET_KEY = env("KEY")': "KEY",
    'env = environ.Env()\nSECRET_KEY = env.str("KEY")': "KEY",
    'environment = environ.FileAwareEnv()\nSECRET_KEY = environment("KEY")': "KEY",
    'SECRET_KEY = env("KEY", cast=str)': "KEY",
    'from decouple import config\nSECRET_KEY = config("KEY")': "KEY",
    'A = {"b": [os.environ["KEY"]]}': "KEY",
    'if os.environ.get("A"):\n    B = os.environ["KEY"]': "KEY",
    'try:\n    A = os.environ["KEY"]\nexcept KeyError:\n    raise SystemExit': "KEY",
    'try:\n    pass\nexcept ImportError:\n    A = os.environ["KEY"]': "KEY",
    HELPER: "KEY",
}

NOT_NEEDED = [
    'A = os.environ.get("KEY")',
    'A = os.environ.get("KEY", "")',
    'A = os.getenv("KEY")',
    'SECRET_KEY = os.environ.get("KEY", "")',
    'SECRET_KEY = os.environ.get("KEY", default="")',
    'A = env("KEY", default="")',
    'A = env.bool("KEY", False)',
    'A = config("KEY", default="")',
    'A = config("KEY", **how)',
    'env = environ.Env(KEY=(bool, False))\nA = env("KEY")',
    'A = os.environ["KEY"] if "KEY" in os.environ else ""',
    'if "KEY" in os.environ:\n    A = os.environ["KEY"]',
    'if os.environ.get("KEY"):\n    A = os.environ["KEY"]',
    'try:\n    A = os.environ["KEY"]\nexcept KeyError:\n    A = ""',
    'os.environ["KEY"] = "1"\nA = os.environ["KEY"]',
    'os.environ.setdefault("KEY", "1")\nA = os.environ["KEY"]',
    'def view(request):\n    return os.environ["KEY"]',
    'A = lambda: os.environ["KEY"]',
    'def get(name, default=""):\n    return os.environ[name]\nA = get("KEY")',
    'def get(x):\n    try:\n        return os.environ[x]\n    except KeyError:\n        pass\nA = get("KEY")',
    'A = os.environ["HOME"]',
    'A = os.environ["DJANGO_SETTINGS_MODULE"]',
    "A = os.environ[name]",
    'A = settings["KEY"]',
    "dj_database_url.config(conn_max_age=600)",
    "logging.config.dictConfig({})",
    'path("KEY")',
]

EXAMPLES = {
    'A = env.int("N")': "1",
    'A = env.bool("N")': "0",
    'A = env.list("N")': "localhost",
    'A = env.json("N")': "{}",
    'A = env("N", cast=int)': "1",
    'A = config("N", cast=Csv())': "localhost",
    'A = int(os.environ["N"])': "1",
    'A = float(os.environ["N"])': "1",
    'A = json.loads(os.environ["N"])': "{}",
    'A = dj_database_url.parse(os.environ["N"])': "sqlite://:memory:",
    'A = env.db("N")': "sqlite://:memory:",
    'A = env.dj_db_url("N")': "sqlite://:memory:",
    'A = env.cache_url("N")': "locmemcache://",
    'A = os.environ["REDIS_URL"]': "http://localhost",
    'A = os.environ["DATABASE_URL"]': "sqlite://:memory:",
    'A = os.environ["ALLOWED_HOSTS"].split(",")': "localhost",
    'A = os.environ["SMTP_PORT"]': "1",
    'A = os.environ["N"]': SECRET,
    'A = env("N")': SECRET,
}


@pytest.mark.parametrize("text", NEEDED)
def test_a_variable_without_which_the_import_fails_is_needed(text: str) -> None:
    assert [one.name for one in needed([text])] == [NEEDED[text]]


@pytest.mark.parametrize("text", NOT_NEEDED)
def test_others_are_not(text: str) -> None:
    assert needed([text]) == ()


@pytest.mark.parametrize("text", EXAMPLES)
def test_what_is_given_can_be_read_as_it_will_be(text: str) -> None:
    assert [one.example for one in needed([text])] == [EXAMPLES[text]]


def test_methods_that_know_their_variable_need_no_name() -> None:
    assert needed(["A = env.db()\nB = env.cache()"]) == (
        Variable("CACHE_URL", "locmemcache://"),
        Variable("DATABASE_URL", "sqlite://:memory:"),
    )


def test_each_is_there_once_by_name() -> None:
    texts = ['B = os.environ["B"]\nA = os.environ["A"]', 'A = os.environ["A"]']
    assert [one.name for one in needed(texts)] == ["A", "B"]


@pytest.mark.parametrize("text", [*NEEDED, *NOT_NEEDED])
def test_examples_are_python(text: str) -> None:
    compile(text, "settings", "exec")


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("DEBUG = True", True),
        ("DEBUG = False\nDEBUG = True", True),
        ("DEBUG = TEMPLATE_DEBUG = True", True),
        ("DEBUG = True\nDEBUG = False", False),
        ('DEBUG = "yes"', "yes"),
        ("DEBUG = True\nif HOST:\n    DEBUG = False", None),
        ("if HOST:\n    DEBUG = True", None),
        ('DEBUG = os.environ.get("DEBUG") == "1"', None),
        ('DEBUG = env.bool("DEBUG", True)', None),
        ("OTHER = True", None),
        ("", None),
    ],
)
def test_a_value_that_is_written_out_hangs_on_nothing(text: str, value: object) -> None:
    assert written_out(text, "DEBUG") == value
