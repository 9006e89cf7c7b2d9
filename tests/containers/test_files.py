"""What is written for a project: word for word, as linters read it, and with paths that mean something."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from stator.containers.files import files_of
from stator.containers.project import Project
from stator.containers.web import SERVERS
from stator.errors import ConfigError
from tests.containers import golden
from tests.containers.projects import CASES, FRONTENDS, MEDIA, ODD, PLAIN
from tests.parts import SCRIPTS

HADOLINT = shutil.which("hadolint", path=SCRIPTS) or ""
DOCKER = shutil.which("docker") or "false"


def hadolint(text: str) -> tuple[int, str]:
    done = subprocess.run([HADOLINT, "-"], input=text, capture_output=True, text=True, check=False)
    return done.returncode, done.stdout


def has_compose() -> bool:
    return not subprocess.run([DOCKER, "compose", "version"], capture_output=True, check=False).returncode


@pytest.mark.parametrize(
    "file", [file for file, _ in golden.files()], ids=lambda file: "-".join(file.parts[-2:])
)
def test_files_are_written_word_for_word(file: Path) -> None:
    assert dict(golden.files())[file] == file.read_text(), "if it is meant: python -m tests.containers.golden"


@pytest.mark.needs("hadolint")
@pytest.mark.parametrize("name", CASES)
def test_hadolint_has_no_complaint(name: str) -> None:
    assert hadolint(dockerfile(CASES[name].project, CASES[name].server)) == (0, "")


@pytest.mark.needs("hadolint")
def test_hadolint_would_complain() -> None:
    code, said = hadolint(dockerfile(PLAIN, "nginx").replace(" -r requirements.txt", " gunicorn"))
    assert code
    assert "DL3013" in said


@pytest.mark.skipif(not has_compose(), reason="docker compose is not installed")
@pytest.mark.parametrize("name", CASES)
def test_compose_reads_its_file_as_it_is_meant(name: str, tmp_path: Path) -> None:
    case = CASES[name]
    (tmp_path / "compose.yaml").write_text(files_of(case.project, case.server)["compose.yaml"])
    (tmp_path / ".env").write_text("".join(f"{one.name}=of$$chance\n" for one in case.project.variables))
    told = subprocess.run(
        [DOCKER, "compose", "config", "--format", "json"], cwd=tmp_path, capture_output=True, check=True
    ).stdout
    services: dict[str, Any] = json.loads(told)["services"]
    assert set(services) == ({"app"} if case.server == "none" else {"app", "web"})
    for service in services.values():
        assert service["read_only"]
        assert service["cap_drop"] == ["ALL"]
        assert service["healthcheck"]["test"][0] == "CMD"


def dockerfile(project: Project, server: str) -> str:
    return files_of(project, server)["Dockerfile"]


def stage(text: str, name: str) -> str:
    return next(part for part in text.split("\nFROM ") if part.split("\n")[0].endswith(f"AS {name}"))


@pytest.mark.parametrize("server", ["nginx", "caddy", "none"])
@pytest.mark.parametrize("project", [PLAIN, FRONTENDS, ODD], ids=lambda project: project.name)
def test_only_what_buildah_knows_is_used(project: Project, server: str) -> None:
    text = dockerfile(project, server)
    for word in ("# syntax", "--link", "--parents", "--exclude", "--checksum", "--network", "<<"):
        assert word not in text


@pytest.mark.parametrize("server", ["nginx", "caddy", "none"])
def test_no_image_runs_as_root(server: str) -> None:
    text = dockerfile(MEDIA, server)
    for name in ["app", *(["web"] if server != "none" else [])]:
        assert stage(text, name).rstrip().split("\nUSER ")[1].startswith("10001:10001\n")


def test_a_value_for_a_variable_is_in_no_instruction() -> None:
    text = dockerfile(MEDIA, "nginx")
    assert text.count("SECRET_KEY=") == 1
    assert 'SECRET_KEY="$secret"' in text
    for instruction in ("ENV", "ARG"):
        assert not [line for line in text.split("\n") if line.startswith(instruction) and "SECRET" in line]


def test_nothing_is_made_up_where_settings_ask_for_nothing() -> None:
    assert "secret" not in dockerfile(PLAIN, "nginx")


def test_only_what_is_published_is_in_the_image_of_the_web_server() -> None:
    copied = [
        line for line in stage(dockerfile(FRONTENDS, "nginx"), "web").split("\n") if line.startswith("COPY")
    ]
    assert copied == [
        "COPY docker/nginx.conf /etc/nginx/nginx.conf",
        "COPY --from=collect /etc/stator /etc/stator",
        "COPY --from=collect /app/staticfiles /app/staticfiles",
    ]


def test_published_files_are_in_the_image_of_the_application_only_where_nobody_else_has_them() -> None:
    assert "/app/staticfiles/staticfiles.json" in stage(dockerfile(PLAIN, "nginx"), "app")
    assert "collect /app/staticfiles /app/staticfiles" in stage(dockerfile(PLAIN, "none"), "app")


def test_the_lock_file_of_a_front_end_is_copied_before_its_sources() -> None:
    text = stage(dockerfile(FRONTENDS, "nginx"), "frontend-shop")
    assert text.index("package-lock.json") < text.index("npm ci") < text.index("COPY frontends/shop/ ./")


@pytest.mark.parametrize("path", ["static files", "a'b", 'a"b', "a$b", "a\nb", "a:b", "a[b]"])
@pytest.mark.parametrize("field", ["root", "media", "folder", "cache"])
def test_a_path_that_would_mean_something_else_is_refused(path: str, field: str) -> None:
    with pytest.raises(ConfigError, match="cannot be named in a Dockerfile"):
        files_of(PLAIN._replace(**{field: path}), "nginx")


@pytest.mark.parametrize("field", ["root", "output"])
def test_a_front_end_that_a_build_could_not_reach_is_refused(field: str) -> None:
    front_end = FRONTENDS.frontends[0]._replace(**{field: "/srv/shop"})
    with pytest.raises(ConfigError, match="needs /srv/shop, which lies outside"):
        files_of(FRONTENDS._replace(frontends=(front_end,)), "nginx")


def test_a_host_name_does_not_get_out_of_its_quotes() -> None:
    text = files_of(PLAIN._replace(host="a'b\"$c"), "none")["compose.yaml"]
    asked = next(line for line in text.split("\n") if "test:" in line)
    words = json.loads(asked.partition(":")[2].replace("$$", "$"))
    assert "a'b\"$c" in words[-1].encode().decode("unicode_escape")
    compile(words[-1], "healthcheck", "exec")


def test_what_is_ignored_is_what_lies_in_the_project() -> None:
    lines = files_of(ODD, "nginx")[".dockerignore"].split("\n")
    assert "**/.env" in lines
    assert "backend/data" in lines
    assert "env" in lines
    assert not [line for line in lines if line.startswith("/srv")]


@pytest.mark.parametrize("name", SERVERS)
def test_files_that_are_ignored_are_not_those_that_are_copied(name: str) -> None:
    lines = files_of(FRONTENDS, name)[".dockerignore"].split("\n")
    assert not [line for line in lines if line.startswith("docker/") or line == "docker"]


@pytest.mark.needs("caddy")
def test_caddy_would_format_its_file_as_it_is(tmp_path: Path) -> None:
    file = tmp_path / "Caddyfile"
    file.write_text(SERVERS["caddy"].text)
    done = subprocess.run(
        [shutil.which("caddy") or "", "fmt", str(file)], capture_output=True, text=True, check=False
    )
    assert done.stdout.rstrip("\n") == SERVERS["caddy"].text.rstrip("\n")
