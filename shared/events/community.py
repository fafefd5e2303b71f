"""What happens in communities: published by ingest to `community.events.v1`."""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import Meta

from shared.events.envelope import Common, Data, Envelope, Instant, Int, Name, Text

Kind = Literal["post", "comment", "message", "question", "answer", "review"]
Format = Literal["text", "photo", "video", "audio", "link", "poll", "file"]
Links = Annotated[tuple[Text, ...], Meta(max_length=200)]
Names = Annotated[tuple[Name, ...], Meta(max_length=200)]

OWN_ROLES = frozenset({"staff", "community"})
"""Who speaks for the brand in its own communities."""

POSTED_KINDS = frozenset({"post", "message", None})
"""Kinds of content by which a community is addressed: a comment, an answer or a review is talk about something else."""

COMMAND_TEXT_CHARS_MAX = 4_096
"""What is said with a command: as long as a message of Telegram."""


class Media(Data, frozen=True, kw_only=True):
    """An attachment; size in bytes and hash where the platform tells them."""

    type: Name
    size: Int | None = None
    hash: Name | None = None


class Content(Common, frozen=True, kw_only=True):
    """A post, comment, message, question, answer or review."""

    kind: Kind | None = None
    channel: Name | None = None
    text: Text | None = None
    language: Name | None = None
    format: Format | None = None
    links: Links | None = None
    mentions: Names | None = None
    tags: Names | None = None
    media: Annotated[tuple[Media, ...], Meta(max_length=50)] | None = None
    parent: Name | None = None
    """The content that this one answers."""
    thread: Name | None = None
    question: Name | None = None
    """For an answer: the question it belongs to."""
    replied_to: Name | None = None
    """The member whom it answers, the author of its parent or question; filled in by the normaliser where it knows."""
    edition: Int | None = None
    """Version of an edited content: grows with each edit (seconds of the edit's time where no number is told)."""
    poll: Name | None = None
    joint: bool = False
    """Whether the community wrote it together, as a wiki: it is nobody's own, and earns nothing."""
    command: Literal["report", "appeal", "rank", "rules"] | None = None
    """What a member asked the community's bot for by it: it is no talk, and earns nothing."""
    asks: bool = False
    """Whether it is a command that `command` has no word for (`community.command.given`): it is no talk either."""

    @property
    def is_own_post(self) -> bool:
        """Say whether it is a post of the brand's own: of its people or of the community itself, and answers nobody."""
        actor = self.actor
        if actor is None or actor.role not in OWN_ROLES or actor.bot:
            return False
        is_first = self.parent is None and self.question is None and self.thread in {None, self.content_id}
        return is_first and self.kind in POSTED_KINDS and self.command is None and not self.asks


class Removal(Common, frozen=True, kw_only=True):
    """A content was deleted on the platform, or came back."""

    kind: Kind | None = None
    channel: Name | None = None
    reason: Text | None = None


class Shares(Common, frozen=True, kw_only=True):
    """A content was shared; `shares` is how many this event tells of."""

    shares: Int = 1


class Measures(Common, frozen=True, kw_only=True):
    """Totals of a content as the platform tells them."""

    views: Int | None = None
    reach: Int | None = None
    saves: Int | None = None
    reactions: Int | None = None


class Complaint(Common, frozen=True, kw_only=True):
    """A content was reported. The complainant (`actor`) may be anonymous, so absent."""

    category: Name | None = None
    text: Text | None = None
    message: Name | None = None
    """The content by which it was said, where it was said in the community: the one to answer."""


class Appeal(Common, frozen=True, kw_only=True):
    """`actor` asks for another look at what was decided about `content_id`, or about themselves where none is named."""

    text: Text | None = None
    channel: Name | None = None
    message: Name | None = None
    """The content by which it was said: the one to answer."""


class Question(Common, frozen=True, kw_only=True):
    """`actor` asks the community's bot; `kind` is what about."""

    kind: Literal["rank", "rules"]
    text: Text | None = None
    channel: Name | None = None
    message: Name | None = None
    """The content by which it was said: the one to answer."""
    language: Literal["ru"] | None = None
    """Of the word that was used, where it tells: everybody types `/rank`."""


class Command(Common, frozen=True, kw_only=True):
    """`actor` gave the community's bot a command, in words or by pressing a button."""

    name: Name
    """Without its slash, in English and lower case, whatever word was used: `me`, `quiz`."""
    text: Annotated[str, Meta(max_length=COMMAND_TEXT_CHARS_MAX)] | None = None
    """What was said with it."""
    channel: Name | None = None
    message: Name | None = None
    """The content by which it was said, or that carried the button: the one to answer."""
    press: Name | None = None
    """Where a button was pressed: what the platform needs to answer whoever pressed it. It means nothing to anybody else."""
    language: Literal["ru"] | None = None
    """Of the word that was used, or of the member's client where the platform tells it."""


class Reaction(Common, frozen=True, kw_only=True):
    """`actor` put a reaction on `content_id`; `value` is +1, -1 or stars."""

    emoji: Name | None = None
    kind: Name | None = None
    value: Int | None = None
    count: Int | None = None
    """For anonymous counts, which have no actor: how many now."""


class Membership(Common, frozen=True, kw_only=True):
    """`member` entered or left, or was let in or put out `by` someone."""

    member: Name
    name: Name | None = None
    bot: bool = False
    """Whether `member` is a bot: figures of people leave them out."""
    by: Name | None = None
    via: Name | None = None
    """Where they came from: an invite link, a referral, an ad."""
    until: Instant | None = None
    reason: Text | None = None


class Vote(Common, frozen=True, kw_only=True):
    """`actor` chose `options` (numbers from 0) in a poll; a retraction names none."""

    poll: Name
    options: tuple[Int, ...] | None = None


class Solution(Common, frozen=True, kw_only=True):
    """`content_id` was accepted as the answer to `question`."""

    question: Name | None = None


class ContentCreated(Envelope, frozen=True, kw_only=True, tag="community.content.created"):
    """A member wrote something."""

    data: Content


class ContentEdited(Envelope, frozen=True, kw_only=True, tag="community.content.edited"):
    """A content has a new version; `data` is the whole of it."""

    data: Content


class ContentDeleted(Envelope, frozen=True, kw_only=True, tag="community.content.deleted"):
    """A content is gone from the platform."""

    data: Removal


class ContentRestored(Envelope, frozen=True, kw_only=True, tag="community.content.restored"):
    """A content is back on the platform."""

    data: Removal


class ContentShared(Envelope, frozen=True, kw_only=True, tag="community.content.shared"):
    """A content was shared."""

    data: Shares


class ContentMeasured(Envelope, frozen=True, kw_only=True, tag="community.content.measured"):
    """The platform told totals of a content."""

    data: Measures


class ContentFlagged(Envelope, frozen=True, kw_only=True, tag="community.content.flagged"):
    """A complaint about a content."""

    data: Complaint


class AppealMade(Envelope, frozen=True, kw_only=True, tag="community.appeal.made"):
    """A member appeals."""

    data: Appeal


class QuestionAsked(Envelope, frozen=True, kw_only=True, tag="community.question.asked"):
    """A member asked the community's bot."""

    data: Question


class CommandGiven(Envelope, frozen=True, kw_only=True, tag="community.command.given"):
    """A member gave the community's bot a command."""

    data: Command


class ReactionAdded(Envelope, frozen=True, kw_only=True, tag="community.reaction.added"):
    """A reaction was put on a content."""

    data: Reaction


class ReactionRemoved(Envelope, frozen=True, kw_only=True, tag="community.reaction.removed"):
    """A reaction was taken back."""

    data: Reaction


class MemberJoined(Envelope, frozen=True, kw_only=True, tag="community.member.joined"):
    """A member came in."""

    data: Membership


class MemberLeft(Envelope, frozen=True, kw_only=True, tag="community.member.left"):
    """A member went."""

    data: Membership


class MemberBanned(Envelope, frozen=True, kw_only=True, tag="community.member.banned"):
    """A member was put out on the platform."""

    data: Membership


class MemberUnbanned(Envelope, frozen=True, kw_only=True, tag="community.member.unbanned"):
    """A ban ended on the platform."""

    data: Membership


class JoinRequested(Envelope, frozen=True, kw_only=True, tag="community.member.join_requested"):
    """Somebody asks to be let in."""

    data: Membership


class PollVoted(Envelope, frozen=True, kw_only=True, tag="community.poll.voted"):
    """A member voted."""

    data: Vote


class PollRetracted(Envelope, frozen=True, kw_only=True, tag="community.poll.retracted"):
    """A member took a vote back."""

    data: Vote


class SolutionAccepted(Envelope, frozen=True, kw_only=True, tag="community.solution.accepted"):
    """An answer was accepted."""

    data: Solution
