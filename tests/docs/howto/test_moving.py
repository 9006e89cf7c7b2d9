"""Moving to Stator, page by page: a site runs with the real old package, the page is done, it runs with ours.

Each folder of ``sites`` is what a page's site has besides ``base``, as it was before. What its page asked for
then must be answered afterwards too.
"""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import NamedTuple
from urllib.parse import urlsplit

import pytest

from stator.fields import IMMUTABLE
from tests.docs.pages import DOCS, blocks
from tests.docs.walking import Walk
from tests.parts import MIGRATIONS, TOOLCHAINS
from tests.stores import Store, fetch, seaweedfs

HERE = Path(__file__).parent
SITES = HERE / "sites"
COLLECT = "python manage.py collectstatic --noinput"
COMPRESS = "python manage.py compress"
VITE = "cd frontends/planner && vite build && cd ../.."

pytestmark = [pytest.mark.other_programs, pytest.mark.needs("migrations")]


class Answer(NamedTuple):
    """What came for an address; names of fields are in lower case."""

    status: int
    cache_control: str = ""
    text: str = ""


class Site:
    """The site of a page, as it was before, in the folder of the walk along the page."""

    def __init__(self, walk: Walk, store: Store | None) -> None:
        self.walk = walk
        self.store = store

    @property
    def root(self) -> Path:
        return self.walk.folder / "static_root"

    def do(self, command: str) -> str:
        code, output = self.walk.shell(command)
        assert code == 0, f"{command}\n{output}"
        return output

    def ask(self, addresses: Sequence[str]) -> dict[str, Answer]:
        """Ask the site through all of its middleware, in a process of its own."""
        (self.walk.folder.parent / "addresses.json").write_text(json.dumps(addresses))
        asking = (HERE / "asking.py").read_text()
        told = self.do(f"python -c '{asking}' <../addresses.json 2>../asking.log")
        answers = json.loads(told).items()
        return {
            address: Answer(status, fields.get("cache-control", ""), text)
            for address, (status, fields, _, text) in answers
        }

    def links(self) -> list[str]:
        """Return the addresses of static files in the page of the site."""
        page = self.ask(["/"])["/"]
        assert page.status == 200
        return re.findall(r'(?:href|src)="([^"]+)"', page.text)


def by_itself(site: Site, asked: Sequence[str]) -> dict[str, Answer]:
    return site.ask(asked)


def by_a_web_server(site: Site, asked: Sequence[str]) -> dict[str, Answer]:
    """Answer by what stands in STATIC_ROOT."""
    stands = {address: (site.root / address.removeprefix("/static/")).is_file() for address in asked}
    return {address: Answer(200 if there else 404, IMMUTABLE) for address, there in stands.items()}


def by_a_bucket(site: Site, asked: Sequence[str]) -> dict[str, Answer]:
    """Answer by what anybody gets from the bucket."""
    assert site.store
    answers = {one: fetch(site.store, urlsplit(one).path.removeprefix("/static/")) for one in asked}
    return {
        one: Answer(answer.status, answer.fields.get("cache-control", "")) for one, answer in answers.items()
    }


class Move(NamedTuple):
    """A page, what makes the files of its site before, and who answers for them.

    ``later`` is a pattern of files that a page of before asks for when it is open.
    """

    page: str
    before: tuple[str, ...] = (COLLECT,)
    answers: Callable[[Site, Sequence[str]], dict[str, Answer]] = by_itself
    later: str = "no/such/*"


MOVES = [
    pytest.param(Move("from-whitenoise"), id="WhiteNoise"),
    pytest.param(Move("from-servestatic"), id="ServeStatic"),
    pytest.param(Move("from-manifeststaticfilesstorage", answers=by_a_web_server), id="Django"),
    pytest.param(Move("from-django-compressor", (COLLECT, COMPRESS)), id="django-compressor"),
    pytest.param(
        Move("from-django-vite", (VITE, COLLECT), later="planner/assets/*.js"),
        id="django-vite",
        marks=pytest.mark.needs("toolchains"),
    ),
    pytest.param(
        Move("from-django-storages", answers=by_a_bucket),
        id="django-storages",
        marks=[pytest.mark.needs("seaweedfs"), pytest.mark.asks_stores],
    ),
]


@contextmanager
def put_up(move: Move, folder: Path) -> Iterator[Site]:
    """Make the site of a page as it was before."""
    with ExitStack() as stack:
        store = stack.enter_context(seaweedfs())() if move.answers is by_a_bucket else None
        programs = [MIGRATIONS / "bin", TOOLCHAINS / ".bin"]
        walk = stack.enter_context(Walk(folder / "site", environment(store), path=programs))
        shutil.copytree(SITES / "base", walk.folder, dirs_exist_ok=True)
        shutil.copytree(SITES / move.page, walk.folder, dirs_exist_ok=True)
        if VITE in move.before:  # a link in the folder of the front end would not outlive npm
            (walk.folder / "node_modules").symlink_to(TOOLCHAINS)
        yield Site(walk, store)


def environment(store: Store | None) -> Mapping[str, str]:
    ours = {"SECRET_KEY": "for tests", "DJANGO_SETTINGS_MODULE": "mysite.settings"}
    return ours if store is None else {
        **ours,
        "STATIC_BUCKET": store.bucket,
        "STATIC_ENDPOINT": store.options["ENDPOINT"],
        "AWS_ACCESS_KEY_ID": store.options["KEY"],
        "AWS_SECRET_ACCESS_KEY": store.options["SECRET"],
    }  # fmt: skip


@pytest.mark.parametrize("move", MOVES)
def test_a_site_moves_and_open_pages_lose_nothing(move: Move, tmp_path: Path) -> None:
    with put_up(move, tmp_path) as site:
        for command in move.before:
            site.do(command)
        links = site.links()
        assert links
        old = [*links, *(f"/static/{file.relative_to(site.root)}" for file in site.root.glob(move.later))]
        assert {answer.status for answer in move.answers(site, old).values()} == {200}
        site.walk.run(DOCS / "howto" / f"{move.page}.md")
        new = site.links()
        assert new != links
        answers = move.answers(site, [*old, *new])
        assert {answer.status for answer in answers.values()} == {200}
        assert {answers[address].cache_control for address in new} == {IMMUTABLE}


def test_the_way_back(tmp_path: Path) -> None:
    move = Move("from-whitenoise")
    page = DOCS / "howto" / f"{move.page}.md"
    with put_up(move, tmp_path) as site:
        site.do(COLLECT)
        old = site.links()
        site.walk.run(page)
        for block in blocks(page):
            if block.language == "diff":
                (tmp_path / "difference").write_text(block.text)
                site.do("patch --reverse --strip=1 --input=../difference")
        site.do(f"{COLLECT} --clear")
        assert site.links() == old
        assert {answer.status for answer in site.ask(old).values()} == {200}
