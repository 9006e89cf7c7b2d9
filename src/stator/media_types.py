"""Media types by file extension, the same on every machine.

Python's ``mimetypes`` reads the machine's own tables, so the same site would be served differently on two
servers. This table is ours: IANA's registrations, and RFC 9239 for JavaScript.
"""

from __future__ import annotations

import posixpath

CSS = "text/css"
JAVASCRIPT = "text/javascript"
JSON = "application/json"
GEOJSON = "application/geo+json"
MANIFEST = "application/manifest+json"
UNKNOWN = "application/octet-stream"

BY_EXTENSION = {
    ".aac": "audio/aac",
    ".apng": "image/apng",
    ".atom": "application/atom+xml",
    ".avif": "image/avif",
    ".bmp": "image/bmp",
    ".cjs": JAVASCRIPT,
    ".css": CSS,
    ".csv": "text/csv",
    ".cur": "image/x-icon",
    ".eot": "application/vnd.ms-fontobject",
    ".flac": "audio/flac",
    ".geojson": GEOJSON,
    ".gif": "image/gif",
    ".glb": "model/gltf-binary",
    ".gltf": "model/gltf+json",
    ".gz": "application/gzip",
    ".htm": "text/html",
    ".html": "text/html",
    ".ico": "image/x-icon",
    ".ics": "text/calendar",
    ".jpeg": "image/jpeg",
    ".jpg": "image/jpeg",
    ".js": JAVASCRIPT,
    ".json": JSON,
    ".jsonld": "application/ld+json",
    ".jxl": "image/jxl",
    ".m4a": "audio/mp4",
    ".m4v": "video/mp4",
    ".map": JSON,
    ".md": "text/markdown",
    ".mjs": JAVASCRIPT,
    ".mov": "video/quicktime",
    ".mp3": "audio/mpeg",
    ".mp4": "video/mp4",
    ".oga": "audio/ogg",
    ".ogg": "audio/ogg",
    ".ogv": "video/ogg",
    ".opus": "audio/ogg",
    ".otf": "font/otf",
    ".pdf": "application/pdf",
    ".png": "image/png",
    ".rss": "application/rss+xml",
    ".svg": "image/svg+xml",
    ".svgz": "image/svg+xml",
    ".tif": "image/tiff",
    ".tiff": "image/tiff",
    ".ttc": "font/collection",
    ".ttf": "font/ttf",
    ".txt": "text/plain",
    ".vtt": "text/vtt",
    ".wasm": "application/wasm",
    ".wav": "audio/wav",
    ".weba": "audio/webm",
    ".webm": "video/webm",
    ".webmanifest": MANIFEST,
    ".webp": "image/webp",
    ".woff": "font/woff",
    ".woff2": "font/woff2",
    ".xhtml": "application/xhtml+xml",
    ".xml": "application/xml",
    ".xsl": "application/xml",
    ".yaml": "application/yaml",
    ".yml": "application/yaml",
    ".zip": "application/zip",
}


def extension(path: str) -> str:
    """Return the extension in lower case with its dot, or an empty string."""
    return posixpath.splitext(path)[1].lower()


def media_type(path: str) -> str:
    """Return the media type of a file by its name, without parameters; unknown ones are octets."""
    return BY_EXTENSION.get(extension(path), UNKNOWN)


def content_type(path: str) -> str:
    """Return the value of the ``Content-Type`` field: text says that it is UTF-8 (RFC 9110, 8.3)."""
    found = media_type(path)
    return f"{found}; charset=utf-8" if found.startswith("text/") else found
