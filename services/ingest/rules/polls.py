"""Where a poll lives: a vote that names no community waits for its poll and is sent on under the community's key."""

from __future__ import annotations

import msgspec
from msgspec.structs import replace

from services.ingest.connectors.payload import Payload, PollAnswer, PollPlace
from services.ingest.connectors.raw import POLL_PLACE, Raw, key_of, to_record
from shared.bus.record import Outgoing
from shared.errors import Unprocessable
from shared.fold.definition import Output, Step
from shared.topics import RAW

ANSWERS_MAX = 2_000
"""Votes that wait for one poll, of 500 bytes half of what a state may hold; more become dead letters, to be given back when
the poll is known. Platforms tell a bot of votes in its own polls, which it has seen."""


class Vote(msgspec.Struct, frozen=True):
    """A vote without a community, and the raw record it came in."""

    answer: PollAnswer
    raw: Raw


class PollState(msgspec.Struct, frozen=True):
    """What is known of a poll; the votes that wait, as raw records."""

    community: str | None = None
    waiting: tuple[tuple[str, bytes], ...] = ()
    """Platform and msgpack of each payload."""


def told_elsewhere(place: PollPlace, raw: Raw) -> Output:
    """Tell the connection's partition, where votes arrive, in which community a poll lives."""
    body = msgspec.json.encode(place)
    payload = replace(raw.payload, body=body, community=None)
    record = to_record(Raw(POLL_PLACE, payload))
    return Output(RAW.name, record.key.decode(), record.value, record.headers)


def voted(state: PollState | None, vote: Vote) -> Step[PollState]:
    """Send a vote on, or let it wait. Raises Unprocessable where too many wait."""
    state = state or PollState()
    if state.community is not None:
        return Step(state, outputs=(rekeyed(vote.raw, state.community),))
    if len(state.waiting) >= ANSWERS_MAX:
        raise Unprocessable(f"more than {ANSWERS_MAX} votes wait for a poll that nobody has seen")
    packed = (vote.raw.platform, msgspec.msgpack.encode(vote.raw.payload))
    return Step(replace(state, waiting=(*state.waiting, packed)))


def placed(state: PollState | None, place: PollPlace) -> Step[PollState]:
    """Remember where a poll lives, and send on what waited."""
    waiting = () if state is None else state.waiting
    outputs = [rekeyed(_unpacked(packed), place.community) for packed in waiting]
    return Step(PollState(community=place.community), outputs=outputs)


def rekeyed(raw: Raw, community: str) -> Output:
    """Return the raw record under its community's key."""
    record: Outgoing = to_record(Raw(raw.platform, replace(raw.payload, community=community)))
    return Output(RAW.name, key_of(raw.payload.brand, community), record.value, record.headers)


def _unpacked(packed: tuple[str, bytes]) -> Raw:

    platform, payload = packed
    return Raw(platform, msgspec.msgpack.decode(payload, type=Payload))
