"""WhiteNoise's storage, made lenient. A file of its own: who measures Django's must not load WhiteNoise."""

from __future__ import annotations

from whitenoise.storage import CompressedManifestStaticFilesStorage  # type: ignore[import-untyped]

from benchmarks.lenient import Lenient


class WhiteNoise(Lenient, CompressedManifestStaticFilesStorage):  # type: ignore[misc]
    pass
