"""``manage.py stator serverconfig SERVER``: the configuration of a web server, from the project's settings.

Without ``--check`` it writes, with it it reads. What a web server is to do is the policy's to say; this
gathers what the policy is made of, and puts the text where it was asked for.
"""

from __future__ import annotations

import json
import os
import shlex
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.core.files.storage import FileSystemStorage, storages
from django.core.management.base import CommandError, CommandParser

from stator.django.commands import current_at, publishing, static_storage
from stator.django.conf import options
from stator.errors import ConfigError, EnvironmentFailed
from stator.findings import Finding, Level, as_json, as_text
from stator.progress import count_text
from stator.webserver.policy import LISTEN, UPSTREAM, ServingPolicy, policy_of

if TYPE_CHECKING:
    from stator.config import Options
    from stator.django.management.commands.stator import Command
    from stator.django.storage import StatorStorage
    from stator.manifest import Manifest

# A rendered configuration by the ending of the file that it goes into; most servers need one file.
Parts = Mapping[str, str]
_EVERY_HOST = {"*", "localhost", "127.0.0.1", "[::1]"}


def _nginx(policy: ServingPolicy, *, include: bool, **_: object) -> Parts:
    from stator.webserver import nginx  # noqa: PLC0415  (the server that was asked for, and no other)

    if not include:
        return {"": nginx.render(policy)}
    http, server = nginx.render_include(policy)
    return {".http.conf": http, "": server}


def _caddy(policy: ServingPolicy, *, include: bool, **_: object) -> Parts:
    from stator.webserver import caddy  # noqa: PLC0415

    return {"": caddy.render_include(policy) if include else caddy.render(policy)}


def _apache(policy: ServingPolicy, *, include: bool, **_: object) -> Parts:
    from stator.webserver import apache  # noqa: PLC0415

    return {"": apache.render_include(policy) if include else apache.render(policy)}


def _varnish(
    policy: ServingPolicy, *, include: bool, origin: str | None, purger: Sequence[str] | None, **_: object
) -> Parts:
    from stator.webserver import varnish  # noqa: PLC0415

    if include:
        raise ConfigError(
            "For Varnish there is no part to be included.",
            "Leave --include out: a file of yours can include the whole.",
        )
    store = varnish.origin_of(origin) if origin else None
    there = options().destination
    if store and there and there.codings == "identity":
        policy = policy._replace(codings=())
    return {"": varnish.render(policy, origin=store, purgers=purger or varnish.PURGERS)}


# Each takes the options of the command that it knows.
SERVERS: Mapping[str, Callable[..., Parts]] = {
    "nginx": _nginx,
    "caddy": _caddy,
    "apache": _apache,
    "varnish": _varnish,
}


def add_arguments(parser: CommandParser) -> None:
    parser.add_argument("server", choices=list(SERVERS), help="The web server.")
    parser.add_argument(
        "-o", "--output", metavar="FILE", help="Write to FILE; without it, to the standard output."
    )
    parser.add_argument(
        "--include",
        action="store_true",
        help="What an existing server block includes; for nginx two parts, of which the first, "
        "FILE.http.conf, is for the http block.",
    )
    parser.add_argument(
        "--upstream", default=UPSTREAM, metavar="ADDRESS", help="Where the application listens (%(default)s)."
    )
    parser.add_argument(
        "--server-name",
        action="append",
        metavar="NAME",
        help="A host name of the site; may be given several times. Without it, those in ALLOWED_HOSTS.",
    )
    parser.add_argument(
        "--listen", default=LISTEN, metavar="ADDRESS", help="Where the web server listens (%(default)s)."
    )
    parser.add_argument(
        "--origin",
        metavar="URL",
        help="For Varnish: the store that has the published files, http://HOST:PORT/PATH/. Without it, "
        "they are asked from --upstream.",
    )
    parser.add_argument(
        "--purger",
        action="append",
        metavar="ADDRESS",
        help="For Varnish: an address or a network that may purge; may be given several times. Without it, "
        "this machine.",
    )
    parser.add_argument(
        "--check", metavar="FILE", help="Read this configuration of nginx, and say what is wrong with it."
    )
    parser.add_argument(
        "--format",
        choices=["text", "json"],
        default="text",
        help="How --check tells: for people or programs.",
    )


def run(command: Command, opts: Mapping[str, Any]) -> None:
    policy = _policy(opts)
    if opts["check"] is not None:
        _check(command, policy, opts)
        return
    parts = SERVERS[opts["server"]](policy, **opts)
    if opts["output"] is None:
        command.say("\n".join(parts.values()).removesuffix("\n"))  # the command ends it with a line end
        return
    _require_folder(opts["output"])
    for ending, text in parts.items():
        name = f"{opts['output']}{ending}"
        with open(name, "w", encoding="utf-8", newline="\n") as file:
            file.write(text)
        if opts["verbosity"]:
            command.say(f"{name} written.")


def _require_folder(file: str) -> None:
    folder = os.path.dirname(file)
    if folder and not os.path.isdir(folder):
        raise EnvironmentFailed(
            f"There is no folder {folder}, and nothing is written.",
            f"Make it: mkdir -p {shlex.quote(folder)}",
        )


def _policy(opts: Mapping[str, Any]) -> ServingPolicy:
    storage = static_storage()
    if not storage.location:
        raise ConfigError(
            "STATIC_ROOT is not set, so nobody knows which folder to serve.",
            "For example: STATIC_ROOT = BASE_DIR / 'staticfiles'",
        )
    hosts = [name for name in settings.ALLOWED_HOSTS if name not in _EVERY_HOST]
    chosen, folder, manifest = _served(storage)
    return policy_of(
        chosen,
        manifest,
        static_url=storage.base_url or "/",
        static_root=folder,
        **_uploads(),
        server_names=opts["server_name"] or hosts,
        listen=opts["listen"],
        upstream=opts["upstream"],
    )


def _served(storage: StatorStorage) -> tuple[Options, str, Manifest | None]:
    """Return the folder that a web server reads, with the options and the manifest that hold there."""
    root = os.fspath(storage.location)
    if shared := options().shared_folder(root):
        return options()._replace(manifest=""), shared, current_at(publishing())
    return options(), root, storage.standing()


def _uploads() -> Mapping[str, str]:
    """Return where uploads are, if it is a folder of this machine that has an address."""
    storage = storages["default"] if "default" in storages.backends else None
    if (
        not isinstance(storage, FileSystemStorage)
        or not settings.MEDIA_ROOT
        or storage.base_url in {None, "/"}
    ):
        return {}
    return {"media_url": storage.base_url or "", "media_root": os.fspath(storage.location)}


def _check(command: Command, policy: ServingPolicy, opts: Mapping[str, Any]) -> None:
    from stator.webserver import checks, tree  # noqa: PLC0415  (crossplane, which only --check needs)

    if opts["server"] != "nginx":
        raise ConfigError("--check reads configurations of nginx only.", "Leave it out, or name nginx.")
    findings = checks.check(tree.read(opts["check"]), policy)
    if opts["format"] == "json":
        command.say(json.dumps([as_json(one) for one in findings], indent=2, ensure_ascii=False))
    else:
        for one in findings:
            command.say(as_text(one, os.getcwd()))
    errors = sum(_is_error(one) for one in findings)
    if errors:
        raise CommandError(f"{_count(findings)}, {errors} of level error.", returncode=1)
    if opts["format"] == "text" and opts["verbosity"]:
        command.say(f"{opts['check']}: {_count(findings)}, no error.")


def _count(findings: Sequence[Finding]) -> str:
    return count_text(len(findings), "finding")


def _is_error(finding: Finding) -> bool:
    return finding.level is Level.ERROR
