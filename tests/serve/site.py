"""A small published site, as a server finds it: a manifest, and files that do not all agree with it.

The names of its files are constants here, so that a test can say which one it asks for.
"""

from __future__ import annotations

import base64
import hashlib
from pathlib import Path

from stator import manifest as manifests
from stator import manifest_text
from stator.manifest import Content, Manifest, Release
from stator.manifest_index import ManifestIndex
from stator.paths import digested_path
from stator.serve.file_table import FileTable, table_of_index
from tests.sites import write

SECRET = b"what the public must never read"
CSS = b"body { color: teal }\n"
OLD_CSS = b"body { color: red }\n"
REPLACED = b"/* somebody has copied a file over the published one */\n"
PICTURE = b"<svg xmlns='http://www.w3.org/2000/svg'/>"
BIG = bytes(range(256)) * (3 * 4096)  # 3 MB, so that it is sent in many blocks
BUNDLE = b"export default 1\n"


def _digested(path: str, content: bytes) -> str:
    return digested_path(path, hashlib.sha256(content).hexdigest()[:12])


APP = _digested("css/app.css", CSS)
OLD_APP = _digested("css/app.css", OLD_CSS)
NAMED = _digested("img/grüße aus köln.svg", PICTURE)
EMPTY = _digested("empty.txt", b"")
VIDEO = _digested("film.mp4", BIG)
PREDIGESTED = "build/index-DRvb_9fX.js"
ONLY_DIGESTED = _digested("js/main.js", BUNDLE)
# What the manifest promises and the disk no longer holds.
VANISHED = _digested("js/vanished.js", BUNDLE)
SHORTENED = _digested("js/shortened.js", BUNDLE)
NOW_A_FOLDER = _digested("js/folder.js", BUNDLE)
BELOW_A_FILE = _digested("replaced/folder.js", BUNDLE)
LOST = {"vanished": VANISHED, "shortened": SHORTENED, "a folder": NOW_A_FOLDER, "below a file": BELOW_A_FILE}

UNKNOWN_DIGEST = "css/app.0123456789ab.css"

_FILES = {  # logical path: name, content
    "css/app.css": (APP, CSS),
    "img/grüße aus köln.svg": (NAMED, PICTURE),
    "empty.txt": (EMPTY, b""),
    "film.mp4": (VIDEO, BIG),
    PREDIGESTED: (PREDIGESTED, BUNDLE),
    "js/main.js": (ONLY_DIGESTED, BUNDLE),
    "js/vanished.js": (VANISHED, BUNDLE),
    "js/shortened.js": (SHORTENED, BUNDLE),
    "js/folder.js": (NOW_A_FOLDER, BUNDLE),
    "replaced/folder.js": (BELOW_A_FILE, BUNDLE),
}
_PLAIN = ("css/app.css", "empty.txt", "img/grüße aus köln.svg", "js/vanished.js")


def _content(content: bytes) -> Content:
    return Content(len(content), hashlib.sha256(content).digest())


MANIFEST = Manifest(
    "00112233445566aa",
    {path: name for path, (name, _) in _FILES.items()},
    {name: _content(content) for name, content in _FILES.values()},
    _PLAIN,
    (Release("ffeeddccbbaa9988", {OLD_APP: _content(OLD_CSS)}),),
)


def table(root: Path) -> FileTable:
    return table_of_index(ManifestIndex(MANIFEST), str(root))


def etag(name: str) -> str:
    content = MANIFEST.content(name)
    return f'"{base64.urlsafe_b64encode(content.sha256[:18]).decode()}"'


def publish(root: Path) -> Path:
    """Write the site into the folder ``root``, with secrets above and in it, and return the folder."""
    present = {name: content for name, content in _FILES.values() if name not in LOST.values()}
    write(root, {**present, OLD_APP: OLD_CSS, manifests.NAME: manifest_text.to_json(MANIFEST)})
    write(root, {"css/app.css": REPLACED, SHORTENED: BUNDLE[:-1], f"{NOW_A_FOLDER}/x": SECRET})
    write(root, {"replaced": SECRET, "../secret.txt": SECRET, "unlisted.txt": SECRET, ".env": SECRET})
    return root
