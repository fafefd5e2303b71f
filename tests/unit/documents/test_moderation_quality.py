"""The committed figures of moderation are of every collection, of today's settings, and as good as promised."""

from __future__ import annotations

from services.moderation.training.trained import SETTINGS
from tests.real_data.moderation_quality import PAGE, TARGETS, rows_of


def test_every_collection_was_measured_and_is_as_good_as_promised() -> None:
    measured = {name: float(rows_of(name)[0][1]) for name in TARGETS}

    assert all(measured[name] >= target for name, target in TARGETS.items()), "run `make quality`"


def test_the_figures_are_of_todays_settings() -> None:
    page = PAGE.read_text(encoding="utf-8")

    assert all(f"- {name}: {value}\n" in page for name, value in SETTINGS.items()), "run `make quality`"
