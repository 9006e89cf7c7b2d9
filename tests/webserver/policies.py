"""Policies that tests render: a small site, and one that has everything, with names that mean something."""

from __future__ import annotations

import hashlib

from stator.config import Options, UploadRules
from stator.manifest import Content, Manifest, Release
from stator.webserver.policy import ServingPolicy, policy_of

SMALL = policy_of(Options(), None, static_url="/static/", static_root="/srv/shop/static")


def content(*codings: str) -> Content:
    return Content(3, hashlib.sha256(b"abc").digest(), tuple((coding, 2) for coding in codings))


MANIFEST = Manifest(
    "00112233445566aa",
    {
        "css/app.css": "css/app.3f2a9c1b7d5e.css",
        "build/index-DRvb_9fX.js": "build/index-DRvb_9fX.js",
        "build/INDEX-drvb_9fx.js": "build/INDEX-drvb_9fx.js",
        'odd "$name" {1}.js': 'odd "$name" {1}.js',
        "vendor/widget.0123456789ab.css": "vendor/widget.0123456789ab.4d5e6f708192.css",
        "data.json": "data.111111111111.json",
        "data.json.gz": "data.json.222222222222.gz",
    },
    {
        "css/app.3f2a9c1b7d5e.css": content("br", "gzip"),
        "build/index-DRvb_9fX.js": content(),
        "build/INDEX-drvb_9fx.js": content(),
        'odd "$name" {1}.js': content(),
        "vendor/widget.0123456789ab.4d5e6f708192.css": content(),
        "data.111111111111.json": content(),
        "data.json.222222222222.gz": content(),
    },
    plain=True,
    earlier=(Release("ffeeddccbbaa9988", {"default": content("zstd")}),),
)

OPTIONS = Options(
    codings=("br", "gzip"),
    headers=(
        ("*.pdf", (("Content-Disposition", 'attachment; filename="50%.pdf"'),)),
        ("fonts/*", (("Cache-Control", "public, max-age=60"), ("X-Content-Type-Options", None))),
        ("*.geo", (("Content-Type", "application/geo+json"),)),
        ("css/app.css", (("Link", "</x.woff2>; rel=preload"),)),
    ),
    root_files="/srv/shop/root files",
    media=UploadRules(pdf=True, private=(("invoices/", "shop.may"), ("ids/é/", "shop.may"))),
)

FULL = policy_of(
    OPTIONS,
    MANIFEST,
    static_url="https://cdn.example.com/assets/v1/",
    static_root="/srv/shop's/static",
    media_url="/media/",
    media_root="/srv/shop/media",
    server_names=["shop.example.com", ".shop.example.org"],
    listen="127.0.0.1:8080",
    upstream="unix:/run/shop.sock",
)

POLICIES: dict[str, ServingPolicy] = {"small": SMALL, "full": FULL}
