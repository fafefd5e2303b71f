from __future__ import annotations

import httpx
import pytest
import typer
from hypothesis import given
from hypothesis import strategies as st

from shared.cli.client import PAUSE_S, PAUSE_S_MAX, fail, pause_s

NOON = "Mon, 02 Mar 2026 12:00:00 GMT"


def busy(**headers: str) -> httpx.Response:
    return httpx.Response(429, headers={name.replace("_", "-"): value for name, value in headers.items()})


@pytest.mark.parametrize(
    ("said", "seconds"),
    [
        ("5", 5),
        ("0", 0),
        ("86400", PAUSE_S_MAX),
        ("Mon, 02 Mar 2026 12:00:07 GMT", 7),
        ("Monday, 02-Mar-26 12:00:07 GMT", 7),
        ("Mon, 02 Mar 2026 12:00:07 -0000", 7),
        ("Mon, 02 Mar 2026 11:00:00 GMT", 0),
        ("Mon, 02 Mar 2099 12:00:00 GMT", PAUSE_S_MAX),
        ("soon", PAUSE_S),
        ("-5", PAUSE_S),
        ("", PAUSE_S),
    ],
)
def test_a_pause_is_told_in_seconds_or_as_a_date(said: str, seconds: float) -> None:
    assert pause_s(busy(retry_after=said, date=NOON)) == seconds


def test_without_a_pause_or_a_date_of_the_answer_there_is_one_all_the_same() -> None:
    assert pause_s(busy()) == PAUSE_S
    assert pause_s(busy(retry_after=NOON)) == 0, "long past by our own clock"


@given(st.text(st.characters(min_codepoint=32, max_codepoint=126)))
def test_whatever_is_said_the_pause_is_a_short_one(said: str) -> None:
    assert 0 <= pause_s(busy(retry_after=said, date=said)) <= PAUSE_S_MAX


def test_a_sentence_is_shown_as_it_is(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(typer.Exit):
        fail("not like '^[a-z0-9]' and no [red]markup[/red]")

    assert capsys.readouterr().err == "not like '^[a-z0-9]' and no [red]markup[/red]\n"
