"""What is to be done on a platform (`community.actions.v1`, imperative) and what came of it (`community.receipts.v1`)."""

from __future__ import annotations

from shared.events.community import Links
from shared.events.envelope import Common, Envelope, Instant, Int, Name, Text


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
    """For slow mode: the pause between two messages of one member."""


class Receipt(Common, frozen=True, kw_only=True):
    """What the platform answered to an act."""

    action: Name
    """Id of the `community.action.*` event."""
    answer: Text | None = None
    reason: Text | None = None


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


class ActionDone(Envelope, frozen=True, kw_only=True, tag="community.action.done"):
    """The act was carried out."""

    data: Receipt


class ActionFailed(Envelope, frozen=True, kw_only=True, tag="community.action.failed"):
    """The act was not carried out."""

    data: Receipt
