"""JavaScript through esbuild: what stays, what a broken file does to others, programs that misbehave."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

import pytest

from stator.minify import esbuild
from stator.minify.tool import MinifyFailed
from tests.minify.programs import ESBUILD, NATIVE, program
from tests.processes import wait_until

needs_esbuild = pytest.mark.needs("npm corpus")

STAYS = {
    "top-level names of a script": ("var first = 1; function second ( third ) { }", ["first", "second"]),
    "unused names of a script": ("const unused = 1;", ["unused"]),
    "use strict": ('"use strict"; var a;', ['"use strict";']),
    "NODE_ENV": ("if (process.env.NODE_ENV !== 'production') log()", ["process.env.NODE_ENV"]),
    "closing script tag": ("tag`</script>`; a = '</script>'", ["tag`</script>`", '"</script>"']),
    "licence": ("/*! MIT */ a ( )", ["/*! MIT */"]),
    "licence by its word": ("/** @license MIT */ a ( )", ["@license MIT"]),
    "hashbang": ("#!/usr/bin/env node\na ( )", ["#!/usr/bin/env node\n"]),
    "new syntax": ("class A { #b = 1n; static { this.c ??= #b in d } }", ["#", "static{", "??=", "1n"]),
    "decorators": ("@a class B { @c d ( ) { } }", ["@a class B", "@c d"]),
    "escapes of a file in ASCII": (r"a = '\u00e9\u2028'", [r"\xE9", r"\u2028"]),
    "letters beyond ASCII": ("a = 'é日'", ["é日"]),
    "imports": ("import x from './x.js'; import ( './y.js' ); x ( )", ["./x.js", 'import("./y.js")']),
    "exports": ("const longName = 1; export { longName as b }", ["as b"]),
    "url of an asset": ("new URL ( './a.png', import.meta.url )", ['new URL("./a.png",import.meta.url)']),
    "await at the top": ("const a = await b; c ( a )", ["await b"]),
    "sloppy mode": ("with (a) { b ( ) }", ["with(a)"]),
    "return at the top": ("if (a) { return }", ["return"]),
    "eval": ("function f ( longName ) { return eval ( 'longName' ) }", ["longName"]),
    "CRLF": ("var a = `x\r\ny`;\r\n// z\r\n", ["`x\ny`"]),
}
GOES = {
    "source map": ("var a = 1;\n//# sourceMappingURL=a.js.map\n", "sourceMappingURL"),
    "inline source map": ("var a = 1;\n//# sourceMappingURL=data:application/json;base64,e30=\n", "data:"),
    "comments": ("/* one */ var a = 1; // two", "one"),
    "local names": ("function f(longName) { return longName + 1 }", "longName"),
}
NAMES = [
    "a.js",
    "--help.js",
    "-",
    "a b/$(touch x).js",
    "../../up.js",
    "ü.mjs",
    "A.JS",
    "x.cjs",
    "a.json",
    "0.js",
]


@needs_esbuild
@pytest.mark.parametrize(("text", "kept"), STAYS.values(), ids=STAYS)
def test_keeps(text: str, kept: list[str]) -> None:
    after = minified(text).decode()

    assert [part for part in kept if part not in after] == []


@needs_esbuild
@pytest.mark.parametrize(("text", "gone"), GOES.values(), ids=GOES)
def test_takes_out(text: str, gone: str) -> None:
    assert gone not in minified(text).decode()


@needs_esbuild
def test_adds_nothing_to_a_script() -> None:
    assert minified("var a = 1;\nvar b = function ( ) { return this };\n") == (
        b"var a=1,b=function(){return this};\n"
    )


@needs_esbuild
def test_a_byte_order_mark_stays() -> None:
    assert minified("\ufeffvar a = 'é' ;").decode() == '\ufeffvar a="é";\n'


@needs_esbuild
def test_no_name_of_a_file_matters(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    contents = {name: f"call ( {number} ) ;".encode() for number, name in enumerate(NAMES)}

    results = esbuild.minify(ESBUILD, contents)

    assert results == {name: f"call({number});\n".encode() for number, name in enumerate(NAMES)}
    assert list(tmp_path.iterdir()) == []


@needs_esbuild
@pytest.mark.parametrize("limit", [1, 40, 1 << 20])
def test_broken_files_keep_nothing_from_the_others(monkeypatch: pytest.MonkeyPatch, limit: int) -> None:
    monkeypatch.setattr(esbuild, "BYTES_A_RUN", limit)
    liar = "a = `\n✘ [ERROR] no\n\n    0.js:1:1:\n` +"
    contents = {
        "good.js": b"good ( ) ;",
        "broken.js": b"let a;\nlet = = 1",
        "twice.js": b"let a = ;\nlet a = ;",
        "jsx.js": b"a = <b/>",
        "strict.mjs": b"with (a) { }",
        "latin1.js": "a = 'é'".encode("latin-1"),
        "liar.js": liar.encode(),
        "same.js": b"good ( ) ;",
        "utf8.js": "good ( 'é' ) ;".encode(),
        "utf8-broken.js": "'é' ) ;".encode(),
    }

    results = esbuild.minify(ESBUILD, contents)

    failed = {path: str(answer) for path, answer in results.items() if isinstance(answer, MinifyFailed)}
    assert {path: answer for path, answer in results.items() if path not in failed} == {
        "good.js": b"good();\n",
        "same.js": b"good();\n",
        "utf8.js": 'good("é");\n'.encode(),
    }
    assert set(failed) == {path for path in contents if path not in {"good.js", "same.js", "utf8.js"}}
    assert failed["broken.js"].startswith("esbuild cannot read line 2: ")
    assert failed["twice.js"].startswith("esbuild cannot read line 1: ")
    assert failed["liar.js"].startswith("esbuild cannot read line 5: ")
    assert "JSX" in failed["jsx.js"]
    assert failed["latin1.js"] == "it is not UTF-8"


@needs_esbuild
def test_settings_of_folders_above_do_not_matter(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    script = b"with (a) { b ?? c }"
    expected = esbuild.minify(ESBUILD, {"a.js": script})
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    (tmp_path / "package.json").write_text('{"type": "module", "sideEffects": false}')
    (tmp_path / "tsconfig.json").write_text('{"compilerOptions": {"alwaysStrict": true, "target": "es5"}}')

    assert esbuild.minify(ESBUILD, {"a.js": script}) == expected
    assert isinstance(expected["a.js"], bytes)


@needs_esbuild
@pytest.mark.needs("node")
def test_a_script_of_node_around_the_program_works(tmp_path: Path) -> None:
    wrapper = tmp_path / "esbuild"
    wrapper.write_text(
        "#!/usr/bin/env node\n"
        "const { spawnSync } = require('node:child_process');\n"
        f"process.exit(spawnSync({NATIVE!r}, process.argv.slice(2), {{ stdio: 'inherit' }}).status);\n"
    )
    wrapper.chmod(0o755)

    assert esbuild.version(str(wrapper)) == esbuild.version(ESBUILD) != ""
    assert esbuild.minify(str(wrapper), {"a.js": b"a ( ) ;"}) == {"a.js": b"a();\n"}


def test_nothing_to_do_starts_nothing() -> None:
    assert esbuild.minify("/no/such/program", {}) == {}


def test_a_program_that_hangs_is_ended_with_all_it_started(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(esbuild, "PATIENCE", 0.5)
    noted = tmp_path / "pid"
    hanging = program(
        tmp_path / "esbuild", f"sleep 1000 & echo $! > {noted}.new; mv {noted}.new {noted}; wait"
    )

    results = esbuild.minify(hanging, {"a.js": b"a", "b.js": b"b"})

    assert {path: str(answer) for path, answer in results.items()} == dict.fromkeys(
        ["a.js", "b.js"], "esbuild gave no answer in 1 seconds"
    )
    child = Path("/proc") / noted.read_text().strip() / "stat"
    wait_until(lambda: not child.exists() or child.read_text().split()[2] == "Z", "the child is gone")


@pytest.mark.parametrize(
    ("script", "reason"),
    [
        ("echo 'panic: no more' >&2; exit 2", "esbuild stopped with exit code 2: panic: no more"),
        ("exit 1", "esbuild stopped with exit code 1"),
        ("kill -9 $$", "esbuild stopped with exit code -9"),
        ("exit 0", "esbuild could not be used: No such file or directory"),
    ],
)
def test_a_program_that_crashes_leaves_all_files(tmp_path: Path, script: str, reason: str) -> None:
    crashing = program(tmp_path / "esbuild", script)

    results = esbuild.minify(crashing, {"a.js": b"a", "é.js": "é".encode()})

    assert {path: str(answer) for path, answer in results.items()} == dict.fromkeys(["a.js", "é.js"], reason)


def test_no_room_for_temporary_files_leaves_all_files(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "missing"))

    results = esbuild.minify("/no/such/program", {"a.js": b"a"})

    assert str(results["a.js"]) == f"esbuild could not be used: {os.strerror(2)}"


def minified(text: str, name: str = "a.js") -> bytes:
    answer = esbuild.minify(ESBUILD, {name: text.encode()})[name]
    assert isinstance(answer, bytes), answer
    return answer
