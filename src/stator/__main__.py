"""``python -m stator VERB``: ``manage.py stator VERB`` for a project whose settings may not even load."""

from __future__ import annotations

import sys

from stator.django import start
from stator.django.verbs import init


def run() -> int:
    """Run the verb of the command line; return the exit code."""
    verb, *arguments = sys.argv[1:] or [""]
    return init.main(arguments) if verb == "init" else start.main(sys.argv[1:])


if __name__ == "__main__":
    sys.exit(run())
