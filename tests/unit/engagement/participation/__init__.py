"""Tests of what members take part in."""
