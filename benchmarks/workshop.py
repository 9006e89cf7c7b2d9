"""The workshop: a folder in which sites are made and contenders collect them, each run a process of its own.

Every root has a folder of its own, and nothing is deleted before the end: ext4 is up to five times slower at
creating files right after a large tree was deleted.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Container, Mapping, Sequence
from pathlib import Path

from benchmarks.contenders import Contender
from benchmarks.measure import Measured, Order
from benchmarks.sites import PROJECT, Site

HERE = Path(__file__).resolve().parent.parent

# Runs by name of the contender or state, none where it was given up.
Runs = Mapping[str, Sequence[Measured]]


class Workshop:
    """Runs contenders. ``folder`` must be empty, and is for its owner to remove."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._made = 0
        self._settled: dict[tuple[str, str], tuple[Path, Measured | None]] = {}

    def new_folder(self) -> Path:
        """Return the path of a folder that is not there yet."""
        self._made += 1
        return self._folder / f"{self._made:03}"

    def run(
        self, contender: Contender, site: Site, root: Path, stages: str = "", **arguments: str
    ) -> Measured | None:
        """Collect once into ``root/static``; return what it took, ``None`` when the contender is given up."""
        apps = [contender.app] if contender.app else []
        order = Order(
            contender.backend,
            contender.options,
            [*apps, "django.contrib.staticfiles"],
            str(PROJECT),
            str(site.sources),
            str(root / "static"),
            arguments,
            stages,
        )
        os.sync()  # what earlier runs wrote is not written back during this one
        started = time.perf_counter()
        try:
            done = subprocess.run(
                [sys.executable, "-m", "benchmarks.measure", json.dumps(order)],
                cwd=HERE,
                env=environment(),
                check=True,
                stdout=subprocess.PIPE,
                text=True,
                timeout=contender.patience,
            )
        except subprocess.TimeoutExpired:
            return None
        whole = time.perf_counter() - started
        return Measured(*json.loads(done.stdout))._replace(whole=whole)

    def cold(self, contender: Contender, site: Site, stages: str = "") -> Measured | None:
        """Collect into a new root. The first of these roots stays the settled one."""
        root = self.new_folder()
        root.mkdir()
        measured = self.run(contender, site, root, stages)
        self._settled.setdefault((contender.name, site.name), (root, measured))
        return measured

    def first_cold(self, contender: Contender, site: Site) -> Measured | None:
        """Return what it took to collect into the settled root."""
        return self._of_settled(contender, site)[1]

    def settled(self, contender: Contender, site: Site) -> Path:
        """Return a root into which the site was collected."""
        return self._of_settled(contender, site)[0]

    def unchanged(self, contender: Contender, site: Site, stages: str = "") -> Measured | None:
        """Collect once more what is collected already."""
        return self.run(contender, site, self.settled(contender, site), stages)

    def _of_settled(self, contender: Contender, site: Site) -> tuple[Path, Measured | None]:
        if (contender.name, site.name) not in self._settled:
            self.cold(contender, site)
        return self._settled[contender.name, site.name]


def environment() -> dict[str, str]:
    """Return the environment of the runs: without a wish that Python keep no bytecode."""
    return {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}


def in_turns(
    measures: Mapping[str, Callable[[], Measured | None]], rounds: int, once: Container[str] = ()
) -> Runs:
    """Measure one after the other, so many rounds; those named in ``once``, or given up, get no second."""
    runs: dict[str, list[Measured]] = {name: [] for name in measures}
    left = dict(measures)
    for _ in range(rounds):
        for name, measure in list(left.items()):
            measured = measure()
            if measured:
                runs[name].append(measured)
            if not measured or name in once:
                del left[name]
    return runs


def seconds_of(*command: str | Path) -> float:
    """Return the seconds that a command takes."""
    os.sync()
    started = time.perf_counter()
    subprocess.run(command, check=True, env=environment(), stdout=subprocess.DEVNULL)
    return time.perf_counter() - started
