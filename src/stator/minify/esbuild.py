"""Minifies JavaScript with esbuild's own program, where the project has one.

Rules of this file:

1. *Each file by itself*: no bundling, no ``--format``. A script stays a script: its top-level names, which
   other scripts can see, stay, and neither ``"use strict"`` nor a function around it is added.
2. *The language stays* as it is written (``--target=esnext``), and so do licences, ``process.env.NODE_ENV``
   (``--platform=neutral``) and strings with ``</script`` in them.
3. *Local names are shortened*, those of functions and classes too, as everyone does. A file that depends on
   ``.name``, or on the text of a function that uses names from outside it, must be left out by its owner.
4. *No name reaches the command line*: files go into a temporary folder, under numbers. A ``package.json``
   beside them and ``--tsconfig-raw`` keep the settings of folders above away.
5. *A file in ASCII stays in ASCII*, since a page in another encoding may load it. Others come out in UTF-8.
6. *esbuild writes nothing if one file is broken*: its messages tell which are, and the rest goes in again.
   It keeps all that it reads in memory, about fifteen times over, so it gets a limited amount at once.
7. *A program that hangs or crashes costs time and nothing else*: all files are left as they are.
"""

from __future__ import annotations

import functools
import os
import re
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Iterator, Mapping

from stator.media_types import extension
from stator.minify.tool import MinifyFailed

PATIENCE = 30.0  # seconds that a run may take, and for each of so many bytes one more
BYTES_A_SECOND = 500_000  # a twentieth of what one core does
BYTES_A_RUN = 16 << 20

BOM = b"\xef\xbb\xbf"
OPTIONS = (
    "--minify",
    "--target=esnext",
    "--platform=neutral",
    "--legal-comments=inline",
    "--supported:inline-script=false",
    "--tsconfig-raw={}",
)
_FILES = ("--outdir=out", "--outbase=.", "--log-level=error", "--log-limit=0", "--color=false")
_MEANINGFUL = {".mjs", ".cjs"}  # extensions that tell esbuild what a file is; any other is ".js"

# Lines of a file are quoted behind their number and a bar, so that no file can speak in esbuild's name.
_ERROR = re.compile(
    r"^\S+ \[ERROR\] (?P<text>.*)\n\n    (?P<number>\d+)\.[mc]?js:(?P<line>\d+):\d+:$", re.MULTILINE
)


def programs(project: str) -> Iterator[str]:
    """Yield where esbuild may be: in the project's packages, then on ``PATH``."""
    own = os.path.join(project, "node_modules", ".bin", "esbuild") if project else ""
    for found in (own and shutil.which(own), shutil.which("esbuild")):
        if found:
            yield os.path.abspath(found)


@functools.cache
def version(program: str) -> str:
    """Return what the program calls its version, or an empty string if it does not work."""
    try:
        code, text = _run([program, "--version"], os.path.dirname(program), PATIENCE)
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return text.strip() if code == 0 and re.fullmatch(r"\d+\.\S+", text.strip()) else ""


def minify(program: str, contents: Mapping[str, bytes]) -> Mapping[str, bytes | MinifyFailed]:
    """Return for each path the new content, or why there is none. Raises nothing."""
    results: dict[str, bytes | MinifyFailed] = {}
    by_charset: dict[str, dict[str, bytes]] = {"ascii": {}, "utf8": {}}
    for path, content in contents.items():
        try:
            content.decode()
        except UnicodeDecodeError:
            results[path] = MinifyFailed("it is not UTF-8")
        else:
            by_charset["ascii" if content.isascii() else "utf8"][path] = content
    for charset, group in by_charset.items():
        for run in _runs(group):
            results |= _without_broken(program, charset, run)
    return results


def _runs(contents: Mapping[str, bytes]) -> Iterator[dict[str, bytes]]:
    """Yield the files in parts of no more than ``BYTES_A_RUN``, as far as that can be."""
    run: dict[str, bytes] = {}
    size = 0
    for path, content in contents.items():
        if run and size + len(content) > BYTES_A_RUN:
            yield run
            run, size = {}, 0
        run[path] = content
        size += len(content)
    if run:
        yield run


def _without_broken(
    program: str, charset: str, contents: Mapping[str, bytes]
) -> dict[str, bytes | MinifyFailed]:
    results: dict[str, bytes | MinifyFailed] = {}
    left = dict(contents)
    while left:
        done = _minified(program, charset, left)
        results |= done
        left = {path: content for path, content in left.items() if path not in done}
    return results


def _minified(
    program: str, charset: str, contents: Mapping[str, bytes]
) -> Mapping[str, bytes | MinifyFailed]:
    """Return what one run of esbuild made of the files: all of them, or only those that are broken."""
    paths = list(contents)
    patience = PATIENCE + sum(map(len, contents.values())) / BYTES_A_SECOND
    try:
        with tempfile.TemporaryDirectory(prefix="stator-") as folder:
            _write(folder, "package.json", b"{}")
            names = [f"{number}{_kind(path)}" for number, path in enumerate(paths)]
            for name, content in zip(names, contents.values(), strict=True):
                _write(folder, name, content)
            command = [program, *OPTIONS, f"--charset={charset}", *_FILES, *(f"./{name}" for name in names)]
            code, messages = _run(command, folder, patience)
            if code == 0:
                return {path: _read(folder, number, contents[path]) for number, path in enumerate(paths)}
    except subprocess.TimeoutExpired:
        return dict.fromkeys(paths, MinifyFailed(f"esbuild gave no answer in {patience:.0f} seconds"))
    except OSError as error:
        return dict.fromkeys(paths, MinifyFailed(f"esbuild could not be used: {error.strerror}"))
    broken = {paths[int(error["number"])]: _reason(error) for error in reversed([*_ERROR.finditer(messages)])}
    return broken or dict.fromkeys(paths, MinifyFailed(_stopped(code, messages)))


def _kind(path: str) -> str:
    found = extension(path)
    return found if found in _MEANINGFUL else ".js"


def _write(folder: str, name: str, content: bytes) -> None:
    with open(os.path.join(folder, name), "wb") as file:
        file.write(content)


def _read(folder: str, number: int, before: bytes) -> bytes:
    with open(os.path.join(folder, "out", f"{number}.js"), "rb") as file:
        content = file.read()
    # esbuild takes the mark away, which tells browsers the encoding.
    return BOM + content if before.startswith(BOM) else content


def _reason(error: re.Match[str]) -> MinifyFailed:
    return MinifyFailed(f"esbuild cannot read line {error['line']}: {error['text']}")


def _stopped(code: int, messages: str) -> str:
    said = messages.strip().partition("\n")[0]
    return f"esbuild stopped with exit code {code}" + (f": {said}" if said else "")


def _run(command: list[str], folder: str, patience: float) -> tuple[int, str]:
    """Run a command in a folder and return exit code and output. Raises ``TimeoutExpired``, ``OSError``.

    The output goes into a file, and it gets a process group of its own: esbuild may be a script of Node
    that starts the real one, which would outlive it and hold a pipe open.
    """
    with tempfile.TemporaryFile() as said:
        process = subprocess.Popen(  # noqa: S603
            command, cwd=folder, stdin=subprocess.DEVNULL, stdout=said, stderr=said, start_new_session=True
        )
        try:
            code = process.wait(patience)
        finally:
            if process.returncode is None:
                os.killpg(process.pid, signal.SIGKILL)
                process.wait()
        said.seek(0)
        return code, said.read().decode(errors="replace")
