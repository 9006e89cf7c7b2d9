"""What is written for each server: word for word, as the server itself reads it, and with hostile values."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from stator.errors import ConfigError
from stator.setting import read_options
from stator.webserver import apache, caddy, nginx, tree
from stator.webserver.policy import ServingPolicy, policy_of
from tests.conformance.web_servers import public_folder
from tests.webserver import golden
from tests.webserver.policies import FULL, MANIFEST, POLICIES, SMALL
from tests.webserver.servers import complaint

RENDER: dict[str, Callable[[ServingPolicy], str]] = {
    "nginx": nginx.render,
    "caddy": caddy.render,
    "apache": apache.render,
}
SERVERS = [pytest.param(name, marks=pytest.mark.needs(name)) for name in RENDER]

HOSTILE = st.text(st.sampled_from("\"'`\\${}[]();#%*?^~|!<>&@ \t\n\r\x00éa."), min_size=1, max_size=12)


@pytest.mark.parametrize("file", [file for file, _ in golden.files()], ids=lambda file: file.name)
def test_configurations_are_written_word_for_word(file: Path) -> None:
    written = dict(golden.files())[file]
    assert written == file.read_text(), "if it is meant: python -m tests.webserver.golden"


@pytest.mark.parametrize("policy", POLICIES)
@pytest.mark.parametrize("server", SERVERS)
def test_a_server_takes_its_configuration(server: str, policy: str, tmp_path: Path) -> None:
    assert complaint(server, RENDER[server](POLICIES[policy]), tmp_path) == ""


def include(server: str, policy: ServingPolicy) -> str:
    """Return a small configuration of a user's that includes what we write for that."""
    if server == "nginx":
        http, inside = nginx.render_include(policy)
        return f"{http}\nserver {{\nlisten 8080;\n{inside}\nlocation / {{ return 200; }}\n}}\n"
    if server == "caddy":
        return f":8080 {{\n{caddy.render_include(policy)}\nrespond 200\n}}\n"
    return f"<VirtualHost *:8080>\n{apache.render_include(policy)}\n</VirtualHost>\n"


@pytest.mark.parametrize("policy", POLICIES)
@pytest.mark.parametrize("server", SERVERS)
def test_a_server_takes_what_is_included(server: str, policy: str, tmp_path: Path) -> None:
    assert complaint(server, include(server, POLICIES[policy]), tmp_path) == ""


@contextmanager
def refusals_allowed() -> Iterator[None]:
    """A value that a server cannot be told is refused, which is as good as written rightly."""
    try:
        yield
    except ConfigError:
        return


def hostile_policies() -> st.SearchStrategy[Callable[[], ServingPolicy]]:
    """Return policies that may be refused when they are made, each with one hostile value and others not."""

    def made(folder: str, url: str, pattern: str, value: str, private: str) -> Callable[[], ServingPolicy]:
        def make() -> ServingPolicy:
            chosen = {"HEADERS": {pattern: {"X-A": value}}, "MEDIA": {"PRIVATE": {private: "a.b"}}}
            return policy_of(
                read_options(chosen),
                MANIFEST,
                static_url=f"/{url}/",
                static_root=f"/srv/{folder}",
                media_url="/media/",
                media_root=f"/srv/{folder}/media",
            )

        return make

    usual = {"folder": "static", "url": "static", "pattern": "*.js", "value": "1", "private": "invoices/"}
    return st.one_of(
        st.builds(made, **{**{key: st.just(one) for key, one in usual.items()}, odd: HOSTILE})
        for odd in usual
    )


@given(make=hostile_policies())
def test_no_value_changes_the_shape_of_nginx_configuration(make: Callable[[], ServingPolicy]) -> None:
    with refusals_allowed(), public_folder() as folder:
        policy = make()
        file = folder / "site.conf"
        file.write_text(nginx.render(policy))
        root = tree.read(str(file))
        assert {one.name for one in root.body} <= {"upstream", "map", "server"}
        (server,) = tree.servers(root)
        aliases = [one.args[0] for place in server.locations() for one in place.directive.all("alias")]
        assert aliases
        told = [alias.replace("\\\\", "\\") for alias in aliases]  # which crossplane leaves to us
        assert all(alias.startswith(policy.static_root) for alias in told)
        prefixes = {place.pattern for place in server.locations() if place.modifier == "^~"}
        assert prefixes == {policy.static_prefix, "/media/", "/_stator/", *SENDERS}


SENDERS = {"/_stator/static/", "/_stator/uploads/", "/_stator/media/"}


@pytest.mark.parametrize("server", SERVERS)
@settings(max_examples=25, deadline=None)
@given(make=hostile_policies())
def test_a_server_takes_every_value_that_is_not_refused(
    server: str, make: Callable[[], ServingPolicy]
) -> None:
    with refusals_allowed(), public_folder() as folder:
        assert complaint(server, RENDER[server](make()), folder) == ""


@pytest.mark.parametrize(
    ("server", "root"),
    [("nginx", "/srv/$HOME"), ("caddy", "/srv/{b}"), ("caddy", "/srv/*"), ("apache", "/srv/50%")],
)
def test_a_folder_that_a_server_cannot_be_told_is_refused(server: str, root: str) -> None:
    with pytest.raises(ConfigError, match="cannot be told"):
        RENDER[server](SMALL._replace(static_root=root))


def test_a_type_by_another_pattern_than_an_extension_is_refused_for_nginx() -> None:
    with pytest.raises(ConfigError, match="types by extension only"):
        nginx.render(SMALL._replace(rules=(("fonts/*", (("Content-Type", "font/woff2"),)),)))


@pytest.mark.parametrize("render", RENDER.values(), ids=RENDER)
def test_without_codings_no_form_is_looked_for(render: Callable[[ServingPolicy], str]) -> None:
    text = render(SMALL._replace(codings=()))
    assert "zst" not in text
    assert "zst" in render(SMALL)


def test_names_are_listed_exactly() -> None:
    text = nginx.render(FULL)
    assert '"vendor/widget.0123456789ab.css" "";' in text
    assert '"odd \\"$name\\" {1}.js" yes;' in text
    assert '"\\default" yes;' in text
    assert '"~^build/INDEX-drvb_9fx[.]js$" yes;' in text  # nginx would take the two for one
    assert '"data.json.gz" "";' in text


@pytest.mark.needs("nginx")
def test_nginx_has_room_for_many_and_long_names(tmp_path: Path) -> None:
    many = tuple(f"build/chunk-{number:05}.js" for number in range(3000))
    policy = SMALL._replace(undigested=(*many, f"build/{'x' * 240}.js"))
    assert complaint("nginx", nginx.render(policy), tmp_path) == ""
