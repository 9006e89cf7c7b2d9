"""React's refresh: what a page runs before the first module of a front end, so that edits keep state."""

from __future__ import annotations

import json

_MODULE = """\
import {{ injectIntoGlobalHook }} from {runtime};
injectIntoGlobalHook(window);
window.$RefreshReg$ = () => {{}};
window.$RefreshSig$ = () => (type) => type;
"""


def refresh_module(base: str) -> str:
    """Return the module, for the development server of Vite that has its files below the path ``base``."""
    return _MODULE.format(runtime=json.dumps(f"{base}@react-refresh"))
