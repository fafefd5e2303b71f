"""Why points changed, in words for a member."""

from __future__ import annotations

from collections.abc import Mapping

from shared.events import Envelope
from shared.events.commerce import (
    KpiObserved,
    PurchaseMade,
    PurchaseRefunded,
    SubscriptionRenewed,
    SubscriptionStarted,
)
from shared.events.community import (
    ContentCreated,
    ContentDeleted,
    ContentRestored,
    ContentShared,
    MemberJoined,
    PollRetracted,
    PollVoted,
    ReactionAdded,
    ReactionRemoved,
    SolutionAccepted,
)
from shared.events.engagement import (
    BadgeAwarded,
    BadgeRevoked,
    LevelLost,
    LevelReached,
    Participated,
    StatusGained,
    StatusLost,
    TaskCompleted,
    TaskReopened,
)
from shared.events.moderation import DecisionMade, DecisionReversed

_CODES: Mapping[type[Envelope], str] = {
    ContentCreated: "written",
    ContentDeleted: "deleted",
    ContentRestored: "undeleted",
    ContentShared: "shared",
    SolutionAccepted: "accepted",
    ReactionAdded: "reacted",
    ReactionRemoved: "withdrawn",
    MemberJoined: "joined",
    PollVoted: "voted",
    PollRetracted: "unvoted",
    PurchaseMade: "bought",
    PurchaseRefunded: "refunded",
    SubscriptionStarted: "subscribed",
    SubscriptionRenewed: "subscribed",
    KpiObserved: "observed",
    Participated: "took_part",
    LevelReached: "level",
    LevelLost: "level_lost",
    TaskCompleted: "task",
    TaskReopened: "task_reopened",
    BadgeAwarded: "badge",
    BadgeRevoked: "badge_revoked",
    StatusGained: "status",
    StatusLost: "status_lost",
    DecisionMade: "removed",
    DecisionReversed: "reinstated",
}
"""By what changes points."""

REASONS: Mapping[str, Mapping[str, str]] = {
    "written": {"en": "for a contribution", "ru": "за публикацию"},
    "reacted": {"en": "for a reaction to a contribution", "ru": "за реакцию на публикацию"},
    "withdrawn": {"en": "a reaction was taken back", "ru": "реакцию отозвали"},
    "deleted": {"en": "the contribution was deleted", "ru": "публикация удалена"},
    "undeleted": {"en": "the contribution is back", "ru": "публикация восстановлена"},
    "shared": {"en": "a contribution was shared", "ru": "публикацией поделились"},
    "accepted": {"en": "an answer was accepted", "ru": "ответ принят"},
    "joined": {"en": "for joining", "ru": "за вступление"},
    "voted": {"en": "for a vote", "ru": "за голос в опросе"},
    "unvoted": {"en": "a vote was taken back", "ru": "голос отозван"},
    "bought": {"en": "for a purchase", "ru": "за покупку"},
    "refunded": {"en": "a purchase was paid back", "ru": "покупка возвращена"},
    "subscribed": {"en": "for a subscription", "ru": "за подписку"},
    "observed": {"en": "told by the brand", "ru": "по данным бренда"},
    "removed": {"en": "the contribution was removed by moderation", "ru": "публикация удалена модерацией"},
    "took_part": {"en": "for taking part", "ru": "за участие"},
    "level": {"en": "for a new level", "ru": "за новый уровень"},
    "level_lost": {"en": "the level is lost", "ru": "уровень потерян"},
    "task": {"en": "for a completed task", "ru": "за выполненное задание"},
    "task_reopened": {"en": "the task is no longer completed", "ru": "задание больше не выполнено"},
    "badge": {"en": "for a badge", "ru": "за значок"},
    "badge_revoked": {"en": "the badge is lost", "ru": "значок потерян"},
    "status": {"en": "for VIP status", "ru": "за статус VIP"},
    "status_lost": {"en": "VIP status is lost", "ru": "статус VIP потерян"},
    "spent": {"en": "spent", "ru": "потрачено"},
    "returned": {"en": "given back", "ru": "возвращено"},
    "adjusted": {"en": "by the team", "ru": "решением команды"},
    "sent": {"en": "given to another member", "ru": "передано другому участнику"},
    "received": {"en": "from another member", "ru": "получено от другого участника"},
    "expired": {"en": "expired", "ru": "истёк срок"},
    "barred": {"en": "days of a sanction earn nothing", "ru": "в дни ограничения баллы не начисляются"},
    "unbarred": {"en": "the sanction was lifted", "ru": "ограничение снято"},
    "reinstated": {"en": "the removal was reversed", "ru": "удаление отменено модератором"},
}
"""By the code that an entry holds: English, Russian."""


def reason_of(event: Envelope, *, is_cause: bool) -> str:
    """Return the code of why an event changes points; what a content brings to count that was told before is a reaction."""
    code = _CODES[type(event)]
    return "reacted" if code == "written" and not is_cause else code


def in_words(code: str | None) -> Mapping[str, str]:
    """Return the reason in every language; an unknown code speaks for itself."""
    return REASONS.get(code or "", {"en": code or "", "ru": code or ""})
