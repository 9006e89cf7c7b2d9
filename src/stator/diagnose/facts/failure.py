"""Why code could not be run, told at the line of the user's code that is to blame.

Texts in that line are left out: it may be one of settings, with a password in it.
"""

from __future__ import annotations

import linecache
import re
import traceback
from collections.abc import Callable

from stator.diagnose.facts.setup import Failure
from stator.findings import EXCERPT, Place
from stator.load_path import printable

FAILURES = (Exception, SystemExit)  # what code of a project may end in: to exit is no way to be imported
_LITERAL = r"""("{3}|'{3}|"|')((?:\\.|(?!\1)[^\\])*)(\1|\\?$)"""


def failure_of(error: BaseException, is_foreign: Callable[[str], bool], otherwise: Place) -> Failure:
    """Return what an exception says and where.

    ``is_foreign`` says of a file that the user has not written it. The place is the last line of the user's
    own that was run, or the one that cannot be parsed; ``otherwise`` where there is none.
    """
    kind = type(error).__name__
    if isinstance(error, SyntaxError) and error.filename and not is_foreign(error.filename):
        return Failure(
            kind, printable(error.msg), _place(error.filename, error.lineno or 1, error.offset or 1)
        )
    frames = traceback.extract_tb(error.__traceback__)
    own = [frame for frame in frames if not frame.filename.startswith("<") and not is_foreign(frame.filename)]
    said = printable(" ".join(str(error).split()))
    if not own:
        return Failure(kind, said, otherwise)
    last = own[-1]
    return Failure(kind, said, _place(last.filename, last.lineno or 1, (last.colno or 0) + 1))


def _place(file: str, line: int, column: int) -> Place:
    text = _without_texts(linecache.getline(file, line).rstrip("\r\n"))
    file = printable(file)
    start = len(text) - len(text.lstrip())
    column = max(column, start + 1)
    if column > EXCERPT:
        return Place(file, line, column)
    return Place(file, line, column, text[:EXCERPT], 0, max(len(text.rstrip()[:EXCERPT]) - column + 1, 1))


def _without_texts(line: str) -> str:
    """Return a line of Python as long as it is, its texts blanked."""
    return re.sub(_LITERAL, lambda found: f"{found[1]}{'…' * len(found[2])}{found[3]}", line)
