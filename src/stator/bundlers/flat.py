"""Maps of names: what gulp-rev, webpack's and Rspack's manifest plugins and Create React App write.

Such a map does not tell which files belong together, so each script and each style sheet is an entry of its
own, under its plain name. Only Create React App says what its one entry needs. What has no name of a file for
a key, as in a web app's manifest, is passed over.
"""

from __future__ import annotations

import posixpath
from typing import Any

from stator.bundlers.bundle import Told
from stator.bundlers.digested import digested_among
from stator.bundlers.reading import by_names, started_by, table, texts

_ONLY_ENTRY = "main"


def read(manifest: dict[str, Any]) -> Told | None:
    """Return what the map tells, ``None`` if there is none."""
    named = {**manifest, **table(manifest.get("files"))}
    files = {
        plain: file for plain, file in named.items() if isinstance(file, str) and posixpath.splitext(plain)[1]
    }
    if not files:
        return None
    entries = [((plain,), started_by([file])) for plain, file in files.items()]
    entries.append(((_ONLY_ENTRY,), started_by(texts(manifest.get("entrypoints")))))
    return Told(by_names(entries), digested_among((file, plain) for plain, file in files.items()))
