"""Whatever is sent: events of the contract in the part's one channel, a refusal, or Unprocessable."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.errors import Unprocessable
from tests.unit.ingest.hostile import NESTED, Json, damaged, mutated, survives
from tests.unit.ingest.youtube_payloads import CASES, YOUTUBE, bytes_of, comment, decode, thread

KINDS = {"comment", "comment_thread", "feed", "page"}
RESOURCES: dict[str, Json] = {name: case for name, case in CASES.items() if isinstance(case, dict)}
FEEDS = {name: case for name, case in CASES.items() if isinstance(case, bytes)}
PAGE = {"page": {"kind": "youtube#commentThreadListResponse", "items": [thread(), comment()]}}


def withstood(body: bytes) -> None:
    """Take a payload in and read all of it, as a poller and the normaliser do."""
    for part in YOUTUBE.parts(body):
        place = YOUTUBE.place(part, {})
        found = survives(lambda part=part: decode(part), KINDS)  # type: ignore[misc] # bound now
        assert {event.community for event in found.events} <= {place}


@given(mutated(RESOURCES | PAGE))
def test_a_mutated_resource_never_crashes(resource: Json) -> None:
    withstood(bytes_of(resource))


@given(damaged(RESOURCES | PAGE))
def test_a_resource_with_bytes_changed_never_crashes(body: bytes) -> None:
    withstood(body)


@given(st.sampled_from(sorted(FEEDS)), st.lists(st.tuples(st.integers(0, 1500), st.binary(max_size=4)), max_size=3))
def test_a_feed_with_bytes_changed_never_crashes(name: str, changes: list[tuple[int, bytes]]) -> None:
    body = FEEDS[name]
    for at, junk in changes:
        body = body[:at] + junk + body[at + len(junk) :]
    withstood(body)


@given(
    st.sampled_from(sorted(FEEDS)),
    st.sampled_from(["v1", "UCglue", "2026-01-01T00:00:00+00:00", "Мастерская", "yt:video:", "<published>", "</title>"]),
    st.text(max_size=8) | st.sampled_from(["9999-12-31T23:59:59-23:59", "0001-01-01T00:00:00+01:00", "x" * 600, "&amp;"]),
)
def test_a_feed_with_words_changed_never_crashes(name: str, word: str, other: str) -> None:
    withstood(FEEDS[name].decode().replace(word, other).encode("utf-8", "surrogatepass"))


SAID = b'{"kind":"youtube#comment","id":"U1","snippet":{"channelId":"UC1","publishedAt":%b,"textOriginal":%b}}'
WHEN = b'"2026-01-01T00:00:00Z"'


@pytest.mark.parametrize(
    "body",
    [
        b"{",
        b"{" + NESTED + b"}",
        b'{"kind":7}',
        b'{"kind":"youtube#comment"}',
        b'{"kind":"youtube#commentThread","snippet":{}}',
        SAID % (b"1", b'"a"'),
        SAID % (b'"now"', b'"a"'),
        SAID % (b'"2026-02-30T00:00:00Z"', b'"a"'),
        SAID % (WHEN, NESTED),
        SAID % (WHEN, b'"\\ud800"'),
        SAID % (WHEN, b'"\xff"'),
        SAID % (WHEN, b'"' + b"x" * 100_001 + b'"'),
    ],
)
def test_what_cannot_be_read_is_unprocessable(body: bytes) -> None:
    with pytest.raises(Unprocessable):
        decode(body)


def test_a_body_that_can_be_read_is_told() -> None:
    assert decode(SAID % (WHEN, b'"a"')).events


def test_the_reason_quotes_nothing_of_the_payload() -> None:
    with pytest.raises(Unprocessable) as caught:
        decode(comment(textOriginal=["my secret"]))

    assert "secret" not in str(caught.value)
