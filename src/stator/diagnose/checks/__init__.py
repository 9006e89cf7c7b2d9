"""The checks: a table a subject, each line an id, a level, a sentence and a function.

Another check is a line in one of them, a page in ``docs/findings`` and two sites in ``tests/sites``.
"""
