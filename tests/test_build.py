"""What a build says: small sites with one problem each, and sites in which it must stay silent.

``tests/findings/`` holds for each site what is printed, word for word. ``UPDATE_GOLDEN=1`` writes it anew.
"""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from stator.config import Options
from stator.findings import as_text
from stator.load_path import SourceFile
from stator.setting import read_options
from tests.sites import Files, built, compiled, content_of, found, ids, names_of, origin, write

GOLDEN = Path(__file__).parent / "findings"

# name: (files, options). Own files stand in app/ and other/, those of packages in site-packages/pkg/.
SPEAKS: dict[str, tuple[Files, dict[str, object]]] = {
    "missing-image": (
        {"app/css/a.css": "a {\n  background: url(../img/lgo.png);\n}\n", "app/img/logo.png": ""},
        {},
    ),
    "missing-in-another-folder": ({"app/a.css": "@import 'base.css';", "app/css/base.css": ""}, {}),
    "missing-without-a-near-name": ({"app/a.css": "a{b:url(/static/nothing/like.it)}"}, {}),
    "missing-module": ({"app/a.js": "\nimport { x } from './utils';\n", "app/utils.js": ""}, {}),
    "missing-import-of-export": ({"app/a.js": "export * from './gone.js'"}, {}),
    "missing-worker": ({"app/a.js": "new Worker(new URL('./w.js', import.meta.url))"}, {}),
    "missing-by-an-escaped-name": ({"app/a.css": "a{b:url(\\67 one.png)}"}, {}),
    "several-in-one-file": ({"app/a.css": "a{b:url(1.png)}\nc{d:url(2.png)}\ne{f:url(3.png)}"}, {}),
    "other-case": ({"app/a.css": "a{b:url(Logo.PNG)}", "app/logo.png": ""}, {}),
    "above-the-root": ({"app/css/a.css": "a{b:url(../../img/x.png)}"}, {}),
    "missing-source-map": ({"app/a.js": "f()\n//# sourceMappingURL=a.js.map"}, {}),
    "missing-in-a-package": ({"site-packages/pkg/a.css": "a{b:url(x.png)}"}, {}),
    "missing-source-map-in-a-package": ({"site-packages/pkg/a.js": "//# sourceMappingURL=a.js.map"}, {}),
    "missing-and-only-warned-of": ({"app/old/a.css": "a{b:url(x.png)}"}, {"ON_MISSING": {"old/*": "warn"}}),
    "computed-import": ({"app/a.js": "const n = 'x';\nimport('./' + n + '.js');\n"}, {}),
    "unclear-syntax": (
        {"app/a.js": "import './b.js';\nlet x = `unfinished;\nimport('./b.js')", "app/b.js": ""},
        {},
    ),
    "not-utf-8": ({"app/a.css": b"a{b:url(caf\xe9.png)}"}, {}),
    "utf-16": ({"app/a.css": "\ufeffa{b:url(x.png)}".encode("utf-16-le")}, {}),
    "missing-and-near-to-another-kind": (
        {"app/a.js": "import './main.css';", "app/main.js": ""},
        {},
    ),
    "shadowed": ({"app/x.css": "1", "other/x.css": "2"}, {}),
    "digested-name-taken": ({"app/x.css": "", "app/x.%s.css": "another"}, {}),
    "on-a-minified-line": ({"app/a.css": "a{b:c}" * 400 + "d{e:url(x.png)}" + "f{g:h}" * 400}, {}),
}

SILENT: dict[str, tuple[Files, dict[str, object]]] = {
    "all-there": ({"app/a.css": "@import 'b.css';a{b:url(x.png)}", "app/b.css": "", "app/x.png": ""}, {}),
    "elsewhere": (
        {"app/a.css": "a{b:url(https://x.y/z) url(//x/y) url(/media/x) url(data:,) url(#x) url()}"},
        {},
    ),
    "bare-modules": (
        {"app/a.js": "import 'react'; import('@x/y'); import.meta.url; import('https://x.y/z.js')"},
        {},
    ),
    "folders": ({"app/a.js": "new URL('./', import.meta.url); new URL('../..', 'https://x')"}, {}),
    "in-comments-and-strings": (
        {
            "app/a.css": "/* url(x.png) */ a{b:'url(x.png)'}",
            "app/a.js": "// import './x.js'\n`import './x.js'`",
        },
        {},
    ),
    "circle": ({"app/a.js": "import './b.js'", "app/b.js": "import './a.js'"}, {}),
    "itself": ({"app/a.css": "a{b:url(a.css)}"}, {}),
    "source-map-of-a-lost-name": ({"app/a.js.map": '{"version":3,"file":"bundle.js"}'}, {}),
    "inline-source-map": ({"app/a.js": "//# sourceMappingURL=data:application/json;base64,e30="}, {}),
    "missing-and-ignored": ({"app/old/a.css": "a{b:url(x.png)}"}, {"ON_MISSING": {"old/*": "ignore"}}),
    "same-name-in-own-folders": ({"app/app/x.css": "", "other/other/x.css": ""}, {}),
    "latin-1-in-a-comment": ({"app/a.css": b"/* caf\xe9 */ a{b:url(x.png)}", "app/x.png": ""}, {}),
    "empty-files": ({"app/a.css": "", "app/a.js": "", "app/a.map": "", "app/x": ""}, {}),
}


def said(folder: Path, files: Files, chosen: dict[str, object]) -> str:
    if "app/x.%s.css" in files:
        name = names_of(built(write(folder / "app", {"x.css": ""})))["x.css"]
        files = {path.replace("x.%s.css", name): content for path, content in files.items()}
    write(folder, files)
    origins = [folder / name for name in ("app", "other", "site-packages/pkg") if (folder / name).is_dir()]
    findings = built(*origins, options=read_options(chosen)).findings
    return "".join(f"{as_text(finding, str(folder))}\n" for finding in findings)


@pytest.mark.parametrize("case", SPEAKS)
def test_speaks(tmp_path: Path, case: str) -> None:
    text = said(tmp_path, *SPEAKS[case])
    golden = GOLDEN / f"{case}.txt"
    if os.environ.get("UPDATE_GOLDEN"):
        golden.write_text(text)
    assert text
    assert text == golden.read_text()


def test_every_golden_file_has_its_case() -> None:
    assert {file.stem for file in GOLDEN.glob("*.txt")} == set(SPEAKS)


@pytest.mark.parametrize("case", SILENT)
def test_stays_silent(tmp_path: Path, case: str) -> None:
    assert said(tmp_path, *SILENT[case]) == ""


@pytest.mark.parametrize("name", ["a.js", "a.css", "a.map", "manifest.json"])
def test_bytes_that_are_no_text_are_published_as_they_are(tmp_path: Path, name: str) -> None:
    content = bytes(range(256)) * 64
    assert content_of(built(write(tmp_path / "app", {name: content})), name) == content


def test_all_problems_are_found_in_one_run(tmp_path: Path) -> None:
    files = {f"{number}.css": f"a{{b:url({number}.png)}}" for number in range(50)}
    finished = built(write(tmp_path / "app", files))
    assert finished.failed
    assert ids(finished) == ["missing-reference"] * 50


def test_a_warning_does_not_fail_a_build_and_the_reference_stays(tmp_path: Path) -> None:
    content = "a{b:url(gone.png) url(here.png)}"
    finished = built(write(tmp_path / "site-packages", {"a.css": content, "here.png": ""}))
    assert not finished.failed
    here = names_of(finished)["here.png"]
    assert content_of(finished, "a.css").decode() == content.replace("here.png", here)


@pytest.mark.parametrize("vite", ["dist/manifest.json", "dist/.vite/manifest.json"])
def test_names_that_a_bundler_digested_stay_and_so_do_their_bytes(tmp_path: Path, vite: str) -> None:
    script = "import './chunk-Zz99Zz99.js'; new URL('/static/own.png', import.meta.url)"
    app = write(
        tmp_path / "app",
        {
            vite: '{"a": {"file": "main-Aa11Aa11.js", "imports": ["b"]}, "b": {"file": "chunk-Zz99Zz99.js"}}',
            "dist/main-Aa11Aa11.js": script,
            "dist/chunk-Zz99Zz99.js": "1",
            "dist/unnamed-Bb22Bb22.js": "2",
            "own.png": "",
            "page.css": "a{b:url(dist/main-Aa11Aa11.js)}",
        },
    )
    finished = built(app)
    names = names_of(finished)
    assert names["dist/main-Aa11Aa11.js"] == "dist/main-Aa11Aa11.js"
    assert names["dist/chunk-Zz99Zz99.js"] == "dist/chunk-Zz99Zz99.js"
    assert names["dist/unnamed-Bb22Bb22.js"] != "dist/unnamed-Bb22Bb22.js"
    assert content_of(finished, "dist/main-Aa11Aa11.js").decode() == script
    assert content_of(finished, "page.css") == b"a{b:url(dist/main-Aa11Aa11.js)}"


def test_what_a_bundler_computes_is_its_own_business(tmp_path: Path) -> None:
    files = {"main-Aa11Aa11.js": "import('./' + name)", "own.js": "import('./' + name)"}
    finished = built(write(tmp_path / "app", files), options=Options(predigested=("main-*",)))
    assert [(finding.id, finding.path) for finding in finished.findings] == [("computed-reference", "own.js")]


def test_predigested_by_pattern(tmp_path: Path) -> None:
    app = write(tmp_path / "app", {"gen/a.js": "", "own.js": ""})
    names = names_of(built(app, options=Options(predigested=("gen/*",))))
    assert names["gen/a.js"] == "gen/a.js"
    assert names["own.js"] != "own.js"


def test_a_remote_file_is_read_through_its_storage(tmp_path: Path) -> None:
    from io import BytesIO

    from stator.load_path import load_path

    remote = origin(tmp_path, "bucket")
    sources = [
        SourceFile("a.css", "bucket:a.css", remote, lambda: BytesIO(b"a{b:url(x.png) url(y.png)}")),
        SourceFile("x.png", "bucket:x.png", remote, lambda: BytesIO(b"x" * 3_000_000)),
    ]
    finished = compiled(load_path(sources))
    assert finished.artifacts["x.png"].size == 3_000_000
    assert str(finished.findings[0].place) == "bucket:a.css:1:20"


def test_a_file_that_vanishes_between_finding_and_reading_is_an_error(tmp_path: Path) -> None:
    app = write(tmp_path / "app", {"a.css": "a{b:url(x.png)}", "x.png": ""})
    load_path = found(app)
    (app / "x.png").unlink()
    finished = compiled(load_path)
    assert ids(finished) == ["changed-meanwhile"]
    assert finished.failed
    assert content_of(finished, "a.css") == b"a{b:url(x.png)}"


def test_memory_does_not_grow_with_what_is_only_copied(tmp_path: Path) -> None:
    import tracemalloc

    app = write(tmp_path / "app", {"large.bin": b"\0" * 40_000_000})
    built(app)
    tracemalloc.start()
    finished = built(app)
    for chunk in finished.artifacts["large.bin"].chunks():
        assert len(chunk) <= 1 << 20
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 8_000_000
