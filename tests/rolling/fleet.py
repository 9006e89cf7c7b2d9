"""Application servers that are deployed to one after the other, each from an image of its own."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path

from tests.processes import Address, free_port, running
from tests.serve.http import ask

SERVERS = 3


class Fleet:
    """Servers of pages, at ``places``; those that a balancer would send visitors to are in ``serving``."""

    def __init__(self, logs: Path, stack: ExitStack) -> None:
        self._logs = logs
        self.places = [("127.0.0.1", free_port()) for _ in range(SERVERS)]
        self._running = {place: stack.enter_context(ExitStack()) for place in self.places}
        self.serving: Sequence[Address] = ()

    def deploy(self, image: Path) -> Iterator[None]:
        """Start the servers of an image one after the other in place of those that run; yield after each."""
        for place in self.places:
            self.serving = [one for one in self.serving if one != place]
            server = self._running[place]
            server.close()
            server.enter_context(running(_command(place), place, self._log(place), **_of(image)))
            assert ask(place, "/").status == 200  # as a balancer looks before it sends somebody
            self.serving = [*self.serving, place]
            yield

    def _log(self, place: Address) -> Path:
        return self._logs / f"server-{place[1]}.log"


@contextmanager
def fleet(logs: Path) -> Iterator[Fleet]:
    """Make room for servers, and end those that run when the block ends."""
    with ExitStack() as stack:
        yield Fleet(logs, stack)


def _command(place: Address) -> Sequence[str]:
    listen = "--listen={}:{}".format(*place)
    return [sys.executable, "-m", "waitress", listen, "pages:application"]


def _of(image: Path) -> dict[str, str]:
    return {"PYTHONPATH": str(image), "DJANGO_SETTINGS_MODULE": "settings"}
