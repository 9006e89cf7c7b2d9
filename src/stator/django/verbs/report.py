"""``manage.py stator report``: what was published, as one page that opens without a server.

The file is written under another name and renamed, and takes the place of an earlier report, of nothing else.
"""

from __future__ import annotations

import json
import os
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from django.core.management.base import CommandParser

from stator.django.commands import static_storage
from stator.django.facts import setup_of
from stator.errors import ConfigError
from stator.parallel import processors
from stator.progress import count_text

if TYPE_CHECKING:
    from stator.django.management.commands.stator import Command

_BEGINNING = 4096  # bytes of a file in which a report says that it is one
_MARK_OF_DATA = b'{"format": 1, "maker": "Stator '


def add_arguments(parser: CommandParser) -> None:
    parser.add_argument(
        "-o",
        "--output",
        metavar="FILE",
        help="The file to write; without it, stator-report.html in the current folder. '-' is the standard "
        "output.",
    )
    parser.add_argument(
        "--format",
        choices=list(FORMATS),
        default="html",
        help="A page for people (html), or its data for programs (json).",
    )
    parser.add_argument(
        "--force", action="store_true", help="Write FILE even where it exists and is no report."
    )


def run(command: Command, opts: Mapping[str, Any]) -> None:
    static_storage()  # whose releases are told
    file = opts["output"] or f"stator-report.{opts['format']}"
    if file != "-":
        _require_replaceable(file, opts["force"])
    report = _report()
    text = FORMATS[opts["format"]](report)
    if file == "-":
        command.say(text)
        return
    _write(file, text)
    if opts["verbosity"]:
        parts = (
            (len(report["files"]["paths"]), "file"),
            (len(report["pages"]), "page"),
            (len(report["findings"]), "finding"),
        )
        files, pages, findings = (count_text(count, noun) for count, noun in parts)
        command.say(f"{file}: {files}, {pages}, {findings}.")


def _report() -> dict[str, Any]:
    from stator.diagnose.doctor import of_project  # noqa: PLC0415
    from stator.django.diagnosis import project_of  # noqa: PLC0415
    from stator.report.columns import as_json  # noqa: PLC0415
    from stator.report.content import content_of  # noqa: PLC0415

    project = project_of(setup_of(), processors())
    manifest = project.published.manifest
    if manifest is None:
        message, hint = project.published.problem or ("There is no release to report on.", "")
        raise ConfigError(message, hint or "Run 'manage.py collectstatic' first.")
    return as_json(content_of(project, manifest, of_project(project)), int(time.time()))


def _require_replaceable(file: str, force: bool) -> None:
    """Raise ``ConfigError`` where what would be lost is no report. Force gives up any file, but no device."""
    from stator.report.page import MARK  # noqa: PLC0415

    if os.path.exists(file) and not os.path.isfile(file):
        raise ConfigError(f"{file} is no file.", "Give -o another name; '-' is the standard output.")
    if force:
        return
    try:
        with open(file, "rb") as opened:
            beginning = opened.read(_BEGINNING)
    except FileNotFoundError:
        return
    if MARK.encode() not in beginning and not beginning.startswith(_MARK_OF_DATA):
        raise ConfigError(
            f"{file} exists, and is no report of Stator.", "Give -o another name, or --force to replace it."
        )


def _write(file: str, text: str) -> None:
    file = os.path.realpath(file)  # a link goes on leading to it
    unfinished = f"{file}.{os.getpid()}"
    try:
        with open(unfinished, "x", encoding="utf-8") as opened:
            opened.write(text)
        os.replace(unfinished, file)
    except BaseException:
        with suppress(FileNotFoundError):
            os.unlink(unfinished)
        raise


def _as_page(report: Mapping[str, Any]) -> str:
    from stator.report.page import render  # noqa: PLC0415

    return render(report)


def _as_data(report: Mapping[str, Any]) -> str:
    return json.dumps(report, ensure_ascii=False)


FORMATS: Mapping[str, Callable[[Mapping[str, Any]], str]] = {"html": _as_page, "json": _as_data}
