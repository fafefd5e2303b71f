"""The kinds of facts that a platform may tell or not, and by which events it tells each. Pure."""

from __future__ import annotations

from collections.abc import Callable

from msgspec import Struct

from shared.events import Envelope
from shared.events import commerce as paid
from shared.events import community as told
from shared.said import Said


class Fact(Struct, frozen=True, kw_only=True):
    """Something that a platform may tell."""

    id: str
    name: Said
    is_told_by: Callable[[Envelope], bool]
    """Whether an event tells it."""


def _by(id_: str, name: Said, *types: type[Envelope]) -> Fact:
    return Fact(id=id_, name=name, is_told_by=lambda event: isinstance(event, types))


def _dated(id_: str, name: Said, *types: type[Envelope]) -> Fact:
    def is_told_by(event: Envelope) -> bool:
        return isinstance(event, types) and event.data.time_source == "platform"  # type: ignore[attr-defined] # all have data

    return Fact(id=id_, name=name, is_told_by=is_told_by)


def _has_author(event: Envelope) -> bool:
    actor = event.data.actor if isinstance(event, told.ContentCreated) else None
    return actor is not None and actor.role != "community"


def _speaks(event: Envelope) -> bool:
    """Whether a member asked the community's bot, or could have: who writes under a name, now, may write a command."""
    return isinstance(event, told.AppealMade | told.QuestionAsked | told.CommandGiven) or (
        _has_author(event) and not event.imported
    )


def _names_who_deleted(event: Envelope) -> bool:
    return isinstance(event, told.ContentDeleted) and event.data.actor is not None


def _counts_reactions(event: Envelope) -> bool:
    is_total = isinstance(event, told.ContentMeasured) and event.data.reactions is not None
    return is_total or isinstance(event, told.ReactionAdded)


def _counts_views(event: Envelope) -> bool:
    data = event.data if isinstance(event, told.ContentMeasured) else None
    return data is not None and (data.views, data.reach, data.saves) != (None, None, None)


CONTENTS = _by("contents", Said("contents", "публикации"), told.ContentCreated)
AUTHORS = Fact(id="authors", name=Said("authors of contents", "авторы публикаций"), is_told_by=_has_author)
EDITS = _by("edits", Said("edits", "правки"), told.ContentEdited)
DELETIONS = _by("deletions", Said("deletions", "удаления"), told.ContentDeleted)
DELETERS = Fact(id="deleters", name=Said("who deleted", "кто удалил"), is_told_by=_names_who_deleted)
RESTORATIONS = _by("restorations", Said("restorations", "восстановления"), told.ContentRestored)
REACTIONS = Fact(id="reactions", name=Said("reactions", "реакции"), is_told_by=_counts_reactions)
REACTIONS_REMOVED = _by("reactions_removed", Said("reactions taken back", "снятые реакции"), told.ReactionRemoved)
SHARES = _by("shares", Said("shares", "репосты"), told.ContentShared)
VIEWS = Fact(id="views", name=Said("views, reach", "просмотры, охват"), is_told_by=_counts_views)
COMMANDS = Fact(id="commands", name=Said("members' commands", "команды участников"), is_told_by=_speaks)
COMPLAINTS = _by("complaints", Said("complaints", "жалобы"), told.ContentFlagged)
JOINS = _by("joins", Said("joins", "вступления"), told.MemberJoined)
JOIN_REQUESTS = _by("join_requests", Said("requests to join", "заявки на вступление"), told.JoinRequested)
LEAVES = _by("leaves", Said("leaves", "уходы"), told.MemberLeft)
BANS = _by("bans", Said("bans", "блокировки"), told.MemberBanned)
UNBANS = _by("unbans", Said("bans lifted", "снятые блокировки"), told.MemberUnbanned)
VOTES = _by("votes", Said("votes in polls", "голоса в опросах"), told.PollVoted)
RETRACTIONS = _by("retractions", Said("votes taken back", "отозванные голоса"), told.PollRetracted)
SOLUTIONS = _by("solutions", Said("accepted answers", "принятые ответы"), told.SolutionAccepted)
SUBSCRIPTIONS = _by(
    "subscriptions",
    Said("paid subscriptions", "платные подписки"),
    paid.SubscriptionStarted,
    paid.SubscriptionRenewed,
    paid.SubscriptionEnded,
)
COMMERCE = _by("commerce", Said("purchases", "покупки"), paid.PurchaseMade, paid.PurchaseRefunded)
KPIS = _by("kpis", Said("own figures", "собственные показатели"), paid.KpiObserved)
CONTENT_TIMES = _dated("content_times", Said("times of contents", "время публикаций"), told.ContentCreated)
REACTION_TIMES = _dated("reaction_times", Said("times of reactions", "время реакций"), told.ReactionAdded)
JOIN_TIMES = _dated("join_times", Said("times of joins", "время вступлений"), told.MemberJoined)

FACTS: tuple[Fact, ...] = (
    CONTENTS,
    AUTHORS,
    EDITS,
    DELETIONS,
    DELETERS,
    RESTORATIONS,
    REACTIONS,
    REACTIONS_REMOVED,
    SHARES,
    VIEWS,
    COMPLAINTS,
    COMMANDS,
    JOINS,
    JOIN_REQUESTS,
    LEAVES,
    BANS,
    UNBANS,
    VOTES,
    RETRACTIONS,
    SOLUTIONS,
    SUBSCRIPTIONS,
    COMMERCE,
    KPIS,
    CONTENT_TIMES,
    REACTION_TIMES,
    JOIN_TIMES,
)
"""In the order of the table in docs/platforms.md."""
