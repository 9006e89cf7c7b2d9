"""Codings: the same bytes in fewer, made once, so that no request waits for it. One module a coding.

Bytes in, bytes out: equal content, effort and ``version()`` give equal bytes on every machine. One call takes
up to 90 MB beside the content, measured with 10 and with 30 MB of it. A library is imported by the first call
that needs it, for most processes need none.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from stator.encode import br, gzip, zstd
from stator.encode.choices import compressible, effort_for, worthwhile
from stator.encode.coding import Coding, Effort

__all__ = ["CODINGS", "Coding", "Effort", "compressible", "effort_for", "worthwhile"]

# By name, the best first: in this order a server chooses when a browser takes several equally well.
CODINGS: Mapping[str, Coding] = MappingProxyType(
    {
        coding.name: coding
        for coding in [
            Coding("br", ".br", br.version, br.encode),
            Coding("zstd", ".zst", zstd.version, zstd.encode),
            Coding("gzip", ".gz", gzip.version, gzip.encode),
        ]
    }
)
