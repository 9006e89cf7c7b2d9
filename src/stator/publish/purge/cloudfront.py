"""CloudFront: CreateInvalidation, API 2020-05-31 (Amazon CloudFront Developer Guide, 2026).

Facts: it goes by paths and knows no hosts. 3000 paths can be in progress, and 15 with ``*`` at the end; each
costs, after the first thousand of a month, and one with ``*`` costs the same. So where there are more than
3000, the folder with the most becomes one ``*``. A path has those characters escaped that RFC 1738 calls
unsafe, and no others. An order that is sent again with the ``CallerReference`` it had is not done again.
"""

from __future__ import annotations

import html
import re
from collections import Counter
from collections.abc import Iterable, Mapping
from urllib.parse import urlsplit
from xml.sax.saxutils import escape

from stator.config import PurgeRules
from stator.publish.purge.order import Form, Order, unsupported
from stator.publish.purge.request import Request, Seal
from stator.publish.purge.signature import Credentials, sealed
from stator.secret import Secret

MOST = 3000
MOST_WILD = 15
BUSY = ("TooManyInvalidationsInProgress", "Throttling", "SlowDown", "ServiceUnavailable")

_REGION, _NAME = "us-east-1", "cloudfront"  # one for all of the world
_VERSION = "2020-05-31"
_NAMESPACE = f"http://cloudfront.amazonaws.com/doc/{_VERSION}/"
_CODE = re.compile(rb"<Code>([^<]*)</Code>")
_MESSAGE = re.compile(rb"<Message>([^<]*)</Message>")


def requests(order: Order, rules: PurgeRules) -> list[Request]:
    """Return the call that carries out the order. Raises ``ConfigError`` for keys and for too many ``*``."""
    if order.texts(Form.KEY):
        raise unsupported("CloudFront", Form.KEY, "Name addresses, or a prefix: img/*")
    paths = ["/*"] if order.is_everything else _fitting(order)
    if sum(path.endswith("*") for path in paths) > MOST_WILD:
        raise unsupported("CloudFront", Form.PREFIX, f"It takes {MOST_WILD} at a time; this is more.")
    if not paths:
        return []
    return [Request("POST", _url(rules), (), _body(paths, order.id))]


def sealing(_: PurgeRules, environ: Mapping[str, str]) -> Seal:
    """Return what signs requests, with the credentials of AWS's usual variables.

    Raises ``ConfigError`` where there are none.
    """
    named = "STATOR['PURGE'] for CloudFront"
    token = environ.get("AWS_SESSION_TOKEN", "")
    credentials = Credentials(
        Secret(named, variable="AWS_ACCESS_KEY_ID").reveal(environ),
        Secret(named, variable="AWS_SECRET_ACCESS_KEY").reveal(environ),
        Secret(named, variable="AWS_SESSION_TOKEN").reveal(environ) if token else "",
    )
    return lambda request, now: sealed(request, credentials, _REGION, _NAME, now)


def trouble(status: int, body: bytes) -> str | None:
    """Return what the service says is wrong, ``""`` if it says nothing, and ``None`` if nothing is."""
    if status == 201 and b"<Invalidation" in body:
        return None
    found = (pattern.search(body) for pattern in (_CODE, _MESSAGE))
    return ": ".join(html.unescape(one[1].decode(errors="replace")) for one in found if one)


def _fitting(order: Order) -> list[str]:
    """Return the paths to invalidate, as few as can be in progress."""
    wild = {_path(url) + "*" for url in order.texts(Form.PREFIX)}
    single = list(dict.fromkeys(_path(url) for url in order.texts(Form.URL)))
    while len(single) > MOST:
        folder = max(Counter(map(_folder, single)).items(), key=lambda one: one[1])[0]
        single = [path for path in single if not path.startswith(folder)]
        wild.add(folder + "*")
    return single + sorted(wild)


def _folder(path: str) -> str:
    """Return the first folder on a path, with both slashes; ``/`` for a file that lies in none."""
    first, slash, _ = path[1:].partition("/")
    return f"/{first}/" if slash else "/"


def _path(url: str) -> str:
    parts = urlsplit(url)
    query = f"?{parts.query}" if parts.query else ""
    return (parts.path + query).replace("~", "%7E") or "/"


def _url(rules: PurgeRules) -> str:
    return f"{rules.urls[0]}/{_VERSION}/distribution/{rules.id}/invalidation"


def _body(paths: Iterable[str], reference: str) -> bytes:
    items = "".join(f"<Path>{escape(path)}</Path>" for path in paths)
    quantity = items.count("<Path>")
    text = (
        f'<InvalidationBatch xmlns="{_NAMESPACE}">'
        f"<Paths><Quantity>{quantity}</Quantity><Items>{items}</Items></Paths>"
        f"<CallerReference>{escape(reference)}</CallerReference></InvalidationBatch>"
    )
    return text.encode()
