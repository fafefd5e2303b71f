"""Every kind of thing that can be taken part in. A new one is a file of its own, and a line here."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from services.engagement.rules.participation.activities import Activities
from services.engagement.rules.participation.contests import Contests
from services.engagement.rules.participation.goods import Shop
from services.engagement.rules.participation.mechanism import Mechanism
from services.engagement.rules.participation.polls import Polls
from services.engagement.rules.participation.quizzes import Quizzes

_ALL = (Polls(), Quizzes(), Activities(), Contests(), Shop())

MECHANISMS: Mapping[str, Mechanism[Any, Any]] = MappingProxyType({one.kind: one for one in _ALL})
"""By the kind that begins the names of things."""

DOCUMENTS: Mapping[str, str] = MappingProxyType({one.document: one.kind for one in MECHANISMS.values()})
"""By the kind of the document: that of the things."""
