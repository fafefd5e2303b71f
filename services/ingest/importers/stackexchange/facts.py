"""Rows into events. Posts are `<community>:<id>`, comments `<community>:comment:<id>`, members `<community>:<user id>`.

User ids hold within one site only, so a member's id names the site. Votes have no voter, and the day instead of the time.
"""

from __future__ import annotations

from datetime import UTC

from msgspec import Struct

from services.ingest.connectors import html
from services.ingest.facts import Fact, event
from services.ingest.importers.importer import Where
from services.ingest.importers.stackexchange import markup
from services.ingest.importers.stackexchange.index import ANSWER, Index
from services.ingest.importers.stackexchange.rows import Comment, Post, User, Vote
from shared.events import Actor, Envelope
from shared.events.commerce import Kpi, KpiObserved
from shared.events.community import (
    Content,
    ContentCreated,
    MemberJoined,
    Membership,
    Reaction,
    ReactionAdded,
    Solution,
    SolutionAccepted,
)
from shared.events.envelope import TEXT_CHARS_MAX

COMMUNITY_USER = -1
"""The site's own account: a bot."""

ACCEPTED, UP, DOWN = 1, 2, 3
OFFERED, AWARDED = 8, 9
"""Types of votes that are facts of the contract; the last two are a bounty's, which the asker or another member pays."""

BOUNTIES = {OFFERED: "bounty-offered", AWARDED: "bounty-awarded"}
"""What a bounty is called among the values that are observed."""


class Site(Struct, frozen=True):
    """Where the rows belong."""

    where: Where
    community: str
    index: Index

    def member(self, user: int) -> str:
        """Return the member's id."""
        return f"{self.community}:{user}"

    def actor(self, user: int | None) -> Actor | None:
        """Return who it was; None for a deleted account."""
        if user is None:
            return None
        return Actor(id=self.member(user), name=self.index.names.get(user), bot=user == COMMUNITY_USER)

    def post(self, number: int | None) -> str | None:
        """Return the post's content id."""
        return None if number is None else f"{self.community}:{number}"


def posted(post: Post, site: Site) -> Envelope:
    """Return a question or an answer; the text of a question begins with its title."""
    page = html.page(post.body)
    answers = post.parent_id if post.post_type_id == ANSWER else None
    data = Content(
        actor=site.actor(post.owner_user_id),
        content_id=site.post(post.id),
        kind="question" if answers is None else "answer",
        text="\n\n".join(part for part in (post.title, page.text) if part)[:TEXT_CHARS_MAX] or None,
        format="text",
        links=page.links,
        media=page.media,
        tags=markup.tags(post.tags),
        parent=site.post(answers),
        thread=site.post(answers),
        question=site.post(answers),
        joint=post.owned_by_all is not None,
        edition=int(post.edited.replace(tzinfo=UTC).timestamp()) if post.edited is not None else None,
        time_source="platform",
    )
    fact = Fact(community=site.community, about=f"post/{post.id}", at=post.at, subject=data.content_id)
    return event(ContentCreated, site.where, fact, data)


def commented(comment: Comment, site: Site) -> Envelope:
    """Return a comment on a question or an answer."""
    known = site.index.posts.get(comment.post_id)
    data = Content(
        actor=site.actor(comment.user_id),
        content_id=f"{site.community}:comment:{comment.id}",
        kind="comment",
        text=comment.text or None,
        format="text",
        links=markup.links(comment.text),
        mentions=markup.mentions(comment.text),
        parent=site.post(comment.post_id),
        thread=site.post(known.question if known is not None else None),
        time_source="platform",
    )
    fact = Fact(community=site.community, about=f"comment/{comment.id}", at=comment.at, subject=data.content_id)
    return event(ContentCreated, site.where, fact, data)


def voted(vote: Vote, site: Site) -> Envelope | None:
    """Return what a vote on a question or an answer means; None for types that the contract does not know."""
    known = site.index.posts.get(vote.post_id)
    if known is None or vote.vote_type_id not in {ACCEPTED, UP, DOWN, *BOUNTIES}:
        return None
    content = site.post(vote.post_id)
    fact = Fact(community=site.community, about=f"vote/{vote.id}", at=vote.at, subject=content)
    if vote.vote_type_id == ACCEPTED:
        question = site.index.posts.get(known.question)
        asker = None if question is None else site.actor(question.owner)
        solution = Solution(actor=asker, content_id=content, question=site.post(known.question), time_source="platform")
        return event(SolutionAccepted, site.where, fact, solution)
    if vote.vote_type_id in BOUNTIES:
        who = site.actor(vote.user_id if vote.vote_type_id == OFFERED else known.owner)
        name, amount = BOUNTIES[vote.vote_type_id], vote.bounty_amount
        if who is None or amount is None:
            return None
        bounty = Kpi(actor=who, content_id=content, name=name, value=amount, time_source="platform")
        return event(KpiObserved, site.where, fact, bounty)
    up = vote.vote_type_id == UP
    reaction = Reaction(content_id=content, kind="up" if up else "down", value=1 if up else -1, time_source="platform")
    return event(ReactionAdded, site.where, fact, reaction)


def joined(user: User, site: Site) -> Envelope | None:
    """Return that somebody made an account on the site; the site's own account did not join."""
    if user.id == COMMUNITY_USER:
        return None
    data = Membership(
        actor=site.actor(user.id), member=site.member(user.id), name=user.display_name or None, time_source="platform"
    )
    fact = Fact(community=site.community, about=f"user/{user.id}", at=user.at, subject=data.member)
    return event(MemberJoined, site.where, fact, data)
