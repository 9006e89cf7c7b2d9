"""Serve: published files over HTTP, for those who have no web server in front.

One core turns a request into a ``Response`` value (RFC 9110); WSGI, ASGI and Django carry it. It knows the
manifest and HTTP, and nothing of how files are built.
"""
