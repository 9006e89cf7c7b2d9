"""How long ``collectstatic`` takes: Stator and Django's ``ManifestStaticFilesStorage``, in the same run.

    python benchmarks/collect.py                    both sites, results to benchmarks/results.md
    python benchmarks/collect.py --site small       one of them
    python benchmarks/collect.py --rounds 5

Sites are made of the npm packages that the tests use (scripts/install-test-parts). Each measurement is a
process of its own: ``django.setup()`` comes first and is not counted, then ``call_command("collectstatic")``.
"From nothing" has no STATIC_ROOT; "unchanged" runs once more on the result. Contenders take turns, the
median of the rounds counts. Both are lenient about references that lead nowhere, as packages need it.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

HERE = Path(__file__).resolve().parent
CORPUS = HERE.parent / "tests" / "oracles" / "node_modules"
RESULTS = HERE / "results.md"
TIMEOUT = 420  # seconds after which a contender is given up

# how often a site is measured, and the packages in it with the number of copies of each
SITES = {
    "small": (3, dict.fromkeys(["bootstrap", "three", "katex", "tinymce", "leaflet", "swiper"], 1)),
    "large": (
        1,
        dict.fromkeys(["tinymce", "monaco-editor", "mathjax", "video.js", "pdfjs-dist", "vue", "d3"], 1)
        | dict.fromkeys(["three", "bootstrap", "leaflet"], 4)
        | dict.fromkeys(["swiper", "katex", "lit", "css-tree"], 18),
    ),
}
CONTENDERS = {
    "Stator": "stator.django.storage.StatorStorage",
    "Django": "benchmarks.lenient.Django",
    "Django with module support": "benchmarks.lenient.DjangoWithModules",
}


class Measured(NamedTuple):
    seconds: float
    megabytes: float  # peak resident memory of the process
    setup: float  # seconds of django.setup() and the imports before it


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--site", choices=SITES, action="append")
    parser.add_argument("--rounds", type=int, help="instead of 3 for the small site, 1 for the large one")
    parser.add_argument("--measure", nargs=3, help=argparse.SUPPRESS)
    chosen = parser.parse_args()
    if chosen.measure:
        print(json.dumps(measure(*chosen.measure)))
        return
    parts = [heading()]
    with tempfile.TemporaryDirectory(prefix="stator-bench-") as folder:
        for site in chosen.site or SITES:
            sources = make_site(Path(folder), site)
            parts.append(compare(site, sources, Path(folder) / "root", chosen.rounds or SITES[site][0]))
            shutil.rmtree(sources)
    print("\n".join(parts))
    if not chosen.site:
        RESULTS.write_text("\n".join(parts))


def make_site(folder: Path, site: str) -> Path:
    """Lay out the site as ``copy-N/package/…``, by hard links, and read it once so that it is cached."""
    _, packages = SITES[site]
    sources = folder / site
    for package, copies in packages.items():
        for number in range(copies):
            target = sources / f"copy-{number}" / package
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copytree(CORPUS / package, target, copy_function=os.link)
    for file in sources.rglob("*"):
        if file.is_file():
            file.read_bytes()
    return sources


def measure(backend: str, sources: str, root: str) -> Measured:
    """Collect once in this process and say what it took."""
    started = time.perf_counter()
    import django
    from django.conf import settings
    from django.core.management import call_command

    settings.configure(
        INSTALLED_APPS=["stator.django", "django.contrib.staticfiles"],
        STATIC_URL="/static/",
        STATIC_ROOT=root,
        STATICFILES_DIRS=[sources],
        STATICFILES_FINDERS=["django.contrib.staticfiles.finders.FileSystemFinder"],
        STORAGES={"staticfiles": {"BACKEND": backend}},
        STATOR={"ON_MISSING": "warn"},
    )
    django.setup()
    ready = time.perf_counter()
    with open(os.devnull, "w", encoding="utf-8") as nowhere:
        call_command("collectstatic", interactive=False, verbosity=0, stdout=nowhere, stderr=nowhere)
    done = time.perf_counter()
    return Measured(done - ready, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024, ready - started)


def in_a_process_of_its_own(backend: str, sources: Path, root: Path) -> Measured | None:
    """Return what one run takes, ``None`` when it took too long."""
    command = [sys.executable, __file__, "--measure", backend, str(sources), str(root)]
    environment = {**os.environ, "PYTHONPATH": f"{HERE.parent}{os.pathsep}{HERE.parent / 'src'}"}
    try:
        done = subprocess.run(
            command, env=environment, check=True, capture_output=True, text=True, timeout=TIMEOUT
        )
    except subprocess.TimeoutExpired:
        return None
    return Measured(*json.loads(done.stdout))


def compare(site: str, sources: Path, root: Path, rounds: int) -> str:
    taken: dict[tuple[str, str], list[Measured | None]] = {}
    for _ in range(rounds):
        for name, backend in CONTENDERS.items():
            if taken.get((name, "from nothing"), [0])[-1] is None:
                continue  # it was too slow once
            for state in ("from nothing", "unchanged"):
                taken.setdefault((name, state), []).append(in_a_process_of_its_own(backend, sources, root))
                if taken[name, state][-1] is None:
                    break
            shutil.rmtree(root, ignore_errors=True)
    floor = copy_time(sources, root)
    return table(site, sources, taken, floor, rounds)


def copy_time(sources: Path, root: Path) -> float:
    started = time.perf_counter()
    subprocess.run(["cp", "-r", sources, root], check=True)
    seconds = time.perf_counter() - started
    shutil.rmtree(root)
    return seconds


def table(
    site: str, sources: Path, taken: dict[tuple[str, str], list[Measured | None]], floor: float, rounds: int
) -> str:
    files = [file for file in sources.rglob("*") if file.is_file()]
    size = sum(file.stat().st_size for file in files) / 1e6
    scripts = sum(file.stat().st_size for file in files if file.suffix in {".js", ".mjs"}) / 1e6
    lines = [
        f"## The {site} site: {len(files):,} files, {size:.0f} MB, {scripts:.0f} MB of them JavaScript",
        "",
        f"Median of {rounds}." if rounds > 1 else "One run.",
        "",
        "| | from nothing | ratio | unchanged | ratio | peak memory of the two | start-up before it |",
        "|---|---|---|---|---|---|---|",
    ]
    ours = {state: median(taken["Stator", state]) for state in ("from nothing", "unchanged")}
    for name in CONTENDERS:
        cells = [name]
        for state in ("from nothing", "unchanged"):
            found, own = median(taken.get((name, state), [None])), ours[state]
            if found is None or own is None:
                cells += [f"not done after {TIMEOUT} s", ""]
            else:
                cells += [f"{found.seconds:.2f} s", f"{found.seconds / own.seconds:.1f}"]
        first, again = (median(taken.get((name, state), [None])) for state in ("from nothing", "unchanged"))
        cells.append(f"{first.megabytes:.0f} and {again.megabytes:.0f} MB" if first and again else "")
        cells.append(f"{first.setup:.2f} s" if first else "")
        lines.append(f"| {' | '.join(cells)} |")
    lines += ["", f"`cp -r` of the sources: {floor:.2f} s. A ratio is that contender's time by Stator's.", ""]
    return "\n".join(lines)


def median(runs: Sequence[Measured | None]) -> Measured | None:
    if any(run is None for run in runs):
        return None
    return Measured(*(statistics.median(values) for values in zip(*runs, strict=True)))


def heading() -> str:
    import django

    return (
        "# Collecting: results\n\n"
        f"Python {platform.python_version()}, Django {django.get_version()}, {os.cpu_count()} cores, "
        f"{platform.system()}. Made by `make bench`: hashing and linking, nothing minified or compressed.\n"
    )


if __name__ == "__main__":
    main()
