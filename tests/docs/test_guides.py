"""The guides, README and CONTRIBUTING are walked: each command is run, and prints what the page shows."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from tests.docs.pages import PROJECT, Block, blocks
from tests.docs.scenes import SCENES, SCENES_OF_STORES, WALKED, Scene
from tests.docs.walking import Walk
from tests.publish.purge.listening import Reply, listening
from tests.stores import seaweedfs

SHOP = Path(__file__).parent / "sites/shop"
SECRETS = {"SECRET_KEY": "for tests", "DATABASE_URL": "sqlite://:memory:"}  # which the shop's settings need
_TARGETS = re.compile(r"(?:`|\$ |^    )make ([a-z-]+)", re.MULTILINE)
pytestmark = pytest.mark.other_programs


def walk_along(page: str, scene: Scene, folder: Path) -> None:
    """Do what a page says, in its scene. Only its commands: what is no command says nothing in a guide."""
    if scene.shop:
        shutil.copytree(SHOP, folder)
    environ = {**SECRETS, "STATOR": json.dumps(dict(scene.options))}
    with Walk(folder, environ, scene.not_run) as walk:
        _run(walk, scene.before.get("", "true"))
        for block in _commands(PROJECT / page):
            for begins, command in scene.before.items():
                if begins and block.text.startswith(f"$ {begins}"):
                    _run(walk, command)
            text = block.text
            for shown, meant in scene.instead.items():
                text = text.replace(shown, meant)
            walk.do(block._replace(text=text))


def _commands(page: Path) -> Iterator[Block]:
    """Yield the commands of a page, each as a block of its own with what it shows."""
    for block in blocks(page):
        if block.language == "console":
            for command in block.commands():
                shown = "".join(f"{line}\n" for line in command.shown)
                yield block._replace(text=f"$ {command.text}\n{shown}", line=command.line - 1)


def _run(walk: Walk, command: str) -> None:
    done = walk.shell(command)
    assert done.code == 0, f"{command}\n{done.output}"


@pytest.mark.parametrize("page", SCENES)
def test_a_page_is_true(page: str, tmp_path: Path) -> None:
    walk_along(page, SCENES[page], tmp_path / "site")


@pytest.fixture(scope="module")
def options() -> Iterator[Mapping[str, object]]:
    """``STATOR`` for a bucket of the name that pages have, and for a CDN that always says yes."""
    with seaweedfs() as bucket, listening(lambda _: Reply(b'{"success": true}')) as cdn:
        place = {**bucket().options, "URL": "s3://assets/static"}
        told = {"SERVICE": "cloudflare", "ZONE": "0", "TOKEN": "0", "URL": cdn.origin}
        yield {"DESTINATION": place, "PURGE": {**told, "SITE": "https://shop.example.com"}}


@pytest.fixture
def empty_bucket(options: Mapping[str, dict[str, str]]) -> Iterator[None]:
    import boto3

    place = options["DESTINATION"]
    store = boto3.resource(
        "s3",
        endpoint_url=place["ENDPOINT"],
        region_name=place["REGION"],
        aws_access_key_id=place["KEY"],
        aws_secret_access_key=place["SECRET"],
    )
    bucket = store.create_bucket(Bucket="assets")
    yield
    bucket.objects.delete()
    bucket.delete()


@pytest.mark.usefixtures("empty_bucket")
@pytest.mark.needs("seaweedfs")
@pytest.mark.parametrize("page", SCENES_OF_STORES)
def test_a_page_about_a_bucket_is_true(
    page: str, options: Mapping[str, dict[str, str]], tmp_path: Path
) -> None:
    walk_along(page, SCENES_OF_STORES[page]._replace(options=options), tmp_path / "site")


def test_targets_of_make_are_there() -> None:
    known = set(re.findall(r"^([a-z-]+):", (PROJECT / "Makefile").read_text(), re.MULTILINE))
    pages = (PROJECT / "README.md", PROJECT / "CONTRIBUTING.md")
    named = {target for page in pages for target in _TARGETS.findall(page.read_text())}
    assert named
    assert named - known == set()


@pytest.mark.parametrize("page", WALKED)
def test_a_scene_is_of_the_page_as_it_is(page: str) -> None:
    scene = WALKED[page]
    commands = [block.text.removeprefix("$ ") for block in _commands(PROJECT / page)]
    said = {command.splitlines()[0].partition("  #")[0].rstrip() for command in commands}
    assert scene.not_run.keys() - said == set()
    assert [shown for shown in scene.instead if not any(shown in one for one in commands)] == []
    assert [begins for begins in scene.before if not any(one.startswith(begins) for one in commands)] == []
