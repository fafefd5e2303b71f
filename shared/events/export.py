"""The contract as one bundle of JSON Schemas: `python -m shared.events.export` writes `docs/contract/v1.json`."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import msgspec

from shared.events.compatibility import breaks
from shared.events.envelope import CONTRACT
from shared.events.registry import TYPES

BUNDLE = Path("docs/contract/v1.json")
"""Where the committed bundle lies, from the root of the project."""

Schema = dict[str, Any]


def bundle() -> Schema:
    """Return the schemas of all types; `anyOf` names the events, `$defs` holds them and their parts."""
    events, parts = msgspec.json.schema_components(tuple(TYPES.values()), ref_template="#/$defs/{name}")
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": CONTRACT,
        "title": "Veche's contract, version 1",
        "anyOf": list(events),
        "$defs": dict(sorted(parts.items())),
    }


def written() -> bytes:
    """Return the bundle as it stands in its file."""
    return msgspec.json.format(msgspec.json.encode(bundle()), indent=1) + b"\n"


def refresh(file: Path) -> tuple[str, ...]:
    """Write the bundle, unless it breaks what the file holds; return the breaks: they need a new version of the contract."""
    if file.is_file() and (broken := breaks(msgspec.json.decode(file.read_bytes()), bundle())):
        return broken
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(written())
    return ()


if __name__ == "__main__":
    sys.exit("\n".join(refresh(BUNDLE)) or None)
