"""Which files are coded, how hard, and whether the result is kept.

A file is coded when its extension is known to mean something that shrinks. The other way round, coding all
that is not known to be compressed already, would hold every unknown file in memory (data, archives,
programs) and spend a second on each megabyte. The list misses 1 % of what could be saved of the static files
of Django packages, and 6 % of npm packages with all that is in them, nearly all of it of the kinds that are
left out on purpose:

    audio, video    players ask for ranges, and a range of a coded file is a range of the coded bytes
    .ts, .mts       TypeScript, which no browser runs, or video
    no extension    licences, which nobody asks for, and programs
"""

from __future__ import annotations

from stator.encode.coding import Effort
from stator.media_types import extension

# What a browser asks for to show a page.
_SHOWN = frozenset(
    [
        *(".css", ".js", ".mjs", ".cjs", ".wasm"),
        *(".htm", ".html", ".md", ".txt", ".xhtml"),
        *(".geojson", ".json", ".jsonld", ".topojson", ".webmanifest"),
        *(".csv", ".toml", ".tsv", ".yaml", ".yml"),
        *(".atom", ".gpx", ".kml", ".rss", ".xml", ".xsl", ".xslt"),
        *(".dfxp", ".ics", ".m3u8", ".mpd", ".srt", ".ttml", ".vtt"),
        *(".frag", ".ftl", ".glsl", ".hbs", ".mustache", ".po", ".properties", ".vert", ".wgsl"),
        *(".bcmap", ".eot", ".otf", ".ttc", ".ttf"),
        *(".bmp", ".cur", ".ico", ".svg"),
        *(".glb", ".gltf", ".mtl", ".obj", ".ply", ".stl"),
    ]
)
# What it asks for only while its developer tools are open.
_SOURCES = frozenset([".coffee", ".flow", ".jsx", ".less", ".map", ".sass", ".scss", ".styl", ".tsx", ".vue"])

_CODED = _SHOWN | _SOURCES

# Bytes. The header around so little is longer, and each coding is one more file, with an inode and a block.
SMALLEST = 100
# Bytes that a coded answer has more than a plain one: "Content-Encoding: zstd" and the end of the line.
FIELD = 24


def compressible(path: str) -> bool:
    """Say whether a file of this name is worth an attempt."""
    return extension(path) in _CODED


def effort_for(path: str) -> Effort:
    """Return how hard to try with a file of this name."""
    return Effort.CHEAP if extension(path) in _SOURCES else Effort.BEST


def worthwhile(size: int, coded: int) -> bool:
    """Say whether a coded file of ``coded`` bytes should stand beside a plain one of ``size`` bytes.

    It should if it saves a twentieth, and more than the answer's further field costs. A file for which
    ``worthwhile(size, 0)`` is false need not be encoded.
    """
    return size >= SMALLEST and size - coded >= max(size / 20, FIELD)
