"""The page of benchmarks: what was aimed at and missed, taken out of the reports, which the page includes."""

from __future__ import annotations

import re
from collections.abc import Iterator

from scripts.reference import ROOT, markdown
from scripts.reference.markdown import table

# The reports with a table of aims, in the order of the page.
_REPORTS = ("results.md", "serve.md")
_AIM = re.compile(r"^\| (.+?) \| (.+?) \| (.+?) \| (.+?) \| (yes|\*\*no\*\*) \|$", re.MULTILINE)
_AGAIN = "the same: "


def page() -> str:
    texts = [(ROOT / "benchmarks" / name).read_text() for name in _REPORTS]
    missed = [row for text in texts for row in _missed(text)]
    return markdown.page(
        "benchmarks", "benchmarks/*.md", missed=table(["measure", "site", "ratio", "wanted"], missed)
    )


def _missed(report: str) -> Iterator[list[str]]:
    """Yield the rows of a report's table of aims that say no."""
    before = ""
    for measure, *row, met in (found.groups() for found in _AIM.finditer(report)):
        before = before if measure.startswith(_AGAIN) else measure.partition(": ")[0]
        if met != "yes":
            yield [measure.replace(_AGAIN, f"{before}: "), *row]
