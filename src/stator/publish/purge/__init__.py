"""Purging: telling CDNs and caches that what they hold has changed."""
