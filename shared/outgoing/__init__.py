"""Asking addresses that somebody else chose, without being led into the own network."""
