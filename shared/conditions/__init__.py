"""Conditions that people write into policies: CEL over named, typed facts."""
