"""The parts of a Slack export that are read. Unknown fields are skipped; limits make everything fit the contract.

Source: https://slack.com/help/articles/220556107 and the message subtypes of https://api.slack.com/events/message.
"""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta, Struct

from shared.events.envelope import TEXT_CHARS_MAX

NAME_CHARS_MAX = 200
"""Ids and names; Slack's own limit is 80, and two of them still fit a content's id."""

LIST_MAX = 10_000
"""Members who put one reaction: a large workspace's announcement."""

FILES_MAX = 50
"""The contract's limit for media; Slack allows 10 files a message."""

Name = Annotated[str, Meta(max_length=NAME_CHARS_MAX)]
Text = Annotated[str, Meta(max_length=TEXT_CHARS_MAX)]
Stamp = Annotated[str, Meta(pattern=r"^[0-9]{1,11}\.[0-9]{6}\Z")]
"""A message's time and, within its channel, its id: seconds and microseconds."""


class Wire(Struct, frozen=True, gc=False):
    """A part of an export."""


class Profile(Wire, frozen=True):
    """How a user wants to be called."""

    display_name: Name | None = None
    real_name: Name | None = None


class User(Wire, frozen=True):
    """One line of users.json."""

    id: Name
    name: Name | None = None
    profile: Profile | None = None


class Room(Wire, frozen=True):
    """One line of channels.json and its sisters."""

    id: Name
    name: Name | None = None


class Reaction(Wire, frozen=True):
    """One emoji on a message; the users may be missing, or fewer than the count."""

    name: Name
    users: Annotated[tuple[Name, ...], Meta(max_length=LIST_MAX)] | None = None
    count: Annotated[int, Meta(ge=0, le=2**31)] = 0


class File(Wire, frozen=True):
    """A file that was shared."""

    mimetype: Name | None = None
    size: Annotated[int, Meta(ge=0, le=2**53)] | None = None


class Comment(Wire, frozen=True):
    """A comment on a file, in exports of old workspaces."""

    user: Name | None = None
    comment: Text | None = None


class Attachment(Wire, frozen=True):
    """What an app shows below a message; the fallback is all of it in plain text."""

    fallback: Text | None = None


class Edit(Wire, frozen=True):
    """When a message was last edited."""

    ts: Stamp


class Message(Wire, frozen=True):
    """A line of a channel's day."""

    type: Name
    ts: Stamp
    subtype: Name | None = None
    user: Name | None = None
    bot_id: Name | None = None
    username: Name | None = None
    text: Text | None = None
    thread_ts: Stamp | None = None
    reactions: Annotated[tuple[Reaction, ...], Meta(max_length=200)] = ()
    file: File | None = None
    files: Annotated[tuple[File, ...], Meta(max_length=FILES_MAX)] | None = None
    comment: Comment | None = None
    attachments: Annotated[tuple[Attachment, ...], Meta(max_length=200)] = ()
    edited: Edit | None = None
    deleted_ts: Stamp | None = None
    message: Message | None = None
    """The new version, in a record of type message_changed."""
