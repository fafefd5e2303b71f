"""Fixtures for all tests."""

from __future__ import annotations

from pathlib import Path

import pytest
from pydantic_settings import BaseSettings, SettingsConfigDict

BESIDE = Path(__file__).resolve().parents[2] / "shared" / "data"


class RealData(BaseSettings):
    model_config = SettingsConfigDict(env_prefix="VECHE_")

    real_data: Path = BESIDE


@pytest.fixture(scope="session")
def real_data() -> Path:
    folder = RealData().real_data
    if not folder.is_dir():
        pytest.skip("no real data: set VECHE_REAL_DATA to the folder that holds it")
    return folder
