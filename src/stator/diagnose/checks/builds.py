"""Rules of what the load path and the build tell: findings that a collect prints as well.

The level is that in an own file; in packages, where nobody can mend it, most are milder.
"""

from __future__ import annotations

from collections.abc import Mapping

from stator.diagnose.check import Rule
from stator.findings import Level

OF_BUILD: Mapping[str, Rule] = {
    "missing-reference": Rule(Level.ERROR, "A style sheet or a script names a file that does not exist."),
    "case-mismatch": Rule(Level.ERROR, "A file is named in another case than it has."),
    "outside-root": Rule(Level.ERROR, "A reference climbs above the root of all static files."),
    "unreadable": Rule(Level.ERROR, "A source cannot be read."),
    "file-and-folder": Rule(Level.ERROR, "The name of one file is that of another's folder."),
    "name-taken": Rule(Level.ERROR, "A source has the name that another is to be published under."),
    "unusable-name": Rule(Level.WARNING, "A file has a name that no URL can carry safely."),
    "symlink-outside": Rule(Level.WARNING, "A symbolic link leads out of its static folder."),
    "symlink-loop": Rule(Level.WARNING, "A symbolic link leads to a folder around it."),
    "not-a-file": Rule(Level.WARNING, "There is something in a static folder that is no file and no folder."),
    "output-in-sources": Rule(Level.WARNING, "STATIC_ROOT stands in the middle of sources."),
    "shadowed": Rule(Level.WARNING, "A file is never used, since another of its name is found first."),
    "frontend-not-built": Rule(Level.ERROR, "What a front end is to build does not stand."),
    "frontend-incomplete": Rule(Level.ERROR, "The manifest of a front end names a file that is not there."),
    "importmap-missing": Rule(Level.ERROR, "The import map of an app leads to a file that is not there."),
    "broken-encoding": Rule(Level.WARNING, "A name in a style sheet or a script is not UTF-8."),
    "unclear-syntax": Rule(Level.WARNING, "A style sheet or a script cannot be read with certainty."),
    "missing-source-map": Rule(Level.WARNING, "A file names a source map that does not exist."),
    "computed-reference": Rule(Level.INFO, "A script puts the name of a file together at run time."),
}
