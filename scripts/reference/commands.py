"""The page of commands: the verbs of ``manage.py stator`` and what we add to Django's, from their parsers."""

# ruff: noqa: SLF001  (argparse has no other way to look at a parser)

from __future__ import annotations

import argparse
import re
import textwrap
from collections.abc import Iterator
from importlib import import_module

from django.core.management.base import BaseCommand

from scripts.reference import markdown
from scripts.reference.markdown import cell, code, paragraphs, table
from stator.django.management.commands.stator import VERBS, Command

# Commands of Django that we extend, and the module that has Django's.
_DJANGOS = {
    "collectstatic": "django.contrib.staticfiles.management.commands.collectstatic",
    "findstatic": "django.contrib.staticfiles.management.commands.findstatic",
    "runserver": "django.contrib.staticfiles.management.commands.runserver",
}
_COMMON = "options of all commands"  # the group of Django's, which its own documentation has


_WIDTH = 140
_PAGE = re.compile(r"\bdocs/([\w/-]+\.md)")


def page() -> str:
    overview = [(f"[`stator {name}`](#stator-{name})", verb.help) for name, verb in VERBS.items()]
    return markdown.page(
        "commands",
        "the parsers of src/stator/django",
        overview=table(["verb", "is there to"], overview),
        verbs=paragraphs(_verbs()),
        djangos=paragraphs(_djangos()),
    )


def _verbs() -> Iterator[str]:
    parser = Command().create_parser("manage.py", "stator")  # called from the command line, verbs fill later
    chosen = next(action for action in parser._actions if isinstance(action, argparse._SubParsersAction))
    for name, verb in VERBS.items():
        filled = chosen.choices[name]
        filled.filled()
        common = next(group for group in filled._action_groups if group.title == _COMMON)._group_actions
        actions = [one for one in filled._actions if one not in common and one.dest != "help"]
        yield f"## `stator {name}`"
        yield textwrap.fill(_PAGE.sub(r"[\1](../\1)", verb.description), _WIDTH, break_on_hyphens=False)
        yield code(_usage(f"manage.py stator {name}", actions), "text")
        yield _options(actions)


def _djangos() -> Iterator[str]:
    for name, django in _DJANGOS.items():
        ours = _actions(import_module(f"stator.django.management.commands.{name}").Command(), name)
        known = {one.dest for one in _actions(import_module(django).Command(), name)}
        actions = [one for one in ours if one.dest not in known]
        yield f"## `{name}`"
        link = "https://docs.djangoproject.com/en/stable/ref/contrib/staticfiles/"
        if not actions:
            yield f"[Django's]({link}), with its options. It names the file that wins, and those it shadows."
            continue
        yield f"[Django's]({link}), with its options and these:"
        yield _options(actions)


def _actions(command: BaseCommand, name: str) -> list[argparse.Action]:
    return command.create_parser("manage.py", name)._actions


def _usage(command: str, actions: list[argparse.Action]) -> str:
    options = [f"[{_written(one, one.option_strings[0])}]" for one in actions if one.option_strings]
    return " ".join([command, *options, *(_written(one, "") for one in actions if not one.option_strings)])


def _written(action: argparse.Action, flag: str) -> str:
    """Return how an option or an argument is written, with the option's ``flag``."""
    if action.nargs == 0:
        return flag
    name = (
        "|".join(map(str, action.choices)) if action.choices else str(action.metavar or action.dest.upper())
    )
    more = {"*": f"[{name} …]", "?": f"[{name}]", "+": f"{name} [{name} …]"}
    return f"{flag} {more.get(str(action.nargs), name)}".strip()


def _options(actions: list[argparse.Action]) -> str:
    rows = [(_forms(action), cell(_said(action))) for action in actions]
    return table(["option", "means"], rows) if rows else "It has no options of its own."


def _forms(action: argparse.Action) -> str:
    forms = [_written(action, flag) for flag in action.option_strings] or [_written(action, "")]
    return ", ".join(f"`{cell(form)}`" for form in forms)


def _said(action: argparse.Action) -> str:
    if not action.help:
        raise ValueError(f"{action.dest} has no help.")
    values = {key: value for key, value in vars(action).items() if isinstance(value, (str, int))}
    return action.help % values
