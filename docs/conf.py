"""Sphinx: how `make docs` builds the documentation, whose pages are Markdown and read on code hosts too."""

import stator

project = "Stator"
author = "the authors of Stator"
copyright = f"2026, {author}"
release = version = stator.__version__

extensions = ["myst_parser", "sphinx_copybutton"]
html_theme = "furo"
html_title = f"Stator {release}"
nitpicky = True
exclude_patterns = ["_build"]
# What a block does not name is what a program says, which is no language.
highlight_language = "none"

# Headings of Markdown are targets of links, under the names that code hosts give them.
myst_heading_anchors = 4
myst_links_external_new_tab = False
copybutton_prompt_text = "$ "
copybutton_only_copy_prompt_lines = True
