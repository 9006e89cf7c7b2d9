"""Images and containers for tests: built by Buildah, run by Podman, with no registry and no bridge.

The containers of a site share a network of their own that leads nowhere; ``ask`` goes into it.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import subprocess
import sys
import tarfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from tests.parts import PARTS
from tests.processes import wait_until

FOLDER = PARTS / "containers"
WHEELS = FOLDER / "wheels"
PYTHON = "3.11"  # that of the base image
_PIP = "[global]\nno-index = true\nfind-links = /wheels\ndisable-pip-version-check = true\n"
_AUTHORITIES = "/etc/ssl/certs/ca-certificates.crt"
_NPM = f"cafile={_AUTHORITIES}\naudit=false\nfund=false\nupdate-notifier=false\n"
_HOSTS = "127.0.0.1 localhost app\n"
# As in compose.yaml; the limits only since not every machine that tests run on may set the usual ones.
_CAREFUL = [
    *("--read-only", "--cap-drop=ALL", "--security-opt=no-new-privileges", "--tmpfs=/tmp"),
    *("--ulimit=nofile=20000:20000", "--ulimit=nproc=1024:1024"),
]


class Failed(Exception):
    """A program has ended with an error: what it was, and what it said."""


Answers = Mapping[str, tuple[int, str]]


def prepare() -> None:
    """Write what Buildah and Podman are told, and make the base images where they are not there yet."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    for name, text in (("pip.conf", _PIP), ("npmrc", _NPM), ("hosts", _HOSTS)):
        (FOLDER / name).write_text(text)
    _run([PARTS.parent / "scripts" / "container-base-images", FOLDER])


def tidy() -> None:
    """Delete all images that tests have built, and the layers that were kept for the next build."""
    _run(["buildah", "rm", "--all"])  # of builds that have failed
    built = podman("images", "--quiet", "--filter=reference=localhost/stator-test-*").split()
    if built:
        podman("rmi", "--force", *dict.fromkeys(built))
    podman("image", "prune", "--force")


def wheels(requirements: Path) -> str:
    """Bring what a project asks for, and this tree, to where builds find it; return the hash of the tree."""
    pip = [sys.executable, "-m", "pip"]
    for old in WHEELS.glob("stator-*"):
        old.unlink()
    _run([*pip, "wheel", "--quiet", "--no-deps", "--wheel-dir", WHEELS, PARTS.parent])
    _run(
        [
            *(*pip, "download", "--quiet", "--dest", WHEELS, "--find-links", WHEELS),
            *("--python-version", PYTHON, "--only-binary", ":all:", "-r", requirements),
            *("gunicorn~=27.0", "uvicorn[standard]~=0.30"),
        ]
    )
    return hashlib.sha256(next(WHEELS.glob("stator-*")).read_bytes()).hexdigest()


def build(folder: Path, target: str, tag: str, **arguments: str) -> str:
    """Build an image of the Dockerfile in a folder; return what was said."""
    mounts = {
        WHEELS: "/wheels",
        FOLDER / "pip.conf": "/etc/pip.conf",
        FOLDER / "npmrc": "/usr/etc/npmrc",
        _AUTHORITIES: _AUTHORITIES,
    }
    given = {"PYTHON": f"docker.io/library/python:{PYTHON}-slim", **arguments}
    return _run(
        [
            *("buildah", "bud", "--isolation=chroot", "--pull-never", "--format=docker", "--network=host"),
            *("--layers", f"--target={target}", f"--tag={tag}", "-f", folder / "Dockerfile"),
            *(f"--volume={here}:{there}:ro" for here, there in mounts.items()),
            *(f"--build-arg={name}={value}" for name, value in given.items()),
            folder,
        ]
    )


def podman(*words: str) -> str:
    return _run(["podman", "--runtime=/usr/sbin/runc", *words])


def run_once(image: str, *command: str, options: Sequence[str] = ()) -> str:
    """Run a command in a container of its own, as compose would, and return what it prints."""
    return podman("run", "--rm", "--network=none", *_CAREFUL, *options, image, *command)


class Site(NamedTuple):
    """A running site: its containers, of which all share one network, and the port that visitors use."""

    containers: Sequence[str]
    port: int

    def inside(self, command: Sequence[str | Path], told: str = "", **environ: str) -> str:
        """Run a program of this machine in the network of the site."""
        pid = podman("inspect", "--format={{.State.Pid}}", self.containers[0]).strip()
        return _run(["nsenter", "--target", pid, "--net", *command], told, **environ)

    def ask(self, paths: Iterable[str]) -> Answers:
        """Return status and SHA-256 of the body of each answer."""
        asking = [sys.executable, "-S", Path(__file__).with_name("asking.py"), str(self.port)]
        answers = json.loads(self.inside(asking, json.dumps(list(paths))))
        return {path: (status, sha256) for path, (status, sha256) in answers.items()}

    def logs(self) -> str:
        return "\n".join(podman("logs", one) for one in self.containers)


@contextmanager
def running(images: Sequence[str], port: int, options: Sequence[Sequence[str]]) -> Iterator[Site]:
    """Run the images, the application first, until the block ends, which begins when the site answers."""
    containers: list[str] = []
    try:
        for image, more in zip(images, options, strict=True):
            network = f"container:{containers[0]}" if containers else "none"
            hosts = f"--volume={FOLDER}/hosts:/etc/hosts:ro"
            started = podman("run", "--detach", f"--network={network}", hosts, *_CAREFUL, *more, image)
            containers.append(started.strip())
        site = Site(containers, port)
        wait_until(lambda: _answers(site), f"{images} answer")
        yield site
    finally:
        for one in reversed(containers):
            podman("rm", "--force", "--time=2", "--volumes", one)


def _answers(site: Site) -> bool:
    ended = podman("ps", "--all", "--quiet", "--filter=status=exited", "--no-trunc").split()
    assert set(site.containers).isdisjoint(ended), site.logs()
    try:
        return next(iter(site.ask(["/"]).values()))[0] == 200
    except Failed:
        return False


def layers(image: str, folder: Path) -> Iterator[tuple[str, bytes]]:
    """Yield everything that an image is: what is said of it, and each file of each layer, by its name."""
    archive = folder / f"{re.sub('[^a-z0-9]', '-', image)}.tar"
    podman("save", "--quiet", "--format=docker-archive", "--output", str(archive), image)
    with tarfile.open(archive) as saved:
        for member in saved.getmembers():
            content = saved.extractfile(member)
            if content is None:
                continue
            if not member.name.endswith(".tar"):
                yield member.name, content.read()
                continue
            with tarfile.open(fileobj=content) as layer:
                for one in layer:
                    file = layer.extractfile(one) if one.isreg() else None
                    yield one.name, file.read() if file else b""
    archive.unlink()


def _run(command: Sequence[str | Path], told: str = "", **environ: str) -> str:
    done = subprocess.run(
        [str(word) for word in command],
        input=told,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
        env={**os.environ, "CONTAINERS_STORAGE_CONF": str(FOLDER / "storage.conf"), **environ},
    )
    if done.returncode:
        raise Failed(f"{' '.join(map(str, command))}: {done.returncode}\n{done.stdout}")
    return done.stdout
