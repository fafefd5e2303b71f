"""Platforms that are played on this machine: their documented answers, errors and limits, and what goes wrong on the way.

For tests, the demo and the bench. A server keeps what its members see, says it in `effects`, and knows nothing of us.
"""
