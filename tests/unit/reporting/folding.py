"""Folding events in memory, as the loop would: for tests of the folds of reporting."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import bson

from services.reporting.figures import own
from services.reporting.figures.buckets import total
from services.reporting.figures.buckets.hour import Hour
from services.reporting.figures.buckets.hours import start_of
from services.reporting.figures.buckets.membership import Membership
from services.reporting.figures.buckets.observed import Observed
from services.reporting.figures.buckets.post import Post
from services.reporting.figures.buckets.presence import Presence
from services.reporting.figures.buckets.purchase import Purchase
from services.reporting.figures.buckets.question import Question, key_of
from services.reporting.figures.buckets.ruling import Ruling
from services.reporting.figures.buckets.subscription import Subscription
from services.reporting.figures.buckets.total import Total
from services.reporting.figures.columns import presences_from, questions_from
from services.reporting.figures.material import Material, Row
from services.reporting.figures.plans import NO_PLAN, Plan
from services.reporting.figures.posts import posts_from
from services.reporting.handlers import Figures, Points
from shared.events import Envelope, encode
from tests.fakes import FakeRecord

States = Mapping[str, Any]


def record(event: Envelope, partition: int = 0) -> FakeRecord:
    return FakeRecord("any", partition, 0, 0, b"", encode(event), ())


def folded(events: Iterable[Envelope], fold: Figures | Points | None = None, partition: int = 0) -> States:
    """Fold events into states, each of which goes through its document once."""
    fold, states = fold or Figures(), dict[str, Any]()
    for event in events:
        for item in fold.read(record(event, partition)):
            states[item.key] = fold.evolve(states.get(item.key), item.event).state
    return {key: fold.decode(bson.decode(bson.encode(fold.encode(state)))) for key, state in states.items()}


def material(states: States, plan: Plan = NO_PLAN) -> Material:
    """Return what the store would read of the states."""
    of: dict[type, list[Any]] = {}
    for state in states.values():
        of.setdefault(type(state), []).append(state)
    rows = [Row(one.community, start_of(one.hour), one.counts) for one in of.get(Hour, ())]
    rows += [Row(one.community, start_of(h), {one.name: n}) for one in of.get(Total, ()) for h, n in total.growth(one)]
    rows += [
        Row(one.community, start_of(h), dict(zip(own.count_of(one.name), told, strict=True)))
        for one in of.get(Observed, ())
        for h, told in one.hours.items()
    ]
    memberships: list[Membership] = of.get(Membership, [])
    answers = {
        (one.community, one.first[1]): states[key]
        for one in memberships
        if one.first and (key := key_of(one.brand, one.community, one.first[1])) in states
    }
    return Material(
        rows=rows,
        presences=presences_from(of.get(Presence, [])),
        memberships=memberships,
        answers=answers,
        questions=questions_from(of.get(Question, ())),
        rulings=[one for one in of.get(Ruling, ()) if one.second is not None],
        purchases=[one for one in of.get(Purchase, ()) if one.second is not None],
        subscriptions=of.get(Subscription, []),
        posts=posts_from(of.get(Post, ())),
        plan=plan,
    )
