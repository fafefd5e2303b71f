"""What is told of an activity: when it is, how many come, and where it is to those who do. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from services.engagement.rules.participation import activity_words as words
from services.engagement.rules.participation.guests import AROUND, IN, WAITS, Guest, Guests, count, has_room, line
from services.engagement.rules.participation.mechanism import Viewer
from services.engagement.rules.participation.moments import when
from services.engagement.rules.participation.play import Play, filled, lines, said
from services.engagement.rules.participation.replies import Key
from shared.documents.activities import CAPACITY_MAX, Activity
from shared.said import Said

STATES = {IN: "registered", WAITS: "waiting"}


def zone(play: Play[Activity, Guests]) -> ZoneInfo | None:
    """Return the time zone of the brand's rewards policy; None: UTC."""
    return play.terms.rewards.zone


def about(spec: Activity, zone: ZoneInfo | None) -> Said:
    """Return what it is, and when."""
    return lines(said(spec.title), _what(spec, zone))


def _what(spec: Activity, zone: ZoneInfo | None) -> Said:
    return filled(words.WHAT, form=words.FORMS[spec.form], when=when(spec.starts, zone))


def where(spec: Activity) -> list[Said]:
    """Return where it is, for those who are registered."""
    place = [] if spec.place is None else [filled(words.PLACE, place=said(spec.place))]
    return place if spec.link is None else [*place, filled(words.LINK, link=spec.link)]


def now(
    name: str, spec: Activity, state: Guests, member: str, at: datetime, zone: ZoneInfo | None, *, on_page: bool = False
) -> tuple[Sequence[Said], Sequence[Key]]:
    """Return how it stands for a member, and the buttons of what they can do."""
    told, guest = [_what(spec, zone) if on_page else about(spec, zone)], state.guests.get(member)
    if guest is not None and guest.has_attended:
        return [*told, words.ATTENDED], []
    if at >= spec.ends:
        return [*told, words.OVER], []
    if guest is None:
        return [*told, *_room(spec, state)], _join_keys(name, spec, state) if _may_join(spec, at) else []
    leave = Key(words.LEAVE, f"leave {name}")
    if guest.state == WAITS:
        return [*told, filled(words.WAITS, before=line(state).index(member))], [leave]
    registered = [*told, words.REGISTERED, *where(spec)]
    if on_page:
        check_in = [Key(words.CHECK_IN, f"checkin {name}", words.CODE)] if spec.starts - AROUND <= at else []
        return registered, [*check_in, leave]
    return [*registered, filled(words.HOW_TO_CHECK_IN, name=name)], [leave]


def _may_join(spec: Activity, at: datetime) -> bool:
    return (spec.from_ is None or spec.from_ <= at) and (spec.until is None or at < spec.until)


def _room(spec: Activity, state: Guests) -> list[Said]:
    """Return how many come, and whether one would have to wait."""
    if has_room(spec, state):
        return [_places(spec, state)]
    waiting = count(state, WAITS)
    return [_places(spec, state), filled(words.FULL, n=waiting) if waiting < spec.waiting else words.FULL_UP]


def _join_keys(name: str, spec: Activity, state: Guests) -> list[Key]:
    if has_room(spec, state):
        return [Key(words.JOIN, f"join {name}")]
    return [Key(words.WAIT, f"join {name}")] if count(state, WAITS) < spec.waiting else []


def _places(spec: Activity, state: Guests) -> Said:
    if spec.capacity == CAPACITY_MAX:
        return filled(words.COME, n=count(state, IN))
    return filled(words.PLACES, n=count(state, IN), of=spec.capacity)


def shown(spec: Activity, state: Guests, viewer: Viewer) -> dict[str, Any]:
    """Return it as programs read it."""
    phase = "over" if viewer.at >= spec.ends else "running" if viewer.at >= spec.starts else "planned"
    told: dict[str, Any] = {
        "form": spec.form,
        "starts": spec.starts.isoformat(),
        "ends": spec.ends.isoformat(),
        "phase": phase,
        "capacity": spec.capacity,
        "registered": count(state, IN),
        "waiting": count(state, WAITS),
        "attended": sum(guest.has_attended for guest in state.guests.values()),
    }
    if viewer.member is None:
        return told
    guest = state.guests.get(viewer.member)
    return told | {"own": {"state": "out", "attended": False} if guest is None else _own(spec, state, guest, viewer)}


def _own(spec: Activity, state: Guests, guest: Guest, viewer: Viewer) -> dict[str, Any]:
    own: dict[str, Any] = {"state": STATES.get(guest.state, "walked_in"), "attended": guest.has_attended}
    if guest.state == WAITS:
        return own | {"before": line(state).index(viewer.member or "")}
    place = {} if spec.place is None else {"place": said(spec.place).by(viewer.language)}
    return own | place | ({} if spec.link is None else {"link": spec.link})
