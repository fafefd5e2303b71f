"""Benchmarks: what Veche promises of speed, measured on the machine at hand."""
