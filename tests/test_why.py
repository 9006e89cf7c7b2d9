from __future__ import annotations

import json
import os
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from stator import clock, manifest_text
from stator import manifest as manifests
from stator.cache import Cache
from stator.collect import Collected, Way, collect
from stator.config import EDITOR_DROPPINGS, Options, matcher
from stator.load_path import LoadPath, load_path, walk
from stator.manifest import Manifest
from stator.minify.toolbox import Toolbox
from stator.publish.directory import Directory
from stator.why import Answer, Mention, Outlook, Unknown, as_json, as_text, why
from tests.sites import PLAIN, Files, origin, write

SITE: Files = {
    "css/app.css": '@import "base.css";\na { background: url(../img/logo.png) }\n',
    "css/base.css": "b { color: red }\n",
    "img/logo.png": "logo",
    "js/a.js": "import './b.js';\n",
    "js/b.js": "import './a.js';\n",
}
UNCHANGED = Outlook("reused", "unchanged since the last collect")
LONG_AGO = 1_700_000_000


class Site:
    """A folder of sources and one of an installed package, collected for real."""

    def __init__(self, folder: Path, options: Options = PLAIN) -> None:
        self.folder = folder
        self.sources = folder / "static"
        self.package = folder / "site-packages" / "shop" / "static"
        self.root = folder / "root"
        self.options = options
        self.now = LONG_AGO
        self.package.mkdir(parents=True)
        self.write(SITE)

    def write(self, files: Files) -> None:
        """Write the sources, and let all of them be old enough for their signatures to be relied on."""
        write(self.sources, files)
        for file in self.sources.rglob("*"):
            os.utime(file, (LONG_AGO, LONG_AGO))
        while clock.now() <= max(file.stat().st_ctime_ns for file in self.sources.rglob("*")):
            pass

    def load_path(self) -> LoadPath:
        ignored = matcher(EDITOR_DROPPINGS)
        folders = origin(self.sources), origin(self.package, "app 'shop'")
        return load_path(item for one in folders for item in walk(one, ignored, ignored, since=clock.now()))

    def way(self) -> Way:
        toolbox = Toolbox(self.options.minify, str(self.folder))
        return Way(
            self.options,
            "/static/",
            Directory(str(self.root)),
            Cache(str(self.folder / "cache")),
            self.now,
            tool_for=toolbox.tool_for,
        )

    def collect(self) -> Collected:
        return collect(self.load_path(), self.way())

    def manifest(self) -> Manifest | None:
        file = self.root / manifests.NAME
        return manifest_text.from_json(file.read_bytes()) if file.exists() else None

    def name(self, path: str) -> str:
        manifest = self.manifest()
        assert manifest
        return manifest.paths[path]

    def ask(self, name: str) -> Answer | Unknown:
        return why(name, self.load_path(), self.manifest(), self.way())

    def why(self, name: str) -> Answer:
        answer = self.ask(name)
        assert isinstance(answer, Answer)
        return answer

    def unknown(self, name: str) -> Unknown:
        answer = self.ask(name)
        assert isinstance(answer, Unknown)
        return answer


@pytest.fixture
def site(tmp_path: Path) -> Site:
    made = Site(tmp_path)
    made.collect()
    return made


NAMES: Mapping[str, Callable[[Site], str]] = {
    "logical path": lambda _: "css/app.css",
    "with a slash in front": lambda _: "/css/app.css",
    "published name": lambda site: site.name("css/app.css"),
    "precompressed form": lambda site: f"{site.name('css/app.css')}.br",
    "URL": lambda _: "/static/css/app.css",
    "URL of the published name": lambda site: f"/static/{site.name('css/app.css')}",
    "URL with host and query": lambda _: "https://example.com/static/css/app.css?v=2#top",
    "URL with escapes": lambda _: "/static/css/app%2Ecss",
    "source": lambda site: str(site.sources / "css/app.css"),
    "published file": lambda site: str(site.root / site.name("css/app.css")),
    "source from here": lambda site: os.path.relpath(site.sources / "css/app.css"),
}


@pytest.mark.parametrize("name_of", NAMES.values(), ids=NAMES.keys())
def test_names_that_mean_a_file(site: Site, name_of: Callable[[Site], str]) -> None:
    assert site.why(name_of(site)).path == "css/app.css"


def test_a_source_is_known_by_another_way_to_it(site: Site) -> None:
    (site.folder / "link").symlink_to(site.sources)
    assert site.why(str(site.folder / "link" / "css" / "app.css")).path == "css/app.css"


def test_a_source_that_loses_leads_to_its_logical_path(site: Site) -> None:
    write(site.package, {"css/app.css": ""})
    assert site.why(str(site.package / "css/app.css")).path == "css/app.css"


@pytest.mark.parametrize("name", ["css/App.css", "css/ap.css", "app.css", "css/app.000000000000.css"])
def test_the_nearest_name_of_one_that_is_not_there(site: Site, name: str) -> None:
    assert "css/app.css" in site.unknown(name).nearest


@pytest.mark.parametrize("name", ["", "/", "/static/", "http://[", "nothing like it", "a\0b", "../x"])
def test_names_that_mean_nothing(site: Site, name: str) -> None:
    assert site.unknown(name).nearest == ()


def test_why_a_file_that_is_there_is_not_published(site: Site) -> None:
    (site.folder / "secret.css").write_text("")
    (site.sources / "out.css").symlink_to(site.folder / "secret.css")
    assert [finding.id for finding in site.unknown("out.css").findings] == ["symlink-outside"]


def test_the_source_and_those_it_shadows(site: Site) -> None:
    write(site.package, {"css/app.css": ""})
    answer = site.why("css/app.css")
    assert answer.source
    assert answer.source.location == str(site.sources / "css/app.css")
    assert [(one.location, one.origin.label) for one in answer.shadowed] == [
        (str(site.package / "css/app.css"), "app 'shop'")
    ]
    assert [finding.id for finding in answer.findings] == ["shadowed"]
    assert site.why("css/base.css").shadowed == ()


def test_references_with_line_and_column_in_the_source(site: Site) -> None:
    answer = site.why("css/app.css")
    assert answer.refers_to == (
        Mention("css/base.css", "base.css", 1, 10),
        Mention("img/logo.png", "../img/logo.png", 2, 21),
    )
    assert answer.referred_by == ()
    assert site.why("img/logo.png").referred_by == (Mention("css/app.css", "../img/logo.png", 2, 21),)
    assert site.why("img/logo.png").refers_to == ()


def test_a_long_source_is_named_without_line_and_column(site: Site) -> None:
    site.write({"css/long.css": "a{b:url(../img/logo.png)}" + " " * (4 << 20)})
    site.collect()
    assert Mention("css/long.css", "../img/logo.png") in (site.why("img/logo.png").referred_by or ())
    assert site.why("css/long.css").refers_to == (Mention("img/logo.png", "../img/logo.png"),)


def test_a_reference_that_went_since_the_last_collect_is_not_told(site: Site) -> None:
    site.write({"css/app.css": "a{}"})
    assert site.why("img/logo.png").referred_by == ()
    assert site.why("css/app.css").refers_to == ()


def test_lines_and_columns_are_those_before_minifying(tmp_path: Path) -> None:
    site = Site(tmp_path, Options(codings=()))
    site.collect()
    assert site.why("img/logo.png").referred_by == (Mention("css/app.css", "../img/logo.png", 2, 21),)


def test_what_it_became(tmp_path: Path) -> None:
    site = Site(tmp_path, Options(codings=("gzip",)))
    source = "a { color: red }\n" * 100
    site.write({"long.css": source})
    site.collect()
    published = site.why("long.css").published
    assert published
    assert published.name == site.name("long.css")
    assert published.plain
    assert (published.source_size, published.as_is) == (len(source), "")
    assert (
        published.size == published.minified_size == (site.root / published.name).stat().st_size < len(source)
    )
    assert published.codings == (("gzip", (site.root / f"{published.name}.gz").stat().st_size),)


NOT_MINIFIED: Mapping[str, tuple[Options, str, str, str]] = {
    "name": (Options(), "a.min.css", "a { b: c }", "its name says that it is minified, or a source map"),
    "option": (
        Options(minify=(("text/css", False),)),
        "a.css",
        "a { b: c }",
        "STATOR['MINIFY'] leaves it out",
    ),
    "predigested": (
        Options(predigested=("a.*",)),
        "a.css",
        "a { b: c }",
        "its name carries a digest already, so its bytes stay",
    ),
    "refused": (Options(), "a.json", '{"a": ', "its minifier refused it: see below"),
    "no gain": (Options(), "a.css", "a{b:c}", "that would not make it smaller"),
    "never": (Options(), "a.png", "a", ""),
}


@pytest.mark.parametrize(
    ("options", "path", "content", "reason"), NOT_MINIFIED.values(), ids=NOT_MINIFIED.keys()
)
def test_why_it_was_not_minified(
    tmp_path: Path, options: Options, path: str, content: str, reason: str
) -> None:
    site = Site(tmp_path, options._replace(codings=()))
    site.write({path: content})
    site.collect()
    published = site.why(path).published
    assert published
    assert (published.minified_size, published.as_is) == (0, reason)


def test_releases_that_have_it(site: Site) -> None:
    before, first = site.manifest(), site.name("img/logo.png")
    site.write({"img/logo.png": "another"})
    site.now += 60
    site.collect()
    manifest, second = site.manifest(), site.name("img/logo.png")
    assert before
    assert manifest
    assert site.why("img/logo.png").releases == (
        (manifest.id, second, 7, 0),
        (before.id, first, 4, site.now),
    )
    assert site.why(first).path == "img/logo.png"
    assert site.why("css/base.css").releases == ((manifest.id, site.name("css/base.css"), 17, 0),)


def test_a_source_that_is_gone(site: Site) -> None:
    (site.sources / "css/app.css").unlink()
    answer = site.why("css/app.css")
    assert answer.source is None
    assert answer.published
    assert answer.outlook == Outlook("left out", "its source is gone")
    site.collect()
    answer = site.why("css/app.css")
    assert answer.published is None
    assert len(answer.releases) == 1


def test_findings_are_those_of_the_last_collect_or_of_what_changed_since(site: Site) -> None:
    assert site.why("css/app.css").findings == ()
    site.write({"css/app.css": "\na{b:url(x.png)}"})
    (finding,) = site.why("css/app.css").findings
    assert (finding.id, finding.place.line, finding.place.column) == ("missing-reference", 2, 9)
    site.options = site.options._replace(on_missing=(("*", "warn"),))
    site.collect()
    assert site.why("css/app.css").findings == (finding._replace(level=finding.level.WARNING),)


def test_before_the_first_collect(tmp_path: Path) -> None:
    answer = Site(tmp_path).why("css/app.css")
    assert answer.published is None
    assert answer.referred_by is None
    assert len(answer.refers_to) == 2
    assert answer.releases == ()
    assert answer.outlook == Outlook(
        "built", "nothing is known of an earlier collect with these options and versions"
    )


def test_other_options_make_the_last_collect_worthless(site: Site) -> None:
    site.options = site.options._replace(predigested=("*.png",))
    assert site.why("css/base.css").outlook.action == "built"


CHANGES: Mapping[str, Callable[[Site], None]] = {
    "nothing": lambda _: None,
    "a leaf": lambda site: site.write({"img/logo.png": "other"}),
    "a member of a circle": lambda site: site.write({"js/a.js": "import './b.js'; 1"}),
    "a new file": lambda site: site.write({"new.css": ""}),
    "the same content, written again": lambda site: site.write({"css/base.css": SITE["css/base.css"]}),
    "a target that goes": lambda site: (site.sources / "css/base.css").unlink(),
    "a target that comes": lambda site: site.write({"img/missing.png": "x"}),
    "a source called as a form": lambda site: site.write({"css/base.css.br": "x"}),
    "a published file that is gone": lambda site: (site.root / site.name("css/base.css")).unlink(),
    "a plain name that is gone": lambda site: (site.root / "css/base.css").unlink(),
    "a manifest of a bundler": lambda site: site.write(
        {"dist/manifest.json": json.dumps({"main.js": {"file": "main-3f2a9c1b.js", "src": "main.js"}})}
    ),
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES.keys())
def test_what_is_said_of_the_next_collect_is_what_it_says(
    tmp_path: Path, change: Callable[[Site], None]
) -> None:
    site = Site(tmp_path, PLAIN._replace(on_missing=(("*", "warn"),)))
    site.write({"c.css": "a{b:url(img/missing.png)}", "dist/main-3f2a9c1b.js": "import '../js/a.js'"})
    site.collect()
    change(site)
    said = {path: site.why(path).outlook for path in site.load_path().files}
    reasons = site.collect().build.reasons
    done = {path: Outlook("built", reasons[path]) if path in reasons else UNCHANGED for path in said}
    assert {path: one._replace(reason=one.reason.partition(":")[0]) for path, one in said.items()} == done


def test_the_next_collect_names_the_file_that_changed(site: Site) -> None:
    site.write({"page.css": "@import 'css/app.css'"})
    site.collect()
    site.write({"img/logo.png": "other"})
    assert site.why("page.css").outlook == Outlook("built", "a file that it refers to changed: img/logo.png")


def test_asking_writes_nothing(tmp_path: Path) -> None:
    site = Site(tmp_path)
    before = {file: file.stat().st_mtime_ns for file in tmp_path.rglob("*")}
    site.ask("css/app.css")
    assert {file: file.stat().st_mtime_ns for file in tmp_path.rglob("*")} == before


def test_as_text(site: Site) -> None:
    manifest = site.manifest()
    assert manifest
    assert as_text(site.why("css/app.css"), str(site.folder)).splitlines() == [
        "css/app.css",
        "  source        static/css/app.css (app 'static')",
        f"  published     {site.name('css/app.css')}",
        "                under its own name too",
        "  size          85 B, not minified: STATOR['MINIFY'] leaves it out",
        "  refers to     css/base.css:1:10  base.css",
        "                img/logo.png:2:21  ../img/logo.png",
        "  referred by   none",
        f"  releases      {manifest.id}, current: {site.name('css/app.css')}",
        "  next collect  reused (unchanged since the last collect)",
    ]


def test_as_text_shows_no_more_references_than_asked_for(site: Site) -> None:
    shown = as_text(site.why("css/app.css"), most=1)
    assert "css/base.css:1:10" in shown
    assert "and 1 reference more" in shown
    assert "img/logo.png" not in shown


def test_as_text_of_nothing_found(site: Site) -> None:
    assert as_text(site.unknown("css/App.css")) == (
        "No static file is called 'css/App.css'.\nDid you mean 'css/app.css'?"
    )
    assert as_text(site.unknown("zzz")) == "No static file is called 'zzz'."


@pytest.mark.parametrize("name", ["css/app.css", "img/logo.png", "nothing like it"])
def test_as_json_can_be_written(site: Site, name: str) -> None:
    json.dumps(as_json(site.ask(name)))


def test_as_json(site: Site) -> None:
    answer = as_json(site.why("img/logo.png"))
    assert answer["published"]["name"] == site.name("img/logo.png")
    assert answer["published"]["minified_size"] is None
    assert answer["referred_by"] == [
        {"path": "css/app.css", "specifier": "../img/logo.png", "line": 2, "column": 21}
    ]
    assert answer["next_collect"] == UNCHANGED._asdict()
    assert as_json(site.unknown("css/App.css")) == {
        "name": "css/App.css",
        "nearest": ["css/app.css"],
        "findings": [],
        "reasons": [],
    }
