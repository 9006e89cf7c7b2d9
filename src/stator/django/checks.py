"""The checks of the set-up as Django's own: each under its id, by ``manage.py check`` and before commands.

Each start of Django imports this module, so it imports what it needs when something is checked.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.core.checks import ERROR, INFO, WARNING, CheckMessage, Tags, register

if TYPE_CHECKING:
    from stator.findings import Finding

_LEVELS = {"error": ERROR, "warning": WARNING, "info": INFO}


@register(Tags.staticfiles)
def check_setup(**_: Any) -> list[CheckMessage]:
    """Return what is wrong with settings, apps, folders and middleware."""
    return _told("always", with_urls=False)


@register(Tags.staticfiles, deploy=True)
def check_deployment(**_: Any) -> list[CheckMessage]:
    """Return what only matters where visitors come."""
    return _told("deploy", with_urls=True)


@register(Tags.urls)
def check_urls(**_: Any) -> list[CheckMessage]:
    """Return what is wrong with the site as it answers. URL patterns are loaded, as by Django's checks."""
    return _told("urls", with_urls=True)


def _told(when: str, *, with_urls: bool) -> list[CheckMessage]:
    from stator.diagnose.check import run  # noqa: PLC0415
    from stator.diagnose.checks.setup import CHECKS  # noqa: PLC0415
    from stator.django.facts import setup_of  # noqa: PLC0415

    setup = setup_of(with_places=False, with_urls=with_urls)
    found = run({id: check for id, check in CHECKS.items() if check.when == when}, setup)
    return [_message(finding) for finding in found if not setup.suppresses(finding)]


def _message(finding: Finding) -> CheckMessage:
    # On a line of its own, for who copies it.
    mend = f"{finding.mend.how}:\n{finding.mend.text}" if finding.mend else ""
    hint = "\n".join(filter(None, [finding.hint, mend]))
    return CheckMessage(_LEVELS[finding.level], finding.message, hint, id=f"stator.{finding.id}")
