"""Reactions: of a named member as what changed, of anonymous ones as totals.

Anonymous counts become `community.content.measured` with the sum, not reactions: they are a snapshot that replaces the one
before, and Telegram does not name an emoji any more once its count is back at zero.

Telegram tells the second of a change, so its version is made of the lists before and after as well, as they were sent. A
like, its end and a like again within one second: the third says what the first did and is taken for it, so the reaction
counts as taken back.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial

from services.ingest.connectors.payload import Decoded, Payload, Reason, refused
from services.ingest.connectors.telegram import sent
from services.ingest.connectors.telegram.actors import community_id, instant, sender
from services.ingest.connectors.telegram.updates import Emoji, Emojis, MessageReaction, ReactionCount
from services.ingest.facts import Fact, event, type_name, version_at
from shared.events import Envelope
from shared.events.community import ContentMeasured, Measures, Reaction, ReactionAdded, ReactionRemoved

VALUES = {"👍": 1, "👎": -1}
"""Emojis that are a judgement; of others the contract's readers decide themselves."""


Sent = Mapping[Emoji, str]
"""Somebody's reactions to a message, each with what was sent of it."""


def changed(payload: Payload, update: MessageReaction, kind: str) -> Decoded:
    """Return each reaction that is new or gone; gone ones first."""
    fields = sent.fields(payload.body, kind)
    old, new = sent.each(fields, "old_reaction"), sent.each(fields, "new_reaction")
    before, after = paired(update.old_reaction, old), paired(update.new_reaction, new)
    version = version_at(update.date, "before", *sorted(old), "after", *sorted(new))
    make = partial(reaction, payload, update, version)
    events = [make(emoji, told, ReactionRemoved) for emoji, told in before.items() if emoji not in after]
    events += [make(emoji, told, ReactionAdded) for emoji, told in after.items() if emoji not in before]
    return Decoded(events=tuple(events)) if events else refused(Reason.NOTHING_CHANGED, kind)


def paired(emojis: Emojis, told: Sequence[str]) -> Sent:
    """Return each reaction with what was sent of it: of those that we cannot tell apart, the first."""
    found: dict[Emoji, str] = {}
    for emoji, one in zip(emojis, told, strict=True):
        found.setdefault(emoji, one)
    return found


def reaction(
    payload: Payload,
    update: MessageReaction,
    version: str,
    emoji: Emoji,
    told: str,
    make: type[ReactionAdded | ReactionRemoved],
) -> Envelope:
    """Return the event of one reaction, of which `told` was sent."""
    content = f"telegram:{update.chat.id}:{update.message_id}"
    by = update.actor_chat or update.user
    fact = Fact(
        community=community_id(update.chat),
        about=f"{type_name(make)}/{update.message_id}/{'' if by is None else by.id}/{told}",
        version=version,
        at=instant(update.date),
        subject=content,
    )
    data = Reaction(
        actor=sender(update.chat, update.actor_chat, update.user),
        content_id=content,
        emoji=emoji.emoji or None,
        kind=None if emoji.emoji else named(emoji),
        value=VALUES.get(emoji.emoji or ""),
        time_source="platform",
    )
    return event(make, payload, fact, data)


def named(emoji: Emoji) -> str:
    """Return the emoji itself, `custom_emoji:<id>`, or the type alone (`paid`)."""
    return emoji.emoji or (f"{emoji.type}:{emoji.custom_emoji_id}" if emoji.custom_emoji_id else emoji.type)


def counted(payload: Payload, update: ReactionCount, kind: str) -> Decoded:
    """Return how many reactions a message has now."""
    content = f"telegram:{update.chat.id}:{update.message_id}"
    total = min(sum(part.total_count for part in update.reactions), TOTAL_MAX)
    fact = Fact(
        community=community_id(update.chat),
        about=f"reactions/{update.message_id}",
        version=version_at(update.date, *sorted(sent.each(sent.fields(payload.body, kind), "reactions"))),
        at=instant(update.date),
        subject=content,
    )
    data = Measures(content_id=content, reactions=total, time_source="platform")
    return Decoded(events=(event(ContentMeasured, payload, fact, data),))


TOTAL_MAX = 2**62
"""Still an integer that BSON holds, whatever the parts of the sum were."""
