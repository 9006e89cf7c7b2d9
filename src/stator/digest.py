"""Digests: names that change when what the browser gets changes, and only then.

A digest covers a file and everything that it refers to, however far. The rule:

    isolated   what is known of a file alone: its content, and where its links lead
    group      of a component: the isolated hashes of its members, and the digests of the files outside
               that they refer to
    digest     of a file: its isolated hash and the group of its component

A file without references is the base case, and a circle needs no special one. Every piece is hashed with
its length in front, so that no two lists of pieces read the same.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Mapping

from stator.asset import Asset
from stator.graph import Links, components, targets
from stator.paths import DIGEST_LENGTH
from stator.references.resolve import Link

# Whatever shapes the output of linking is in every digest. A change of the rules above changes the salt.
SALT = b"stator linker 1"


def digests(
    assets: Mapping[str, Asset], links: Links, settled: Callable[[str], str] | None = None
) -> dict[str, str]:
    """Return the digest of every asset by its logical path, in hexadecimal digits.

    ``links`` holds the links of those assets that have any. ``settled`` gives the digests of targets that
    are not among the assets; none of those may refer back, however far.
    """
    alone = {path: _isolated(asset, links.get(path, ())) for path, asset in assets.items()}
    found = {path: _digest(alone[path], _hash([alone[path]])) for path in assets if path not in links}

    def digest_of(path: str) -> str:
        return found[path] if settled is None or path in found else settled(path)

    for members in components(links):
        outside = sorted({path for member in members for path in targets(links[member])}.difference(members))
        group = _hash(
            [
                *(piece for member in members for piece in (member.encode(), alone[member])),
                b"outside",
                *(piece for path in outside for piece in (path.encode(), digest_of(path).encode())),
            ]
        )
        for member in members:
            found[member] = _digest(alone[member], group)
    return found


def _isolated(asset: Asset, links: Iterable[Link]) -> bytes:
    # The content holds the specifiers as written; with the places and targets of the links it decides,
    # up to the targets' own digests, every byte that linking will write.
    return _hash(
        [asset.content_sha256, *(f"{link.start} {link.end} {link.target}".encode() for link in links)],
    )


def _digest(isolated: bytes, group: bytes) -> str:
    return _hash([isolated, group]).hex()[:DIGEST_LENGTH]


def _hash(pieces: Iterable[bytes]) -> bytes:
    state = hashlib.sha256(SALT)
    for piece in pieces:
        state.update(len(piece).to_bytes(8, "big"))
        state.update(piece)
    return state.digest()
