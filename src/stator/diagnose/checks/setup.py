"""Checks of the set-up: what settings, apps and middleware say.

They read nothing and touch no file but folders that settings name, so Django's own checks run them too, under
the same ids.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from stator.diagnose.check import Check, Found
from stator.diagnose.checks import addresses, apps, folders, middleware
from stator.diagnose.facts.setup import Setup
from stator.findings import Level


def _wrong_type(setup: Setup) -> Iterator[Found]:
    for name, what in setup.wrong.items():
        hint = "Correct the value; until then nothing else can be looked at."
        yield Found(setup.place(name), f"{name} has to be {what}.", hint)


def _bad_option(setup: Setup) -> Iterator[Found]:
    if setup.problem:
        message, hint = setup.problem
        yield Found(setup.place("STATOR"), message, hint or "docs/reference/settings.md lists the options.")


def _bad_guard(setup: Setup) -> Iterator[Found]:
    if setup.guard_problem:
        message, hint = setup.guard_problem
        yield Found(setup.place("STATOR"), message, hint)


# In the order in which one thing leads to another, so that the first error is likely to be the cause.
CHECKS: Mapping[str, Check[Setup]] = {
    "setting-of-wrong-type": Check(Level.ERROR, "A setting is of a type that it cannot be of.", _wrong_type),
    "bad-option": Check(Level.ERROR, "The setting STATOR cannot be right.", _bad_option),
    **apps.CHECKS,
    **addresses.CHECKS,
    **folders.CHECKS,
    **middleware.CHECKS,
    "bad-guard": Check(
        Level.ERROR, "The function that says who may read an upload cannot be used.", _bad_guard
    ),
}
