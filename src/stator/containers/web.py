"""What web servers have to be told beside the policy: how to run as nobody, in an image that none writes to.

What they do with requests is written while the image is built, by ``stator serverconfig`` in the very project
and from the very release: so it needs no writing again, and this file is the site's own, to be changed.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import NamedTuple

from stator.containers.project import PORT as APPLICATION_PORT

PORT = 8080
UPSTREAM = f"app:{APPLICATION_PORT}"
INCLUDED = "/etc/stator"
_HEALTH = "127.0.0.1:8081"


class WebServer(NamedTuple):
    """A web server: its image, its own file here and there, what it runs as, and who asks for its health.

    ``included``: the file that ``stator serverconfig`` writes for it. ``ability``: what its program must be
    allowed though it does not use it, or nothing will start it.
    """

    name: str
    image: str
    file: str
    path: str
    text: str
    included: str
    command: tuple[str, ...]
    health: tuple[str, ...]
    environment: Mapping[str, str] = MappingProxyType({})
    ability: str = ""


_NGINX = f"""\
# nginx of your site: this file is yours. What it includes is written while the image is built, by
# 'manage.py stator serverconfig', and is right for the very release that the image has.
worker_processes auto;
daemon off;
pid /tmp/nginx.pid;
error_log stderr;

events {{
    worker_connections 1024;
}}

http {{
    access_log /dev/stdout;
    sendfile on;
    server_tokens off;
    # Nothing else can be written to.
    client_body_temp_path /tmp/client_body;
    proxy_temp_path /tmp/proxy;
    fastcgi_temp_path /tmp/fastcgi;
    uwsgi_temp_path /tmp/uwsgi;
    scgi_temp_path /tmp/scgi;

    include {INCLUDED}/site.conf.http.conf;

    server {{
        listen {PORT};
        # Which names are right is looked at by Django: ALLOWED_HOSTS.
        server_name _;
        # Uploads larger than this are refused by nginx; what Django allows comes after.
        client_max_body_size 1m;

        include {INCLUDED}/site.conf;

        location / {{
            error_page 418 = @stator_application;
            return 418;
        }}
    }}

    # For the health check, which no visitor is.
    server {{
        listen {_HEALTH};
        access_log off;
        location / {{
            return 204;
        }}
    }}
}}
"""

_CADDY = f"""\
# Caddy of your site: this file is yours. What it imports is written while the image is built, by
# 'manage.py stator serverconfig', and is right for the very release that the image has.
{{
	admin off
	auto_https off
}}

# Which names are right is looked at by Django: ALLOWED_HOSTS.
:{PORT} {{
	import {INCLUDED}/site.caddyfile
	reverse_proxy {UPSTREAM}
}}

# For the health check, which no visitor is.
http://{_HEALTH} {{
	bind 127.0.0.1
	respond 204
}}
"""

SERVERS: Mapping[str, WebServer] = {
    "nginx": WebServer(
        "nginx",
        "docker.io/library/nginx:stable",
        "docker/nginx.conf",
        "/etc/nginx/nginx.conf",
        _NGINX,
        f"{INCLUDED}/site.conf",
        ("nginx", "-e", "stderr"),
        ("curl", "--silent", "--fail", "--max-time", "3", f"http://{_HEALTH}/"),
    ),
    "caddy": WebServer(
        "caddy",
        "docker.io/library/caddy:2",
        "docker/Caddyfile",
        "/etc/caddy/Caddyfile",
        _CADDY,
        f"{INCLUDED}/site.caddyfile",
        ("caddy", "run", "--config", "/etc/caddy/Caddyfile", "--adapter", "caddyfile"),
        ("wget", "-q", "-T", "3", "-O", "/dev/null", f"http://{_HEALTH}/"),
        {"XDG_DATA_HOME": "/tmp", "XDG_CONFIG_HOME": "/tmp"},  # noqa: S108  (all that can be written to)
        "NET_BIND_SERVICE",
    ),
}
