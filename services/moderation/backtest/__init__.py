"""A policy tried on what was told before: the same fold, with a memory of its own, and what would be different."""
