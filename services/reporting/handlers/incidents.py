"""The fold of incidents: signs into lookouts, their alarms into incidents, and what people ask into what is done.

States are kept by place (its lookout) and by incident. A lookout tells an incident what it sees by a command on reporting's
own topic: so all that changes an incident stands in one order, and its id is known where the command is read. Who was not
heard of lately in a community is told to the whole brand's lookout in the same way, under the brand's own key.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any, NamedTuple

import msgspec
from msgspec.structs import replace

from services.reporting.rules.crises import commands
from services.reporting.rules.crises.crisis import BY_RULES, Crisis, crisis_id, crisis_of, moment
from services.reporting.rules.crises.lookout import Alarm, Lookout, Open, begin, hear, is_enough, raised
from services.reporting.rules.crises.playbooks import Book
from services.reporting.rules.crises.signs import IsNegative, Sign, signs_of
from services.reporting.rules.crises.working import Later, Refused, Worked, asked, eased, quieted
from services.reporting.rules.crises.working import raised as taken_up
from services.reporting.rules.goals.risk import Risk, assessed
from services.reporting.rules.schedules.telling import ready
from shared.bus.record import Record
from shared.events import decode, event_id
from shared.events.envelope import Envelope
from shared.fold.deadletter import first_topic
from shared.fold.definition import Document, Item, Output, Step, Timer
from shared.policy import InForce
from shared.topics import ACTIONS, ALERTS, DECISIONS, EVENTS, REPORTING_COMMANDS, dead_letters, retries

GROUP = "incidents"
INPUTS = (EVENTS.name, DECISIONS.name, REPORTING_COMMANDS.name, retries(GROUP).name)
OUTPUTS = (ALERTS.name, ACTIONS.name, REPORTING_COMMANDS.name, dead_letters(GROUP).name)

ORDER = "order"
"""Kind of the entries that say what became of what a person asked."""

SPREAD_MIN = 2
"""Communities in which something is unusual together, for it to be the whole brand's: what goes on in one is its own."""

State = Lookout | Crisis | Risk


class Heard(NamedTuple):
    """A sign in a place."""

    brand: str
    community: str
    """Empty: the whole brand."""
    own: bool
    sign: Sign


Told = Heard | commands.Raise | commands.Assess | commands.Announce | commands.Asked | commands.Due

_packer = msgspec.msgpack.Encoder()
_lookout = msgspec.msgpack.Decoder(Lookout)
GOAL = "goal"
"""Kind of the states that say whether staff were told that a goal is at risk."""


class Incidents:
    """The fold of signs into incidents."""

    group = GROUP
    topics: Sequence[str] = INPUTS

    def __init__(self, playbooks: InForce[Book], is_negative: IsNegative) -> None:
        self._playbooks, self._is_negative = playbooks, is_negative

    async def prepare(self) -> None:
        """Have the playbooks up to date."""
        await self._playbooks.refresh()

    def read(self, record: Record) -> Sequence[Item[Told]]:
        """Return the signs of an event, or what a command tells. Raises Unprocessable where it cannot be read."""
        if first_topic(record) == REPORTING_COMMANDS.name:
            return (commanded(commands.decoded(record.value or b"")),)
        event = decode(record.value or b"")
        if event is None or event.community is None:
            return ()
        brand, community, own = event.brand, event.community, event.purpose is None
        key = lookout_key(brand, community)
        found = signs_of(event, self._is_negative)
        return [Item(key, Heard(brand, community, own, sign)) for sign in found]

    def evolve(self, state: State | None, event: Told) -> Step[State]:
        """Take in a sign, an alarm, or what is asked of an incident."""
        if isinstance(event, Heard):
            assert state is None or isinstance(state, Lookout), "a lookout's key is nothing else's"
            return self._heard(state, event)
        if isinstance(event, commands.Assess):
            assert state is None or isinstance(state, Risk), "a goal's key is nothing else's"
            risk, alert = assessed(state, event)
            return Step(risk, outputs=[] if alert is None else [_alert(event, alert)])
        if isinstance(event, commands.Announce):
            return Step(None, outputs=[_alert(event, ready(event))])
        assert state is None or isinstance(state, Crisis), "an incident's key is nothing else's"
        if isinstance(event, commands.Raise):
            book = self._playbooks.at(event.brand, event.community or None, event.at)
            return _step(taken_up(state, event, book))
        if isinstance(event, commands.Ease):
            step = Step[State](state) if state is None else _step(eased(state, event))
            return replace(step, done_timers=(event.id,))
        assert not isinstance(event, commands.Quiet), "it looks at the lookout as well"
        return _asked(state, event)

    def evolve_beside(self, state: State | None, beside: Sequence[State | None], event: Told) -> Step[State]:
        """See whether it was quiet, by the lookout of the place."""
        assert isinstance(event, commands.Quiet), "nothing else looks at two"
        (lookout,) = beside
        assert isinstance(lookout, Lookout), "the incident was opened by it"
        assert isinstance(state, Crisis), "its timer was set when it was opened"
        worked = quieted(state, lookout.open, event)
        step = replace(_step(worked), done_timers=(event.id,))
        if lookout.open is None or lookout.open.id != state.id or worked.crisis.closed is None:
            return step
        return replace(step, beside=(replace(lookout, open=replace(lookout.open, is_told_over=True)),))

    def _heard(self, state: Lookout | None, heard: Heard) -> Step[State]:
        brand, community, own, sign = heard
        lookout, is_new, alarm = hear(state or begin(brand, community, sign.second), sign)
        outputs = [_spread(heard)] if is_new and own and community else []
        if alarm is None:
            return Step(lookout, outputs=outputs)
        found = self._raised(lookout, alarm, heard)
        return Step(found[0], outputs=[*outputs, *found[1]])

    def _raised(self, lookout: Lookout, alarm: Alarm, heard: Heard) -> tuple[Lookout, Sequence[Output]]:
        """Return the lookout with an alarm in its incident, and what the incident is told of it."""
        brand, community, own, sign = heard
        at, before = datetime.fromtimestamp(sign.heard, UTC), lookout.open
        book = self._playbooks.at(brand, community or None, at)
        terms = book.terms.get(alarm.signal)
        meant = terms is not None and is_enough(alarm, terms) and (own or book.spec.others)
        enough = meant and (bool(community) or len(alarm.refs) >= SPREAD_MIN)
        id_ = crisis_id(brand, community, alarm.signal, alarm.evidence.second)
        after = raised(before, alarm, id_, is_enough=enough, spreads=not community)
        if after is None or after is before:
            return lookout, ()
        lookout = replace(lookout, open=after)
        if before is not None and not _is_news(before, after):
            return lookout, ()
        told = commands.Raise(brand=brand, community=community, at=at, incident=after.id, parts=after.parts, own=own)
        return lookout, (_told(told),)

    def encode(self, state: State) -> Document:
        """Return a state as a document: of a lookout one packed field, an incident as it stands."""
        if isinstance(state, Lookout):
            named = {"t": "lookout", "brand": state.brand, "community": state.community}
            return named | {"state": _packer.encode(state)}
        if isinstance(state, Risk):
            return {"t": GOAL, **msgspec.to_builtins(state)}
        told = msgspec.to_builtins(state)
        return {"t": "incident", "status": "open" if state.closed is None else "closed", **told}

    def decode(self, document: Document) -> State:
        """Return the state of a document."""
        if document["t"] == GOAL:
            return msgspec.convert({name: document[name] for name in Risk.__struct_fields__}, Risk)
        return _lookout.decode(document["state"]) if document["t"] == "lookout" else crisis_of(document)


def _is_news(before: Open, after: Open) -> bool:
    """Say whether the incident is to be told of what its lookout sees."""
    grew = before.severity != after.severity or before.parts.keys() != after.parts.keys()
    return before.id != after.id or grew or before.is_told_over


def lookout_key(brand: str, community: str) -> str:
    """Return the key of a place's lookout."""
    return f"{brand}/{community}/lookout"


def incident_key(brand: str, community: str, incident: str) -> str:
    """Return the key of an incident."""
    return f"{brand}/{community}/incident/{incident}"


def goal_key(brand: str, community: str, goal: str) -> str:
    """Return the key of what was told of a goal."""
    return f"{brand}/{community}/goal/{goal}"


def commanded(command: commands.Command) -> Item[Told]:
    """Return which state a command is for."""
    brand, community = command.brand, command.community
    if isinstance(command, commands.Spread):
        second, heard = command.second, command.at.timestamp()
        sign = Sign(command.signal, second, command.member, command.of, command.imported, heard)
        return Item(lookout_key(brand, community), Heard(brand, community, own=True, sign=sign))
    if isinstance(command, commands.Assess):
        return Item(goal_key(brand, community, command.goal), command)
    if isinstance(command, commands.Announce):
        return Item(f"{brand}/{community}/report/{command.id}", command, f"{brand}/{command.id}")
    key = incident_key(brand, community, command.incident)
    if isinstance(command, commands.Raise):
        return Item(key, command)
    beside = (lookout_key(brand, community),) if isinstance(command, commands.Quiet) else ()
    return Item(key, command, f"{brand}/{command.id}", beside)


def _spread(heard: Heard) -> Output:
    sign = heard.sign
    spread = commands.Spread(
        brand=heard.brand,
        community="",
        at=datetime.fromtimestamp(sign.heard, UTC),
        signal=sign.signal,
        second=sign.second,
        member=sign.member,
        of=heard.community,
        imported=sign.imported,
    )
    return _told(spread)


def _told(command: commands.Spread | commands.Raise) -> Output:
    return Output(REPORTING_COMMANDS.name, f"{command.brand}/{command.community}", msgspec.json.encode(command))


def _alert(command: commands.Assess | commands.Announce, alert: Envelope) -> Output:
    return Output(ALERTS.name, f"{command.brand}/{command.community}", alert)


def _step(worked: Worked) -> Step[State]:
    crisis = worked.crisis
    key = f"{crisis.brand}/{crisis.community}"
    outputs = [Output(ALERTS.name, key, one) for one in worked.alerts]
    outputs += [_act(one) for one in worked.acts]
    return Step(crisis, outputs=outputs, timers=[_timer(crisis, one) for one in worked.later])


def _act(act: Envelope) -> Output:
    return Output(ACTIONS.name, f"{act.brand}/{act.community}", act)


def _timer(crisis: Crisis, later: Later) -> Timer:
    id_ = event_id("reporting.timer", crisis.id, crisis.version, later.play or "", later.at_ms)
    due = moment(later.at_ms)
    named: dict[str, Any] = {"brand": crisis.brand, "community": crisis.community, "incident": crisis.id}
    named |= {"id": id_, "at": due, "by": BY_RULES}
    command = commands.Quiet(**named) if later.play is None else commands.Ease(**named, play=later.play)
    return Timer(id_, due, REPORTING_COMMANDS.name, f"{crisis.brand}/{crisis.community}", msgspec.json.encode(command))


def _asked(state: Crisis | None, order: commands.Asked) -> Step[State]:
    """Do what a person asks, and enter what became of it."""
    if state is None:
        return Step(None, entries=[_entry(order, "there is no such incident")])
    try:
        step = _step(asked(state, order))
    except Refused as refused:
        return Step(state, entries=[_entry(order, str(refused))])
    return replace(step, entries=[_entry(order, None)])


def _entry(order: commands.Asked, refused: str | None) -> Document:
    return {
        "_id": f"{order.brand}/{order.id}",
        "kind": ORDER,
        "brand": order.brand,
        "community": order.community,
        "incident": order.incident,
        "by": order.by,
        "at": order.at,
        "digest": commands.digest(order),
        **({} if refused is None else {"refused": refused}),
    }
