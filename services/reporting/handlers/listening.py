"""The fold of listening: what contents say of a brand, by the hour in which they were written, and the register of ideas.

A state for each content holds its tone, its kind of feedback and the watch queries that name it, and never its text; one for
each hour how many there are of each. What is new changes both at once. What is edited or gone does not say when it was
written: its content's state does, and tells the hour through the topic of listening's own.
"""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from services.reporting.figures import remarks
from services.reporting.figures.buckets import remark, said
from services.reporting.figures.buckets.hours import hour_of
from services.reporting.figures.buckets.remark import Remark
from services.reporting.figures.buckets.said import Recount, Said
from services.reporting.listening.hearing import heard
from services.reporting.listening.own_model import telling
from services.reporting.listening.queries import Queries
from services.reporting.rules import ideas
from shared.bus.record import Record
from shared.events import decode
from shared.events.community import (
    ContentCreated,
    ContentDeleted,
    ContentEdited,
    ContentMeasured,
    ContentRestored,
    ReactionAdded,
    ReactionRemoved,
)
from shared.fold.deadletter import first_topic
from shared.fold.definition import Document, Item, Output, Step
from shared.learned.stored import Models, NoModels
from shared.policy import InForce
from shared.topics import ACTIONS, EVENTS, IDEAS, dead_letters, retries

GROUP = remarks.GROUP
INPUTS = (EVENTS.name, IDEAS.name, retries(GROUP).name)
OUTPUTS = (ACTIONS.name, IDEAS.name, dead_letters(GROUP).name)

OWN_ROLES = frozenset({"staff", "community"})
"""Who speaks for the brand in its own communities: what they write there says nothing of what members think."""

ALL_KINDS = ""
"""The kind of a total that the platform tells of all reactions together."""

Written = ContentCreated | ContentEdited
Removal = ContentDeleted | ContentRestored
Reaction = ReactionAdded | ReactionRemoved | ContentMeasured
Told = Written | Removal | Reaction | ideas.Decide | Recount
State = Remark | Said


class Listening:
    """The fold of contents into what they say."""

    group = GROUP
    topics: Sequence[str] = INPUTS

    def __init__(self, queries: InForce[Queries], models: Models | None = None) -> None:
        """`models` tell the tone where a brand has one of its own."""
        self._queries, self._models = queries, models or NoModels()

    async def prepare(self) -> None:
        """Have the watch queries and models up to date."""
        await self._queries.refresh()
        await self._models.refresh()

    def read(self, record: Record) -> Sequence[Item[Told]]:
        """Return what a record tells of one content. Raises Unprocessable where it cannot be read."""
        if first_topic(record) == IDEAS.name:
            command = ideas.decoded(record.value or b"")
            if isinstance(command, Recount):
                return (Item(said.key_of(command.brand, command.community, command.hour), command),)
            key = remark.key_of(command.brand, command.community, command.content)
            return (Item(key, command, f"{command.brand}/{command.id}"),)
        event = decode(record.value or b"")
        if not isinstance(event, Written | Removal | Reaction) or not _counts(event):
            return ()
        brand, community = _place(event)
        beside = (said.key_of(brand, community, hour_of(event.time)),) if isinstance(event, ContentCreated) else ()
        return (Item(remark.key_of(brand, community, event.data.content_id or ""), event, None, beside),)

    def evolve_beside(self, state: State | None, beside: Sequence[State | None], event: Told) -> Step[State]:
        """Take in a new content, and count it in its hour."""
        assert isinstance(event, ContentCreated), "all else looks at one state"
        (hour,) = beside
        assert state is None or isinstance(state, Remark), "a content's key is nothing else's"
        assert hour is None or isinstance(hour, Said), "an hour's key is nothing else's"
        after = remark.evolve(state, self._written(event))
        recount = said.recounted(state, after)
        if recount is None or recount.hour != hour_of(event.time):  # told twice, with another time
            return _told_hour(after, recount)
        return Step(after, beside=(said.evolve(hour, recount),))

    def evolve(self, state: State | None, event: Told) -> Step[State]:
        """Fold one event into the state of its content or hour."""
        if isinstance(event, Recount):
            assert state is None or isinstance(state, Said), "an hour's key is nothing else's"
            return Step(said.evolve(state, event))
        assert state is None or isinstance(state, Remark), "a content's key is nothing else's"
        match event:
            case ContentCreated() | ContentEdited():
                return _changed(state, remark.evolve(state, self._written(event)))
            case ContentDeleted() | ContentRestored():
                gone = isinstance(event, ContentDeleted)
                return _changed(state, remark.evolve(state, remark.Seen(*_place(event), event.time.timestamp(), gone)))
            case ideas.Decide():
                return _decided(state, event)
            case _:
                return _reacted(state, event)

    def _written(self, event: Written) -> remark.Written:
        """Read the text with the queries and the model that were in force when it was taken in."""
        data, actor = event.data, event.data.actor
        queries = self._queries.at(event.brand, event.community, event.recordedtime)
        told = telling(self._models, event.brand, queries.tone, event.recordedtime)
        return remark.Written(
            *_place(event),
            second=event.time.timestamp(),
            is_new=isinstance(event, ContentCreated),
            edition=max(0, data.edition or 0),
            author=data.content_author if actor is None else actor.id,
            channel=data.channel,
            heard=heard(data.text or "", queries, told),
            imported=event.imported,
            own=event.purpose is None,
        )

    def encode(self, state: State) -> Document:
        """Return a state as a document."""
        return said.encode(state) if isinstance(state, Said) else remark.encode(state)

    def decode(self, document: Document) -> State:
        """Return the state of a document."""
        return said.decode(document) if document["kind"] == said.KIND else remark.decode(document)


def _changed(before: Remark | None, after: Remark) -> Step[State]:
    return _told_hour(after, said.recounted(before, after))


def _told_hour(after: Remark, recount: Recount | None) -> Step[State]:
    """Have the hour counted anew in which a content was written."""
    if recount is None:
        return Step(after)
    key = f"{after.brand}/{after.community}"
    return Step(after, outputs=(Output(IDEAS.name, key, msgspec.json.encode(recount)),))


def _place(event: Written | Removal | Reaction) -> tuple[str, str]:
    return event.brand, event.community or ""


def _counts(event: Written | Removal | Reaction) -> bool:
    """Say whether an event is listened to: bots, commands and the brand's own people are not."""
    if event.community is None or event.data.content_id is None:
        return False
    if isinstance(event, ReactionAdded | ReactionRemoved | ContentMeasured):
        return event.purpose is None
    if isinstance(event, ContentDeleted | ContentRestored):
        return True
    data, actor = event.data, event.data.actor
    if data.command is not None or data.asks or (actor is not None and actor.bot):
        return False
    return event.purpose is not None or actor is None or actor.role not in OWN_ROLES


def _reacted(state: Remark | None, event: Reaction) -> Step[State]:
    """Count votes as the figure of reactions does: one by one, or as the totals that the platform tells."""
    brand, community = _place(event)
    if isinstance(event, ContentMeasured):
        kind, count = ALL_KINDS, event.data.reactions
    else:
        kind, count = event.data.emoji or event.data.kind or ALL_KINDS, event.data.count
    if count is not None and not isinstance(event, ReactionRemoved):
        return Step(remark.evolve(state, remark.Counted(brand, community, event.time.timestamp(), kind, count)))
    if count is not None or isinstance(event, ContentMeasured):
        return Step(state)
    return Step(remark.evolve(state, remark.Voted(brand, community, 1 if isinstance(event, ReactionAdded) else -1)))


def _decided(state: Remark | None, command: ideas.Decide) -> Step[State]:
    """Note what staff decided, and have the author told; nothing of a content that is not known."""
    if state is None or state.second is None:
        return Step(state)
    told = remark.Decided(command.brand, command.community, command.at.timestamp(), command.id, command.status, command.by)
    after = remark.evolve(state, told)
    act = None if after is state else ideas.answer(after, command)
    key = f"{command.brand}/{command.community}"
    return Step(after, outputs=() if act is None else (Output(ACTIONS.name, key, act),))
