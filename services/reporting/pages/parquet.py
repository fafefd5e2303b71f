"""A report as Parquet: the lines of the CSV, typed, for programs that analyse many of them."""

from __future__ import annotations

import io
from datetime import date

from services.reporting.pages.report import Report
from services.reporting.pages.table import COLUMNS, lines
from shared.said import Language

COMPRESSION = "zstd"


def as_parquet(report: Report, language: Language) -> bytes:
    """Return the file: `start` is a day, `value` a double that is null where nothing tells it, all else is text."""
    import pyarrow as pa  # noqa: PLC0415 - takes 60 MB, which a service that nobody asks for it can do without
    from pyarrow import parquet  # noqa: PLC0415

    types = {"start": pa.date32(), "value": pa.float64()}
    told = dict(zip(COLUMNS, map(list, zip(*lines(report, language), strict=True)), strict=True))
    told["start"] = [date.fromisoformat(day) for day in told["start"]]
    file = io.BytesIO()
    schema = pa.schema([(name, types.get(name, pa.string())) for name in COLUMNS])
    parquet.write_table(pa.table(told, schema=schema), file, compression=COMPRESSION)
    return file.getvalue()
