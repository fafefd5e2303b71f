from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.ingest.connectors import CONNECTORS
from services.ingest.connectors.delivery import Delivery, Keys
from services.ingest.connectors.feed import ADDRESS
from shared.errors import Unprocessable
from tests.unit.ingest.feed_documents import CASES, DATED, RECORDED, URL, decode, rss, told
from tests.unit.ingest.hostile import survives

FEED = CONNECTORS["feed"]


def test_a_feed_is_the_community_that_its_poller_named() -> None:
    assert FEED.place(b"", {ADDRESS: URL}) == f"feed:{URL}"
    assert FEED.place(b"", {}) is None
    assert decode(CASES["atom"].encode(), headers={}).refused


def test_nothing_that_is_sent_is_genuine() -> None:
    assert not FEED.verify(Delivery({}, b"", RECORDED), Keys(("",)))


def test_a_change_is_told_beside_the_creation_and_the_creation_has_the_id_that_it_had() -> None:
    (before,), (created, edited) = told("atom").events, told("atom_changed").events

    assert before.id == created.id != edited.id


def test_two_feeds_may_give_the_same_id_to_different_entries() -> None:
    (here,), (there,) = told("atom").events, decode(CASES["atom"].encode(), headers={ADDRESS: URL + "2"}).events

    assert here.id != there.id


@pytest.mark.parametrize("body", [b"", b"<html><body>no</body></html>", b"{}", b"\x00\xff" * 50])
def test_what_is_no_feed_is_unprocessable(body: bytes) -> None:
    with pytest.raises(Unprocessable):
        decode(body)


def test_entities_that_grow_are_not_even_read() -> None:
    grown = "".join(f'<!ENTITY e{n} "{f"&e{n - 1};" * 10 if n else "ha"}">' for n in range(12))
    body = rss(f"<guid>1</guid><title>&e11;</title>{DATED}").replace("<rss", f"<!DOCTYPE rss [{grown}]><rss")

    with pytest.raises(Unprocessable, match="entities"):
        decode(body.encode())


@given(st.sampled_from(sorted(CASES)), st.integers(0, 900), st.binary(max_size=4))
def test_a_feed_with_bytes_changed_never_crashes(name: str, at: int, junk: bytes) -> None:
    body = CASES[name].encode()
    survives(lambda: decode(body[:at] + junk + body[at + len(junk) :]), {"feed"})


@given(st.text(max_size=300))
def test_any_words_in_an_entry_fit_the_contract(text: str) -> None:
    survives(
        lambda: decode(rss(f"<guid>1</guid><title>{text}</title>{DATED}<description>{text}</description>").encode()),
        {"feed"},
    )
