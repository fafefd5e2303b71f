"""The collector's own check on the deployed configuration, where the collector was built."""

import subprocess
from pathlib import Path

import pytest

from deploy.native.parts.collector import collector, is_built
from deploy.native.places import PlaceSettings, cache_of

CONFIG = Path(__file__).parents[3] / "deploy" / "collector" / "config.yaml"


def test_the_collector_takes_the_configuration() -> None:
    cache = cache_of(PlaceSettings())
    if not is_built(cache):
        pytest.skip("the collector is not built here: `veche stack up --with traces` builds it")

    done = subprocess.run([collector(cache), "validate", "--config", CONFIG], check=False, capture_output=True)

    assert done.returncode == 0, done.stderr.decode()
