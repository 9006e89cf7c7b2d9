"""What is compared word for word; ``python -m tests.webserver.golden`` writes it anew."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from stator.webserver import apache, caddy, nginx, varnish
from stator.webserver.policy import ServingPolicy
from tests.webserver.policies import POLICIES

STORE = varnish.Origin("127.0.0.1", 8333, "/assets/static/")
FOLDER = Path(__file__).parent / "golden"


def rendered(policy: ServingPolicy) -> dict[str, str]:
    """Return all that can be written for a policy, by the name of the golden file after the policy's."""
    http, server = nginx.render_include(policy)
    return {
        "nginx.conf": nginx.render(policy),
        "nginx.http.conf": http,
        "nginx.server.conf": server,
        "Caddyfile": caddy.render(policy),
        "include.Caddyfile": caddy.render_include(policy),
        "apache.conf": apache.render(policy),
        "include.apache.conf": apache.render_include(policy),
        "varnish.vcl": varnish.render(policy),
        "store.varnish.vcl": varnish.render(policy, origin=STORE, purgers=["10.0.0.0/24"]),
    }


def files() -> Iterator[tuple[Path, str]]:
    for name, policy in POLICIES.items():
        for ending, text in rendered(policy).items():
            yield FOLDER / f"{name}.{ending}", text


if __name__ == "__main__":
    for file, text in files():
        file.write_text(text)
