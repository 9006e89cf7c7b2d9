"""Where the time of a collect goes: functions of Stator, wrapped so that they count their seconds.

The functions are named in one table. One that is renamed makes the profile fail with its name.
"""

from __future__ import annotations

import functools
import importlib
import time
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

LOADING = "load the modules"


class Stage(NamedTuple):
    """A stage and its functions, as ``module:name``. One with ``part_of`` is part of that stage.

    Only a run that builds anew has parts: others do not even load the modules.
    """

    name: str
    functions: tuple[str, ...]
    part_of: str = ""


STAGES = (
    Stage("find the sources", ("stator.django.origins:find",)),
    Stage("read the snapshot", ("stator.cache:Cache.read_record", "stator.snapshot:load")),
    Stage("look after what was published", ("stator.collect:lost",)),
    Stage("build", ("stator.collect:build",)),
    Stage("run esbuild", ("stator.build.minifying:Minifying.together",), "build"),
    Stage("read, hash, minify and scan", ("stator.build.anew:read_all",), "build"),
    Stage("digest", ("stator.build.anew:digests",), "build"),
    Stage("link", ("stator.build.anew:link_all",), "build"),
    Stage("compress", ("stator.build.coding:Coder.__call__",), "build"),
    Stage("publish", ("stator.collect:release",)),
    Stage("write the snapshot", ("stator.cache:Cache.write_record",)),
)


def watched(state: str) -> dict[str, float]:
    """Wrap the functions for a run; return where the seconds will be. ``cold`` is one that builds anew."""
    started = time.perf_counter()
    stages = [stage for stage in STAGES if state == "cold" or not stage.part_of]
    importlib.import_module("stator.django.management.commands.collectstatic")
    owners = [(stage, *_found(function)) for stage in stages for function in stage.functions]
    seconds = {LOADING: time.perf_counter() - started, **dict.fromkeys((stage.name for stage in stages), 0.0)}
    for stage, owner, name in owners:
        setattr(owner, name, _counted(getattr(owner, name), stage.name, seconds))
    return seconds


def _found(function: str) -> tuple[Any, str]:
    module, _, path = function.partition(":")
    *outer, name = path.split(".")
    return functools.reduce(getattr, outer, importlib.import_module(module)), name


def _counted(function: Callable[..., Any], stage: str, seconds: dict[str, float]) -> Callable[..., Any]:
    @functools.wraps(function)
    def counted(*args: Any, **kwargs: Any) -> Any:
        started = time.perf_counter()
        result = function(*args, **kwargs)
        seconds[stage] += time.perf_counter() - started
        return stepped(result) if isinstance(result, Iterator) else result

    def stepped(items: Iterator[Any]) -> Iterator[Any]:
        # What happens between two items is the work of whoever takes them.
        while True:
            started = time.perf_counter()
            try:
                item = next(items)
            except StopIteration:
                return
            finally:
                seconds[stage] += time.perf_counter() - started
            yield item

    return counted
