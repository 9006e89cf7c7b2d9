from __future__ import annotations

from pathlib import Path

import pytest

from stator.config import FrontendRules
from stator.errors import ConfigError
from stator.frontends.toolchain import Toolchain, output_of, root_of, toolchain_of
from tests.sites import write

WEBPACK = '{"scripts": {"build": "webpack", "%s": "webpack %s"}}'
TAILWIND = '{"devDependencies": {"@tailwindcss/cli": "4"}}'
OF_ITS_OWN = '{"scripts": {"build": "node b.mjs", "watch": "node b.mjs -w"}}'
VITE = '{"scripts": {"build": "vite build", "dev": "vite"}, "devDependencies": {"vite": "8"}}'


def completed(project: Path, files: dict[str, str | bytes], **chosen: object) -> Toolchain:
    write(project / "front", files)
    return toolchain_of(FrontendRules("shop", "front", **chosen), str(project))  # type: ignore[arg-type]


def test_a_project_of_vite_needs_no_more_than_its_folder(tmp_path: Path) -> None:
    one = completed(
        tmp_path,
        {"package.json": VITE, "package-lock.json": "{}", "vite.config.ts": "", "src/main.tsx": ""},
    )
    assert one == Toolchain(
        name="shop",
        root=str(tmp_path / "front"),
        kind="vite",
        install="npm ci",
        build="npm run build -- --base=./ --manifest",
        dev="npm run dev",
        output=str(tmp_path / "front/dist"),
        entry="src/main.tsx",
        serves=True,
    )


def test_all_that_is_found_can_be_said_otherwise(tmp_path: Path) -> None:
    one = completed(
        tmp_path,
        {"package.json": VITE, "src/main.tsx": ""},
        kind="webpack",
        install="make deps",
        build="make",
        dev="make watch",
        output="../out",
        entry="src/app.js",
        sources=("../templates",),
    )
    assert one == Toolchain(
        name="shop",
        root=str(tmp_path / "front"),
        kind="webpack",
        install="make deps",
        build="make",
        dev="make watch",
        output=str(tmp_path / "out"),
        entry="src/app.js",
        sources=(str(tmp_path / "templates"),),
    )


@pytest.mark.parametrize(
    ("files", "build", "dev"),
    [
        ({"package.json": '{"devDependencies": {"vite": "8"}}'}, "vite build --base=./ --manifest", "vite"),
        (
            {"webpack.config.js": "", "package.json": "{}"},
            "webpack --mode production",
            "webpack --watch --mode development",
        ),
        (
            {"webpack.config.js": "", "package.json": WEBPACK % ("watch", "-w")},
            "npm run build",
            "npm run watch",
        ),
        (
            {"webpack.config.js": "", "package.json": WEBPACK % ("dev", "serve")},
            "npm run build",
            "webpack --watch --mode development",
        ),
        (
            {"package.json": TAILWIND, "src/in.css": '@import "tailwindcss";'},
            "tailwindcss --input src/in.css --output dist/site.css --minify",
            "tailwindcss --input src/in.css --output dist/site.css --watch",
        ),
        (
            {"package.json": OF_ITS_OWN, "pnpm-lock.yaml": ""},
            "pnpm run build",
            "pnpm run watch",
        ),
        ({"gulpfile.js": "", "package.json": "{}"}, "gulp build", "gulp watch"),
    ],
)  # fmt: skip
def test_commands_are_the_scripts_of_the_project_or_those_of_the_tool(
    tmp_path: Path, files: dict[str, str | bytes], build: str, dev: str
) -> None:
    one = completed(tmp_path, files)
    assert (one.build, one.dev) == (build, dev)


@pytest.mark.parametrize(
    ("files", "entry"),
    [
        ({"src/main.js": "", "src/index.js": ""}, "src/main.js"),
        ({"index.ts": ""}, "index.ts"),
        ({"index.html": '<script type="module" src="/src/app.ts">', "src/main.js": ""}, "src/app.ts"),
        ({"index.html": "<script src='./src/app.js' defer type='module'>"}, "src/app.js"),
        ({"index.html": '<script type="module" src="https://cdn.test/x.js">', "main.js": ""}, "main.js"),
        ({"index.html": '<script src="/old.js">'}, ""),
        ({}, ""),
    ],
)  # fmt: skip
def test_the_entry_is_what_the_page_says_or_what_is_usual(
    tmp_path: Path, files: dict[str, str | bytes], entry: str
) -> None:
    assert completed(tmp_path, {"package.json": VITE, **files}).entry == entry


@pytest.mark.parametrize(
    ("package", "refreshes"), [("@vitejs/plugin-react", True), ("@vitejs/plugin-vue", False)]
)
def test_react_is_told_by_its_plugin(tmp_path: Path, package: str, refreshes: bool) -> None:
    one = completed(tmp_path, {"package.json": f'{{"devDependencies": {{"vite": "8", "{package}": "6"}}}}'})
    assert one.refreshes is refreshes


@pytest.mark.parametrize(
    ("files", "chosen", "said"),
    [
        ({"package.json": "{}"}, {}, "how the front end 'shop' is built"),
        ({"package.json": '{"devDependencies": {"esbuild": "1"}}'}, {}, "how the front end 'shop' is built"),
        ({"package.json": "{}"}, {"kind": "vitte"}, "'vitte'"),
        ({"package.json": "{"}, {}, "package.json"),
    ],
)
def test_what_cannot_be_found_out_is_told(
    tmp_path: Path, files: dict[str, str | bytes], chosen: dict[str, object], said: str
) -> None:
    with pytest.raises(ConfigError, match=said) as raised:
        completed(tmp_path, files, **chosen)
    assert raised.value.hint


def test_a_root_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"STATOR\['FRONTENDS'\]\['shop'\]\['root'\] is .*gone"):
        toolchain_of(FrontendRules("shop", "gone"), str(tmp_path))


@pytest.mark.parametrize("output", [".", "..", "src/../", "/"])
def test_an_output_with_the_sources_in_it_is_refused(tmp_path: Path, output: str) -> None:
    with pytest.raises(ConfigError, match="in which all sources are"):
        completed(tmp_path, {"package.json": VITE}, output=output)


def test_what_is_built_elsewhere_needs_no_command(tmp_path: Path) -> None:
    one = completed(tmp_path, {"dist/app.js": ""}, build="")
    assert (one.install, one.build, one.dev) == ("", "", "")


def test_folders_are_known_without_looking(tmp_path: Path) -> None:
    rules = FrontendRules("shop", "front", output="public/out")
    assert root_of(rules, str(tmp_path)) == str(tmp_path / "front")
    assert output_of(rules, str(tmp_path)) == str(tmp_path / "front/public/out")
    assert root_of(rules._replace(root="/elsewhere"), str(tmp_path)) == "/elsewhere"
