"""Real web servers, each with a configuration of its own, started without privileges and ended again.

All that they write is in a folder of their own. As root, which test machines often are, they run as nobody,
who must be able to read the folder that they serve.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from tests.parts import NEXT_DEBIAN, SBIN
from tests.processes import free_port, running
from tests.serve.servers import Server

_NOBODY = ("setpriv", "--reuid=nobody", "--regid=nogroup", "--clear-groups")
_LIBRARIES = NEXT_DEBIAN / "usr/lib/x86_64-linux-gnu"
# The next Debian's program with its libraries, as it is unpacked: by its loader, without a chroot.
_NEXT_NGINX = (
    f"{_LIBRARIES}/ld-linux-x86-64.so.2",
    "--library-path",
    str(_LIBRARIES),
    f"{NEXT_DEBIAN}/usr/sbin/nginx",
)
_APACHE_MODULES = (
    *("mpm_event", "authz_core", "authz_host", "alias", "dir", "env", "filter", "headers", "mime"),
    *("proxy", "proxy_http", "proxy_wstunnel", "reqtimeout", "rewrite", "setenvif"),
)

NGINX = """\
pid {run}/nginx.pid;
worker_processes 1;
events {{ worker_connections 256; }}
http {{
    access_log off;
    client_body_temp_path {run}/body;
    proxy_temp_path {run}/proxy;
    fastcgi_temp_path {run}/fastcgi;
    uwsgi_temp_path {run}/uwsgi;
    scgi_temp_path {run}/scgi;
    include {run}/site.conf;
}}
"""
APACHE = """\
ServerRoot {run}
DefaultRuntimeDir {run}
PidFile {run}/httpd.pid
Mutex file:{run} default
ErrorLog {run}/error.log
ServerName localhost
StartServers 1
{modules}
TypesConfig /dev/null
{listen}
Include {run}/site.conf
"""


class Program(NamedTuple):
    """A web server: its command line, and around a site's configuration what a whole server needs.

    ``{run}`` is its folder. Without a ``frame`` the site's configuration is a whole one.
    """

    command: Sequence[str]
    frame: str = ""


_NGINX_OPTIONS = ("-p", "{run}", "-e", "{run}/error.log", "-c", "{run}/server.conf", "-g", "daemon off;")
PROGRAMS = {
    "nginx": Program((f"{SBIN}/nginx", *_NGINX_OPTIONS), NGINX),
    "next nginx": Program((*_NEXT_NGINX, *_NGINX_OPTIONS), NGINX),
    "caddy": Program(("caddy", "run", "--config", "{run}/site.conf", "--adapter", "caddyfile")),
    "apache": Program(
        (f"{SBIN}/apache2", "-d", "{run}", "-f", "{run}/server.conf", "-D", "FOREGROUND"), APACHE
    ),
}


@contextmanager
def public_folder() -> Iterator[Path]:
    """Make a folder that everybody can read, for as long as the block lasts."""
    with tempfile.TemporaryDirectory(prefix="stator-") as folder:
        os.chmod(folder, 0o755)
        yield Path(folder)


@contextmanager
def web_server(name: str, configuration: Callable[[int], str], root: Path) -> Iterator[Server]:
    """Run a web server of ``PROGRAMS`` until the block ends.

    ``configuration`` takes the port of 127.0.0.1 that the server shall listen on, and returns the text for
    a site. ``root`` is the folder that it serves.
    """
    port = free_port()
    with public_folder() as run:
        command = [*_unprivileged(), *_command(PROGRAMS[name], run, configuration(port), port)]
        if os.geteuid() == 0:
            shutil.chown(run, "nobody", "nogroup")
        caddy = {"HOME": str(run), "XDG_DATA_HOME": str(run), "XDG_CONFIG_HOME": str(run)}
        caddy["CADDY_ADMIN"] = f"unix/{run}/admin"
        address = ("127.0.0.1", port)
        with running(command, address, run / "output", **caddy) as process:
            yield Server(address, process.pid, root)


def _command(program: Program, run: Path, text: str, port: int) -> Iterator[str]:
    (run / "site.conf").write_text(text)
    listens = any(line.strip().startswith("Listen ") for line in text.splitlines())
    modules = "\n".join(
        f"LoadModule {module}_module /usr/lib/apache2/modules/mod_{module}.so" for module in _APACHE_MODULES
    )
    if program.frame:
        listen = "" if listens else f"Listen 127.0.0.1:{port}"
        (run / "server.conf").write_text(program.frame.format(run=run, modules=modules, listen=listen))
    return (argument.replace("{run}", str(run)) for argument in program.command)


def _unprivileged() -> Sequence[str]:
    return _NOBODY if os.geteuid() == 0 else ()
