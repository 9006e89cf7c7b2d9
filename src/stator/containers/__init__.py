"""Containers: the files that images of a project are built by, and run. Only ``writing`` touches a disk."""
