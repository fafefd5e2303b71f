"""What members took part in: contests, polls, quizzes, activities, invitations."""

from __future__ import annotations

from services.reporting.figures.figure import OF_LEDGER, TIMES, Counts, Figure, counted, less
from shared.events.engagement import ContestDisqualified, ContestEntered, ContestReinstated, Participated
from shared.said import Said

Took = ContestEntered | ContestDisqualified | ContestReinstated | Participated

CONTESTS: dict[type[Took], str] = {
    ContestEntered: "contest_entered",
    ContestDisqualified: "contest_disqualified",
    ContestReinstated: "contest_reinstated",
}
PARTS = {"activity": "activity_visits", "quiz": "quiz_plays", "poll": "poll_votes", "invite": "referrals"}
"""By the kind of thing that `engagement.participation.counted` names."""

NAMES = (*CONTESTS.values(), *PARTS.values())


def counts(event: Took) -> Counts:
    """Return what it counts for; things of a kind that we do not know count for nothing."""
    if not isinstance(event, Participated):
        return ((CONTESTS[type(event)], 1),)
    name = PARTS.get(event.data.thing.partition("/")[0])
    return ((name, 1),) if name is not None else ()


CONTEST_ENTRIES = Figure(
    id="contest_entries",
    name=Said("Contest entries", "Заявки на конкурсы"),
    definition=Said(
        "Entries to contests, less those disqualified and not reinstated in the same period.",
        "Заявки на конкурсы за вычетом снятых (и не возвращённых) за тот же период.",
    ),
    unit=TIMES,
    compute=lambda sums: (
        (less("contest_entered", "contest_disqualified")(sums) or 0) + sums.counts.get("contest_reinstated", 0)
    ),
    topics=OF_LEDGER,
)


def _of(count: str, name: Said, definition: Said) -> Figure:
    return Figure(id=count, name=name, definition=definition, unit=TIMES, compute=counted(count), topics=OF_LEDGER)


ACTIVITY_VISITS = _of(
    "activity_visits",
    Said("Activity visits", "Посещения мероприятий"),
    Said("Members who were checked in at an activity.", "Участники, отметившиеся на мероприятии."),
)
QUIZ_PLAYS = _of(
    "quiz_plays",
    Said("Quizzes played", "Пройденные викторины"),
    Said("Members who finished a quiz.", "Участники, завершившие викторину."),
)
POLL_VOTES = _of(
    "poll_votes",
    Said("Votes in polls", "Голоса в опросах"),
    Said(
        "Members whose vote was counted; changing it counts no second time.",
        "Участники, чей голос учтён; смена голоса не считается.",
    ),
)
REFERRALS = _of(
    "referrals",
    Said("Invited friends", "Приглашённые друзья"),
    Said(
        "Friends who came by a member's code and stayed as long as the brand asks for.",
        "Друзья, пришедшие по коду участника и оставшиеся на заданный брендом срок.",
    ),
)
