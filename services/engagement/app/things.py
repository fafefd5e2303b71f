"""What members take part in: its fold, its documents, its API, and the rounds that draws wait for."""

from __future__ import annotations

from services.engagement.api.check_in import check_in
from services.engagement.api.proofs import proofs
from services.engagement.api.shop import shop
from services.engagement.api.things import Parts, things
from services.engagement.app.shelves import CHECKS, Shelves, draw_key_of
from services.engagement.documents import Kept, routes
from services.engagement.handlers.participation import Participation
from services.engagement.store.proclaiming import Proclaimer
from services.engagement.store.rounds import Rounds
from services.engagement.store.things import Things
from shared.bus.publisher import Publisher
from shared.runtime import FoldPlan, Service, prepared


def add_things(service: Service, shelves: Shelves, publisher: Publisher) -> Parts:
    """Add polls, contests and all else; return what passes on what members do."""
    settings = service.settings
    draw_key = draw_key_of(settings)
    service.add(FoldPlan(Participation(shelves.books, service.clock, draw_key), Participation.outputs, timers=True))
    store = Things(service.client, service.database)
    parts, proclaimer = Parts(publisher, store, service.clock), Proclaimer(shelves.shelf, publisher)
    for one in (
        things(parts),
        shop(store),
        proofs(store, draw_key),
        check_in(store, draw_key),
        routes(Kept(shelves.shelf, proclaimer, CHECKS, bool(draw_key), service.clock)),
    ):
        service.api.include_router(one)
    rounds = Rounds(service.client, service.database, publisher, service.clock, settings.drand_url)
    service.workers += [proclaimer.run, rounds.run, prepared(store.prepare)]
    service.stopping.append(rounds.close)
    return parts
