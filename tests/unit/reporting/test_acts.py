"""Which acts count as failed: what somebody can mend, or has to look at."""

from __future__ import annotations

from typing import Any

import pytest

from services.reporting.figures.acts import counts as counts_of
from tests.builders import action_failed


@pytest.mark.parametrize(
    ("receipt", "counts"),
    [
        ({"code": "forbidden"}, True),
        ({"code": "refused"}, True),
        ({"code": "uncertain"}, True),
        ({"code": "refused", "unreachable": True}, False),
        ({"code": "gone"}, False),
        ({"code": "dry_run"}, False),
        ({"code": "unconnected"}, False),
        ({"code": "forbidden", "imported": True}, False),
    ],
)
def test_what_nobody_can_mend_is_no_failure(receipt: dict[str, Any], *, counts: bool) -> None:
    event = action_failed(kind="message", member="telegram:7", **receipt)

    assert bool(counts_of(event)) is counts
