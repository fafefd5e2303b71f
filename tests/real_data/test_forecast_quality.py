"""docs/forecast-quality.md says what is so, and the intervals hold what they promise."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.real_data.crisis_quality import EXPORTS
from tests.real_data.forecast_quality import COVERED, HORIZONS, MEASURED, PAGE, Series, covered, measured, page


@pytest.fixture(scope="module", name="found")
def measured_once(real_data: Path) -> list[Series]:
    return list(measured(real_data))


def test_the_page_says_what_is_measured(found: list[Series]) -> None:
    assert PAGE.read_text(encoding="utf-8").partition(MEASURED)[2].strip() == page(found).strip(), "run `make forecasts`"


@pytest.mark.parametrize("horizon", HORIZONS)
@pytest.mark.parametrize("part", ["tuned", "told"])
def test_the_interval_holds_the_truth_in_four_of_five_cases(found: list[Series], horizon: int, part: str) -> None:
    share = covered([one for series in found if series.horizon == horizon for one in getattr(series, part)])

    assert COVERED[0] <= share <= COVERED[1]


@pytest.mark.parametrize("export", EXPORTS)
def test_every_community_is_measured_by_several_figures(found: list[Series], export: str) -> None:
    series = [one for one in found if one.export == export]

    assert len({one.name for one in series}) >= 5
    assert all(one.told for one in series)
