"""What engagement is made of: scorer, ledger, and the API over members' points."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

import msgspec
from prometheus_client import CollectorRegistry, Counter

from services.engagement.api.members import members
from services.engagement.api.orders import Desk, orders, orders_placed
from services.engagement.api.proofs import proofs
from services.engagement.api.shop import shop
from services.engagement.api.standing import Looks
from services.engagement.api.standing import standing as members_standing
from services.engagement.api.statements import statements
from services.engagement.api.things import Parts, things
from services.engagement.documents import Kept, routes
from services.engagement.handlers.books import Books
from services.engagement.handlers.ledger import Ledger
from services.engagement.handlers.participation import Participation
from services.engagement.handlers.scorer import KIND, Scorer
from services.engagement.handlers.standing import KIND as STANDING
from services.engagement.handlers.standing import Standing
from services.engagement.rules.chat import Links
from services.engagement.rules.contests import NONE
from services.engagement.rules.contests import built as running
from services.engagement.rules.participation.kinds import MECHANISMS
from services.engagement.rules.participation.mechanism import NO_THING, Mechanism
from services.engagement.rules.rewards import built
from services.engagement.rules.standing import standings
from services.engagement.store.accounts import Accounts, RedisPages
from services.engagement.store.entries import Entries
from services.engagement.store.proclaiming import Proclaimer
from services.engagement.store.rounds import Rounds
from services.engagement.store.standings import Standings
from services.engagement.store.things import Things
from shared.bus.publisher import Publisher
from shared.clock import Clock
from shared.documents.shape import plain
from shared.documents.things import Thing
from shared.policy import PolicyBook
from shared.runtime import FoldPlan, Service, new_service, prepared
from shared.settings import Settings
from shared.shelf import MongoShelf


def failed(registry: CollectorRegistry) -> Counter:
    """Return the count of conditions that could not be evaluated."""
    return Counter("veche_engagement_rules_failed", "Conditions of rewards that could not be evaluated.", registry=registry)


def create_app(settings: Settings, clock: Clock | None = None) -> Service:
    """Return the service, ready to be served; call it inside the running event loop."""
    service = new_service("engagement", settings, clock)
    shelf = MongoShelf(service.client, service.database, service.clock, settings.policy_delay_s)
    build = partial(built, failed=failed(service.metrics.registry).inc)
    policies = PolicyBook(shelf, KIND, build, build(0, {}), settings.policy_refresh_s)
    contests = PolicyBook(shelf, "Contest", running, NONE, settings.policy_refresh_s)
    service.add(FoldPlan(Scorer(policies, contests), Scorer.outputs))
    service.add(FoldPlan(Ledger(), Ledger.outputs, timers=True))
    standing = PolicyBook(shelf, STANDING, standings.built, standings.built(0, {}), settings.policy_refresh_s)
    books = Books(standing, policies, contests, _things(shelf, settings))
    secret = b"" if settings.member_secret is None else settings.member_secret.get_secret_value().encode()
    links = Links(settings.pages_url, secret)
    service.add(FoldPlan(Standing(books, links), Standing.outputs, timers=True))
    draw_key = b"" if settings.draw_key is None else settings.draw_key.get_secret_value().encode()
    service.add(FoldPlan(Participation(books, service.clock, draw_key), Participation.outputs, timers=True))
    pages = RedisPages(settings.redis)
    accounts = Accounts(service.client, service.database, pages)
    entries, publisher = Entries(service.client, service.database), Publisher(settings.kafka, "veche-engagement")
    service.api.include_router(members(accounts))
    service.api.include_router(statements(entries, accounts))
    desk = Desk(publisher, entries, policies, service.clock)
    service.api.include_router(orders(desk))
    store = Things(service.client, service.database)
    service.api.include_router(orders_placed(desk, store))
    service.api.include_router(proofs(store, draw_key))
    looks = Looks(Standings(service.client, service.database), standing, publisher, service.clock)
    service.api.include_router(members_standing(looks))
    service.api.include_router(things(Parts(publisher, store, service.clock)))
    service.api.include_router(shop(store))
    proclaimer = Proclaimer(shelf, publisher)
    service.api.include_router(routes(Kept(shelf, proclaimer, CHECKS)))
    prepares = [prepared(one.prepare) for one in (accounts, entries, store)]
    rounds = Rounds(service.client, service.database, publisher, service.clock, settings.drand_url)
    service.workers += [publisher.run, proclaimer.run, rounds.run, *prepares]
    service.stopping += [publisher.stop, pages.close, rounds.close]
    service.reports.append(publisher.missing)
    return service


def _things(shelf: MongoShelf, settings: Settings) -> Mapping[str, PolicyBook[Thing]]:
    """Return the books of all that members can take part in, by kind."""

    def book(mechanism: Mechanism[Any, Any]) -> PolicyBook[Thing]:
        def read(version: int, spec: Mapping[str, Any]) -> Thing:  # noqa: ARG001 - a thing is the same in each
            found: Thing = msgspec.convert(spec, mechanism.spec)
            return found

        return PolicyBook(shelf, mechanism.document, read, NO_THING, settings.policy_refresh_s)

    return {kind: book(mechanism) for kind, mechanism in MECHANISMS.items()}


def _checked(build: Callable[[int, Mapping[str, Any]], object]) -> Callable[[msgspec.Struct], None]:
    """Return what looks for what a shape cannot tell: it raises Unprocessable where the policy cannot be built."""

    def check(spec: msgspec.Struct) -> None:
        build(0, plain(spec))

    return check


CHECKS = {KIND: _checked(built), STANDING: _checked(standings.built)}
"""By the kind of the policy."""
