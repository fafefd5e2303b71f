"""Which records concern which case, and what stands beside it: the reading half of the fold of cases."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from services.moderation.cases.fresh import case_of
from services.moderation.cases.receipts import concerns
from services.moderation.cases.states import audit_key, case_key, member_key, pace_key
from services.moderation.rules import commands
from services.moderation.rules.judging import is_exempt
from shared.bus.record import Record
from shared.events import decode
from shared.events.actions import ActionDone, ActionFailed
from shared.events.community import AppealMade, ContentCreated, ContentDeleted, ContentFlagged, ContentRestored
from shared.events.moderation import DecisionMade
from shared.fold.deadletter import first_topic
from shared.fold.definition import Item
from shared.telemetry.traces import trace_of
from shared.topics import DECISIONS, EVENTS, MODERATION_COMMANDS

Heard = ContentFlagged | AppealMade | ContentDeleted | ContentRestored
Receipt = ActionDone | ActionFailed


class Told(NamedTuple):
    """What a record tells, its trace, and where among the events it stands."""

    event: DecisionMade | Heard | Receipt | ContentCreated | commands.Command
    trace: str | None
    place: int | None = None


Items = Sequence[Item[Told]]


def items_of(record: Record) -> Items:
    """Return what a record tells of cases. Raises Unprocessable where it cannot be read."""
    topic = first_topic(record)
    if topic == MODERATION_COMMANDS.name:
        return _commanded(commands.decoded(record.value or b""), trace_of(record))
    event = decode(record.value or b"")
    match event:
        case DecisionMade() if event.data.by is None and event.data.findings[:1] != () and topic == DECISIONS.name:
            return _decided(event, Told(event, trace_of(record)))
        case AppealMade() if event.imported:
            pass  # what was asked then was answered then
        case ContentFlagged() | AppealMade() | ContentDeleted() | ContentRestored() if event.purpose is None:
            place = record.offset if record.topic == EVENTS.name else None
            return _heard(event, Told(event, trace_of(record), place))
        case ActionDone() | ActionFailed():
            return _received(event, Told(event, trace_of(record)))
        case ContentCreated() if event.purpose is None and not is_exempt(event.data.actor):
            return (Item(pace_key(event.brand, event.community), Told(event, None)),)
    return ()


def _received(event: Receipt, told: Told) -> Items:
    if not concerns(event):
        return ()
    place = (event.brand, event.community)
    return (Item(case_key(*place, event.data.content_id or ""), told, None, (audit_key(*place),)),)


def _decided(event: DecisionMade, told: Told) -> Items:
    place = (event.brand, event.community)
    beside = (audit_key(*place), member_key(*place, "last", event.data.content_author or ""))
    return (Item(case_key(*place, case_of(event)), told, None, beside),)


def _heard(event: Heard, told: Told) -> Items:
    place, content, actor = (event.brand, event.community), event.data.content_id, event.data.actor
    if isinstance(event, AppealMade):
        return () if actor is None else _appealed(event, actor.id, told)
    if content is None:
        return ()
    beside: tuple[str, ...] = ()
    if isinstance(event, ContentFlagged):
        reporter = () if actor is None else (member_key(*place, "reporter", actor.id),)
        beside = (audit_key(*place), pace_key(*place), *reporter)
    return (Item(case_key(*place, content), told, None, beside),)


def _appealed(event: AppealMade, member: str, told: Told) -> Items:
    """Return what a member asks for in the community: about a content, or about whatever was decided last about them."""
    place, content = (event.brand, event.community), event.data.content_id
    beside = (audit_key(*place),)
    if content is None:
        return (Item(member_key(*place, "last", member), told, None, beside),)
    return (Item(case_key(*place, content), told._replace(event=asked_in(event, member, content)), None, beside),)


def asked_in(event: AppealMade, member: str, case: str, decision: str | None = None) -> commands.Ask:
    """Return an appeal that was made in the community as the command that it is."""
    return commands.Ask(
        id=event.id,
        brand=event.brand,
        community=event.community or "",
        case=case,
        at=event.time,
        by=member,
        decision=decision,
        author=event.data.content_author,
        heard=event.recordedtime,
        text=event.data.text,
    )


def _commanded(command: commands.Command, trace: str | None) -> Items:
    place, identity = (command.brand, command.community), f"{command.brand}/{command.id}"
    if isinstance(command, commands.Forget):
        return (Item(case_key(*place, command.case), Told(command, trace), identity),)
    if isinstance(command, commands.Credit):
        return (Item(member_key(*place, "reporter", command.reporter), Told(command, trace), identity),)
    beside: tuple[str, ...] = (audit_key(*place),)
    if isinstance(command, commands.Unheard) and command.member is not None:
        return (Item(member_key(*place, "last", command.member), Told(command, trace), identity, beside),)
    if isinstance(command, commands.Decide) and command.member is not None:
        beside = (*beside, member_key(*place, "last", command.member))
    return (Item(case_key(*place, command.case), Told(command, trace), identity, beside),)
