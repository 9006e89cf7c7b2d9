"""Publish: make a destination hold a release, and make the release current as the very last step."""
