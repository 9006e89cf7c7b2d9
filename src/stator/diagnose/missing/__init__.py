"""Missing: a name that nobody has, which mistake that is, and what mends it."""
