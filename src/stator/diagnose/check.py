"""A check: two facts and a function, in a table under an id that is kept for good.

``docs/findings/<id>.md`` has a page for each, and ``tests/sites/<id>`` a project in which it must speak and
one in which it must stay silent.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from enum import StrEnum
from typing import Generic, NamedTuple, TypeVar

from stator.findings import Finding, Level, Mend, Place

Subject = TypeVar("Subject")


class Found(NamedTuple):
    """What a check has found: where, what is wrong in a sentence, and the next step.

    ``level`` is given where it differs from the check's; the rest is as in ``Finding``.
    """

    place: Place
    message: str
    hint: str = ""
    mend: Mend | None = None
    level: Level | None = None
    path: str = ""
    package: bool = False


class Rule(NamedTuple):
    """What is known of a kind of finding without having one: its usual level, and what it means."""

    level: Level
    summary: str


class When(StrEnum):
    """Who tells a check of the set-up beside the doctor: which of Django's own checks."""

    ALWAYS = "always"  # all that check static files, so collectstatic and runserver too
    DEPLOY = "deploy"  # check --deploy: it matters only where visitors come
    URLS = "urls"  # those that load the URL patterns, so nothing that a collectstatic in a build has to pass
    NEVER = "never"  # Django says it in its own words already


class Check(NamedTuple, Generic[Subject]):
    """``summary`` says in one sentence what a finding means; ``find`` yields what is wrong with a subject.

    ``when`` is only of checks of the set-up.
    """

    level: Level
    summary: str
    find: Callable[[Subject], Iterator[Found]]
    when: When = When.ALWAYS

    @property
    def rule(self) -> Rule:
        return Rule(self.level, self.summary)


def run(checks: Mapping[str, Check[Subject]], subject: Subject) -> Iterator[Finding]:
    """Yield what the checks find, one check after the other."""
    for id, check in checks.items():
        for found in check.find(subject):
            yield Finding(
                id,
                found.level or check.level,
                found.message,
                found.place,
                found.hint,
                found.path,
                found.package,
                found.mend,
            )
