"""A case that is looked at a second time tells nothing by which the first decision could be guessed."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from msgspec.structs import replace

from services.moderation.api.decisions import shown
from services.moderation.api.hard_texts import appeal_text, dispute_text, own_texts
from services.moderation.api.shown import shown_case
from services.moderation.cases.case import Appeal, Case, Complaint, Dispute, Outcome, Remark, Review
from services.moderation.cli.lines import lines_of
from shared.directory import ROLE_SCOPES, Principal, Role, Scope

CASE = Case(
    id="c:1",
    brand="acme",
    community="c",
    gone=True,
    complaints=(Complaint(at_ms=1, weight=50, reporter="u9", settled=True),),
)
FIRST = Review(first=Outcome(ruling="remove", by="oleg", at_ms=1))


def who(name: str, role: Role = Role.MODERATOR, scopes: frozenset[Scope] | None = None) -> Principal:
    return Principal(name, role, "acme", ROLE_SCOPES[role] if scopes is None else scopes)


def test_a_second_look_is_not_told_that_the_content_is_gone_or_complaints_are_settled() -> None:
    told = shown_case(replace(CASE, review=FIRST), who("vera"))

    assert "gone" not in told
    assert [set(complaint) & {"settled", "reporter"} for complaint in told["complaints"]] == [{"reporter"}]


def test_a_first_look_is_told_both() -> None:
    told = shown_case(CASE, who("vera"))

    assert (told["gone"], told["complaints"][0]["settled"]) == (True, True)


def test_whoever_decides_of_history_is_told_that_nothing_is_done() -> None:
    history = replace(CASE, imported=True)
    whole = shown_case(history, who("vera")) | {"conversation": (), "findings": (), "history": ()}

    assert "nothing is done on the platform" in shown_case(history, who("vera"))["remark"]
    assert shown_case(history, who("vera"))["remark"] in list(lines_of(whole))
    assert "remark" not in shown_case(CASE, who("vera"))


APPEAL = Appeal(decision="d1", at_ms=1, deadline_ms=2, text="I meant it as a threat")
QUARREL = Dispute(
    members=("u1", "u2"), about="He threatened me", statements=(Remark(by="vera", at_ms=1, text="Hard words"),)
)
SEVERE = replace(CASE, severity="critical", appeal=APPEAL, dispute=QUARREL)


def test_what_members_say_in_a_severe_case_is_left_out_until_it_is_asked_for() -> None:
    texts = ("I meant it", "He threatened", "Hard words")
    hidden, shown_ = shown_case(SEVERE, who("vera")), shown_case(SEVERE, who("vera"), frozenset())
    light = shown_case(replace(SEVERE, severity="medium"), who("vera"))

    assert not any(text in str(hidden) for text in texts)
    assert (hidden["appeal"]["hidden"], hidden["dispute"]["hidden"], hidden["dispute"]["members"]) == (
        True,
        True,
        ["u1", "u2"],
    )
    assert all(text in str(told) for text in texts for told in (shown_, light))
    assert own_texts(SEVERE) == {appeal_text(SEVERE), dispute_text(SEVERE)}


def test_a_case_in_the_terminal_says_what_a_rule_is_for() -> None:
    finding = {"rule": "shouting", "version": 3, "verdict": "flag", "description": "People who shout.", "facts": {}}
    whole = shown_case(CASE, who("vera")) | {"conversation": (), "findings": (finding,), "history": ()}

    assert "  People who shout." in list(lines_of(whole))


@pytest.mark.parametrize(("answer", "said"), [("upheld", "was taken back"), ("rejected", "stands"), (None, "answered by")])
def test_a_case_in_the_terminal_says_who_decided_what_and_how_its_appeal_ended(answer: Any, said: str) -> None:  # noqa: ANN401 - as it ended
    appeal = Appeal(decision="d1", at_ms=1, deadline_ms=2, text="Not me", answer=answer)
    decided = replace(CASE, appeal=appeal, outcome=Outcome(ruling="remove", by="oleg", at_ms=60_000))
    nothing = {"conversation": (), "findings": (), "history": ()}

    told = list(lines_of(shown_case(decided, who("vera")) | nothing))
    blind = "\n".join(lines_of(shown_case(replace(decided, review=FIRST), who("vera")) | nothing))

    assert "decided: remove, by oleg at 1970-01-01 00:01 UTC" in told
    assert said in next(line for line in told if line.endswith(": Not me"))
    assert "oleg" not in blind


ENTRY: dict[str, Any] = {"_id": "d1", "brand": "acme", "at": datetime(2026, 3, 2, tzinfo=UTC), "verdict": "remove"}


@pytest.mark.parametrize(
    ("entry", "is_told"),
    [({"imported": True, "by": "vera"}, True), ({"imported": True}, False), ({"imported": False, "by": "vera"}, False)],
    ids=["a person's of history", "rules' of history", "a person's"],
)
def test_a_decision_of_a_person_about_history_says_so(entry: dict[str, Any], is_told: bool) -> None:  # noqa: FBT001 - a case
    assert ("remark" in shown(ENTRY | entry)) is is_told


@pytest.mark.parametrize(
    ("reader", "is_withheld"),
    [
        (who("vera"), True),
        (who("maria", Role.COMMUNITY_MANAGER), True),
        (who("boss", Role.OWNER), True),
        (who("oleg"), False),
        (who("dashboard", Role.KEY, frozenset({Scope.DECISIONS_READ})), False),
    ],
    ids=["a moderator", "a manager", "an owner", "the first one", "who decides nothing"],
)
def test_whoever_may_give_the_second_look_is_not_told_of_the_first(reader: Principal, *, is_withheld: bool) -> None:
    told = shown_case(replace(CASE, review=FIRST), reader)

    assert (told["withheld"], "review" not in told) == (is_withheld, is_withheld)
    assert told["blind"], "that it is a second look is no secret"
