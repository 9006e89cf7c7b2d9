"""The page that tags are rendered for: what its policy asks of them, and where hints go."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cached_property

from django.http import HttpRequest
from django.utils.safestring import SafeString

from stator.django.tags.elements import lines
from stator.django.tags.hints import MODULE, Hint, Needs

NEEDS = "stator.needs"  # in META of a request, or in the scope of ASGI
_NONCES = ("csp_nonce", "_csp_nonce")  # of django-csp, and of Django 6


class Page:
    """A page that is rendered in answer to ``request``, ``None`` where nobody asked, as for an e-mail."""

    def __init__(self, request: HttpRequest | None) -> None:
        self._request = request

    @cached_property
    def nonce(self) -> str:
        """The nonce by which the policy of the page lets an element in, empty if it has none.

        Asking for it makes it part of the policy, and of no two answers the same.
        """
        return nonce_of(self._request)

    def hinted(self, hints: Iterable[Hint]) -> SafeString:
        """Return the hints as elements, but for those that the page or the head of the answer has already."""
        needs = needs_of(self._request)
        if needs is None:
            return lines(*(hint.as_element(self.nonce) for hint in hints))
        told = []
        for hint in hints:
            needs.early[hint.url] = hint
            # Modules: see ``hints``.
            if (hint.kind == MODULE or not needs.take(hint)) and needs.is_new(hint):
                told.append(hint.as_element(self.nonce))
        return lines(*told)

    def loads(self, hint: Hint) -> None:
        """Note that the page itself loads this, which an early hint can be about."""
        needs = needs_of(self._request)
        if needs is not None:
            needs.early[hint.url] = hint


def needs_of(request: HttpRequest | None) -> Needs | None:
    """Return where hints for the answer to this request are noted, ``None`` where nobody would read them."""
    if request is None:
        return None
    found: Needs | None = request.META.get(NEEDS) or getattr(request, "scope", {}).get(NEEDS)
    return found


def nonce_of(request: HttpRequest | None) -> str:
    """Return the nonce of the policy that the answer will have, empty for none."""
    # These are true only once they were asked for.
    found = (getattr(request, name, None) for name in _NONCES)
    return str(next((nonce for nonce in found if nonce is not None), ""))
