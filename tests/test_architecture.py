"""The import arrows: a module imports from lower floors only. ARCHITECTURE.md says why."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

import stator

SOURCE = Path(stator.__file__).parent

# From the ground up. A room may import from every floor below its own and from its own floor, except on
# the fourth, where the rooms are siblings that do not know each other.
FLOORS: list[set[str]] = [
    {
        "__init__",
        "errors",
        "clock",
        "findings",
        "config",
        "setting",
        "secret",
        "paths",
        "media_types",
        "load_path",
        "nearest",
        "progress",
        "parallel",
        "memory",
    },
    {
        "asset",
        "urls",
        "artifact",
        "manifest",
        "manifest_text",
        "manifest_index",
        "frontend",
        "cache",
        "fields",
        "uploads",
    },
    {
        "minify",
        "bundlers",
        "references",
        "graph",
        "digest",
        "link",
        "encode",
        "explanations",
        "snapshot",
        "importmap",
    },
    {"build", "publish", "serve", "webserver", "frontends", "containers", "starting"},
    {"collect", "destination", "why", "live", "diagnose", "report"},
    {"django"},
    {"__main__"},
]
SIBLINGS = FLOORS[3]
COMPILER = FLOORS[2]
THIRD_PARTY = {
    "django": {"django", "asgiref", "jinja2"},
    "encode": {"brotli", "backports", "compression", "deflate"},
    "live": {"watchfiles"},
    "publish": {"boto3", "botocore", "obstore"},
    "webserver": {"crossplane"},
}  # room: what it alone may import


def room_of(module: str) -> str:
    parts = module.split(".")
    return parts[1] if len(parts) > 1 else "__init__"


def floor_of(room: str) -> int:
    return next(number for number, rooms in enumerate(FLOORS) if room in rooms)


def modules() -> Iterator[tuple[str, Path]]:
    for file in sorted(SOURCE.rglob("*.py")):
        dotted = ".".join(["stator", *file.relative_to(SOURCE).with_suffix("").parts])
        yield dotted.removesuffix(".__init__"), file


def imports(file: Path) -> Iterator[str]:
    """Yield the modules that are imported when the program runs: not those for the type checker alone."""
    tree = ast.parse(file.read_text())
    for node in ast.walk(tree):
        if isinstance(node, ast.If) and isinstance(node.test, ast.Name) and node.test.id == "TYPE_CHECKING":
            node.body = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names if node.module == "stator")


ALL = list(modules())


@pytest.mark.parametrize(("module", "file"), ALL, ids=[module for module, _ in ALL])
def test_imports_go_down(module: str, file: Path) -> None:
    room = room_of(module)
    for imported in imports(file):
        if not imported.startswith("stator."):
            continue
        target = room_of(imported)
        if target == room or (SOURCE / f"{target}.py").exists() is (SOURCE / target).is_dir():
            continue
        assert floor_of(target) <= floor_of(room), f"{module} imports {imported} from a floor above"
        if room in SIBLINGS:
            assert target not in SIBLINGS - {room}, f"{module} imports its sibling {imported}"


@pytest.mark.parametrize(("module", "file"), ALL, ids=[module for module, _ in ALL])
def test_a_library_is_imported_in_its_own_room_only(module: str, file: Path) -> None:
    for imported in imports(file):
        package = imported.split(".")[0]
        if package != "stator" and package not in sys.stdlib_module_names:
            assert package in THIRD_PARTY.get(room_of(module), set()), f"{module} imports {package}"


def test_every_room_has_a_floor() -> None:
    rooms = {room_of(module) for module, _ in ALL}
    assert rooms <= set().union(*FLOORS)


@pytest.mark.parametrize("served", ["stator.serve.wsgi", "stator.serve.asgi"])
def test_serving_loads_neither_the_compiler_nor_django(served: str) -> None:
    script = f"import sys, {served}; print(*(name for name in sys.modules))"
    loaded = subprocess.run([sys.executable, "-c", script], check=True, capture_output=True, text=True)
    names = loaded.stdout.split()
    assert not [name for name in names if name.startswith("stator.") and room_of(name) in COMPILER]
    assert not [name for name in names if name.split(".")[0] == "django"]
