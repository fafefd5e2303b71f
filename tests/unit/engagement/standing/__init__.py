"""Tests of where members stand."""
