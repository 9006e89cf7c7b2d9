"""Scanning: what templates and modules ask for, read by the grammars of their languages and never run."""
