"""What people declare with `veche apply`: kinds, the shape of each, and the service that owns it."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, NamedTuple

import msgspec

from shared.documents.activities import Activity
from shared.documents.content import ContentPlan
from shared.documents.contests import Contest
from shared.documents.directory import Brand, Connection, Staff
from shared.documents.goals import Goal
from shared.documents.listening import Listening
from shared.documents.moderation import ModerationPolicy
from shared.documents.outward import Notify, Subscription
from shared.documents.playbook import Playbook
from shared.documents.quizzes import Quiz
from shared.documents.rewards import RewardsPolicy
from shared.documents.schedules import ReportSchedule
from shared.documents.shape import Document, plain, whole
from shared.documents.shop import Goods
from shared.documents.standing import Standing
from shared.documents.things import Poll

API_VERSION = "veche/v1"


class Kind(NamedTuple):
    """One kind of document."""

    spec: type[msgspec.Struct]
    service: str
    is_versioned: bool = False
    """Whether records are judged by its versions."""
    is_inherited: bool = False
    """Whether a community's document inherits from its brand's what it does not name."""


KINDS: Mapping[str, Kind] = MappingProxyType(
    {
        "Brand": Kind(Brand, "ingest"),
        "Connection": Kind(Connection, "ingest"),
        "Staff": Kind(Staff, "ingest"),
        "ModerationPolicy": Kind(ModerationPolicy, "moderation", is_versioned=True, is_inherited=True),
        "RewardsPolicy": Kind(RewardsPolicy, "engagement", is_versioned=True),
        "Standing": Kind(Standing, "engagement", is_versioned=True),
        "Contest": Kind(Contest, "engagement", is_versioned=True),
        "Poll": Kind(Poll, "engagement", is_versioned=True),
        "Goods": Kind(Goods, "engagement", is_versioned=True),
        "Quiz": Kind(Quiz, "engagement", is_versioned=True),
        "Activity": Kind(Activity, "engagement", is_versioned=True),
        "Notify": Kind(Notify, "delivery", is_versioned=True),
        "Playbook": Kind(Playbook, "reporting", is_versioned=True, is_inherited=True),
        "Subscription": Kind(Subscription, "delivery"),
        "Listening": Kind(Listening, "reporting", is_versioned=True),
        "ContentPlan": Kind(ContentPlan, "reporting", is_versioned=True),
        "Goal": Kind(Goal, "reporting", is_versioned=True),
        "ReportSchedule": Kind(ReportSchedule, "reporting", is_versioned=True),
    }
)
"""Every kind by its name."""


def as_stored(document: Document) -> dict[str, Any]:
    """Return the spec of a document as it is stored: a version of a policy whole, anything else as it was told.

    Of a community's document that inherits, each section that it names is whole, and others are absent.
    """
    kind = KINDS[document.kind]
    spec = msgspec.convert(document.spec, kind.spec)
    if not kind.is_versioned:
        return plain(spec)
    inherits = kind.is_inherited and document.metadata.community is not None
    return {name: told for name, told in whole(spec).items() if not inherits or name in document.spec}
