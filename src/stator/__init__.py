"""Stator takes care of the static files of Django sites, from source folder to browser."""

__version__ = "0.1.0"
