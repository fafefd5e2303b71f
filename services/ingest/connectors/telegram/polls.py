"""Votes. Telegram tells neither where nor when: a vote waits as a PollAnswer until its poll's community is known.

The payload is then decoded again with `community` set and becomes the event, at the time of receipt. Only the bot that sent
a poll hears of its votes, so the number of the update makes the vote's id without naming a connection.
"""

from __future__ import annotations

from services.ingest.connectors.payload import Decoded, Payload, PollAnswer, Reason, refused
from services.ingest.connectors.telegram.actors import person
from services.ingest.connectors.telegram.updates import Answer
from services.ingest.connectors.telegram.wire import Chat
from services.ingest.facts import Fact, event
from shared.events import Actor
from shared.events.community import PollRetracted, PollVoted, Vote


def answered(payload: Payload, answer: Answer, update_id: int, kind: str) -> Decoded:
    """Return the vote as an event where the community is known, else as an answer that waits for it."""
    voter = voter_of(answer)
    if voter is None:
        return refused(Reason.NOT_A_FACT, kind)
    poll = f"telegram:{answer.poll_id}"
    if payload.community is None:
        return Decoded(poll_answers=(PollAnswer(poll, voter, answer.option_ids, update_id),))
    fact = Fact(
        community=payload.community,
        about=f"vote/{poll}/{voter.id}",
        version=update_id,
        at=payload.recordedtime,
        subject=poll,
    )
    data = Vote(actor=voter, poll=poll, options=answer.option_ids or None, time_source="receipt")
    return Decoded(events=(event(PollVoted if answer.option_ids else PollRetracted, payload, fact, data),))


def voter_of(answer: Answer) -> Actor | None:
    """Return who voted: a user, or a chat in whose name somebody did."""
    if answer.voter_chat is not None:
        return Actor(id=f"telegram:{answer.voter_chat.id}", name=answer.voter_chat.title or None)
    return person(answer.user, Chat(id=answer.user.id)) if answer.user is not None else None
