"""Where a project lists its packages."""

from __future__ import annotations

import pytest

from stator.containers.packages import EXPORTED, names, packages_of

PYPROJECT = '[project]\nname = "shop"\ndependencies = ["Django"]\n'


@pytest.mark.parametrize(
    ("files", "listed", "copied"),
    [
        ({"requirements.txt": "Django"}, "requirements.txt", ["requirements.txt"]),
        (
            {
                "requirements.txt": "-r base.txt  # all\n-c limits.txt",
                "base.txt": "",
                "limits.txt": "",
                "x.txt": "",
            },
            "requirements.txt",
            ["requirements.txt", "base.txt", "limits.txt"],
        ),
        (
            {"requirements/production.txt": "-r base.txt\n", "requirements/base.txt": "-r production.txt"},
            "requirements/production.txt",
            ["requirements/production.txt", "requirements/base.txt"],
        ),
        ({"requirements.txt": "", "pyproject.toml": PYPROJECT}, "requirements.txt", ["requirements.txt"]),
        ({"requirements.txt": "-r none.txt"}, "requirements.txt", ["requirements.txt"]),
        ({"pyproject.toml": PYPROJECT}, EXPORTED, ["pyproject.toml"]),
        ({"pyproject.toml": PYPROJECT, "uv.lock": ""}, EXPORTED, ["uv.lock", "pyproject.toml"]),
        ({"pyproject.toml": "", "poetry.lock": ""}, EXPORTED, ["poetry.lock", "pyproject.toml"]),
        ({"Pipfile": "", "Pipfile.lock": ""}, EXPORTED, ["Pipfile.lock", "Pipfile"]),
    ],
)
def test_the_surest_list_is_taken(files: dict[str, str], listed: str, copied: list[str]) -> None:
    packages = packages_of(files.get)
    assert packages is not None
    assert packages.listed == listed
    assert list(packages.files) == copied


@pytest.mark.parametrize("files", [{}, {"pyproject.toml": "[tool.ruff]\n"}, {"uv.lock": ""}])
def test_a_project_may_list_nothing(files: dict[str, str]) -> None:
    assert packages_of(files.get) is None


@pytest.mark.parametrize(
    ("text", "are_named"),
    [
        ("gunicorn", True),
        ("Django\nGunicorn[gevent]==23.0\n", True),
        ('name = "gunicorn"', True),
        ("gunicorn-color", False),
        ("my-gunicorn", False),
        ("", False),
    ],
)
def test_a_package_is_named_by_its_whole_name(text: str, are_named: bool) -> None:
    packages = packages_of({"requirements.txt": text}.get)
    assert packages is not None
    assert names(packages, {"requirements.txt": text}.get, "gunicorn") is are_named
