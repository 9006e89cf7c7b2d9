from __future__ import annotations

import platform
import subprocess
import sys

import pytest

SCRIPT = """
import sys
from stator.memory import return_large_buffers

def resident():
    return int(open("/proc/self/statm").read().split()[1]) * 4096

if {asked}:
    return_large_buffers()
b"x" * (30 << 20)  # once this was freed, the C library keeps what it gets
before = resident()
blocks = [b"x" * (1 << 20) for _ in range(40)]
keeps_the_top_of_the_heap = b"x" * 1000
del blocks
print(resident() - before)
"""


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="other C libraries are left as they are")
def test_large_buffers_go_back_to_the_system_when_they_are_free() -> None:
    def left(*, asked: bool) -> int:
        script = SCRIPT.format(asked=asked)
        return int(subprocess.run([sys.executable, "-c", script], capture_output=True, check=True).stdout)

    assert left(asked=True) < 4 << 20
    assert left(asked=False) > 20 << 20
