"""A policy tried on what was told before: the real folds over states in memory, and what members would have instead."""
