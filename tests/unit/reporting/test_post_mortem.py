"""The page of an incident: what happened, who did what, how long it took; in both languages, from nothing outside."""

from __future__ import annotations

import re

import pytest
from msgspec import to_builtins
from msgspec.structs import replace

from services.reporting.pages.incident_words import DID, SIGNALS, WORDS
from services.reporting.pages.post_mortem import post_mortem
from services.reporting.pages.shown_incident import shown
from services.reporting.rules.crises.crisis import (
    BY_RULES,
    Closing,
    Crisis,
    CrisisStep,
    Draft,
    Moment,
    Signed,
    Slow,
    crisis_of,
)
from services.reporting.rules.crises.lookout import SIGNALS as WATCHED
from services.reporting.rules.crises.lookout import Part
from services.reporting.rules.incidents import Evidence
from shared.said import Language

HOUR_MS = 3_600_000
OPENED = 1_772_450_000_000
FIRST = Evidence(OPENED / 1_000, OPENED / 1_000 - 900, 12, 1.25, 9.6, 3.2, 2.8, 28)
NASTY = "<script>alert('x')</script>"
CRISIS = Crisis(
    id="a" * 32,
    brand="acme",
    community="telegram:-1",
    own=True,
    opened_ms=OPENED,
    parts={"volume": Part(FIRST, FIRST, FIRST.second + 1_800, 9, ("telegram:-1:7",))},
    communities=("telegram:-1",),
    severity="high",
    version=3,
    steps=(
        CrisisStep(
            id="look", role="moderator", en="Look at it.", ru="Посмотрите.", done=Signed(by="boris", at_ms=OPENED + HOUR_MS)
        ),
        CrisisStep(id="lawyer", role="owner", en="Call the lawyer.", ru="Позвоните юристу."),
    ),
    statements=(Draft(id="holding", audience="public", approval="owner", en="We know.", ru="Мы знаем.", languages=("ru",)),),
    slow=(Slow(play="storm", pause_s=60, channels=(), communities=("telegram:-1",), until_ms=OPENED + 2 * HOUR_MS),),
    acknowledged=Signed(by="anna", at_ms=OPENED + 25 * 60_000),
    assigned="boris",
    closed=Closing(by="anna", at_ms=OPENED + 3 * HOUR_MS, reason="The release was taken back."),
    moments=(
        Moment(at_ms=OPENED, by=BY_RULES, did="opened", what={"signals": "volume", "severity": "high", "people": "12"}),
        Moment(at_ms=OPENED + HOUR_MS, by="boris", did="noted", what={"text": NASTY}),
        Moment(at_ms=OPENED + 3 * HOUR_MS, by="anna", did="closed", what={"reason": "The release was taken back."}),
    ),
)
FOREIGN = re.compile(r"https?:|//\w|url\(|@import|<script|<link|<iframe|<img|\bsrc=|\bhref=")


@pytest.mark.parametrize("language", Language)
def test_it_tells_all_of_it_and_needs_nothing_but_itself(language: Language) -> None:
    page = post_mortem(shown(CRISIS), language)

    assert f'<html lang="{language.value}">' in page
    assert not FOREIGN.search(page)
    assert "&lt;script&gt;" in page
    for said in ("telegram:-1:7", "boris", "anna", "The release was taken back.", "9.6", "12"):
        assert said in page
    own = {
        Language.EN: ("Look at it.", "not done", "25 min", "3 h 0 min"),
        Language.RU: ("Посмотрите.", "не сделано", "25 мин"),
    }
    for said in own[language]:
        assert said in page
    assert ("Look at it." in page) == (language is Language.EN)


def test_one_that_is_open_and_that_nobody_took_says_so() -> None:
    bare = replace(CRISIS, closed=None, acknowledged=None, assigned=None, steps=(), statements=(), slow=(), moments=())

    page = post_mortem(shown(bare), Language.EN)

    assert "still open" in page
    assert page.count("nobody") >= 2
    assert "No reason was given" in page


def test_what_people_wrote_is_left_out_for_those_who_read_no_texts() -> None:
    told = shown(CRISIS, texts=False)

    assert NASTY not in str(told)
    assert [line["did"] for line in told["time_line"]] == ["opened", "noted", "closed"]


def test_everything_that_can_happen_has_words_in_both_languages() -> None:
    assert set(SIGNALS) == set(WATCHED)
    assert all(said.en.isascii() and not said.ru.isascii() for said in (*DID.values(), *SIGNALS.values(), *WORDS.values()))


def test_an_incident_is_the_same_after_it_was_stored() -> None:
    assert crisis_of(to_builtins(CRISIS)) == CRISIS
