from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from services.moderation.rules.case import Member
from services.moderation.rules.judging import judge
from shared.documents.moderation import RECENT_MAX
from tests.builders import content_created, content_edited
from tests.unit.moderation.cases import default_policy, found, later, policy


def after(*said: tuple[float, str]) -> Member:
    member = Member()
    for seconds, text in said:
        member = judge(content_created(text=text, time=later(seconds)), member, default_policy()).member
    return member


def test_one_message_more_than_allowed_is_a_flood() -> None:
    by = policy(flood={"messages": 3, "seconds": 10})
    three = after((0, "a"), (1, "b"), (2, "c"))

    assert "flood" not in found("d", three, by, time=later(10))
    assert found("d", three, by, time=later(9.9))["flood"].facts == {"messages": "4", "seconds": "10"}


def test_a_late_record_is_judged_by_the_time_it_was_written() -> None:
    by = policy(flood={"messages": 3, "seconds": 10})
    three = after((100, "a"), (101, "b"), (102, "c"))

    assert "flood" not in found("late", three, by, time=later(50))


def test_an_edit_is_no_further_message() -> None:
    by = policy(flood={"messages": 2, "seconds": 10})
    two = after((0, "a"), (1, "b"))

    judgement = judge(content_edited(text="c", time=later(2)), two, by)

    assert judgement.findings == []
    assert judgement.member == two


def test_an_advertisement_that_is_repeated_is_removed() -> None:
    text = "Our new shop is open, come by https://shop.example"
    once = replace(after((0, text)), messages=9)

    assert found(text.upper(), once, time=later(60))["repeats"].then == "remove"
    assert "repeats" not in found(text, once, time=later(3_601))


def test_who_says_the_same_again_without_advertising_is_only_looked_at_when_stubborn() -> None:
    text = "Новая упаковка красивая, стоит на видном месте"

    assert "repeats" not in found(text, after((0, text), (1, text)), time=later(5))
    assert found(text, after((0, text), (1, text), (2, text)), time=later(5))["repeats"].then == "flag"


def test_short_texts_are_everybodys() -> None:
    assert "repeats" not in found("спасибо!", after((0, "спасибо!"), (1, "спасибо!"), (2, "спасибо!")), time=later(5))


@given(st.lists(st.floats(0, 10_000), max_size=3 * RECENT_MAX))
def test_what_is_remembered_is_bounded(times: list[float]) -> None:
    member = after(*((at, "text") for at in times))

    assert len(member.at_ms) == len(member.digests) <= RECENT_MAX
    assert member.messages == len(times)
