"""Reading PromQL as far as tests need it."""

import re

METRIC = re.compile(r"\b(veche_[a-z_]+|up)\b(?=\s*[\[{)]|$)")


def metrics_in(query: str) -> set[str]:
    """Return the names of the metrics that a query asks for."""
    without_texts = re.sub(r'"[^"]*"', '""', query)
    return set(METRIC.findall(without_texts))
