"""Reactions: of a named member as what changed, of anonymous ones as totals.

Anonymous counts become `community.content.measured` with the sum, not reactions: they are a snapshot that replaces the one
before, and Telegram does not name an emoji any more once its count is back at zero.

Telegram tells the second of a change, so its version is made of the lists before and after as well. A like, its end and a
like again within one second: the third says what the first did and is taken for it, so the reaction counts as taken back.
"""

from __future__ import annotations

from services.ingest.connectors.payload import Decoded, Payload, Reason, refused
from services.ingest.connectors.telegram.actors import community_id, instant, sender
from services.ingest.connectors.telegram.updates import Emoji, Emojis, MessageReaction, ReactionCount
from services.ingest.facts import Fact, event, type_name, version_at
from shared.events import Actor, Envelope
from shared.events.community import ContentMeasured, Measures, Reaction, ReactionAdded, ReactionRemoved

VALUES = {"👍": 1, "👎": -1}
"""Emojis that are a judgement; of others the contract's readers decide themselves."""


def changed(payload: Payload, update: MessageReaction, kind: str) -> Decoded:
    """Return each reaction that is new or gone; gone ones first."""
    actor = sender(update.chat, update.actor_chat, update.user)
    removed = [emoji for emoji in update.old_reaction if emoji not in update.new_reaction]
    added = [emoji for emoji in update.new_reaction if emoji not in update.old_reaction]
    events = [reaction(payload, update, actor, emoji, ReactionRemoved) for emoji in dict.fromkeys(removed)]
    events += [reaction(payload, update, actor, emoji, ReactionAdded) for emoji in dict.fromkeys(added)]
    return Decoded(events=tuple(events)) if events else refused(Reason.NOTHING_CHANGED, kind)


def reaction(
    payload: Payload, update: MessageReaction, actor: Actor | None, emoji: Emoji, make: type[ReactionAdded | ReactionRemoved]
) -> Envelope:
    """Return the event of one reaction."""
    content = f"telegram:{update.chat.id}:{update.message_id}"
    by = actor.id if actor is not None else ""
    fact = Fact(
        community=community_id(update.chat),
        about=f"{type_name(make)}/{update.message_id}/{by}/{named(emoji)}",
        version=version_at(update.date, listed(update.old_reaction), listed(update.new_reaction)),
        at=instant(update.date),
        subject=content,
    )
    data = Reaction(
        actor=actor,
        content_id=content,
        emoji=emoji.emoji or None,
        kind=None if emoji.emoji else named(emoji),
        value=VALUES.get(emoji.emoji or ""),
        time_source="platform",
    )
    return event(make, payload, fact, data)


def listed(emojis: Emojis) -> list[str]:
    """Return somebody's reactions to a message; their order says nothing."""
    return sorted(map(named, emojis))


def named(emoji: Emoji) -> str:
    """Return the emoji itself, `custom_emoji:<id>`, or the type alone (`paid`)."""
    return emoji.emoji or (f"{emoji.type}:{emoji.custom_emoji_id}" if emoji.custom_emoji_id else emoji.type)


def counted(payload: Payload, update: ReactionCount) -> Decoded:
    """Return how many reactions a message has now."""
    content = f"telegram:{update.chat.id}:{update.message_id}"
    total = min(sum(part.total_count for part in update.reactions), TOTAL_MAX)
    fact = Fact(
        community=community_id(update.chat),
        about=f"reactions/{update.message_id}",
        version=version_at(update.date, total),
        at=instant(update.date),
        subject=content,
    )
    data = Measures(content_id=content, reactions=total, time_source="platform")
    return Decoded(events=(event(ContentMeasured, payload, fact, data),))


TOTAL_MAX = 2**62
"""Still an integer that BSON holds, whatever the parts of the sum were."""
