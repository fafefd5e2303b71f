"""Stored samples of events with every field filled: `python -m tests.contract.fill` writes those that are missing.

A stored sample is never written anew: it stands for what lies in the topics.
"""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import msgspec
from msgspec import inspect

from shared.events import TYPES, encode

SAMPLES = Path(__file__).parent / "samples"

SCALARS: dict[type[inspect.Type], Any] = {
    inspect.BoolType: True,
    inspect.IntType: 5_000_000_000,
    inspect.FloatType: 2.5,
    inspect.StrType: "слово",
    inspect.DateTimeType: datetime(2026, 3, 2, 9, 30, tzinfo=UTC),
    inspect.DateType: date(2026, 3, 2),
}


def filled(kind: inspect.Type) -> Any:  # noqa: ANN401 - whatever the field takes
    """A value that is neither absent nor a default."""
    match kind:
        case inspect.Metadata() | inspect.UnionType():
            return filled(inner(kind))
        case inspect.LiteralType():
            return kind.values[0]
        case inspect.VarTupleType():
            return (filled(kind.item_type),) * max(1, kind.min_length or 0)
        case inspect.DictType():
            return {"key": filled(kind.value_type)}
        case inspect.StructType():
            return kind.cls(**{field.name: filled(field.type) for field in kind.fields if not constant(field)})
        case _:
            value, most = SCALARS[type(kind)], getattr(kind, "le", None)
            return value if most is None else min(value, most)


def inner(kind: inspect.Metadata | inspect.UnionType) -> inspect.Type:
    """What is limited, or what is there where it may be absent."""
    if isinstance(kind, inspect.Metadata):
        return kind.type
    return next(one for one in kind.types if not isinstance(one, inspect.NoneType))


def constant(field: inspect.Field) -> bool:
    """Whether the field is one of those that CloudEvents fixes."""
    return field.default_factory is not msgspec.NODEFAULT


def missing() -> list[str]:
    return [name for name in TYPES if not (SAMPLES / f"{name}.json").is_file()]


if __name__ == "__main__":
    for type_ in missing():
        sample = encode(filled(inspect.type_info(TYPES[type_])))
        (SAMPLES / f"{type_}.json").write_bytes(msgspec.json.format(sample, indent=1) + b"\n")
