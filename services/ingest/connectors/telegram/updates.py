"""The kinds of an update: what wraps messages, or stands beside them. Field names are the API's."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta, field

from services.ingest.connectors.telegram.wire import LIST_MAX, Chat, Count, Id, Mark, Message, Name, Second, User, Wire


class Emoji(Wire, frozen=True):
    """A reaction: an emoji, a custom emoji, or a paid star."""

    type: Name
    emoji: Name | None = None
    custom_emoji_id: Name | None = None


Emojis = Annotated[tuple[Emoji, ...], Meta(max_length=LIST_MAX)]


class MessageReaction(Wire, frozen=True):
    """One person's reactions to a message, before and after."""

    chat: Chat
    message_id: Id
    date: Second
    user: User | None = None
    actor_chat: Chat | None = None
    old_reaction: Emojis = ()
    new_reaction: Emojis = ()


class ReactionTotal(Wire, frozen=True):
    """How many of one reaction a message has."""

    total_count: Count = 0


class ReactionCount(Wire, frozen=True):
    """All reactions of a message whose reactions are anonymous."""

    chat: Chat
    message_id: Id
    date: Second
    reactions: Annotated[tuple[ReactionTotal, ...], Meta(max_length=LIST_MAX)] = ()


class Membership(Wire, frozen=True):
    """What somebody is in a chat."""

    user: User
    status: Name
    is_member: bool = True
    until_date: Second | None = None


class InviteLink(Wire, frozen=True):
    """The link that somebody came by."""

    invite_link: Name | None = None


class MemberUpdate(Wire, frozen=True):
    """A membership before and after."""

    chat: Chat
    from_: User = field(name="from")
    date: Second
    old_chat_member: Membership
    new_chat_member: Membership
    invite_link: InviteLink | None = None
    via_join_request: bool = False
    via_chat_folder_invite_link: bool = False


class JoinRequest(Wire, frozen=True):
    """Somebody asks to be let in."""

    chat: Chat
    from_: User = field(name="from")
    date: Second
    invite_link: InviteLink | None = None


class Answer(Wire, frozen=True):
    """A vote, or with no options its retraction; it tells neither place nor time."""

    poll_id: Name
    user: User | None = None
    voter_chat: Chat | None = None
    option_ids: Annotated[tuple[Count, ...], Meta(max_length=LIST_MAX)] = ()


class Press(Wire, frozen=True):
    """A button below a message of the bot was pressed. Of a message that is old, only chat and number are told."""

    id: Name
    from_: User = field(name="from")
    message: Message | None = None
    data: Name | None = None


class Update(Wire, frozen=True):
    """One update: exactly one of the optional fields is there."""

    update_id: Id
    message: Message | None = None
    edited_message: Message | None = None
    channel_post: Message | None = None
    edited_channel_post: Message | None = None
    message_reaction: MessageReaction | None = None
    message_reaction_count: ReactionCount | None = None
    chat_member: MemberUpdate | None = None
    my_chat_member: MemberUpdate | None = None
    chat_join_request: JoinRequest | None = None
    poll: Mark | None = None
    poll_answer: Answer | None = None
    callback_query: Press | None = None
