"""Contents to encode, the same in every run."""

from __future__ import annotations

import random

MEGABYTE = 1_000_000


def text(size: int) -> bytes:
    """Return text that shrinks as scripts do."""
    chance = random.Random(size)
    words = [f"{chance.choice('abcdefgh')}{chance.randrange(3000):x}" for _ in range(400)]
    return " ".join(chance.choices(words, k=size)).encode()[:size]


def noise(size: int) -> bytes:
    """Return bytes that do not shrink."""
    return random.Random(size).randbytes(size)


def repeated(size: int) -> bytes:
    """Return many bytes that are soon encoded."""
    block = text(100_000)
    return (block * (size // len(block) + 1))[:size]
