"""A set-up of each service, as settings make it, and orders for tests."""

from __future__ import annotations

from stator.config import PurgeRules
from stator.publish.purge.order import Form, Item, Order
from stator.setting import read_options

TOKEN = "s3cr3t-T0ken"
SECRET_KEY = "wJalrXUtnFEMI"
SESSION = "FwoGZXIvYXdz"
ENVIRON = {
    "CDN_TOKEN": TOKEN,
    "AWS_ACCESS_KEY_ID": "AKIDEXAMPLE",
    "AWS_SECRET_ACCESS_KEY": SECRET_KEY,
}
SITE = "https://www.example.com"
SERVICES = {
    "cloudflare": {"ZONE": "zone1", "TOKEN_ENV": "CDN_TOKEN"},
    "cloudfront": {"DISTRIBUTION": "E123"},
    "fastly": {"SERVICE_ID": "svc1", "TOKEN_ENV": "CDN_TOKEN"},
    "varnish": {},
}


def rules_of(service: str, url: str = "http://127.0.0.1:1", **more: object) -> PurgeRules:
    setting = {"SERVICE": service, "URL": url, "SITE": SITE, **SERVICES[service], **more}
    rules = read_options({"PURGE": setting}).purge
    assert rules
    return rules


def order(**named: list[str]) -> Order:
    """Return an order for ``url=[…]``, ``prefix=[…]``, ``key=[…]``."""
    items = [Item(Form[form.upper()], text, "asked for") for form, texts in named.items() for text in texts]
    return Order(tuple(items), "run-1")


EVERYTHING = Order((Item(Form.EVERYTHING, "everything", "asked for"),), "run-1")
