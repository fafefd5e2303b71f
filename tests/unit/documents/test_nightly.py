"""The committed result of the nightly run is one of every connector there is."""

from __future__ import annotations

import re
from pathlib import Path

from services.ingest.connectors import CONNECTORS

PAGE = Path(__file__).parents[3] / "docs" / "nightly.md"
CASES_MIN = 20_000


def test_the_nightly_run_took_every_connector_often_enough() -> None:
    rows = re.findall(r"^\| ([a-z]+) \| ([\d,]+) \|", PAGE.read_text(encoding="utf-8"), re.MULTILINE)

    cases = {platform: int(number.replace(",", "")) for platform, number in rows}
    assert set(cases) == set(CONNECTORS), "run `make nightly`"
    assert min(cases.values()) >= CASES_MIN
