"""The consumers that are measured: how each is made, what it reads, and with what it is filled."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import partial
from types import MappingProxyType
from typing import Any, NamedTuple, Union

from msgspec.structs import replace

from bench import mixed, policy, population
from services.engagement.handlers.ledger import Ledger
from services.engagement.handlers.scorer import KIND, Scorer
from services.engagement.rules import contents, rewards, scoring
from services.ingest import handlers as ingest
from services.moderation.handlers import judge
from services.moderation.rules.policies import built
from services.moderation.store.lists import read_lists
from services.reporting import handlers as reporting
from services.reporting.handlers import incidents
from services.reporting.rules.crises import playbooks
from shared.bus.record import Outgoing
from shared.events import TYPES, Envelope, encode
from shared.events.community import ContentCreated
from shared.policy import PolicyBook, Version
from shared.topics import EVENTS, GRANTS, RAW

UNION: Any = Union[tuple(TYPES.values())]  # noqa: UP007 - made of a tuple


class Measured(NamedTuple):
    """A consumer under measurement."""

    make: Callable[[], Any]
    topic: str
    type: Any
    """What the bare loop decodes."""
    outputs: Sequence[str]
    bar: float
    """The share of the bare loop that must be reached."""


class Bare:
    """A shelf without stored policies: the built-in ones are in force."""

    async def all(self, kind: str) -> Iterable[Version]:
        """Return nothing."""
        del kind
        return ()


def normaliser() -> ingest.Normaliser:
    """Return the normaliser without staff."""
    staff = PolicyBook(Bare(), "StaffAccounts", ingest.accounts, frozenset[str](), 5.0)
    return ingest.Normaliser(staff, lambda _platform, _refusal: None)


def moderator(spec: Mapping[str, Any] = MappingProxyType({})) -> judge.Moderation:
    """Return moderation under a policy, the built-in one unless it says more."""
    lists = read_lists()

    def build(version: int, spec: Any) -> Any:  # noqa: ANN401 - as stored
        return built(lists, version, spec)

    return judge.Moderation(PolicyBook(Bare(), judge.KIND, build, build(0, spec), 5.0))


def watcher() -> incidents.Incidents:
    """Return the fold of incidents under the built-in playbook."""
    return incidents.Incidents(
        PolicyBook(Bare(), playbooks.KIND, playbooks.built, playbooks.built(0, {}), 5.0), lambda _: False
    )


def scorer() -> Scorer:
    """Return the scorer under the built-in policy."""
    return Scorer(PolicyBook(Bare(), KIND, rewards.built, rewards.built(0, {}), 5.0))


FOLDS = {
    "ledger": Measured(Ledger, GRANTS.name, UNION, Ledger.outputs, 0.10),
    "scorer": Measured(scorer, EVENTS.name, UNION, Scorer.outputs, 0.12),
    "figures": Measured(reporting.Figures, EVENTS.name, UNION, ("figures.dlq",), 0.20),
    "incidents": Measured(watcher, EVENTS.name, UNION, incidents.OUTPUTS, 0.10),
    "moderation": Measured(moderator, EVENTS.name, UNION, judge.OUTPUTS, 0.12),
    "policy": Measured(partial(moderator, policy.spec()), EVENTS.name, UNION, judge.OUTPUTS, 0.10),
    "normaliser": Measured(normaliser, RAW.name, Any, ingest.OUTPUTS, 0.10),
}
"""Every consumer by the name of its group; whoever writes to a topic stands after those who are measured over it."""


def filling(count: int) -> dict[str, list[Outgoing]]:
    """Return what each topic is filled with."""
    made = population.updates(count)
    place = str(population.CHAT["id"])
    events = list(with_authors(population.events(made)))
    key = f"bench/telegram:{place}".encode()
    return {
        RAW.name: mixed.records(count),
        EVENTS.name: [Outgoing(key, encode(event), ()) for event in events],
        GRANTS.name: [Outgoing(f"bench/{g.data.member}".encode(), encode(g), ()) for g in grants(events)][:count],
    }


def with_authors(events: Iterable[Envelope]) -> Iterator[Envelope]:
    """Yield the events as the normaliser would put them out: with the authors of what they touch."""
    known: dict[str, str] = {}
    for event in events:
        data: Any = event.data  # type: ignore[attr-defined] # every event has data
        if isinstance(event, ContentCreated):
            known[data.content_id] = data.actor.id
        author = known.get(data.content_id or "")
        yield replace(event, data=replace(data, content_author=author)) if author else event


def grants(events: Iterable[Envelope]) -> Iterator[Any]:
    """Yield what the scorer makes of the events."""
    states: dict[str, contents.Content] = {}
    fold = scorer()
    for event in events:
        if isinstance(event, scoring.Scored) and (content := scoring.content_of(event)):
            step = fold.evolve(states.get(content), event)
            if step.state is not None:
                states[content] = step.state
            yield from (output.event for output in step.outputs)
