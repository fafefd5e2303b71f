"""The page about platforms is as its generator writes it; what was tried on real payloads is held by tests/real_data."""

from __future__ import annotations

from tests.real_data.platforms_page import PAGE, known


def test_the_table_of_what_platforms_tell_is_up_to_date() -> None:
    assert PAGE.read_text(encoding="utf-8").startswith(known()), "run `make platforms`"
