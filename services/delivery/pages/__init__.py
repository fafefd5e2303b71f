"""The page of what was done on the platforms."""
