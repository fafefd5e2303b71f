"""What is to be done on a platform (`community.actions.v1`, imperative) and what came of it (`community.receipts.v1`)."""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import Meta

from shared.events.community import Links
from shared.events.envelope import Common, Data, Envelope, Instant, Int, Name, Text

Priority = Literal["crisis", "moderation", "notice", "publishing"]

Code = Literal[
    "unsupported",
    "forbidden",
    "gone",
    "refused",
    "late",
    "reversed",
    "replaced",
    "dry_run",
    "unconnected",
    "uncertain",
    "given_up",
]
"""Why an act was not carried out, for programs.

`unsupported`: the platform has no such thing. `forbidden`: the bot lacks a right. `gone`: the target is not there any more.
`refused`: the platform said no. `late`: its deadline had passed. `reversed`: what it follows from was taken back.
`replaced`: a later act made it pointless. `dry_run`: the connection only shows what would be done. `unconnected`: no
connection of the brand acts there. `uncertain`: it may have been done, and nobody can find out. `given_up`: tried in vain.
"""


class NewPoll(Data, frozen=True, kw_only=True):
    """A poll that is to be published; its question is the text of the act."""

    options: Annotated[tuple[Annotated[str, Meta(min_length=1, max_length=100)], ...], Meta(min_length=2, max_length=10)]
    multiple: bool = False
    """Whether members may choose several."""
    hours: Annotated[int, Meta(ge=1, le=768)] | None = None
    """How long it is open; absent: as long as the platform keeps it."""


ROWS_MAX, COLUMNS_MAX, BUTTONS_MAX = 5, 5, 10
"""Of the buttons of one message, what all platforms take: Discord five rows of five, VK five in a row and ten in all."""

BUTTON_TEXT_CHARS_MAX = 64
"""VK shows 40 of them, Discord 80."""

COMMAND_BYTES_MAX = 60
"""Of a button's command in UTF-8: Telegram returns 64 bytes, and some go before it by which we know our own."""


class Button(Data, frozen=True, kw_only=True):
    """A button below a message. Raises ValueError where the command is too long in bytes."""

    text: Annotated[str, Meta(min_length=1, max_length=BUTTON_TEXT_CHARS_MAX)]
    command: Annotated[str, Meta(min_length=1, max_length=COMMAND_BYTES_MAX)]
    """What pressing it gives, without a slash: `quiz spring 2 b`. At most 60 bytes."""

    def __post_init__(self) -> None:
        """Hold the limit that no schema can express."""
        if len(self.command.encode("utf-8", "surrogatepass")) > COMMAND_BYTES_MAX:
            raise ValueError(f"a button's command has at most {COMMAND_BYTES_MAX} bytes")


Row = Annotated[tuple[Button, ...], Meta(min_length=1, max_length=COLUMNS_MAX)]
Rows = Annotated[tuple[Row, ...], Meta(min_length=1, max_length=ROWS_MAX)]


class Act(Common, frozen=True, kw_only=True):
    """One act on a platform; the target is `content_id`, `member` or `channel`, as the type needs it."""

    cause: Name
    """Id of the decision or other event that asks for it."""
    reason: Text | None = None
    deadline: Instant | None = None
    """After it the act is dropped, and said to be."""
    member: Name | None = None
    channel: Name | None = None
    text: Text | None = None
    media: Links | None = None
    until: Instant | None = None
    everywhere: bool | None = None
    """Whether it holds in all communities of the brand on the member's platform, not only in the one that is named."""
    delay_s: Int | None = None
    """For slow mode: the pause between two messages of one member; 0 ends it."""
    poll: NewPoll | None = None
    """For `publish`."""
    buttons: Rows | None = None
    """For `publish`, `reply` and `message`, row by row; at most 10 in all. Pressed, they come back as commands."""
    press: Name | None = None
    """For `answer`: the press that it answers, as the command told it."""
    priority: Priority | None = None
    """What goes first where a platform allows only so much; absent: by the kind of act."""

    def __post_init__(self) -> None:
        """Hold the limit that no schema can express."""
        if sum(map(len, self.buttons or ())) > BUTTONS_MAX:
            raise ValueError(f"a message has at most {BUTTONS_MAX} buttons")


class Receipt(Common, frozen=True, kw_only=True):
    """What the platform answered to an act."""

    action: Name
    """Id of the `community.action.*` event. `content_id` is its target, or what was published."""
    answer: Text | None = None
    reason: Text | None = None
    """Why it was not carried out, a sentence for a person."""
    code: Code | None = None
    """The same for programs."""
    unreachable: bool | None = None
    """Whether a message was `refused` because the member has not written to the bot, or does not allow messages."""
    kind: Name | None = None
    """What was asked for: `delete`, `ban` and so on."""
    cause: Name | None = None
    """Id of the decision or other event that asked for it."""
    member: Name | None = None
    connection: Name | None = None
    """Through which it was carried out."""


class ActionDelete(Envelope, frozen=True, kw_only=True, tag="community.action.delete"):
    """Delete a content."""

    data: Act


class ActionHide(Envelope, frozen=True, kw_only=True, tag="community.action.hide"):
    """Hide a content."""

    data: Act


class ActionRestore(Envelope, frozen=True, kw_only=True, tag="community.action.restore"):
    """Bring a content back."""

    data: Act


class ActionMute(Envelope, frozen=True, kw_only=True, tag="community.action.mute"):
    """Keep a member from writing."""

    data: Act


class ActionUnmute(Envelope, frozen=True, kw_only=True, tag="community.action.unmute"):
    """Let a member write again."""

    data: Act


class ActionBan(Envelope, frozen=True, kw_only=True, tag="community.action.ban"):
    """Put a member out."""

    data: Act


class ActionUnban(Envelope, frozen=True, kw_only=True, tag="community.action.unban"):
    """Let a member in again."""

    data: Act


class ActionReply(Envelope, frozen=True, kw_only=True, tag="community.action.reply"):
    """Answer a content in public."""

    data: Act


class ActionMessage(Envelope, frozen=True, kw_only=True, tag="community.action.message"):
    """Write to a member directly."""

    data: Act


class ActionPublish(Envelope, frozen=True, kw_only=True, tag="community.action.publish"):
    """Publish a content."""

    data: Act


class ActionPin(Envelope, frozen=True, kw_only=True, tag="community.action.pin"):
    """Pin a content."""

    data: Act


class ActionSlowMode(Envelope, frozen=True, kw_only=True, tag="community.action.slow_mode"):
    """Slow a channel down."""

    data: Act


class ActionHold(Envelope, frozen=True, kw_only=True, tag="community.action.hold"):
    """Hold what is planned to be published in a community (acts of the priority `publishing`) up to `until`.

    A later one of the same `cause` stands in its place: one whose `until` is over lets everything go on.
    """

    data: Act


class ActionAnswer(Envelope, frozen=True, kw_only=True, tag="community.action.answer"):
    """Answer whoever pressed a button, for their eyes alone: `press`, `text` and `member`."""

    data: Act


class ActionDone(Envelope, frozen=True, kw_only=True, tag="community.action.done"):
    """The act was carried out."""

    data: Receipt


class ActionFailed(Envelope, frozen=True, kw_only=True, tag="community.action.failed"):
    """The act was not carried out."""

    data: Receipt


class Line(Common, frozen=True, kw_only=True):
    """How a connection does."""

    connection: Name
    platform: Name
    reason: Text | None = None
    """What is wrong and what a person can do about it."""


class ConnectionLost(Envelope, frozen=True, kw_only=True, tag="delivery.connection.lost"):
    """A connection does not work, and what is to be done through it waits."""

    data: Line


class ConnectionRestored(Envelope, frozen=True, kw_only=True, tag="delivery.connection.restored"):
    """A connection works again."""

    data: Line
