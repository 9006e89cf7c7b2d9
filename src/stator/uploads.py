"""What visitors have uploaded (media), and what may be said with it: the rules of every server.

Facts. Whoever may upload a file chooses its bytes and its name. Served from the site's own origin, a page, a
drawing in SVG or any other document with scripts could do all that the visitor may do who opens it. So a
browser shows only what cannot run (pictures, sound, video, plain text); everything else is an attachment,
under a policy that gives it an origin of its own and lets it do nothing (CSP ``sandbox``) should a browser
show it all the same. The type follows from the name alone, and no browser may guess another. A script has
the type of no script: a page whose policy trusts scripts of its own origin must not run an upload.
"""

from __future__ import annotations

import re
from unicodedata import normalize
from urllib.parse import quote

from stator.config import UploadRules
from stator.fields import Headers
from stator.media_types import JAVASCRIPT, UNKNOWN, content_type, media_type

PDF = "application/pdf"
INLINE_KINDS = ("image/", "audio/", "video/")
ACTIVE_IMAGES = frozenset({"image/svg+xml"})
INLINE_TYPES = frozenset({"text/plain"})
SANDBOX = "sandbox; default-src 'none'"
PUBLIC = "no-cache"
PRIVATE = "private, no-cache"
# Where a web server in front finds MEDIA_ROOT when an answer of ours sends it there (X-Accel-Redirect).
INTERNAL = "/_stator/media/"

# Percent signs too: some browsers decode them in a quoted name (RFC 6266, appendix D).
_UNQUOTABLE = re.compile(r'[^\x20-\x7e]|["\\%]')
_ATTR_CHAR = "!#$&+^`|"  # what need not be encoded, besides what ``quote`` never does (RFC 8187, 3.2.1)


def guard_of(name: str, rules: UploadRules) -> str:
    """Return the dotted path of the function that says who may read ``name``, empty for a public file.

    Case and Unicode form do not count, since some file systems do not tell them apart.
    """
    folded = _folded(name)
    guards = [(prefix, guard) for prefix, guard in rules.private if folded.startswith(_folded(prefix))]
    return max(guards, key=lambda found: len(found[0]))[1] if guards else ""


def is_inline(name: str, rules: UploadRules) -> bool:
    """Say whether a browser may show the upload of this name."""
    kind = media_type(name)
    if kind == PDF:
        return rules.pdf
    return kind in INLINE_TYPES or (kind.startswith(INLINE_KINDS) and kind not in ACTIVE_IMAGES)


def upload_fields(name: str, rules: UploadRules) -> Headers:
    """Return the fields of an answer with the upload ``name``."""
    fields = [
        ("Content-Type", UNKNOWN if media_type(name) == JAVASCRIPT else content_type(name)),
        ("Cache-Control", PRIVATE if guard_of(name, rules) else PUBLIC),
        ("X-Content-Type-Options", "nosniff"),
    ]
    if not is_inline(name, rules):
        fields += [("Content-Disposition", attachment(name)), ("Content-Security-Policy", SANDBOX)]
    return tuple(fields)


def attachment(name: str) -> str:
    """Return the ``Content-Disposition`` that lets a browser save ``name`` under its own name (RFC 6266)."""
    base = name.rpartition("/")[2]
    plain = _UNQUOTABLE.sub("_", base)
    disposition = f'attachment; filename="{plain}"'
    return disposition if plain == base else f"{disposition}; filename*=UTF-8''{quote(base, _ATTR_CHAR)}"


def _folded(name: str) -> str:
    """Return what is equal for names that differ in case or Unicode form only (Unicode, D145)."""
    return name.lower() if name.isascii() else normalize("NFD", normalize("NFD", name).casefold())
