"""Every update that others collected becomes events, is refused with a reason, or cannot be read; none crashes."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from services.ingest.connectors import CONNECTORS
from services.ingest.connectors.payload import Decoded, Payload, Reason
from services.reporting.figures.periods import Frame
from services.reporting.figures.summary import figures_of
from shared.errors import Unprocessable
from shared.events import decode, encode
from shared.events.community import Content
from tests.unit.reporting.folding import folded, material

RECORDED = datetime(2026, 1, 1, tzinfo=UTC)

FACTS = {
    # file: types of its events, with its private chat made a group; a reason where it has none
    "nutgram/text.json": "community.content.created",
    "nutgram/photo.json": "community.content.created",
    "nutgram/message_poll.json": "community.content.created",
    "nutgram/rich_message.json": "community.content.created",
    "nutgram/edited_message.json": "community.content.edited",
    "nutgram/channel_post.json": "community.content.created",
    "nutgram/edited_channel_post.json": "community.content.edited",
    "nutgram/message_reaction.json": "community.reaction.added community.reaction.added",
    "nutgram/message_reaction_count.json": "community.content.measured",
    "teloxide_message_reaction_1.json": "community.reaction.added",
    "teloxide_message_reaction_2.json": "community.reaction.removed",
    "nutgram/chat_member.json": Reason.NOTHING_CHANGED,
    "teloxide_my_chat_member_1.json": "community.member.banned",
    "nutgram/chat_join_request.json": "community.member.join_requested",
    "nutgram/new_chat_members.json": "community.member.joined",
    "nutgram/left_chat_member.json": "community.member.left",
    "nutgram/poll.json": Reason.NO_COMMUNITY,
    "nutgram/chat_boost.json": Reason.NOT_A_FACT,
    "nutgram/callback_query.json": Reason.NOT_A_FACT,
    "nutgram/business_message.json": Reason.PRIVATE_CHAT,
    "nutgram/pinned_message.json": Reason.NO_CONTENT,
    "nutgram/forum_topic_created.json": Reason.NO_CONTENT,
    "nutgram/migrate_to_chat_id.json": Reason.MIGRATED,
    "teloxide_something_unknown_to_us_1.json": Reason.UNKNOWN_KIND,
}


@pytest.fixture(name="folder")
def telegram_folder(real_data: Path) -> Path:
    return real_data / "payloads" / "telegram"


def decoded(body: bytes) -> Decoded:
    return CONNECTORS["telegram"].decode(Payload(body=body, brand="acme", connection="bot", recordedtime=RECORDED))


def at_home_in_a_group(body: bytes) -> bytes:
    """Most samples were taken in private chats; the same message in a group is an event."""
    return body.replace(b'"type": "private"', b'"type": "supergroup"').replace(b'"type":"private"', b'"type":"supergroup"')


def bodies(folder: Path) -> Iterator[bytes]:
    for file in sorted(folder.rglob("*.json")):
        if "schema" not in file.parts:
            yield file.read_bytes()
            yield at_home_in_a_group(file.read_bytes())


def outcome(body: bytes) -> str:
    try:
        told = decoded(body)
    except Unprocessable:
        return "unprocessable"
    for event in told.events:
        assert decode(encode(event)) == event
    assert told.events or told.poll_answers or told.refused
    return "refused" if told.refused else "told"


def test_every_update_is_told_or_refused_or_unreadable(folder: Path) -> None:
    outcomes = Counter(map(outcome, bodies(folder)))

    assert outcomes.total() > 240
    assert outcomes["unprocessable"] == 2  # one sample without any required field, as found and as a group's
    assert outcomes["told"] > 60


@pytest.mark.parametrize("name", FACTS)
def test_each_kind_becomes_what_it_tells(folder: Path, name: str) -> None:
    told = decoded(at_home_in_a_group((folder / name).read_bytes()))

    types = " ".join(str(event.__struct_config__.tag) for event in told.events)
    assert (types or told.refused[0].reason) == FACTS[name]


def test_talks_with_one_person_stay_private(folder: Path) -> None:
    told = decoded((folder / "nutgram/text.json").read_bytes())

    assert told.refused[0].reason is Reason.PRIVATE_CHAT


def test_a_topic_is_a_channel_and_an_answer_has_a_parent(folder: Path) -> None:
    (event,) = decoded((folder / "nutgram/message_different_topic_reply.json").read_bytes()).events

    data = event.data  # type: ignore[attr-defined] # the union's members have it
    assert isinstance(data, Content)
    assert (data.channel, data.parent) == ("telegram:-1001234567489:33", "telegram:-1001234567489:70")


def test_a_vote_without_a_place_waits_for_it(folder: Path) -> None:
    told = decoded((folder / "teloxide_poll_answer_2.json").read_bytes())

    assert [(answer.poll, answer.options) for answer in told.poll_answers] == [("telegram:POLL_ID", (3, 4, 8))]


@pytest.mark.parametrize("name", ["nutgram/message_reaction_count.json", "teloxide_message_reaction_count_1.json"])
def test_anonymous_reactions_reach_the_figure_of_reactions(folder: Path, name: str) -> None:
    body = at_home_in_a_group((folder / name).read_bytes())
    update = json.loads(body)["message_reaction_count"]
    day = datetime.fromtimestamp(update["date"], UTC).date()

    states = folded(decoded(body).events)

    total = sum(reaction["total_count"] for reaction in update["reactions"])
    assert total
    assert figures_of(material(states), Frame(day, day + timedelta(days=1), ZoneInfo("UTC")))["reactions"] == total
