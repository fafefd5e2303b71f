"""One evaluation of an expression."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from cel_expr_python import cel

from shared.conditions.facts import Value


def evaluated(expression: cel.Expression, facts: Mapping[str, Value]) -> tuple[Any, str | None]:
    """Return a value, or why there is none."""
    try:
        found = expression.eval(data=facts)
    except RuntimeError as error:  # the iteration budget, or a value that is not of its fact's type
        return None, str(error).partition(": ")[2]
    value = found.plain_value()
    if isinstance(value, str):  # no condition is a text, and an error is told as one
        return None, value.partition(": ")[2]
    return value, None
