"""What docs/draws.md shows is so: its commands, its listing, its limits, its sample."""

from __future__ import annotations

import re
import shlex
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from typer.testing import CliRunner

from services.__main__ import app
from services.engagement.rules.draws import encoded
from services.engagement.rules.draws.beacons import DST
from services.engagement.rules.draws.chains import QUICKNET
from services.engagement.rules.draws.fields import ENTRANTS_MAX, LEAD_S, PLACES_MAX
from tests.unit.engagement.draws.rounds import SIGNATURES, proof

ROOT = Path(__file__).parents[3]
PAGE = (ROOT / "docs" / "draws.md").read_text(encoding="utf-8")
(COMMANDS,) = re.findall(r"```sh\n(.*?)```", PAGE, re.DOTALL)


@pytest.mark.parametrize("line", COMMANDS.splitlines())
def test_every_command_of_the_page_holds(line: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)

    done = CliRunner().invoke(app, shlex.split(line)[1:])

    assert done.exit_code == 0, done.output


def listing() -> Callable[[bytes], tuple[list[str], list[str], str]]:
    (code,) = re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL)
    names: dict[str, Any] = {}
    exec(compile(code, "docs/draws.md", "exec"), names)  # noqa: S102 - what the page shows is run as it stands
    found: Callable[[bytes], tuple[list[str], list[str], str]] = names["draw_again"]
    return found


@given(
    st.dictionaries(st.text(min_size=1, max_size=9), st.integers(1, 2**32 - 1), max_size=40),
    st.integers(1, 30),
    st.integers(0, 30),
    st.sampled_from(sorted(SIGNATURES)),
)
@settings(deadline=None)
def test_the_listing_draws_what_we_draw(weights: dict[str, int], winners: int, alternates: int, round_: int) -> None:
    ours = proof(weights, round_=round_, winners=winners, alternates=alternates)

    told = listing()(encoded(ours))

    assert told == ([*ours.winners], [*ours.alternates], ours.commitment_hash)


def test_limits_and_parameters_are_those_of_the_code() -> None:
    said = (
        f"{ENTRANTS_MAX:,} entrants",
        f"{PLACES_MAX:,} winners",
        f"{LEAD_S} s later",
        DST.decode(),
        str(QUICKNET.genesis_s),
    )

    assert all(one in " ".join(PAGE.split()) for one in (*said, QUICKNET.hash))


@pytest.mark.parametrize("linked", sorted(set(re.findall(r"\]\((?!https?:)([^)#]+)", PAGE))))
def test_what_the_page_links_to_is_there(linked: str) -> None:
    assert (ROOT / "docs" / linked).exists()
