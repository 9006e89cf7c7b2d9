"""Arguments: how more of them are given to a tool that a shell command starts, by itself or by a script.

They go to the end, so they reach the tool only where it is the last thing that is started. Where that cannot
be told, or where the command says already what an argument is about, it stays as it is.
"""

from __future__ import annotations

import re
import shlex
from collections.abc import Mapping

from stator.frontends.package import Manager

_RUN = re.compile(r"(?:npm|pnpm|yarn|bun) run (?P<script>[\w:.-]+)")
_BETWEEN = re.compile(r"&&|\|\||[;|&\n]")
_BEFORE = re.compile(
    r"(?>(?:\w+=\S*|npx|cross-env|--no|--no-install)\s+)*"
)  # what may stand before the program


def with_arguments(
    command: str, program: str, arguments: Mapping[str, str], manager: Manager, scripts: Mapping[str, str]
) -> str:
    """Return the command with ``arguments`` for ``program``, without them if they cannot reach it.

    An argument is a name and what follows it: ``{"--base": "=./", "--manifest": ""}``.
    """
    script = _RUN.fullmatch(command)
    text = scripts.get(script["script"], "") if script else command
    last = _BETWEEN.split(text)[-1].strip()
    words = _BEFORE.sub("", last, count=1).split()
    if words[:1] != [program]:
        return command
    given = {word.partition("=")[0] for word in words}
    more = [shlex.quote(name + value) for name, value in arguments.items() if name not in given]
    return command + (manager.before if script else " ") + " ".join(more) if more else command
