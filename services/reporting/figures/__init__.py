"""All figures. A new one is a file beside these and a line in the tuple; what it counts by the hour has its line below."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

from services.reporting.figures import (
    acts,
    complaints,
    content,
    engagement,
    languages,
    members,
    moderation,
    newcomers,
    own,
    participation,
    points,
    questions,
    reactions,
    remarks,
    sales,
    solutions,
)
from services.reporting.figures.active_members import ACTIVE_MEMBERS
from services.reporting.figures.figure import Counts, Figure
from services.reporting.figures.stickiness import STICKINESS
from services.reporting.figures.toxicity import TOXICITY
from shared.events import Envelope
from shared.events import actions as asked
from shared.events import commerce as paid
from shared.events import community as told
from shared.events import engagement as posted

FIGURES: tuple[Figure, ...] = (
    content.CONTENT,
    *content.BY_KIND,
    *content.BY_FORMAT,
    content.REPLIES,
    content.BY_STAFF,
    content.POSTS,
    *languages.FIGURES,
    ACTIVE_MEMBERS,
    STICKINESS,
    members.MEMBERS,
    members.GROWTH,
    members.JOINED,
    members.LEFT,
    members.BANNED,
    newcomers.NEWCOMERS,
    newcomers.ANSWERED,
    reactions.REACTIONS,
    reactions.REACTIONS_REMOVED,
    engagement.SHARES,
    engagement.INTERACTIONS,
    engagement.VIEWS,
    engagement.REACH,
    engagement.SAVES,
    engagement.PER_VIEW,
    engagement.PER_CONTENT,
    engagement.PER_MEMBER,
    questions.QUESTIONS,
    questions.UNANSWERED,
    questions.FIRST_RESPONSE,
    questions.STAFF_RESPONSE,
    questions.SOLVED,
    questions.RESOLUTION,
    solutions.SOLUTIONS,
    complaints.COMPLAINTS,
    moderation.DECIDED,
    moderation.BY_STAFF,
    moderation.REMOVALS,
    moderation.OVERTURNED,
    moderation.TO_ACTION,
    TOXICITY,
    acts.DONE,
    acts.FAILED,
    points.ISSUED,
    points.CLAWED_BACK,
    points.SPENT,
    points.EXPIRED,
    participation.CONTEST_ENTRIES,
    participation.POLL_VOTES,
    participation.QUIZ_PLAYS,
    participation.ACTIVITY_VISITS,
    participation.REFERRALS,
    sales.ORDERS,
    sales.BUYERS,
    sales.REPEAT_BUYERS,
    sales.SUBSCRIBERS,
    sales.SUBSCRIPTIONS_STARTED,
    sales.SUBSCRIPTIONS_RENEWED,
    sales.SUBSCRIPTIONS_ENDED,
    own.NPS,
    *remarks.FIGURES,
)
"""In the order in which a report shows them. Beside them are the brand's own: `kpi:NAME`, `revenue:CURRENCY`,
`mentions:QUERY`, `tone:QUERY`, `posts:CATEGORY`."""

BY_ID: Mapping[str, Figure] = MappingProxyType({figure.id: figure for figure in FIGURES})

_MADE: Mapping[str, Callable[[str], Figure]] = MappingProxyType(
    {
        "kpi": own.own,
        "revenue": sales.revenue,
        "mentions": remarks.mentions,
        "tone": remarks.tone_of,
        content.POSTS_COUNT: content.of_category,
    }
)


def figure_of(id_: str) -> Figure | None:
    """Return a figure by its id, one of the brand's own, too; None where there is none."""
    kind, _, name = id_.partition(":")
    make = _MADE.get(kind)
    return make(name) if make is not None and name else BY_ID.get(id_)


ALWAYS: Mapping[type[Envelope], Counts] = MappingProxyType(
    {
        told.ContentFlagged: (("complaints", 1),),
        told.SolutionAccepted: (("solutions", 1),),
        told.ReactionAdded: ((reactions.ADDED, 1),),
        told.ReactionRemoved: ((reactions.REMOVED, 1),),
        paid.SubscriptionStarted: ((sales.STARTED, 1),),
        paid.SubscriptionRenewed: ((sales.RENEWED, 1),),
        paid.SubscriptionEnded: ((sales.ENDED, 1),),
    }
)
"""What each event of such a type adds to its hour, whatever it says (reactions: where they tell no totals)."""

MOVES: Mapping[type[Envelope], Counts] = MappingProxyType(
    {
        told.MemberJoined: ((members.JOINED_COUNT, 1),),
        told.MemberLeft: ((members.LEFT_COUNT, 1),),
        told.MemberBanned: ((members.BANNED_COUNT, 1),),
    }
)
"""What each coming and going of a person adds to its hour."""

ACTS = (asked.ActionDone, asked.ActionFailed)

HOUR_COUNTS: tuple[str, ...] = (
    *content.NAMES,
    *languages.NAMES,
    *members.NAMES,
    *reactions.NAMES,
    *engagement.NAMES,
    *complaints.NAMES,
    *solutions.NAMES,
    *acts.NAMES,
    *sales.NAMES,
    *own.NAMES,
)
POINT_COUNTS: tuple[str, ...] = (*points.NAMES, *participation.NAMES)
"""The names under which hours keep counts; a test holds them to what events count for."""

POSTED: Mapping[type[Envelope], Callable[[Any], Counts]] = MappingProxyType(
    {
        **dict.fromkeys(points.SIGNED, points.counts),
        **dict.fromkeys((*participation.CONTESTS, posted.Participated), participation.counts),
    }
)
"""What the entries of the ledger's topic count for."""
