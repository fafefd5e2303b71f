"""What moderation is made of: its folds, and the API over what they decide."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from functools import partial

import msgspec
from prometheus_client import CollectorRegistry, Counter

from services.moderation.api.appeals import appeals as appeal_routes
from services.moderation.api.audits import audits
from services.moderation.api.cases import cases as case_routes
from services.moderation.api.decisions import decisions as decision_routes
from services.moderation.api.desk import Desk
from services.moderation.api.members import Records
from services.moderation.api.members import members as member_routes
from services.moderation.api.orders import Orders
from services.moderation.handlers import cases, judge, sanctions
from services.moderation.rules.classifiers import named, unusable
from services.moderation.rules.inheriting import check_merged, merged
from services.moderation.rules.notices import Links
from services.moderation.rules.policies import built
from services.moderation.store.cases import Cases
from services.moderation.store.conversation import Conversations
from services.moderation.store.decisions import Decisions
from services.moderation.store.excerpts import Excerpts
from services.moderation.store.exposures import Exposures
from services.moderation.store.lists import read_lists
from services.moderation.store.members import Members
from services.moderation.verdicts import verdicts
from services.moderation.web.routes import pages
from shared.bus.publisher import Publisher
from shared.clock import Clock
from shared.documents.moderation import ModerationPolicy
from shared.documents.shape import plain
from shared.fold.limits import LINGER_S
from shared.http import signin
from shared.http.documents import Inheritance, policy_routes
from shared.http.models import models as model_routes
from shared.models import shelf as stored
from shared.models.files import ModelFiles
from shared.policy import PolicyBook
from shared.runtime import FoldPlan, Service, new_service, prepared
from shared.settings import Settings
from shared.shelf import MongoShelf


def failed(registry: CollectorRegistry) -> Counter:
    """Return what counts rules that could not be evaluated."""
    return Counter("veche_moderation_rules_failed", "Rules that could not be evaluated.", registry=registry)


def secret_of(settings: Settings) -> bytes:
    """Return what signs the links of appeals; empty where there is none."""
    return b"" if settings.appeal_secret is None else settings.appeal_secret.get_secret_value().encode()


async def warnings_of(files: stored.Models, brand: str, spec: msgspec.Struct) -> Sequence[str]:
    """Return what keeps a brand's policy from working for now: models and labels that are not there."""
    assert isinstance(spec, ModerationPolicy), "a policy of ours"
    labels = {version.name: version.spec["labels"] for version in await files.listed(brand)}
    return list(dict.fromkeys(unusable(spec, labels)))


def create_app(settings: Settings, clock: Clock | None = None) -> Service:
    """Return the service, ready to be served; call it inside the running event loop."""
    service = new_service("moderation", settings, clock)
    shelf = MongoShelf(service.client, service.database, service.clock, settings.policy_delay_s)
    lists = read_lists()
    build = partial(built, lists)
    policies = PolicyBook(shelf, judge.KIND, build, build(0, {}), settings.policy_refresh_s, merged)
    held = ModelFiles(settings.mongo, service.database, settings.models_mb << 20)

    async def asked() -> Collection[tuple[str, str]]:
        await policies.refresh()
        return named(policies.newest())

    files = stored.Models(service.client, service.database, service.clock, settings.policy_delay_s, held, asked)
    models = PolicyBook(files, stored.KIND, stored.built, None, settings.policy_refresh_s)
    secret = secret_of(settings)
    links = Links(settings.pages_url, secret)

    def checked(spec: msgspec.Struct) -> None:
        build(0, plain(spec))  # its terms must be terms

    service.add(FoldPlan(judge.Moderation(policies, failed(service.metrics.registry).inc, links, models), judge.OUTPUTS))
    service.add(FoldPlan(cases.Cases(policies, links), cases.OUTPUTS, timers=True, linger_s=LINGER_S))
    service.add(FoldPlan(sanctions.Sanctions(policies, links), sanctions.OUTPUTS, timers=True, linger_s=LINGER_S))
    decisions, known = Decisions(service.client, service.database), Cases(service.client, service.database)
    publisher, exposures = Publisher(settings.kafka, "veche-moderation"), Exposures(service.client, service.database)
    orders, members = Orders(publisher, known), Members(service.client, service.database)
    conversations, excerpts = Conversations(settings.kafka), Excerpts(decisions, settings.kafka)
    desk = Desk(known, decisions, orders, conversations, excerpts, exposures, policies, service.clock)
    service.api.include_router(decision_routes(desk))
    service.api.include_router(case_routes(desk))
    service.api.include_router(appeal_routes(desk))
    service.api.include_router(audits(known))
    service.api.include_router(member_routes(Records(members, desk)))
    service.api.include_router(
        policy_routes(
            judge.KIND, shelf, checked, Inheritance(merged, partial(check_merged, lists)), partial(warnings_of, files)
        )
    )
    service.api.include_router(model_routes(files, asked))
    service.api.include_router(verdicts(policies, service.clock, models))
    signin.install(service, package="services.moderation", home="/cases")
    service.api.include_router(pages(desk, secret))
    service.workers += [policies.run, models.run, publisher.run]
    service.workers += [prepared(part.prepare) for part in (decisions, known, exposures, members)]
    service.stopping += [publisher.stop, held.close, excerpts.stop]
    service.reports.append(publisher.missing)
    return service
