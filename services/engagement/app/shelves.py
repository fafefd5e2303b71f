"""The documents that are in force, by kind, and what they are checked by when they are stored."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

import msgspec
from prometheus_client import CollectorRegistry, Counter

from services.engagement.handlers.books import Books
from services.engagement.handlers.scorer import KIND as REWARDS
from services.engagement.handlers.standing import KIND as STANDING
from services.engagement.rules import contests, rewards
from services.engagement.rules.participation.kinds import MECHANISMS
from services.engagement.rules.participation.mechanism import NO_THING, Mechanism
from services.engagement.rules.standing import standings
from shared.documents.shape import plain
from shared.documents.things import Thing
from shared.policy import PolicyBook
from shared.runtime import Service
from shared.settings import Settings
from shared.shelf import MongoShelf


class Shelves:
    """Books of each kind, which read the versions that the shelf keeps."""

    def __init__(self, service: Service) -> None:
        settings, registry = service.settings, service.metrics.registry
        self.shelf = MongoShelf(service.client, service.database, service.clock, settings.policy_delay_s)
        refresh_s, build = settings.policy_refresh_s, partial(rewards.built, failed=failed(registry).inc)
        self.rewards = PolicyBook(self.shelf, REWARDS, build, build(0, {}), refresh_s)
        self.standing = PolicyBook(self.shelf, STANDING, standings.built, standings.built(0, {}), refresh_s)
        self.contests = PolicyBook(self.shelf, "Contest", contests.built, contests.NONE, refresh_s)
        self.things = {kind: _book(self.shelf, mechanism, refresh_s) for kind, mechanism in MECHANISMS.items()}

    @property
    def books(self) -> Books:
        """Return them as folds ask for them."""
        return Books(self.standing, self.rewards, self.contests, self.things)


def draw_key_of(settings: Settings) -> bytes:
    """Return the key from which the seeds of draws are derived, and codes; empty where there is none."""
    return b"" if settings.draw_key is None else settings.draw_key.get_secret_value().encode()


def failed(registry: CollectorRegistry) -> Counter:
    """Return the count of conditions that could not be evaluated."""
    return Counter("veche_engagement_rules_failed", "Conditions of rewards that could not be evaluated.", registry=registry)


def _book(shelf: MongoShelf, mechanism: Mechanism[Any, Any], refresh_s: float) -> PolicyBook[Thing]:
    def read(version: int, spec: Mapping[str, Any]) -> Thing:  # noqa: ARG001 - a thing is the same in each
        found: Thing = msgspec.convert(spec, mechanism.spec)
        return found

    return PolicyBook(shelf, mechanism.document, read, NO_THING, refresh_s)


def _checked(build: Callable[[int, Mapping[str, Any]], object]) -> Callable[[msgspec.Struct], None]:
    """Return what looks for what a shape cannot tell: it raises Unprocessable where the policy cannot be built."""

    def check(spec: msgspec.Struct) -> None:
        build(0, plain(spec))

    return check


CHECKS = {REWARDS: _checked(rewards.built), STANDING: _checked(standings.built)}
"""By the kind of the policy."""
