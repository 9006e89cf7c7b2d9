"""Proofs and reports: what is wrong with the static files of a project, before a visitor finds out.

Rules of the room: facts are gathered by others and are frozen; a check is a line in a table, and a function
from facts to what it has found; nothing here changes anything. ``doctor`` puts all of it together.

``facts``: what is known of a project. ``scan``: what templates and modules ask for. ``missing``: why a name
that is asked for is not found. ``checks``: the tables. ``visit``: what a browser gets from a running site.
"""
