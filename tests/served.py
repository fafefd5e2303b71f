"""Measuring as services run: with Python's collector as they have it, which does not search what other tests left behind."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager

from shared.serving import rest_collector


@contextmanager
def as_served() -> Iterator[None]:
    """Have the collector rest as in a service, until the block ends."""
    thresholds = gc.get_threshold()
    rest_collector()
    try:
        yield
    finally:
        gc.set_threshold(*thresholds)
        gc.unfreeze()
