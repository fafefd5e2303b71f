"""docs/crisis-quality.md says what is so: all but the tables of sizes and streams is measured again."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.real_data.crisis_quality import DELAY_H_MAX, FALSE_MAX, FOUND_MIN, beside, rows_of, slack, stackexchange
from tests.real_data.planting import Watching, false_a_month

SLACK_CELL = 2
"""Of its row: false alarms a month."""


def test_the_watch_finds_what_the_page_says_and_more_than_simple_bars(real_data: Path) -> None:
    watch, *bars = beside(stackexchange(real_data))

    for one in (watch, *bars):
        false_even, false_odd, found_even, _, found_odd, delay = rows_of(one.name)
        assert (f"{one.false_even:.2f}", f"{one.false_odd:.2f}") == (false_even, false_odd), "run `make crisis`"
        assert (f"{one.even.found:.0%}", f"{one.odd.found:.0%}") == (found_even, found_odd), "run `make crisis`"
        assert one.odd.delay_h == pytest.approx(float(delay), abs=0.01), "run `make crisis`"
    assert max(watch.false_even, watch.false_odd) <= FALSE_MAX
    assert min(watch.even.found, watch.odd.found) >= FOUND_MIN
    assert all(one.delay_h is not None and one.delay_h < DELAY_H_MAX for one in (watch.even, watch.odd))
    assert all(watch.odd.found > 2 * one.odd.found for one in bars)


def test_a_quiet_community_has_few_false_alarms_too(real_data: Path) -> None:
    past = slack(real_data)

    false = false_a_month(Watching(past), past)

    assert false <= FALSE_MAX
    assert f"{false:.2f}" == rows_of("Slack, all contents")[SLACK_CELL], "run `make crisis`"
