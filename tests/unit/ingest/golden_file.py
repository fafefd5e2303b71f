"""The files of golden events: what is decoded, in the form in which it stands there."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import msgspec

from services.ingest.connectors.payload import Decoded


def plain(decoded: Decoded) -> Any:  # noqa: ANN401 - JSON
    """Return what was decoded, as it stands in the golden file."""
    found = msgspec.json.decode(msgspec.json.encode(decoded))
    return {key: value for key, value in found.items() if value}


def write(path: Path, decoded: Mapping[str, Decoded]) -> None:
    """Write the golden file anew."""
    golden = {name: plain(one) for name, one in decoded.items()}
    path.write_bytes(msgspec.json.format(msgspec.json.encode(golden), indent=1) + b"\n")
