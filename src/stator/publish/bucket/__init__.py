"""The bucket: a destination in an object store. ``release.py`` has the rules."""
