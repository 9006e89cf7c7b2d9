"""What is true of every coding in the table."""

from __future__ import annotations

import random
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from stator.encode import CODINGS, Coding, Effort, compressible, effort_for
from tests.encode.contents import MEGABYTE, noise, repeated, text
from tests.encode.decoders import DECODERS
from tests.parts import CORPUS

CONTENTS = {
    "empty": b"",
    "one byte": b"x",
    "short": b"a{color:red}",
    "text": text(50_000),
    "noise": noise(50_000),
    "every byte": bytes(range(256)),
    "zeros": bytes(100_000),
    "10 MB": repeated(10 * MEGABYTE),
}

every_coding = pytest.mark.parametrize("coding", CODINGS.values(), ids=CODINGS)
every_effort = pytest.mark.parametrize("effort", Effort, ids=lambda effort: effort.value)


def test_the_table_is_in_the_order_of_preference() -> None:
    assert [(name, coding.suffix) for name, coding in CODINGS.items()] == [
        ("br", ".br"),
        ("zstd", ".zst"),
        ("gzip", ".gz"),
    ]
    assert [coding.name for coding in CODINGS.values()] == list(CODINGS)


@every_coding
@every_effort
@pytest.mark.parametrize("content", CONTENTS.values(), ids=CONTENTS)
def test_decodes_to_the_content(coding: Coding, effort: Effort, content: bytes) -> None:
    assert DECODERS[coding.name](coding.encode(content, effort)) == content


@every_coding
def test_coded_noise_is_hardly_longer(coding: Coding) -> None:
    content = noise(50_000)

    assert len(coding.encode(content, Effort.BEST)) < len(content) * 1.001 + 30


@every_coding
@every_effort
def test_equal_content_gives_equal_bytes_also_from_threads_at_once(coding: Coding, effort: Effort) -> None:
    content = text(200_000)
    alone = coding.encode(content, effort)

    with ThreadPoolExecutor(2) as threads:
        together = list(threads.map(coding.encode, [content] * 4, [effort] * 4))

    assert together == [alone] * 4


@every_coding
def test_cheap_is_larger_than_best_and_smaller_than_plain(coding: Coding) -> None:
    content = text(200_000)

    best, cheap = (len(coding.encode(content, effort)) for effort in (Effort.BEST, Effort.CHEAP))

    assert best < cheap < len(content)


@every_coding
def test_the_version_names_a_library_with_its_version_and_two_levels(coding: Coding) -> None:
    library, best, cheap = coding.version().split(", ")

    assert library.split()[1][0].isdigit()
    assert best.startswith("best ")
    assert cheap.startswith("cheap ")
    assert int(best.split()[1]) > int(cheap.split()[1])


def test_importing_the_room_loads_no_library() -> None:
    script = "import sys, stator.encode; print(*sys.modules)"

    loaded = subprocess.run([sys.executable, "-c", script], check=True, capture_output=True, text=True)

    names = {name.split(".")[0] for name in loaded.stdout.split()}
    assert not names & {"brotli", "_brotli", "backports", "compression", "deflate"}


@pytest.mark.needs("npm corpus")
@pytest.mark.whole_corpus
def test_files_of_the_corpus_decode_to_their_bytes() -> None:
    for file in sample(3 * MEGABYTE):
        content = file.read_bytes()
        for coding in CODINGS.values():
            coded = coding.encode(content, effort_for(file.name))
            assert DECODERS[coding.name](coded) == content, (file, coding.name)


def sample(most: int) -> list[Path]:
    """Return files of all kinds and sizes, of together at most so many bytes: each MB takes two seconds."""
    files = sorted(file for file in CORPUS.rglob("*") if compressible(file.name) and file.is_file())
    random.Random(1).shuffle(files)
    chosen = []
    for file in files:
        if file.stat().st_size <= most:
            chosen.append(file)
            most -= file.stat().st_size
    return chosen
