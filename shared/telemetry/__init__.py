"""Seen from outside: traces, metrics, log lines."""
