"""How files of this machine are shown to others: by what they are in the project, not by where it lies.

Rules of this file:

1. A file of an installed package is ``package: path``, wherever packages are; in a project an environment or
   ``node_modules`` is no part of it.
2. Any other file is told from the folder of the project. What is no path, such as the name of a template that
   is in no file, stays.
3. The lines of Python modules are not shown: values of settings may stand in any.
"""

from __future__ import annotations

import os
import re
from typing import Any, NamedTuple

from stator.findings import Finding, as_json

_PACKAGES = r"(?:site-packages|dist-packages|node_modules)/"
_PACKAGE = re.compile(rf".*/{_PACKAGES}((?:@[^/]+/)?[^/]+)/(.+)", re.DOTALL)
_IN_TEXT = re.compile(rf"(?<![\w.~-])/(?:[^\s'\"/]+/)*{_PACKAGES}")


class Shown(NamedTuple):
    """How files are told of a project, which is given by its absolute folder."""

    project: str

    def file(self, file: str) -> str:
        """Return what a file is called, "" for none."""
        if not os.path.isabs(file):
            return file
        package = _PACKAGE.fullmatch(file)
        return f"{package[1]}: {package[2]}" if package else os.path.relpath(file, self.project)

    def text(self, text: str) -> str:
        """Return a text for people with the paths in it told from the project and from its packages."""
        folder = re.escape(self.project.rstrip("/"))
        below = re.sub(rf"(?<![\w./~-]){folder}/(?=\S)", "", _IN_TEXT.sub("", text))
        return re.sub(rf"(?<![\w./~-]){folder}/?(?![\w-])", ".", below)

    def finding(self, finding: Finding) -> dict[str, Any]:
        """Return a finding as a dictionary that ``json`` can write."""
        told = as_json(finding)
        kept = {"source": "", "length": 0} if finding.place.file.endswith(".py") else {}
        texts = {name: self.text(told[name]) for name in ("message", "hint")}
        mend = {**told["mend"], "text": self.text(told["mend"]["text"])} if told["mend"] else None
        return {**told, **kept, **texts, "file": self.file(finding.place.file), "mend": mend}
