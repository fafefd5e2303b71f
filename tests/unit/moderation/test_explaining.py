"""Why a decision was made: all of it for staff, and for the author what concerns the author alone."""

from __future__ import annotations

from typing import Any, get_args

import pytest

from services.moderation.rules.explaining import Lang, for_member, for_staff
from shared.events.moderation import Verdict

DECISION: dict[str, Any] = {
    "id": "d1",
    "brand": "acme",
    "time": "2026-03-02T09:30:00+00:00",
    "community": "telegram:-1",
    "member": "telegram:42",
    "content": "telegram:-1:7",
    "cause": "event-1",
    "verdict": "remove",
    "version": 3,
    "imported": False,
    "findings": [
        {
            "rule": "phrases",
            "version": 3,
            "verdict": "remove",
            "spans": [{"start": 0, "end": 6}, {"start": 9, "end": 12}],
            "facts": {"score": "7", "signs": "casino:5 link:2"},
        },
        {
            "rule": "shouting",
            "version": 3,
            "verdict": "flag",
            "description": "People who shout.",
            "facts": {"severity": "low", "text.capitals": "0.8"},
        },
    ],
    "skipped": ["broken"],
    "reason": {"en": "It looks like spam.", "ru": "Похоже на спам."},
}
REVERSED = DECISION | {"reversal": {"by": "vera", "time": "2026-03-02T10:00:00+00:00", "reason": "a joke"}}


def test_staff_see_all_that_a_decision_went_by() -> None:
    told = "\n".join(for_staff(DECISION))

    for part in ("remove: telegram:-1:7 by telegram:42", "phrases (version 3) says remove", "characters 0 to 6, 9 to 12"):
        assert part in told
    for part in (
        "score: 7",
        "shouting (version 3) says flag",
        "People who shout.",
        "text.capitals: 0.8",
        "broken could not be evaluated",
        "event-1",
        "Похоже на спам.",
    ):
        assert part in told
    assert "taken back by vera" in "\n".join(for_staff(REVERSED))


def test_what_another_decision_took_the_place_of_was_not_taken_back() -> None:
    told = "\n".join(for_staff(DECISION | {"reversal": REVERSED["reversal"] | {"replaced_by": "d2"}}))

    assert "replaced by d2, by vera" in told
    assert "taken back" not in told


@pytest.mark.parametrize(
    ("decision", "lang", "said"),
    [
        (DECISION, "en", "Your message was removed. It looks like spam."),
        (DECISION, "ru", "Ваше сообщение удалено. Похоже на спам."),
        (DECISION | {"verdict": "hide"}, "ru", "Ваше сообщение скрыто. Похоже на спам."),
        (REVERSED, "en", "The decision was taken back; your message is restored."),
        (REVERSED, "ru", "Решение отменено, сообщение возвращено."),
    ],
)
def test_the_author_is_told_what_happened_and_no_more(decision: dict[str, Any], lang: Any, said: str) -> None:  # noqa: ANN401 - a language
    told = for_member(decision, lang)

    assert told == said
    assert not any(word in told for word in ("phrases", "casino", "vera", "version", "shouting"))


def test_a_decision_of_before_reasons_were_kept_is_told_too() -> None:
    old = {name: value for name, value in DECISION.items() if name not in {"reason", "skipped"}}

    assert for_member(old, "en") == "Your message was removed."
    assert list(for_staff(old))


@pytest.mark.parametrize("verdict", get_args(Verdict))
def test_a_member_reads_a_sentence_about_every_verdict(verdict: str) -> None:
    for language in get_args(Lang):
        assert f" {verdict}." not in for_member(DECISION | {"verdict": verdict}, language)


@pytest.mark.parametrize("left_out", [{"content"}, {"content", "member"}], ids=["request to join", "raid"])
def test_a_decision_about_no_content_is_told_too(left_out: set[str]) -> None:
    bare = {name: value for name, value in DECISION.items() if name not in left_out}

    assert "no content, " in next(iter(for_staff(bare)))
    assert for_member(bare, "en") == "This decision is about no message. It looks like spam."
    assert for_member(bare | {"reversal": REVERSED["reversal"]}, "ru") == "Решение отменено."


def test_a_decision_in_whose_place_another_stands_promises_nothing() -> None:
    replaced = {"verdict": "hide", "content": "c", "reversal": {"by": "vera", "replaced_by": "d2"}}

    assert for_member(replaced, "en") == "A moderator has decided anew since then."
    assert "новое решение" in for_member(replaced, "ru")
