"""Front ends at work: which tool builds one, when that must be done, and how its development server is run.

Nothing here knows Django. The tools are programs of Node mostly; what they write is read elsewhere
(``stator.bundlers``).
"""
