"""``manage.py stator serverconfig``: what it writes and checks, from settings, and its exit codes."""

from __future__ import annotations

import json
import re
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command, load_command_class

from tests.django.conftest import Project
from tests.parts import TESTS

SAMPLES = TESTS / "webserver" / "samples"


def serverconfig(*words: str) -> str:
    out = StringIO()
    call_command("stator", "serverconfig", *words, stdout=out, stderr=StringIO())
    return out.getvalue()


def failure(*words: str) -> CommandError:
    with pytest.raises(CommandError) as raised:
        serverconfig(*words)
    return raised.value


@pytest.mark.parametrize(
    ("server", "line"),
    [
        ("nginx", "server_name _;"),
        ("caddy", "reverse_proxy 127.0.0.1:8000"),
        ("apache", "<VirtualHost *:80>"),
    ],
)
def test_it_writes_a_configuration_for_the_project(project: Project, server: str, line: str) -> None:
    text = serverconfig(server)
    assert line in text
    assert str(project.root) in text


def test_varnish_is_told_of_the_origin_and_who_may_purge(project: Project) -> None:
    text = serverconfig("varnish", "--listen", "8080", "--upstream", "app:1")
    assert '.host = "app";\n    .port = "1";' in text
    assert 'acl purgers {\n    "127.0.0.1";' in text
    assert "varnishd -a :8080 " in text
    assert "stator_store" not in text
    words = ["--origin", "http://store:8333/static/", "--purger", "10.0.0.0/24", "--purger", "10.1.0.1"]
    text = serverconfig("varnish", *words)
    assert '.host = "store";\n    .port = "8333";' in text
    assert 'acl purgers {\n    "10.0.0.0"/24;\n    "10.1.0.1";\n}' in text


@pytest.mark.parametrize(("codings", "are_asked_for"), [("identity", False), ("keys", True)])
def test_varnish_asks_a_store_for_the_forms_that_are_published(
    project: Project, codings: str, are_asked_for: bool
) -> None:
    there = {"URL": "s3://bucket/static", "CODINGS": codings}
    with project.settings(STATOR={"CODINGS": ["br"], "DESTINATION": there}):
        text = serverconfig("varnish", "--origin", "http://store:8333/static/")
    assert ('bereq.url + ".br"' in text) is are_asked_for


def test_names_and_addresses_can_be_chosen(project: Project) -> None:
    names = ["--server-name", "a.example", "--server-name", "b.example"]
    text = serverconfig("nginx", *names, "--listen", "8080", "--upstream", "app:1")
    assert "server_name a.example b.example;" in text
    assert "listen 8080;" in text
    assert "server app:1;" in text


def test_the_hosts_of_the_project_are_its_names(project: Project) -> None:
    with project.settings(ALLOWED_HOSTS=["shop.example.com", "localhost", ".shop.example.org"]):
        assert "server_name shop.example.com .shop.example.org;" in serverconfig("nginx")


def test_uploads_are_served_where_the_project_has_some(project: Project) -> None:
    assert "/media/" not in serverconfig("nginx")
    with project.settings(MEDIA_ROOT=str(project.folder / "media"), MEDIA_URL="/media/"):
        assert f"{project.folder}/media/" in serverconfig("nginx")


def test_the_manifest_makes_it_exact(project: Project) -> None:
    project.write({"a.0123456789ab.css": "a{}"})
    call_command("collectstatic", interactive=False, verbosity=0)
    assert '"a.0123456789ab.css" "";' in serverconfig("nginx")


def test_a_folder_that_servers_share_is_served_in_place_of_static_root(project: Project) -> None:
    shared = project.folder / "shared"
    project.write({"a.0123456789ab.css": "a{}"})
    with project.settings(STATOR={"DESTINATION": shared, "MANIFEST": project.folder / "m.json"}):
        before = serverconfig("nginx")
        call_command("stator", "publish", verbosity=0)
        (project.folder / "m.json").unlink()
        text = serverconfig("nginx")
    for one in (before, text):
        assert f"{shared}/" in one
        assert str(project.root) not in one
    assert '"a.0123456789ab.css" "";' in text  # by the manifest there


def test_it_writes_files(project: Project, tmp_path: Path) -> None:
    file = tmp_path / "site.conf"
    assert serverconfig("nginx", "--output", str(file)) == f"{file} written.\n"
    assert file.read_text() == serverconfig("nginx")


def test_what_is_included_comes_in_two_parts_for_nginx(project: Project, tmp_path: Path) -> None:
    file = tmp_path / "site.conf"
    serverconfig("nginx", "--include", "-o", str(file))
    assert "location ^~" in file.read_text()
    assert "\nmap " in Path(f"{file}.http.conf").read_text()
    assert "\nmap " not in file.read_text()


def test_a_file_that_cannot_be_written_is_the_environments_fault(project: Project, tmp_path: Path) -> None:
    assert failure("nginx", "-o", str(tmp_path)).returncode == 3


def test_a_folder_that_is_not_there_is_told_with_how_to_make_it(project: Project, tmp_path: Path) -> None:
    error = failure("nginx", "--include", "-o", str(tmp_path / "no ne" / "x"))
    assert error.returncode == 3
    assert f"There is no folder {tmp_path}/no ne" in str(error)
    assert f"mkdir -p '{tmp_path}/no ne'" in str(error)


@pytest.mark.parametrize(
    "words",
    [
        ("nginx", "--listen", "80;"),
        ("caddy", "--check", str(SAMPLES)),
        ("varnish", "--include"),
        ("varnish", "--origin", "https://bucket.example/"),
        ("varnish", "--purger", "everybody"),
    ],
)
def test_wrong_use_is_told(project: Project, words: tuple[str, ...]) -> None:
    assert failure(*words).returncode == 2


def test_without_a_static_root_nobody_knows_what_to_serve(project: Project) -> None:
    with project.settings(STATIC_ROOT=None):
        error = failure("nginx")
    assert error.returncode == 2
    assert "STATIC_ROOT is not set" in str(error)


def test_check_ends_with_an_error_for_findings_that_are_some(project: Project) -> None:
    error = failure("nginx", "--check", str(SAMPLES / "nginx-alias-slash.reported.conf"))
    assert error.returncode == 1
    assert str(error).endswith("1 of level error.")


def test_check_says_where_and_how_to_mend_it(project: Project) -> None:
    said = serverconfig("nginx", "--check", str(SAMPLES / "nginx-static-proxied.reported.conf"))
    assert "nginx-static-proxied.reported.conf:3:9: warning: " in said
    assert "hint: Give /static/ a location of its own" in said
    assert said.endswith("1 finding, no error.\n")


def test_check_speaks_to_programs(project: Project) -> None:
    said = serverconfig(
        "nginx", "--format", "json", "--check", str(SAMPLES / "nginx-static-proxied.reported.conf")
    )
    assert [one["id"] for one in json.loads(said)] == ["nginx-static-proxied"]


def test_what_is_written_passes_the_check(project: Project, tmp_path: Path) -> None:
    file = tmp_path / "site.conf"
    serverconfig("nginx", "-o", str(file))
    assert serverconfig("nginx", "--check", str(file)) == f"{file}: 0 findings, no error.\n"


def test_check_of_a_broken_file(project: Project, tmp_path: Path) -> None:
    file = tmp_path / "site.conf"
    file.write_text("server {")
    assert failure("nginx", "--check", str(file)).returncode == 2
    assert failure("nginx", "--check", str(tmp_path / "none")).returncode == 3
    file.write_text("include mime.types;")
    assert failure("nginx", "--check", str(file)).returncode == 3


def documented_commands() -> list[str]:
    """Return the commands of the documentation, the first server of those that it leaves a choice of."""
    docs = TESTS.parent / "docs"
    text = "\n".join((docs / name).read_text() for name in ("webservers.md", "cdn.md"))
    return [one.split("|")[0] for one in re.findall(r"\bserverconfig ([^`\n\])]+)", text)]


@pytest.mark.parametrize("command", documented_commands())
def test_commands_are_documented_as_they_are_typed(command: str) -> None:
    parser = load_command_class("stator.django", "stator").create_parser("manage.py", "stator")
    assert parser.parse_args(["serverconfig", *command.split()]).server in {"nginx", "varnish"}


def test_the_check_is_documented_with_a_command() -> None:
    assert any("--check" in command for command in documented_commands())
