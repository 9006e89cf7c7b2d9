"""Live: what makes development pleasant. Files come from where they are written, and pages follow changes.

Nothing here runs with ``DEBUG`` off, and nothing here knows Django.
"""
