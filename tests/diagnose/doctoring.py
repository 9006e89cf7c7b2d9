"""Runs ``python -m stator`` in the folders that it is told, each in a copy of this process.

Loading Django and the doctor takes longer than most sites take to be checked, so it is done once, before
the copies are made. Each line of input is a folder and arguments as JSON; each line of output what was
printed, and the exit code.
"""

from __future__ import annotations

import contextlib
import io
import json
import os
import sys
from pathlib import Path

import django.contrib.admin
import django.contrib.messages.middleware
import django.contrib.staticfiles.finders
import django.middleware.common
import django.middleware.security
import django.template.backends.django
import django.template.defaultfilters
import django.template.defaulttags
import django.views.defaults
import django.views.i18n  # noqa: F401

import stator.diagnose.doctor
import stator.django.management.commands.stator
import stator.django.verbs.doctor  # noqa: F401
from stator.django.start import main

SITES = Path(__file__).parents[1] / "sites"


def answer(folder: str, arguments: list[str]) -> dict[str, object]:
    output, errors = io.StringIO(), io.StringIO()
    os.chdir(folder)
    sys.path[:0] = [str(SITES)]
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "settings")
    code = 0
    with contextlib.redirect_stdout(output), contextlib.redirect_stderr(errors):
        try:
            code = main(arguments)
        except SystemExit as end:
            code = int(end.code or 0)
    return {"code": code, "output": output.getvalue(), "errors": errors.getvalue()}


def serve() -> None:
    for line in sys.stdin:
        folder, arguments = json.loads(line)
        reader, writer = os.pipe()
        child = os.fork()
        if not child:
            os.close(reader)
            with os.fdopen(writer, "w") as told:
                try:
                    told.write(json.dumps(answer(folder, arguments)))
                except BaseException as error:  # noqa: BLE001  (the test is to see it)
                    told.write(json.dumps({"code": -1, "output": "", "errors": repr(error)}))
            os._exit(0)
        os.close(writer)
        with os.fdopen(reader) as heard:
            print(heard.read(), flush=True)
        os.waitpid(child, 0)


if __name__ == "__main__":
    serve()
