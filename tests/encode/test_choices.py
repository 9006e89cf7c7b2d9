from __future__ import annotations

import pytest

from stator.encode import Effort, compressible, effort_for, worthwhile

SHOWN = """
    app.css app.js app.mjs app.cjs index.html index.htm data.json site.webmanifest feed.xml feed.rss a.geojson
    icon.svg favicon.ico cursor.cur image.bmp font.ttf font.otf font.eot program.wasm readme.md robots.txt
    table.csv table.tsv subtitles.vtt playlist.m3u8 chart.yaml scene.gltf scene.glb APP.CSS css/Site.Min.JS
    jquery-3.7.1.min.js app.3f2a9c1b7d5e.css
"""
SOURCES = """
    app.js.map app.css.map APP.JS.MAP theme.scss theme.sass theme.less page.jsx page.tsx page.vue
"""
NEVER = """
    font.woff font.woff2 a.png a.jpg a.jpeg a.gif a.webp a.avif a.jxl a.zip a.gz a.br a.zst app.js.gz a.css.br
    a.tgz a.xz a.bz2 a.7z a.svgz film.mp4 film.webm film.avi film.mov sound.mp3 sound.ogg sound.flac sound.wav
    paper.pdf sheet.xlsx program.exe program.node segment.ts types.d.ts film.mts data.bin unknown.xyz
    LICENSE css .css js/ v1.json/file
"""


@pytest.mark.parametrize("path", SHOWN.split())
def test_what_a_page_shows_is_coded_as_well_as_can_be(path: str) -> None:
    assert compressible(path)
    assert effort_for(path) is Effort.BEST


@pytest.mark.parametrize("path", SOURCES.split())
def test_what_only_developers_ask_for_is_coded_cheaply(path: str) -> None:
    assert compressible(path)
    assert effort_for(path) is Effort.CHEAP


@pytest.mark.parametrize("path", NEVER.split())
def test_what_does_not_shrink_or_is_unknown_is_left_alone(path: str) -> None:
    assert not compressible(path)


@pytest.mark.parametrize(
    ("size", "coded", "expected"),
    [
        (10_000, 2_000, True),
        (10_000, 9_500, True),
        (10_000, 9_501, False),
        (10_000, 10_000, False),
        (10_000, 10_005, False),
        (100, 76, True),
        (100, 77, False),  # what it saves goes into the field that says so
        (400, 376, True),
        (400, 377, False),
        (99, 10, False),
        (0, 0, False),
        (0, 1, False),
        (100, 0, True),
        (99, 0, False),
    ],
)
def test_a_coding_is_kept_if_it_saves_a_twentieth_and_its_own_field(
    size: int, coded: int, expected: bool
) -> None:
    assert worthwhile(size, coded) is expected
