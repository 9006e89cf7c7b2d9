"""The example site in containers: what visitors get, what nobody gets, and what its images are made of."""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import sys
from pathlib import Path
from urllib.parse import quote

import pytest

from stator.manifest import NAME
from stator.paths import CODING_SUFFIXES
from tests.containers.real import engine
from tests.containers.real.conftest import ROOT, Images, Secrets, health_checks, manage
from tests.containers.real.engine import Site, podman

pytestmark = [pytest.mark.other_programs, pytest.mark.needs("containers")]

NET_BIND_SERVICE = 1 << 10  # which capability that is, in Linux
NOBODYS = [
    "/manage.py",
    "/requirements.txt",
    "/library/settings.py",
    "/Dockerfile",
    "/.env",
    "/.git/config",
    "/app/manage.py",
    f"/static/{NAME}",
    "/static/.env",
    "/static/manage.py",
    "/static/../manage.py",
    "/static../manage.py",
    "/static/..%2fmanage.py",
    "/static/%2e%2e/library/production.py",
    "/static/desk/server.key",
    "/static/frontends/react/package.json",
    "/static/planner/.vite/manifest.json",
    "/media/../library/production.py",
    "/media../manage.py",
    "/media/private.txt",
    "/etc/stator/site.conf",
]


def address(name: str) -> str:
    return f"/static/{quote(name)}"


def test_the_doctor_finds_nothing(site: Site, images: Images, hidden: Secrets) -> None:
    said = site.inside(
        [
            sys.executable,
            images.folder / "manage.py",
            "stator",
            "doctor",
            "--live",
            f"http://127.0.0.1:{site.port}/",
        ],
        DJANGO_SETTINGS_MODULE="library.production",
        SECRET_KEY=hidden.key,
    )
    assert "0 errors, 0 warnings" in said


def test_all_that_is_published_is_served(site: Site, images: Images) -> None:
    manifest = images.manifest()
    contents = {name: manifest.files[key] for name, key in manifest.published()}
    answers = site.ask(map(address, contents))
    assert contents
    for name, content in contents.items():
        assert answers[address(name)] == (200, content.sha256.hex()), name


def test_nothing_else_is_served(site: Site) -> None:
    answers = site.ask(NOBODYS)
    assert {path: status for path, (status, _) in answers.items() if status not in {400, 404}} == {}


def test_only_published_files_are_there_to_be_served(images: Images) -> None:
    manifest = images.manifest()
    there = set(
        engine.run_once(images.names[-1], "find", ROOT, "-type", "f", "-printf", "%P\\n").splitlines()
    )
    allowed = {NAME}
    for name, key in manifest.published():
        allowed |= {name, *(f"{name}{CODING_SUFFIXES[coding]}" for coding, _ in manifest.files[key].codings)}
    assert there <= allowed


def test_the_image_of_the_web_server_has_nothing_of_the_project(images: Images) -> None:
    if images.server == "none":
        pytest.skip("there is none")
    assert engine.run_once(images.names[-1], "ls", "/app").split() == ["media", "static_root"]


def test_no_layer_has_a_secret(images: Images, hidden: Secrets, tmp_path: Path) -> None:
    made_up = re.findall(r"^The key is (\S+)$", images.said, re.MULTILINE)
    assert made_up, "the build has said what key it had"
    images.build("collect")
    needles = [text.encode() for text in (*hidden, *set(made_up))]
    for image in (*images.names, images.name("collect")):
        history = podman("history", "--no-trunc", "--format={{.CreatedBy}}", image)
        assert not [needle for needle in needles if needle.decode() in history]
        for name, content in engine.layers(image, tmp_path):
            assert not [needle for needle in needles if needle in content], f"{image}: {name}"
            assert os.path.basename(name) not in {".env", ".env.local", "server.key", "private.txt"}, name


def test_what_is_searched_for_would_be_found(images: Images, tmp_path: Path) -> None:
    names = {name for name, content in engine.layers(images.names[0], tmp_path) if b"ROOT_URLCONF" in content}
    assert "app/library/settings.py" in names


def test_nobody_may_write(site: Site, images: Images) -> None:
    allowed = {f"{0:016x}", f"{NET_BIND_SERVICE:016x}"} if images.server == "caddy" else {f"{0:016x}"}
    for container in site.containers:
        assert podman("exec", container, "id", "-u").strip() == "10001"
        status = podman("exec", container, "cat", "/proc/self/status")
        assert set(re.findall(r"^Cap...:\s*(\w+)$", status, re.MULTILINE)) <= allowed
        assert re.search(r"^NoNewPrivs:\s*1$", status, re.MULTILINE)
        said = podman(
            "exec", container, "sh", "-c", f"for f in /app {ROOT} /etc /usr/bin; do touch $f/x; done; true"
        )
        assert said.count("Read-only file system") + said.count("Permission denied") == 4


def test_uploads_can_be_written_by_the_application_alone(site: Site) -> None:
    write = ["sh", "-c", "echo hello > /app/media/hello.txt"]
    podman("exec", site.containers[0], *write)
    assert site.ask(["/media/hello.txt"])["/media/hello.txt"] == (200, hashlib.sha256(b"hello\n").hexdigest())
    for other in site.containers[1:]:
        assert "Read-only" in podman("exec", other, "sh", "-c", f"{write[-1]} || true")


def test_health_is_seen(site: Site, images: Images) -> None:
    checks = health_checks(images.folder)
    assert len(checks) == len(site.containers)
    for container, check in zip(site.containers, checks, strict=True):
        podman("exec", container, *check)


def test_collecting_asks_no_network(images: Images) -> None:
    images.build("collect")
    command = ["python", "manage.py", "collectstatic", "--no-input", "--dry-run"]
    said = engine.run_once(images.name("collect"), *command, options=["--env=SECRET_KEY=another"])
    assert "unmodified" in said or "0 static files" in said


def test_files_of_the_release_before_are_carried_over(
    images: Images, hidden: Secrets, tmp_path: Path
) -> None:
    folder, style = tmp_path / "library", "catalogue/style.css"
    shutil.copytree(images.folder, folder)
    with (folder / "catalogue" / "static" / style).open("a") as file:
        file.write("\n.carried { color: red }\n")
    second = Images(folder, images.server, 2).built(PREVIOUS=images.names[-1])
    old, new = images.manifest(), second.manifest()
    assert old.paths[style] != new.paths[style]
    with engine.running(second.names, second.port, second.options(hidden.key)) as site:
        answers = site.ask(address(one.paths[style]) for one in (old, new))
    assert answers == {
        address(one.paths[style]): (200, one.files[one.paths[style]].sha256.hex()) for one in (old, new)
    }


def test_front_ends_are_built_and_published(images: Images) -> None:
    manifest = images.manifest()
    assert set(manifest.frontends) == {"planner", "seats", "loans"}  # whose tools tell what they have made
    scripts = [
        path
        for one in manifest.frontends.values()
        for entry in one.entries.values()
        for path in entry.scripts
    ]
    assert scripts
    assert set(scripts) <= set(manifest.paths)
    assert [name for name in manifest.paths if name.startswith("welcome/")]


def test_a_second_time_the_command_has_nothing_to_do(images: Images, hidden: Secrets) -> None:
    said = manage(images.folder, hidden.own, "stator", "docker", "--server", images.server)
    assert "Wrote" not in said
