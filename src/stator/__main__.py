"""``python -m stator VERB``: ``manage.py stator VERB`` for a project whose settings may not even load."""

from __future__ import annotations

import sys

from stator.django.start import main


def run() -> int:
    """Run the verb of the command line; return the exit code."""
    verb, *arguments = sys.argv[1:] or [""]
    if verb == "init":
        from stator.django.verbs import init  # noqa: PLC0415  (of no use to other verbs)

        return init.main(arguments)
    return main(sys.argv[1:])


if __name__ == "__main__":
    sys.exit(run())
