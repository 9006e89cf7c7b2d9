"""What visitors ask for files: a web server or a cache, with the configuration that Stator writes.

A front has its port before there is anything to serve, since that stands in all that is published.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from tests.conformance.web_servers import _unprivileged, public_folder, web_server
from tests.parts import SBIN
from tests.processes import Address, free_port, running
from tests.serve.http import ask

Configuration = Callable[[int], str]  # from the port on which the front is to listen


class Front(NamedTuple):
    """Where it listens, and how it is made to forget all it has kept: a CDN has places that never had it."""

    address: Address
    forget: Callable[[], None]


@contextmanager
def nginx(configuration: Configuration, root: Path) -> Iterator[Front]:
    """Serve a folder until the block ends. It keeps nothing."""
    with web_server("nginx", configuration, root) as server:
        yield Front(server.address, lambda: None)


@contextmanager
def varnish(configuration: Configuration) -> Iterator[Front]:
    """Stand before a store until the block ends."""
    address = ("127.0.0.1", free_port())

    def forget() -> None:
        assert ask(address, "/", "BAN").status == 200

    with public_folder() as run:
        (run / "site.vcl").write_text(configuration(address[1]))
        if os.geteuid() == 0:
            shutil.chown(run, "nobody", "nogroup")
        options = ["-j", "none", "-T", "none", "-s", "malloc,64m", "-p", "http_gzip_support=off"]
        places = ["-n", f"{run}/w", "-f", f"{run}/site.vcl", "-a", "{}:{}".format(*address)]
        command = [*_unprivileged(), f"{SBIN}/varnishd", "-F", *options, *places]
        with running(command, address, run / "output"):
            yield Front(address, forget)
