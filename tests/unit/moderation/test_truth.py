from __future__ import annotations

from datetime import timedelta
from itertools import permutations
from typing import Any

import pytest

from services.moderation.cases.truth import truth
from tests.builders import AT, CONTENT, PLACE

HERE = (PLACE, CONTENT)


def said(verdict: str, minute: int = 0, **changed: Any) -> dict[str, Any]:  # noqa: ANN401 - an entry's fields
    about = {"_id": f"{verdict}-{minute}", "kind": "decision", "community": PLACE, "content": CONTENT, "by": "vera"}
    return about | {"verdict": verdict, "at": AT + timedelta(minutes=minute)} | changed


def back(decision: str, minute: int = 0) -> dict[str, Any]:
    about = {"_id": f"{decision}/reversal", "kind": "reversal", "community": PLACE, "case": CONTENT, "by": "vera"}
    return about | {"decision": decision, "at": AT + timedelta(minutes=minute)}


@pytest.mark.parametrize(
    ("verdict", "broke"), [("remove", True), ("hide", True), ("warn", True), ("ban", True), ("allow", False)]
)
def test_what_a_person_decides_says_whether_a_content_breaks_the_rules(verdict: str, broke: bool) -> None:  # noqa: FBT001
    assert truth([said(verdict)]).broke == {HERE: broke}


def test_what_rules_decide_or_concerns_no_content_says_nothing() -> None:
    assert truth([said("remove", by=None), said("ban", content=None), said("flag")]).broke == {}


def test_a_decision_that_is_taken_back_was_a_false_alarm() -> None:
    found = truth([back("d1", 5)])

    assert (found.broke, found.at) == ({HERE: False}, {HERE: AT + timedelta(minutes=5)})
    assert found.reversed == frozenset({"d1"})


def test_who_decides_anew_takes_the_decision_before_back_and_the_new_one_counts_in_any_order() -> None:
    entries = [said("hide", 1), back("hide-1", 2), said("remove", 2), back("old", 1)]

    assert all(truth(order).broke == {HERE: True} for order in permutations(entries))


def test_the_last_word_counts() -> None:
    assert truth([said("allow", 9), said("remove", 1)]).broke == {HERE: False}
