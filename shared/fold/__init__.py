"""Fold records into states, exactly once counted. Start reading at `definition`, then `loop`."""
