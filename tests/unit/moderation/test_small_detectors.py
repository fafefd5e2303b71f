"""Mentions, capitals, emoji, attachments and first posts: off until a policy wants them."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.moderation.rules.attachments import BYTES_MAX, bytes_of
from services.moderation.rules.case import Member
from services.moderation.rules.emoji import count_of_emoji
from services.moderation.rules.judging import judge
from shared.events.community import Media
from tests.builders import content_edited
from tests.unit.moderation.cases import KNOWN, found, policy

DIGEST = "D41D8CD98F00B204E9800998ECF8427E"


def live(section: str, **fields: Any) -> Any:  # noqa: ANN401 - as the document holds it
    return policy(**{section: {"status": "live"} | fields})


def test_they_are_off_until_a_policy_wants_them() -> None:
    loud = found("ПОЧЕМУ ВЫ МНЕ НЕ ОТВЕЧАЕТЕ " + "😀" * 50, Member(), mentions=tuple("abcdefghij"))

    assert not {"mentions", "capitals", "emoji", "attachments", "first-posts"} & set(loud)


def test_more_mentions_than_allowed_are_found() -> None:
    by = live("mentions", count=2, then="hide")

    assert "mentions" not in found("hi", by=by, mentions=("a", "b"))
    finding = found("hi", by=by, mentions=("a", "b", "c"))["mentions"]
    assert (finding.then, finding.facts) == ("hide", {"mentions": "3"})


@pytest.mark.parametrize(
    ("text", "shouts"),
    [
        ("WHY DOES NOBODY ANSWER ME", True),
        ("ПОЧЕМУ МНЕ никто НЕ ОТВЕЧАЕТ", True),
        ("Why does nobody answer", False),
        ("NATO, USA", False),
    ],
)
def test_a_text_of_capitals_is_found_unless_it_is_short(text: str, shouts: bool) -> None:  # noqa: FBT001 - a parameter
    by = live("capitals")

    assert ("capitals" in found(text, by=by)) is shouts


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("👨‍👩‍👧", 1),
        ("👍🏽👍", 2),
        ("🇷🇺🇩🇪", 2),
        ("1️⃣ 2 #", 1),
        ("❤️❤☎", 3),
        ("a → b, 5 ≤ 6, ■", 0),
        ("© 2026 Acme®", 0),
        ("🏴\U000e0067\U000e0062\U000e0073\U000e0063\U000e0074\U000e007f", 1),
        ("no", 0),
    ],
)
def test_a_sequence_is_one_emoji(text: str, count: int) -> None:
    assert count_of_emoji(text) == count


def test_the_detector_and_the_fact_count_alike() -> None:
    family = "👨‍👩‍👧"
    by = policy(emoji={"status": "live", "count": 2}, rules=[{"id": "three", "when": "text.emoji == 3"}])

    assert not {"emoji", "three"} & set(found(family * 2, by=by))
    assert {"emoji", "three"} <= set(found(family * 3, by=by))


@given(st.text(max_size=100))
def test_a_text_has_no_more_emoji_than_characters(text: str) -> None:
    assert 0 <= count_of_emoji(text) <= len(text)


@pytest.mark.parametrize(
    ("media", "facts"),
    [
        (Media(type="Voice"), {"types": "Voice"}),
        (Media(type="photo", hash=DIGEST.lower()), {"hashes": DIGEST.lower()}),
        (Media(type="photo", size=2_001), {"bytes": "2001"}),
        (Media(type="photo", size=2_000, hash="0" * 32), None),
    ],
)
def test_an_attachment_is_found_by_type_hash_and_size(media: Media, facts: dict[str, str] | None) -> None:
    by = live("attachments", types=["voice"], hashes=[DIGEST], bytes=2_000, then="remove")

    finding = found("", by=by, media=(Media(type="photo"), media)).get("attachments")

    assert (None if finding is None else finding.facts) == facts
    assert "attachments" not in found("text alone", by=by)


def test_a_policy_takes_ten_thousand_hashes() -> None:
    hashes = [f"{number:032X}" for number in range(10_000)]
    by = live("attachments", hashes=hashes)

    assert "attachments" in found("", by=by, media=(Media(type="photo", hash=hashes[-1].lower()),))


@given(st.lists(st.one_of(st.none(), st.integers(-(2**63), 2**63 - 1)), max_size=50))
def test_bytes_are_a_number_that_conditions_know(sizes: list[int | None]) -> None:
    told = bytes_of([Media(type="file", size=size) for size in sizes])

    assert 0 <= told <= BYTES_MAX


def test_the_first_contents_of_a_member_are_found_and_an_edit_is_none() -> None:
    by = live("first_posts", messages=2)

    assert "first-posts" in found("hello", Member(), by)
    assert "first-posts" in found("hello", Member(messages=1), by)
    assert "first-posts" not in found("hello", Member(messages=2), by)
    assert not judge(content_edited(text="hello"), Member(messages=1), by).findings
    assert "first-posts" not in found("hello", KNOWN, by)
