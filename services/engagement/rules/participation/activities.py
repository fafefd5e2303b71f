"""Activities: who is registered and who waits, reminders, who was there. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from msgspec.structs import replace
from typing_extensions import override

from services.engagement.rules.participation import activity_telling as telling
from services.engagement.rules.participation import activity_words as words
from services.engagement.rules.participation.activity_letters import AGAIN, MOVED, PROMOTE, REMIND, TOLD_AT_ONCE, mail, write
from services.engagement.rules.participation.commands import Due, Order, Take
from services.engagement.rules.participation.doings import Attended, ByMember, CheckIn, Join, Leave, Look
from services.engagement.rules.participation.guests import (
    AROUND,
    GUESTS_MAX,
    TRIES_MAX,
    WAITS,
    WALKED_IN,
    Guest,
    Guests,
    Mailing,
    code_of,
    count,
    is_code,
    joined,
    promoted,
    without,
)
from services.engagement.rules.participation.mechanism import Card, Mechanism, Viewer
from services.engagement.rules.participation.play import GONE, Play, filled, lines, said
from services.engagement.rules.participation.replies import Key
from shared.documents.activities import Activity
from shared.documents.discipline import seconds
from shared.errors import Misplaced

TRIERS_MAX = 5_000
"""Members who told a wrong code; when so many did, only staff check in whoever has not tried yet."""

CODE_CHARS_MAX = 64


class Activities(Mechanism[Activity, Guests]):
    """`kind: Activity`."""

    kind, document, spec, state = "activity", "Activity", Activity, Guests
    private = True
    verbs = frozenset({"join", "leave", "checkin", "events"})

    @override
    def meant(self, spec: Activity, verb: str, words: str) -> ByMember | None:
        """`events NAME` tells of it, `join NAME` registers, `leave NAME` takes that back, `checkin NAME CODE` checks in."""
        match verb:
            case "join":
                return Join()
            case "leave":
                return Leave()
            case "checkin":
                return CheckIn(code=words[:CODE_CHARS_MAX] or None)
            case _:
                return None if words else Look()

    @override
    def is_on(self, spec: Activity, at: datetime) -> bool:
        """Say so until it ends, also when nobody registers any more."""
        return (spec.from_ is None or spec.from_ <= at) and at < spec.ends

    @override
    def check(self, spec: Activity) -> None:
        """Hold it to end after it starts, and registration to end by then."""
        if spec.ends <= spec.starts:
            raise Misplaced("it ends before it starts", "$.spec.ends")
        if spec.until is not None and spec.until > spec.ends:
            raise Misplaced("one registers until it ends at the latest", "$.spec.until")
        if spec.from_ is not None and spec.from_ >= spec.ends:
            raise Misplaced("one registers from when it has ended", "$.spec.from")

    @override
    def defined(self, play: Play[Activity, Guests]) -> None:
        """Plan reminders; tell those who come what changed, and those who wait that there is room."""
        before, spec = play.state, play.spec
        self._plan(play)
        play.state = replace(play.state, starts=spec.starts, ends=spec.ends, is_cancelled=False)
        if before.is_cancelled:
            mail(play, Mailing(f"{AGAIN}{play.command.id}", before.next - 1))
        elif before.starts not in {None, spec.starts} and play.at < spec.ends:
            mail(play, Mailing(f"{MOVED}{play.command.id}", before.next - 1))
        self._promote(play)

    def _plan(self, play: Play[Activity, Guests]) -> None:
        for what in play.state.planned:
            play.no_timer(what)
        due = {
            f"{REMIND}{before}:{play.spec.starts.timestamp():.0f}": play.spec.starts - timedelta(seconds=seconds(before))
            for before in play.spec.reminders
        }
        to_come = {what: at for what, at in due.items() if at > play.at}
        for what, at in to_come.items():
            play.timer(what, at)
        play.state = replace(play.state, planned=tuple(to_come))

    @override
    def opened(self, play: Play[Activity, Guests]) -> None:
        """Announce it."""
        play.announce(telling.about(play.spec, telling.zone(play)), "opened", [Key(words.JOIN, f"join {play.name}")])

    @override
    def deleted(self, play: Play[Activity, Guests]) -> None:
        """Tell those who come that it is cancelled, unless it is over."""
        for what in play.state.planned:
            play.no_timer(what)
        for mailing in play.state.mailings:
            play.no_timer(mailing.timer)
        play.state = replace(play.state, planned=(), mailings=())
        if play.at < play.spec.ends:
            play.state = replace(play.state, is_cancelled=True)
            play.announce(filled(words.CANCELLED, title=said(play.spec.title)), f"{GONE}{play.command.id}")
            mail(play, Mailing(f"{GONE}{play.command.id}", play.state.next - 1))

    @override
    def take(self, play: Play[Activity, Guests], take: Take) -> None:
        """Register a member, or not any more; check them in; tell how it stands."""
        match take.does:
            case Look():
                self._tell(play, take)
            case Join():
                self._join(play, take)
            case Leave():
                self._leave(play, take)
            case CheckIn() as check_in:
                self._check_in(play, take, check_in.code)
            case _:
                play.refuse(take, "misplaced")

    def _tell(self, play: Play[Activity, Guests], take: Take) -> None:
        told, keys = telling.now(play.name, play.spec, play.state, take.member, play.at, telling.zone(play))
        play.done(take, lines(*told), keys)

    def _join(self, play: Play[Activity, Guests], take: Take) -> None:
        if take.member in play.state.guests:
            self._tell(play, take)
            return
        code = play.ineligible(take) or ("over" if play.at >= play.spec.ends else None)
        community = "" if take.reply is None else take.reply.community
        after = None if code is not None else joined(play.spec, play.state, take.member, community)
        if after is None:
            play.refuse(take, code or "full")
            return
        play.state = after
        self._tell(play, take)

    def _leave(self, play: Play[Activity, Guests], take: Take) -> None:
        """Let a member go at any time before the end, also when nobody registers any more: somebody may wait."""
        guest = play.state.guests.get(take.member)
        code = "not_in" if guest is None else "attended" if guest.has_attended else None
        if code is None and play.at >= play.spec.ends:
            code = "over"
        if code is not None:
            play.refuse(take, code)
            return
        play.state = without(play.state, take.member)
        play.done(take, words.LEFT)
        self._promote(play)

    def _promote(self, play: Play[Activity, Guests]) -> None:
        """Let those in who waited longest, and tell them."""
        if play.at >= play.spec.ends:
            return
        play.state, found = promoted(play.spec, play.state, TOLD_AT_ONCE)
        for member in found:
            text = lines(filled(words.PROMOTED, title=said(play.spec.title)), *telling.where(play.spec))
            write(play, member, text, f"{PROMOTE}{play.state.guests[member].n}")
        left = count(play.state, WAITS)
        if left and len(found) == TOLD_AT_ONCE:
            play.timer(f"{PROMOTE}{left}", play.at)

    def _check_in(self, play: Play[Activity, Guests], take: Take, told: str | None) -> None:
        guest, tries = play.state.guests.get(take.member), play.state.tries.get(take.member, 0)
        wanted = code_of(play.terms.draw_key, play.brand, play.name)
        code = None
        if guest is None or guest.state == WAITS:
            code = "not_in"
        elif not play.spec.starts - AROUND <= play.at < play.spec.ends + AROUND:
            code = "no_check_in"
        elif guest.has_attended:
            code = "attended"
        elif wanted is None:
            code = "by_staff"
        elif told is None:
            code = "no_code"
        elif tries >= TRIES_MAX or (not tries and len(play.state.tries) >= TRIERS_MAX):
            code = "tries"
        elif not is_code(wanted, told):
            play.state = replace(play.state, tries={**play.state.tries, take.member: tries + 1})
            code = "wrong_code"
        if code is not None:
            play.refuse(take, code)
            return
        assert guest is not None, "who is not in was refused"
        self._attended(play, take.member, guest)
        play.done(take, words.ATTENDED)

    @override
    def order(self, play: Play[Activity, Guests], order: Order) -> None:
        """Take in who was there, as staff say; who was not registered is let in without a place."""
        if not isinstance(order.does, Attended):
            play.ordered(order, "misplaced")
            return
        member = order.does.member
        guest = play.state.guests.get(member)
        code = "no_check_in" if play.at < play.spec.starts - AROUND else None
        if code is None and guest is None and len(play.state.guests) >= GUESTS_MAX:
            code = "full"
        if code is None and (guest is None or not guest.has_attended):
            if guest is None:
                guest = Guest(play.state.next, WALKED_IN)
                play.state = replace(play.state, next=play.state.next + 1)
            self._attended(play, member, replace(guest, state=WALKED_IN if guest.state == WAITS else guest.state))
        play.ordered(order, code)

    def _attended(self, play: Play[Activity, Guests], member: str, guest: Guest) -> None:
        play.state = replace(play.state, guests={**play.state.guests, member: replace(guest, has_attended=True)})
        play.counted(member, "activity")

    @override
    def due(self, play: Play[Activity, Guests], due: Due) -> None:
        """Begin to remind, write on, let more in."""
        state = play.state
        if due.what in state.planned:
            play.state = replace(state, planned=tuple(what for what in state.planned if what != due.what))
            if play.at < play.spec.starts:
                mail(play, Mailing(due.what, state.next - 1))
        elif due.what.startswith(PROMOTE):
            self._promote(play)
        for mailing in state.mailings:
            if mailing.timer == due.what:
                mail(play, mailing)

    @override
    def open_fields(self, state: Guests) -> Mapping[str, Any]:
        """Return when it ends: pages show it until some time after that."""
        return {} if state.ends is None else {"ends": state.ends}

    @override
    def card(self, name: str, spec: Activity, state: Guests, viewer: Viewer) -> Card:
        """Show when it is, and, to those who are registered, where."""
        return Card(*telling.now(name, spec, state, viewer.member or "", viewer.at, None, on_page=True))

    @override
    def shown(self, spec: Activity, state: Guests, viewer: Viewer) -> dict[str, Any]:
        """Return how many come; where it is to a member who does alone."""
        return telling.shown(spec, state, viewer)
