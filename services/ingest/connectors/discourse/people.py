"""What people do on a forum besides writing: come and go, like, accept answers, complain."""

from __future__ import annotations

import re
from collections.abc import Mapping

import msgspec

from services.ingest.connectors.discourse.contents import FIRST, place, refusal
from services.ingest.connectors.discourse.forum import Forum, Told, instant, told
from services.ingest.connectors.discourse.wire import Like, Post, Reviewable, User
from services.ingest.connectors.payload import Decoded, Reason, refused
from services.ingest.facts import type_name
from shared.events import Envelope
from shared.events.community import (
    Complaint,
    ContentFlagged,
    MemberBanned,
    MemberJoined,
    MemberLeft,
    Membership,
    MemberUnbanned,
    Reaction,
    ReactionAdded,
    Solution,
    SolutionAccepted,
)

MEMBERS: Mapping[str, type[Envelope]] = {
    "user_created": MemberJoined,
    "user_destroyed": MemberLeft,
    "user_suspended": MemberBanned,
    "user_unsuspended": MemberUnbanned,
}

FLAGGED = "ReviewableFlaggedPost"
"""A reviewable that is a complaint about a post; others wait to be let in."""

TARGET = re.compile(r".*/t/(?:[^/]{1,300}/)?([1-9][0-9]{0,14})(?:/([1-9][0-9]{0,14}))?")
"""The address of a post: topic and number; of a first post the number may be missing."""

_post = msgspec.json.Decoder(Post)
_like = msgspec.json.Decoder(Like)
_user = msgspec.json.Decoder(User)
_reviewable = msgspec.json.Decoder(Reviewable)


def liked(forum: Forum, raw: msgspec.Raw, kind: str) -> Decoded:
    """Return a like."""
    like = _like.decode(raw)
    why = refusal(like.post, kind)
    if why is not None:
        return why
    actor, subject = forum.user(like.user), place(forum, like.post)
    author = None if like.post.user_id is None else forum.member(like.post.user_id)
    data = Reaction(actor=actor, content_id=subject, content_author=author, kind="like", value=1)
    return Decoded(events=(told(forum, ReactionAdded, Told(f"like/{like.post.id}/{actor.id}", subject), data),))


def accepted(forum: Forum, raw: msgspec.Raw, kind: str) -> Decoded:
    """Return that a post was accepted as the answer to its topic; by whom is not told."""
    post = _post.decode(raw)
    why = refusal(post, kind)
    if why is not None:
        return why
    subject, question = place(forum, post), forum.post(post.topic_id, FIRST)
    author = None if post.user_id is None else forum.member(post.user_id)
    data = Solution(content_id=subject, content_author=author, question=question)
    return Decoded(events=(told(forum, SolutionAccepted, Told(f"solution/{post.id}", subject), data),))


def member(forum: Forum, raw: msgspec.Raw, kind: str) -> Decoded:
    """Return that an account was made, destroyed, suspended or let in again; by whom is not told."""
    user, make = _user.decode(raw), MEMBERS[kind]
    actor, is_banned = forum.user(user), make is MemberBanned
    data = Membership(
        actor=actor if make in {MemberJoined, MemberLeft} else None,
        member=actor.id,
        name=actor.name,
        bot=actor.bot,
        until=instant(user.suspended_till) if is_banned and user.suspended_till else None,
        reason=user.suspend_reason or None if is_banned else None,
    )
    at = user.created_at if make is MemberJoined else None
    version = (user.suspended_till or "") if is_banned else ""
    return Decoded(events=(told(forum, make, Told(f"{type_name(make)}/{actor.id}", actor.id, at, version), data),))


def flagged(forum: Forum, raw: msgspec.Raw, kind: str) -> Decoded:
    """Return the first complaint about a post; more of them change the reviewable, which tells nothing new."""
    found = _reviewable.decode(raw)
    target = TARGET.fullmatch(found.target_url or "")
    if found.type != FLAGGED:
        return refused(Reason.NOT_A_FACT, kind)
    if target is None:
        return refused(Reason.NO_CONTENT, kind)
    subject = forum.post(int(target[1]), int(target[2] or FIRST))
    actor = None if found.created_by_id is None else forum.actor(found.created_by_id, None)
    what = Told(f"flagged/{found.id}", subject, found.created_at)
    return Decoded(events=(told(forum, ContentFlagged, what, Complaint(actor=actor, content_id=subject)),))
