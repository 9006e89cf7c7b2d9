"""Every fenced block of the documentation is claimed: checked here by its language, walked, or named.

What is checked is that a block can be read as what it says it is. Settings go through the real checks of
options, templates through the real tags, and imports of ours lead to something.
"""

from __future__ import annotations

import ast
import functools
import importlib
import json
import os
import re
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import jinja2
import pytest
from django.template import Engine

import tests.django.conftest  # noqa: F401  (which sets Django up)
from stator.errors import ConfigError
from stator.setting import read_options
from tests.docs.pages import DOCS, PROJECT, Block, blocks, pages
from tests.docs.scenes import WALKED
from tests.parts import CORPUS, SBIN, SCRIPTS

HERE = Path(__file__).parent
pytestmark = pytest.mark.other_programs

# Blocks that are to be refused, since their pages are about what is wrong with them.
MISTAKES = {("docs/findings/bad-option.md", "python"), ("docs/findings/unclear-syntax.md", "javascript")}
EXAMPLES = [block for page in pages() for block in blocks(page)]

# Blocks that show something and are no language, or are a language of the page itself.
SHOWN = {"", "text", "{toctree}", "{include}"}
# Commands and differences are walked. A page of this name, or one in this folder, is walked by the test.
WALKS: Mapping[str, str] = {
    "docs/tutorial/": "test_tutorial.py",
    "docs/start.md": "test_start.py",
    "docs/howto/": "howto",
    "docs/explanation/digests.md": "test_reference.py",
    **dict.fromkeys(WALKED, "test_guides.py"),
}
# What is run elsewhere, since more than reading it is asked there; or is of a service that nobody has here.
ELSEWHERE: Mapping[tuple[str, str], str] = {
    ("docs/webservers.md", "nginx"): "tests/webserver/test_documented.py",
    ("docs/webservers.md", "caddyfile"): "tests/webserver/test_documented.py",
    ("docs/webservers.md", "apache"): "tests/webserver/test_documented.py",
    ("docs/purge.md", "vcl"): "tests/publish/purge/test_varnish.py",
    ("docs/cdn.md", "vcl"): "",  # Fastly's own dialect, which no program but Fastly reads
}


# --- Python


def python(block: Block) -> None:
    tree = ast.parse(block.text)
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and (node.module or "").partition(".")[0] == "stator":
            module = importlib.import_module(node.module or "")
            assert all(hasattr(module, alias.name) for alias in node.names), ast.unparse(node)
    read_settings(block.text)


def read_settings(text: str) -> None:
    """Give each ``STATOR`` in a piece of settings to the checks of options. Raises ``ConfigError``."""
    if not re.search(r"^STATOR\b", text, re.MULTILINE):
        return
    lists: dict[str, object] = {name: [] for name in ("INSTALLED_APPS", "MIDDLEWARE", "TEMPLATES")}
    known = {**lists, "BASE_DIR": Path("/srv/site"), "DEBUG": False, "os": os}
    for part in re.split(r"^(?=STATOR = )", text, flags=re.MULTILINE):
        exec(part, known)
        if "STATOR" in known:
            read_options(known["STATOR"])


# --- Templates


@functools.cache
def engine() -> Engine:
    return Engine(
        libraries={
            "stator": "stator.django.templatetags.stator",
            "static": "django.templatetags.static",
            "i18n": "django.templatetags.i18n",
        }
    )


def django_template(block: Block) -> None:
    engine().from_string(block.text)


def jinja_template(block: Block) -> None:
    jinja2.Environment(extensions=["stator.django.jinja.Tags"], autoescape=True).from_string(block.text)


# --- Data


def json_text(block: Block) -> None:
    """Read a document, or members of an object that has others."""
    json.loads(block.text if block.text.startswith(("{", "[")) else f"{{{block.text}}}")


def yaml_text(block: Block) -> None:
    import yaml

    yaml.safe_load(block.text)


# --- What other programs read


def runs(*command: str | Path, text: str = "") -> None:
    done = subprocess.run(command, input=text, capture_output=True, text=True, check=False)
    assert done.returncode == 0, f"{done.stdout}{done.stderr}"
    assert not done.stderr


def by_esbuild(loader: str) -> Callable[[Block], None]:
    def check(block: Block) -> None:
        runs(CORPUS / ".bin" / "esbuild", f"--loader={loader}", "--log-level=warning", text=block.text)

    return check


def by_nginx(block: Block) -> None:
    """Ask nginx about a location, or a server. Its upstreams are looked up nowhere."""
    text = re.sub(r"(proxy_pass https?://)[\w.-]+", r"\g<1>127.0.0.1", block.text)
    if not re.search(r"^\s*server\b", text, re.MULTILINE):
        text = f"server {{ {text} }}"
    with tempfile.TemporaryDirectory() as folder:
        paths = "".join(
            f"{kind}_temp_path {folder}/{kind}; "
            for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
        )
        log = f"access_log off; error_log {folder}/error.log;"
        configuration = Path(folder, "nginx.conf")
        configuration.write_text(f"pid {folder}/pid;\nevents {{}}\nhttp {{ {log} {paths}\n{text}\n}}\n")
        nginx = shutil.which("nginx", path=SBIN) or "nginx"
        runs(nginx, "-t", "-q", "-e", f"{folder}/error.log", "-c", configuration)


def by_hadolint(block: Block) -> None:
    whole = block.text if block.text.startswith("FROM") else f"FROM scratch\n{block.text}"
    runs(shutil.which("hadolint", path=SCRIPTS) or "hadolint", "--ignore", "DL3059", "-", text=whole)


CHECKS: Mapping[str, Callable[[Block], None]] = {
    "python": python,
    "html": django_template,
    "html+django": django_template,
    "xml": django_template,
    "jinja": jinja_template,
    "json": json_text,
    "yaml": yaml_text,
    "css": by_esbuild("css"),
    "js": by_esbuild("js"),
    "javascript": by_esbuild("js"),
    "jsx": by_esbuild("jsx"),
    "tsx": by_esbuild("tsx"),
    "nginx": by_nginx,
    "dockerfile": by_hadolint,
}
# The part of tests.parts that a check needs.
NEEDS = {
    **dict.fromkeys(("css", "js", "javascript", "jsx", "tsx"), "npm corpus"),
    "nginx": "nginx",
    "dockerfile": "hadolint",
}


def name_of(page: Path) -> str:
    return str(page.relative_to(PROJECT))


def claimed_by(block: Block) -> str | None:
    """Return who makes sure of a block, "here" for this file; "" for nobody, for a reason that is told."""
    name, language = name_of(block.page), block.language
    if language in SHOWN:
        return ""
    if language in {"console", "diff"}:
        return next((test for page, test in WALKS.items() if name.startswith(page)), None)
    if (name, language) in ELSEWHERE:
        return ELSEWHERE[name, language]
    return "here" if language in CHECKS else None


def checked() -> Iterator[object]:
    for block in EXAMPLES:
        if claimed_by(block) == "here" and not (block.language == "nginx" and block.file):
            part = NEEDS.get(block.language)
            marks = [pytest.mark.needs(part)] if part else []
            yield pytest.param(block, id=block.place, marks=marks)


@pytest.mark.parametrize("block", [*checked()])
def test_an_example_is_what_it_says(block: Block) -> None:
    if (name_of(block.page), block.language) in MISTAKES:
        with pytest.raises((AssertionError, ConfigError)):
            CHECKS[block.language](block)
    else:
        CHECKS[block.language](block)


def test_every_block_is_claimed() -> None:
    assert [f"{block.place} ({block.language})" for block in EXAMPLES if claimed_by(block) is None] == []


def test_who_claims_a_block_is_there() -> None:
    assert [test for test in set(WALKS.values()) if not (HERE / test).exists()] == []
    assert [test for test in ELSEWHERE.values() if not (PROJECT / test).exists()] == []


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("python", "def f(:\n"),
        ("python", "from stator.django.urls import medea\n"),
        ("python", "from stator.djnago import urls\n"),
        ("python", 'STATOR = {"KEPP_PLAIN": True}\n'),
        ("python", 'STATOR = {}\nSTATOR = {"HEADERS": {"*": {"ETag": "1"}}}\n'),
        ("html", '{% stylesheet "a.css" %}\n'),
        ("html", "{% load stator %}{% stylesheet %}\n"),
        ("jinja", "{{ stylesheet('a.css' }}\n"),
        ("json", "{a: 1}\n"),
        ("yaml", "a: [\n"),
        pytest.param("css", "a { b: c\n", marks=pytest.mark.needs("npm corpus")),
        pytest.param("tsx", "const a = <b>;\n", marks=pytest.mark.needs("npm corpus")),
        pytest.param("nginx", "location / { alais /srv; }\n", marks=pytest.mark.needs("nginx")),
        pytest.param("dockerfile", "RNU true\n", marks=pytest.mark.needs("hadolint")),
    ],
)
def test_an_example_that_is_wrong_is_found(language: str, text: str) -> None:
    with pytest.raises(Exception):  # noqa: B017, PT011  (each reader has its own)
        CHECKS[language](Block(DOCS / "index.md", 1, language, text))


def test_settings_that_are_right_are_silent() -> None:
    read_settings('STATOR = {"KEEP_PLAIN": True}\nSTATOR["IGNORE"] = ["a"]\n')
    read_settings('STATIC_URL = "/static/"\n')
