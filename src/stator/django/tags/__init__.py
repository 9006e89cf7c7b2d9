"""What the template tags write: elements for published files, and what browsers are told to fetch early.

The rules of this room:

1. A tag is a function of a page, names and attributes, and returns HTML. ``templatetags/stator.py`` and
   ``jinja.py`` only carry it into their languages.
2. Integrity, imports and digests are facts of the manifest, so they are told in production only. With
   ``DEBUG`` a tag writes the plain name, and fails where production would.
3. What an author writes as an attribute goes over what a tag would say itself; false or none leaves it out.
"""
