"""One measurement, in a process of its own: ``python -m benchmarks.measure ORDER``, where the order is JSON.

``django.setup()`` comes first and is counted apart, then ``call_command("collectstatic")``. Nothing is
imported that a project would not import.
"""

from __future__ import annotations

import json
import os
import resource
import sys
import time
from collections.abc import Mapping
from typing import Any, NamedTuple


class Order(NamedTuple):
    """What to collect, and how.

    ``options`` is the setting ``STATOR``, ``project`` is ``BASE_DIR``, ``root`` is ``STATIC_ROOT``.
    ``arguments`` are those of the command. ``stages`` is ``cold`` or ``unchanged`` to time the
    stages of such a run too.
    """

    backend: str
    options: Mapping[str, Any]
    apps: list[str]
    project: str
    sources: str
    root: str
    arguments: Mapping[str, Any]
    stages: str = ""


class Measured(NamedTuple):
    """What a run took: seconds of the command, of ``django.setup()``, and of the whole process.

    Peak memory in megabytes: of the process, and of the largest that it started, with the pages that the two
    share. ``stages`` are seconds by name.
    """

    seconds: float
    setup: float
    megabytes: float
    child_megabytes: float
    stages: Mapping[str, float]
    whole: float = 0.0


def measure(order: Order) -> Measured:
    """Collect once in this process and say what it took."""
    started = time.perf_counter()
    import django
    from django.conf import settings
    from django.core.management import call_command

    settings.configure(
        BASE_DIR=order.project,
        INSTALLED_APPS=order.apps,
        STATIC_URL="/static/",
        STATIC_ROOT=order.root,
        STATICFILES_DIRS=[order.sources],
        STATICFILES_FINDERS=["django.contrib.staticfiles.finders.FileSystemFinder"],
        STORAGES={"staticfiles": {"BACKEND": order.backend}},
        STATOR=order.options,
    )
    django.setup()
    ready = time.perf_counter()
    stages: Mapping[str, float] = {}
    if order.stages:
        from benchmarks.stages import watched

        stages = watched(order.stages)
    with open(os.devnull, "w", encoding="utf-8") as nowhere:
        call_command(
            "collectstatic", interactive=False, verbosity=0, stdout=nowhere, stderr=nowhere, **order.arguments
        )
    done = time.perf_counter()
    children = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    return Measured(done - ready, ready - started, _peak(), children, stages)


def _peak() -> float:
    """Return the peak of resident memory in megabytes."""
    try:
        with open("/proc/self/status", encoding="ascii") as file:
            return int(next(line for line in file if line.startswith("VmHWM")).split()[1]) / 1024
    except FileNotFoundError:
        # Less exact: after fork and exec it is at least what the parent had.
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


if __name__ == "__main__":
    print(json.dumps(measure(Order(*json.loads(sys.argv[1])))))
