from __future__ import annotations

import pytest

from stator.bundlers import looks_digested


@pytest.mark.parametrize(("name", "plain"), [
    ("main-YDlxgRyH.js", "main.ts"),
    ("main-B_x-9aQz.css", ""),
    ("app.3f2a9c1b.css", "app.css"),
    ("app.8f2b1c0d9e3a4b5c6d7e.js.map", ""),
    ("main.abcdef12.chunk.js", "main.js"),
    ("chunk-4QWZ7XKB.js", ""),
])  # fmt: skip
def test_looks_digested(name: str, plain: str) -> None:
    assert looks_digested(name, plain)


@pytest.mark.parametrize(("name", "plain"), [
    ("app.js", "app.ts"),
    ("android-chrome-192x192.png", ""),
    ("icon-1024x768.png", ""),
    ("apple-touch-icon-180x180.png", ""),
    ("icon-maskable-512.png", ""),
    ("logo-2024-summer.png", ""),
    ("photo-20241122.jpg", ""),
    ("vendor-bootstrap5.js", ""),
    ("jquery.validate.js", "jquery.validate.js"),
    ("promo-summer24.js", "promo-summer24.ts"),
    ("settings-advanced.js", ""),
    ("-" * 100_000, ""),
    ("", ""),
])  # fmt: skip
def test_looks_plain(name: str, plain: str) -> None:
    assert not looks_digested(name, plain)
