from __future__ import annotations

import sys

import pytest

from stator.encode import CODINGS, Effort
from tests.encode.contents import noise, text
from tests.encode.decoders import DECODERS

GZIP = CODINGS["gzip"]


@pytest.fixture(params=["zlib", "libdeflate"])
def library(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """Let gzip use one of its libraries, and return its name."""
    if request.param == "zlib":
        monkeypatch.setitem(sys.modules, "deflate", None)
    else:
        pytest.importorskip("deflate")
    return str(request.param)


def test_the_version_says_which_library_is_installed(library: str) -> None:
    assert GZIP.version().startswith(f"{library} ")


@pytest.mark.parametrize("effort", Effort, ids=lambda effort: effort.value)
@pytest.mark.parametrize("content", [b"", b"x", text(100_000), noise(100_000)], ids=len)
def test_either_library_makes_what_decodes_to_the_content(
    library: str, content: bytes, effort: Effort
) -> None:
    assert DECODERS["gzip"](GZIP.encode(content, effort)) == content


@pytest.mark.parametrize("effort", Effort, ids=lambda effort: effort.value)
def test_the_header_holds_no_time_no_name_and_no_system(library: str, effort: Effort) -> None:
    coded = GZIP.encode(b"a{}", effort)

    assert coded[:2] == b"\x1f\x8b"
    assert coded[2] == 8  # deflate
    assert coded[3] == 0  # no flags, so no name, no comment
    assert coded[4:8] == bytes(4)  # no time
    assert coded[9] == 255  # unknown system


def test_the_libraries_make_different_bytes_so_the_version_must_differ(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    pytest.importorskip("deflate")
    content = text(100_000)
    with_libdeflate = GZIP.encode(content, Effort.BEST), GZIP.version()
    monkeypatch.setitem(sys.modules, "deflate", None)
    with_zlib = GZIP.encode(content, Effort.BEST), GZIP.version()

    assert with_libdeflate[0] != with_zlib[0]
    assert with_libdeflate[1] != with_zlib[1]
    assert len(with_libdeflate[0]) < len(with_zlib[0])
