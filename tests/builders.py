"""One builder for each type of event: `content_created(text="hi", imported=True)`.

An override goes to the envelope where it has a field of that name, else to the data. The same arguments give the same event,
with the same id; other arguments give another id. A string for `actor` is the member's id.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any, TypeVar

import msgspec

from shared.events import Actor, Envelope, commerce, community, encode, event_id
from shared.events import actions as act
from shared.events import engagement as earn
from shared.events import moderation as judge
from shared.events import reporting as report

E = TypeVar("E", bound=Envelope)

AT = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
RECORDED = datetime(2026, 3, 2, 9, 30, 2, tzinfo=UTC)
PLACE = "telegram:-1001234567890"
MEMBER = "telegram:42"
CONTENT = f"{PLACE}:7"
ANNA = Actor(id=MEMBER, name="Анна")
STAFF = Actor(id="telegram:90", role="staff")

ENVELOPE: dict[str, Any] = {
    "source": "telegram/bot-1",
    "time": AT,
    "brand": "acme",
    "recordedtime": RECORDED,
    "community": PLACE,
}


def builder(make: type[E], **defaults: Any) -> Callable[..., E]:  # noqa: ANN401 - a field may be anything
    """Return what builds events of the type from its defaults and overrides."""
    fields = {field.name: field.type for field in msgspec.structs.fields(make)}
    data_type = fields.pop("data")

    def build(**overrides: Any) -> E:  # noqa: ANN401 - a field may be anything
        values = ENVELOPE | defaults | overrides
        if isinstance(values.get("actor"), str):
            values["actor"] = Actor(id=values["actor"])
        data = data_type(**{name: value for name, value in values.items() if name not in fields})
        event = make(**({"id": ""} | {name: value for name, value in values.items() if name in fields} | {"data": data}))
        return event if event.id else msgspec.structs.replace(event, id=event_id(encode(event).decode()))

    return build


def spoken(make: type[E], **defaults: Any) -> Callable[..., E]:  # noqa: ANN401 - a field may be anything
    """Return a builder for what a member does to a content."""
    return builder(make, **({"actor": ANNA, "content_id": CONTENT, "time_source": "platform"} | defaults))


def of_member(make: type[E], **defaults: Any) -> Callable[..., E]:  # noqa: ANN401 - a field may be anything
    """Return a builder for what concerns a member."""
    return builder(make, **({"member": MEMBER} | defaults))


WRITTEN: dict[str, Any] = {"kind": "message", "text": "Кто пробовал клей на морозе?", "format": "text"}
POINTS: dict[str, Any] = {"cause": "event-1", "rule": "post", "version": 1, "uncapped": 5, "day": date(2026, 3, 2)}
POSTED: dict[str, Any] = POINTS | {"applied": 5, "balance": 105}
SOLD: dict[str, Any] = {"order": "order-1", "amount": 129_900, "currency": "RUB"}
ENTRY: dict[str, Any] = {"contest": "spring", "entry": CONTENT, "cause": "event-1"}
ODD: dict[str, Any] = {"incident": "incident-1", "figure": "messages", "observed": 900.0, "expected": 120.0}
ASKED: dict[str, Any] = {"cause": "decision-1", "content_id": CONTENT}

content_created = spoken(community.ContentCreated, **WRITTEN)
content_edited = spoken(community.ContentEdited, **WRITTEN, edition=2)
content_deleted = spoken(community.ContentDeleted)
content_restored = spoken(community.ContentRestored)
content_shared = spoken(community.ContentShared, shares=3)
content_measured = builder(community.ContentMeasured, content_id=CONTENT, views=120, reactions=7)
appeal_made = spoken(community.AppealMade, text="за что?", message=f"{PLACE}:8")
question_asked = spoken(community.QuestionAsked, kind="rank", message=f"{PLACE}:8")
command_given = builder(
    community.CommandGiven, actor=ANNA, name="quiz", text="spring 2 b", message=f"{PLACE}:8", time_source="platform"
)
content_flagged = spoken(community.ContentFlagged, category="spam")
reaction_added = spoken(community.ReactionAdded, emoji="👍", value=1)
reaction_removed = spoken(community.ReactionRemoved, emoji="👍", value=1)
member_joined = of_member(community.MemberJoined, actor=ANNA, name="Анна")
member_left = of_member(community.MemberLeft, actor=ANNA)
member_banned = of_member(community.MemberBanned, by="telegram:1")
member_unbanned = of_member(community.MemberUnbanned, by="telegram:1")
member_join_requested = of_member(community.JoinRequested, actor=ANNA)
poll_voted = builder(community.PollVoted, actor=ANNA, poll="telegram:5001", options=(0,))
poll_retracted = builder(community.PollRetracted, actor=ANNA, poll="telegram:5001")
solution_accepted = spoken(community.SolutionAccepted, question=f"{PLACE}:3")
subscription_started = of_member(commerce.SubscriptionStarted, amount=19_900, currency="RUB", level="gold")
subscription_renewed = of_member(commerce.SubscriptionRenewed, amount=19_900, currency="RUB", level="gold")
subscription_ended = of_member(commerce.SubscriptionEnded, level="gold")
purchase_made = of_member(commerce.PurchaseMade, **SOLD)
purchase_refunded = of_member(commerce.PurchaseRefunded, **SOLD)
kpi_observed = builder(commerce.KpiObserved, name="nps", value=41.5)

FOUND = judge.Finding(
    rule="links",
    version=3,
    verdict="hide",
    spans=(judge.Span(start=0, end=4),),
    facts={"host": "e.example"},
    description="Links of newcomers.",
)
decision_made = spoken(judge.DecisionMade, decision="decision-1", verdict="hide", findings=(FOUND,), cause="event-1")
decision_reversed = spoken(judge.DecisionReversed, decision="decision-1", verdict="hide", by="telegram:1")
rule_failed = spoken(judge.RuleFailed, rule="links", version=3, reason="division by zero", cause="event-1")
appeal_due = builder(judge.AppealDue, decision="decision-1", content_id=CONTENT, due=datetime(2026, 3, 3, 9, 30, tzinfo=UTC))
appeal_answered = builder(
    judge.AppealAnswered,
    decision="decision-1",
    content_id=CONTENT,
    due=datetime(2026, 3, 3, 9, 30, tzinfo=UTC),
    answer="upheld",
)
brake_opened = builder(judge.BrakeOpened, rule="links", limit=100, window_s=60)
sanction_applied = of_member(
    judge.SanctionApplied, kind="mute", decision="decision-1", until=datetime(2026, 3, 3, tzinfo=UTC)
)
sanction_lifted = of_member(judge.SanctionLifted, kind="mute", decision="decision-1")

points_granted = of_member(earn.PointsGranted, **POINTS)
points_clawed_back = of_member(earn.PointsClawedBack, **(POINTS | {"uncapped": -5}))
points_restored = of_member(earn.PointsRestored, **POINTS)
points_spent = of_member(earn.PointsSpent, **(POSTED | {"uncapped": -5, "applied": -5, "balance": 95}))
points_expired = of_member(earn.PointsExpired, **(POSTED | {"uncapped": -5, "applied": -5, "balance": 95}))
points_transferred = of_member(earn.PointsTransferred, to="telegram:43", amount=5, cause="event-1", balance=95)
participation_counted = of_member(earn.Participated, thing="quiz/spring", cause="event-1", score=7)
order_changed = of_member(
    earn.OrderChanged, thing="goods/mug", order="3f9a2c1b7d40e812", state="paid", quantity=1, amount=20, cause="event-1"
)
level_lost = of_member(earn.LevelLost, level="expert", cause="event-1")
task_completed = of_member(earn.TaskCompleted, task="first-post", cause="event-1", version=1)
task_reopened = of_member(earn.TaskReopened, task="first-post", cause="event-1", version=1)
status_gained = of_member(earn.StatusGained, status="vip", cause="event-1", version=1)
status_lost = of_member(earn.StatusLost, status="vip", cause="event-1", version=1)
level_reached = of_member(earn.LevelReached, level="expert", cause="event-1")
badge_awarded = of_member(earn.BadgeAwarded, badge="helper", cause="event-1", version=1)
badge_revoked = of_member(earn.BadgeRevoked, badge="helper", cause="event-1", version=1)
contest_entered = of_member(earn.ContestEntered, **ENTRY)
contest_disqualified = of_member(earn.ContestDisqualified, **ENTRY, reason="edited after the close")
contest_reinstated = of_member(earn.ContestReinstated, **ENTRY)
contest_closed = builder(
    earn.ContestClosed,
    contest="spring",
    entrants=3,
    entrants_hash="ab12",
    seed_hash="ef56",
    chain="52db",
    round=1_000,
    closed=AT,
    commitment="9a8b",
    winners=1,
    alternates=2,
)
contest_drawn = builder(
    earn.ContestDrawn, contest="spring", entrants=3, entrants_hash="ab12", seed="cd34", winners=(MEMBER,)
)

incident_opened = builder(report.IncidentOpened, **ODD)
incident_worsened = builder(report.IncidentWorsened, **ODD, severity="critical")
incident_closed = builder(report.IncidentClosed, **(ODD | {"observed": 110.0}))
goal_at_risk = builder(
    report.GoalAtRisk, goal="g", figure="answers", target=100.0, forecast=60.0, due=datetime(2026, 4, 1, tzinfo=UTC)
)
report_ready = builder(
    report.ReportReady,
    schedule="weekly",
    title=report.Bilingual(en="The week", ru="Неделя"),
    every="week",
    period="2026-W09",
    since=date(2026, 2, 23),
    until=date(2026, 3, 2),
    languages=("en", "ru"),
    formats=("html", "pdf"),
    link="https://staff.example/shared/token",
    expires=datetime(2026, 3, 16, tzinfo=UTC),
    figures=(
        report.Headline(
            figure="content",
            name=report.Bilingual(en="Content", ru="Публикации"),
            form="count",
            value=1_200.0,
            before=1_000.0,
        ),
    ),
    routes=("managers",),
)

action_delete = builder(act.ActionDelete, **ASKED)
action_hide = builder(act.ActionHide, **ASKED)
action_restore = builder(act.ActionRestore, **ASKED)
action_unmute = builder(act.ActionUnmute, cause="decision-1", member=MEMBER)
action_mute = builder(act.ActionMute, cause="decision-1", member=MEMBER, until=datetime(2026, 3, 3, tzinfo=UTC))
action_ban = builder(act.ActionBan, cause="decision-1", member=MEMBER)
action_unban = builder(act.ActionUnban, cause="decision-1", member=MEMBER)
action_reply = builder(act.ActionReply, **ASKED, text="Спасибо!")
action_message = builder(act.ActionMessage, cause="decision-1", member=MEMBER, text="Добро пожаловать!")
action_publish = builder(act.ActionPublish, cause="plan-1", text="Новость")
action_pin = builder(act.ActionPin, **ASKED)
action_hold = builder(act.ActionHold, cause="incident-1", until=RECORDED)
action_slow_mode = builder(act.ActionSlowMode, cause="incident-1", delay_s=30)
action_answer = builder(act.ActionAnswer, cause="event-1", press="4382bfdwdsb323b2d9", member=MEMBER, text="Верно!")
action_done = builder(act.ActionDone, action="action-1", content_id=CONTENT)
action_failed = builder(
    act.ActionFailed, action="action-1", content_id=CONTENT, reason="the bot lacks a right", code="forbidden"
)
connection_lost = builder(act.ConnectionLost, connection="acme-telegram", platform="telegram", reason="it refuses the token")
connection_restored = builder(act.ConnectionRestored, connection="acme-telegram", platform="telegram")
