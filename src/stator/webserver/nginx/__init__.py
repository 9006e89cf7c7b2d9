"""The policy in the language of nginx, 1.22 or later, with no module beyond those that every nginx has.

Facts that shape it. A precompressed form is found by nginx itself only with a module for each coding, and
``gzip_static`` looks at no other weight than zero; so weights are compared in maps, and one location serves
the file with a suffix behind its name: the type still follows from the name. ``add_header`` runs before a
``Range`` is looked at, and again for an error, so what must not be said with 416 is known beforehand.
``add_header`` in a location drops those outside of it, so each set stands in one place. A malformed
``Range``, one of a HEAD, and a date that is not exactly that of the file are answered as RFC 9110 has it only
where ``max_ranges`` and ``if_modified_since`` say so.
"""

from __future__ import annotations

from stator.webserver.nginx.locations import everything_else, locations
from stator.webserver.nginx.maps import maps
from stator.webserver.policy import ServingPolicy
from stator.webserver.text import block, comment, document, with_gaps

_TLS = """\
# For HTTPS and HTTP/2 take these lines in place of the one above (with nginx 1.25.1 or later:
# "listen 443 ssl;" and "http2 on;"), and give port 80 a server: return 301 https://$host$request_uri;
# listen 443 ssl http2;
# ssl_certificate /etc/letsencrypt/live/NAME/fullchain.pem;
# ssl_certificate_key /etc/letsencrypt/live/NAME/privkey.pem;""".splitlines()


def render(policy: ServingPolicy) -> str:
    """Return the configuration of a whole site, a file for the ``http`` block, as in ``conf.d``.

    Raises ``ConfigError`` for a value that nginx cannot be told.
    """
    server = block(
        "server",
        *with_gaps(
            [f"listen {policy.listen};", *_TLS, f"server_name {' '.join(policy.server_names) or '_'};"],
            [
                *comment("Uploads larger than this are refused by nginx; what Django allows comes after."),
                "client_max_body_size 1m;",
            ],
            ["error_page 405 @stator_refused;"],
            *locations(policy),
            everything_else(policy),
        ),
    )
    return document(
        comment(
            "A site with nginx 1.22 or later. A file for the http block, as /etc/nginx/conf.d/site.conf."
        ),
        _WRITTEN,
        *maps(policy),
        server,
    )


def render_include(policy: ServingPolicy) -> tuple[str, str]:
    """Return what goes into the ``http`` block and what goes into an existing ``server`` block.

    Raises ``ConfigError`` for a value that nginx cannot be told.
    """
    http = comment("Part 1 of 2: for the http block, as /etc/nginx/conf.d/stator.conf.")
    inside = [
        *comment(
            "Part 2 of 2: for your server block, by an include in it. It needs part 1. It leaves "
            "'location /' to you, which should hand requests to the application:"
        ),
        "# location / { error_page 418 = @stator_application; return 418; }",
        *comment(
            "A proxy_pass of your own needs 'proxy_set_header Host $http_host;': else Django is told the "
            "upstream's name for the host, and answers 400."
        ),
    ]
    return document(http, _WRITTEN, *maps(policy)), document(inside, _WRITTEN, *locations(policy))


_WRITTEN = comment(
    "Written by 'manage.py stator serverconfig nginx'. It is right for the next releases too; write it "
    "again when settings change, or when names that a bundler has digested do."
)
