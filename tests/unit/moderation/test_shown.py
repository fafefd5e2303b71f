"""A case that is looked at a second time tells nothing by which the first decision could be guessed."""

from __future__ import annotations

from services.moderation.api.shown import shown_case
from services.moderation.cases.case import Case, Complaint, Outcome, Review

CASE = Case(
    id="c:1",
    brand="acme",
    community="c",
    gone=True,
    complaints=(Complaint(at_ms=1, weight=50, reporter="u9", settled=True),),
)
FIRST = Review(first=Outcome(ruling="remove", by="oleg", at_ms=1))


def test_a_second_look_is_not_told_that_the_content_is_gone_or_complaints_are_settled() -> None:
    told = shown_case(Case(**{name: getattr(CASE, name) for name in CASE.__struct_fields__} | {"review": FIRST}))

    assert "gone" not in told
    assert [set(complaint) & {"settled", "reporter"} for complaint in told["complaints"]] == [{"reporter"}]


def test_a_first_look_is_told_both() -> None:
    told = shown_case(CASE)

    assert (told["gone"], told["complaints"][0]["settled"]) == (True, True)
