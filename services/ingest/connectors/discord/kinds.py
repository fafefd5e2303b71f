"""What each kind of Discord's gateway events becomes, and what the bot must be allowed to see for it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from enum import IntFlag

import msgspec

from services.ingest.connectors.discord import messages, people
from services.ingest.connectors.discord.guilds import Guild
from services.ingest.connectors.payload import Decoded


class Intent(IntFlag):
    """What a bot asks the gateway to be told of. Source: https://discord.com/developers/docs/events/gateway#gateway-intents."""

    GUILDS = 1 << 0
    GUILD_MEMBERS = 1 << 1
    """Privileged: joins, leaves, boosts."""
    GUILD_MODERATION = 1 << 2
    """Bans, and the audit log where the bot may view it."""
    GUILD_MESSAGES = 1 << 9
    GUILD_MESSAGE_REACTIONS = 1 << 10
    MESSAGE_CONTENT = 1 << 15
    """Privileged: without it the text of messages is empty."""
    GUILD_MESSAGE_POLLS = 1 << 24


ALL = Intent(sum(Intent))
PRIVILEGED = (Intent.MESSAGE_CONTENT, Intent.GUILD_MEMBERS)
"""To be switched on at the application's page, under Bot; else Discord refuses the whole session."""

Reader = Callable[[Guild, msgspec.Raw, str], Decoded]
"""From the guild, the event's data and its kind. Raises msgspec's errors where the data are not of that kind."""

READ: Mapping[str, Reader] = {
    "MESSAGE_CREATE": messages.created,
    "MESSAGE_UPDATE": messages.updated,
    "MESSAGE_DELETE": messages.deleted,
    "MESSAGE_DELETE_BULK": messages.deleted,
    "MESSAGE_REACTION_ADD": messages.reacted,
    "MESSAGE_REACTION_REMOVE": messages.reacted,
    "MESSAGE_POLL_VOTE_ADD": messages.voted,
    "MESSAGE_POLL_VOTE_REMOVE": messages.voted,
    "GUILD_MEMBER_ADD": people.joined,
    "GUILD_MEMBER_UPDATE": people.updated,
    "GUILD_MEMBER_REMOVE": people.left,
    "GUILD_BAN_ADD": people.banned,
    "GUILD_BAN_REMOVE": people.banned,
    "GUILD_AUDIT_LOG_ENTRY_CREATE": people.logged,
}

NOT_FACTS = frozenset(
    {
        "APPLICATION_COMMAND_PERMISSIONS_UPDATE",
        "AUTO_MODERATION_ACTION_EXECUTION",
        "AUTO_MODERATION_RULE_CREATE",
        "AUTO_MODERATION_RULE_DELETE",
        "AUTO_MODERATION_RULE_UPDATE",
        "CHANNEL_CREATE",
        "CHANNEL_DELETE",
        "CHANNEL_INFO",
        "CHANNEL_PINS_UPDATE",
        "CHANNEL_UPDATE",
        "ENTITLEMENT_CREATE",
        "ENTITLEMENT_DELETE",
        "ENTITLEMENT_UPDATE",
        "GUILD_DELETE",
        "GUILD_EMOJIS_UPDATE",
        "GUILD_INTEGRATIONS_UPDATE",
        "GUILD_ROLE_CREATE",
        "GUILD_ROLE_DELETE",
        "GUILD_ROLE_UPDATE",
        "GUILD_SCHEDULED_EVENT_CREATE",
        "GUILD_SCHEDULED_EVENT_DELETE",
        "GUILD_SCHEDULED_EVENT_UPDATE",
        "GUILD_SCHEDULED_EVENT_USER_ADD",
        "GUILD_SCHEDULED_EVENT_USER_REMOVE",
        "GUILD_SOUNDBOARD_SOUNDS_UPDATE",
        "GUILD_SOUNDBOARD_SOUND_CREATE",
        "GUILD_SOUNDBOARD_SOUND_DELETE",
        "GUILD_SOUNDBOARD_SOUND_UPDATE",
        "GUILD_STICKERS_UPDATE",
        "GUILD_UPDATE",
        "INTEGRATION_CREATE",
        "INTEGRATION_DELETE",
        "INTEGRATION_UPDATE",
        "INVITE_CREATE",
        "INVITE_DELETE",
        "MESSAGE_REACTION_REMOVE_ALL",  # whose they were is not told
        "MESSAGE_REACTION_REMOVE_EMOJI",
        "RATE_LIMITED",
        "SOUNDBOARD_SOUNDS",
        "STAGE_INSTANCE_CREATE",
        "STAGE_INSTANCE_DELETE",
        "STAGE_INSTANCE_UPDATE",
        "SUBSCRIPTION_CREATE",
        "SUBSCRIPTION_DELETE",
        "SUBSCRIPTION_UPDATE",
        "THREAD_CREATE",
        "THREAD_DELETE",
        "THREAD_LIST_SYNC",
        "THREAD_MEMBERS_UPDATE",
        "THREAD_MEMBER_UPDATE",
        "THREAD_UPDATE",
        "USER_UPDATE",
        "VOICE_CHANNEL_EFFECT_SEND",
        "VOICE_CHANNEL_START_TIME_UPDATE",
        "VOICE_CHANNEL_STATUS_UPDATE",
        "WEBHOOKS_UPDATE",
    }
)
"""Known kinds that become no event."""

NOT_KEPT = frozenset(
    {
        "READY",
        "RESUMED",
        "GUILD_CREATE",
        "GUILD_MEMBERS_CHUNK",
        "INTERACTION_CREATE",
        "PRESENCE_UPDATE",
        "TYPING_START",
        "VOICE_SERVER_UPDATE",
        "VOICE_STATE_UPDATE",
    }
)
"""Kinds that the gateway's client does not even take in: they tell of the session, hold a key to it, or who is there."""

APPLICATION = frozenset(
    {
        "APPLICATION_AUTHORIZED",
        "APPLICATION_DEAUTHORIZED",
        "ENTITLEMENT_CREATE",
        "ENTITLEMENT_DELETE",
        "ENTITLEMENT_UPDATE",
        "GAME_DIRECT_MESSAGE_CREATE",
        "GAME_DIRECT_MESSAGE_DELETE",
        "GAME_DIRECT_MESSAGE_UPDATE",
        "LOBBY_MESSAGE_CREATE",
        "LOBBY_MESSAGE_DELETE",
        "LOBBY_MESSAGE_UPDATE",
        "QUEST_USER_ENROLLMENT",
    }
)
"""Kinds of an application's webhook. None is about a guild: they tell of the application, its shop and its game."""
