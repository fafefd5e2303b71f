"""The page about platforms tells what became of every collected payload; none tells what its platform is not said to."""

from __future__ import annotations

from pathlib import Path

import pytest

from shared.platforms import PLATFORMS
from tests.real_data.deliveries import READERS
from tests.real_data.platforms_page import PAGE, tally, written


def test_the_page_is_up_to_date(real_data: Path) -> None:
    assert PAGE.read_text(encoding="utf-8") == written(real_data), "run `make platforms`"


def test_no_collected_platform_is_left_out(real_data: Path) -> None:
    folders = {folder.name for folder in (real_data / "payloads").iterdir() if folder.is_dir()}

    assert folders - {"signature_vectors"} == set(READERS)


@pytest.mark.parametrize("platform", READERS)
def test_what_real_payloads_tell_is_what_their_platform_is_said_to_tell(real_data: Path, platform: str) -> None:
    assert tally(real_data, platform).facts <= PLATFORMS[platform].tells
