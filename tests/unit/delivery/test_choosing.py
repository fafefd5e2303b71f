"""Which events a subscription is sent, and when one is left behind."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import convert

from services.delivery.rules.webhooks.choosing import (
    FAILED_MAX,
    PAUSES_S,
    REFUSED_MAX,
    Seen,
    is_chosen,
    is_put_aside,
    pause_s,
    seen,
    webhook_id,
)
from shared.documents.outward import Subscription
from shared.events import encode
from tests.builders import PLACE, content_created, sanction_applied

names = st.sampled_from(["acme", "acme-eu", "ACME", "acme/", "other", ""])


def subscription(**fields: Any) -> Subscription:  # noqa: ANN401 - as the document holds it
    about = {"url": "https://a.example/", "secrets": [{"env": "ACME_X"}], "topics": ["community.events.v1"]}
    return convert(about | fields, Subscription)


def test_an_event_says_itself_whose_it_is() -> None:
    found = seen(encode(content_created(id="event-1")))

    assert found == Seen("event-1", "community.content.created", "acme", PLACE)


@pytest.mark.parametrize("raw", [None, b"", b"{}", b"[]", b'{"id":1,"type":"x","brand":"acme"}', b"\xff", b"[" * 100_000])
def test_what_is_no_event_is_sent_to_nobody(raw: bytes | None) -> None:
    assert seen(raw) is None


@given(brand=names, of=names, type_=st.sampled_from(["a", "b"]), community=st.sampled_from([None, "telegram:-1", "vk:2"]))
def test_nothing_of_one_brand_is_ever_sent_to_another(brand: str, of: str, type_: str, community: str | None) -> None:
    event = Seen("1", type_, of, community)

    assert is_chosen(event, brand, subscription()) == (brand == of)
    for spec in (subscription(types=["a"]), subscription(communities=["telegram:-1"])):
        assert is_chosen(event, brand, spec) <= (brand == of)


def test_types_and_communities_narrow_it_down() -> None:
    event = Seen("1", "community.content.created", "acme", PLACE)

    assert is_chosen(event, "acme", subscription(types=[event.type], communities=[PLACE]))
    assert not is_chosen(event, "acme", subscription(types=["community.content.edited"]))
    assert not is_chosen(event, "acme", subscription(communities=["vk:-5"]))
    whole = seen(encode(sanction_applied(community=None)))
    assert whole is not None
    assert not is_chosen(whole, "acme", subscription(communities=[PLACE])), "it concerns all of the brand"


@given(st.text(), st.text())
def test_the_id_of_a_delivery_fits_into_a_header_and_is_that_of_its_event(one: str, other: str) -> None:
    ids = [webhook_id("acme", "t", Seen(id_, "x", "acme")) for id_ in (one, other, one)]

    assert ids[0] == ids[2]
    assert (ids[0] == ids[1]) == (one == other)
    assert all(id_.isascii() and id_.isalnum() for id_ in ids)


@pytest.mark.parametrize(
    ("tries", "is_refused", "takes_others", "is_aside"),
    [
        (1, True, True, False),
        (REFUSED_MAX, True, False, True),
        (REFUSED_MAX, False, True, False),
        (FAILED_MAX, False, True, True),
        (10_000, False, False, False),
    ],
)
def test_an_event_is_left_behind_where_it_is_wrong_and_waited_with_where_the_endpoint_is(
    tries: int, *, is_refused: bool, takes_others: bool, is_aside: bool
) -> None:
    assert is_put_aside(tries, is_refused=is_refused, takes_others=takes_others) == is_aside


@given(st.integers(1, 1_000), st.floats(0, 1, exclude_max=True), st.floats(0, 1e9))
def test_pauses_in_place_stay_within_some_minutes(tries: int, chance: float, asked_s: float) -> None:
    assert 0.8 * PAUSES_S[0] <= pause_s(tries, chance, asked_s) <= 1.2 * PAUSES_S[-1]
