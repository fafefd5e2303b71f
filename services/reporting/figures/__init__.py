"""All figures. A new one is a file beside these and a line in each tuple that it concerns."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from services.reporting.figures import acts, complaints, content, members, points, reactions, solutions
from services.reporting.figures.active_members import ACTIVE_MEMBERS
from services.reporting.figures.figure import Counter, Figure
from services.reporting.figures.removals import REMOVALS
from shared.events import Envelope
from shared.events import actions as asked
from shared.events import community as told
from shared.events import engagement as posted

FIGURES: tuple[Figure, ...] = (
    content.CONTENT,
    *content.BY_KIND,
    ACTIVE_MEMBERS,
    members.JOINED,
    members.LEFT,
    members.BANNED,
    reactions.REACTIONS,
    reactions.REACTIONS_REMOVED,
    solutions.SOLUTIONS,
    complaints.COMPLAINTS,
    REMOVALS,
    acts.DONE,
    acts.FAILED,
    points.ISSUED,
    points.CLAWED_BACK,
)
"""In the order in which a report shows them."""

BY_ID: Mapping[str, Figure] = MappingProxyType({figure.id: figure for figure in FIGURES})

COUNTERS: Mapping[type[Envelope], Counter[Any]] = MappingProxyType(
    {
        told.ContentCreated: content.count,
        told.MemberJoined: members.joined,
        told.MemberLeft: members.left,
        told.MemberBanned: members.banned,
        told.ReactionAdded: reactions.added,
        told.ReactionRemoved: reactions.removed,
        told.ContentFlagged: complaints.count,
        told.SolutionAccepted: solutions.count,
        asked.ActionDone: acts.done,
        asked.ActionFailed: acts.failed,
    }
)
"""What each event of a community adds to its hour."""

POINT_COUNTERS: Mapping[type[Envelope], Counter[Any]] = MappingProxyType(
    {
        posted.PointsGranted: points.granted,
        posted.PointsClawedBack: points.clawed_back,
        posted.PointsRestored: points.restored,
    }
)
"""What each entry of the ledger adds to its hour."""

HOUR_COUNTS: tuple[str, ...] = (
    *content.NAMES,
    "members_joined",
    "members_left",
    "members_banned",
    reactions.ADDED.name,
    reactions.REMOVED.name,
    "complaints",
    "solutions",
    "acts_done",
    "acts_failed",
)
POINT_COUNTS: tuple[str, ...] = ("points_granted", "points_clawed_back", "points_restored")
"""The names under which hours keep counts; a test holds them to the counters."""
