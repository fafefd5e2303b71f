"""Whatever is done to real payloads: events of the contract in their part's community, a refusal, or a dead letter."""

from __future__ import annotations

from pathlib import Path

import pytest

from services.ingest.connectors import CONNECTORS
from tests.real_data.fuzz import KINDS, fuzz


def test_every_connector_is_fuzzed() -> None:
    assert set(KINDS) == set(CONNECTORS)


@pytest.mark.parametrize("platform", KINDS)
def test_a_changed_payload_is_read_refused_or_set_aside(real_data: Path, platform: str) -> None:
    found = fuzz(real_data, platform, "fuzz")

    assert found.cases >= 500
    assert found.events, "nothing was left to be told: the changes are too hard"
