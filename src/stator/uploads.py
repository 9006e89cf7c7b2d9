"""What visitors have uploaded (media), and what may be said with it: the rules of every server.

Facts. Whoever may upload a file chooses its bytes and its name. Served from the site's own origin, a page, a
drawing in SVG or any other document with scripts could do all that the visitor may do who opens it. So a
browser shows only what cannot run (pictures, sound, video, plain text); everything else is an attachment,
under a policy that gives it an origin of its own and lets it do nothing (CSP ``sandbox``) should a browser
show it all the same. The type follows from the name alone, and no browser may guess another.
"""

from __future__ import annotations

from stator.config import UploadRules
from stator.fields import Headers
from stator.media_types import content_type, media_type

PDF = "application/pdf"
INLINE_KINDS = ("image/", "audio/", "video/")
ACTIVE_IMAGES = frozenset({"image/svg+xml"})
INLINE_TYPES = frozenset({"text/plain"})
SANDBOX = "sandbox; default-src 'none'"
PUBLIC = "no-cache"
PRIVATE = "private, no-cache"


def guard_of(name: str, rules: UploadRules) -> str:
    """Return the dotted path of the function that says who may read ``name``, empty for a public file."""
    guards = [(prefix, guard) for prefix, guard in rules.private if name.startswith(prefix)]
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
        ("Content-Type", content_type(name)),
        ("Cache-Control", PRIVATE if guard_of(name, rules) else PUBLIC),
        ("X-Content-Type-Options", "nosniff"),
    ]
    if not is_inline(name, rules):
        fields += [("Content-Disposition", "attachment"), ("Content-Security-Policy", SANDBOX)]
    return tuple(fields)
