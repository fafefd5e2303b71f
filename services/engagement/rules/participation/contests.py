"""Contests: who is in, who wins, who has their place when they may not; draws that can be checked (docs/draws.md). Pure."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from msgspec.structs import replace
from typing_extensions import override

from services.engagement.rules.draws import commitments
from services.engagement.rules.draws.chains import QUICKNET, begins_s
from services.engagement.rules.participation import contest_telling as telling
from services.engagement.rules.participation import contest_words as words
from services.engagement.rules.participation.commands import Counted, Due, Order, Take
from services.engagement.rules.participation.contest_draws import commit, draw
from services.engagement.rules.participation.contest_places import decide, handed_over, pass_over, reward, score
from services.engagement.rules.participation.contest_run import Part, Run, eligible, is_in, known, places, prize, ranked
from services.engagement.rules.participation.doings import (
    TEXT_CHARS_MAX,
    ByMember,
    Drawn,
    Fulfil,
    Join,
    Judged,
    Leave,
    Look,
    Passed,
)
from services.engagement.rules.participation.mechanism import Card, Mechanism, Viewer
from services.engagement.rules.participation.play import CLOSE, Play
from services.engagement.rules.participation.replies import Key
from shared.documents.contests import Contest
from shared.errors import Misplaced
from shared.events.engagement import (
    ContestDisqualified,
    ContestEntered,
    ContestEntry,
    ContestReinstated,
)

ENTRANTS_MAX = 30_000
"""Of one contest: its state is written whole with each batch that changes it, some 40 bytes an entrant."""

SETTLE = timedelta(seconds=30)
"""So long after the end the list is closed: what was entered before it is on its way."""

LATE, CATCH_UP = timedelta(minutes=1), timedelta(minutes=5)
"""Where the service was away at the end, it closes the list so long after it is back: what was entered is read first."""

JUDGED = "judged"
"""The timer of jurors."""


class Contests(Mechanism[Contest, Run]):
    """`kind: Contest`."""

    kind, document, spec, state = "contest", "Contest", Contest, Run
    settle = SETTLE
    outlives = True
    verbs = frozenset({"join", "leave", "contests"})

    @override
    def meant(self, spec: Contest, verb: str, words: str) -> ByMember | None:
        """`join NAME TEXT` enters by form; `join NAME`, and `contests NAME`, ask how it stands."""
        if verb == "leave":
            return Leave()
        return Join(text=words[:TEXT_CHARS_MAX]) if words and verb == "join" and spec.enter.by == "form" else Look()

    @override
    def check(self, spec: Contest) -> None:
        """Hold what a way of entering, and of winning, needs to be there."""
        enter = spec.enter
        needs = {"hashtag": "tag", "comment": "content", "reaction": "content", "quiz": "quiz"}.get(enter.by)
        if needs is not None and getattr(enter, needs) is None:
            raise Misplaced(f"who enters by `{enter.by}` needs `{needs}`", f"$.spec.enter.{needs}")
        if spec.until is None:
            raise Misplaced("a contest ends some time", "$.spec.until")
        if spec.win == "votes" and enter.by not in {"hashtag", "comment"}:
            raise Misplaced("votes are reactions to entries, so entries are contents: by hashtag or comment", "$.spec.win")
        if enter.by == "form" and spec.win in {"votes", "points"}:
            raise Misplaced("who enters by form wins by chance or by jurors", "$.spec.win")
        if enter.by == "points" and spec.win not in {"points", "draw"}:
            raise Misplaced("who enters by points wins by them, or by chance", "$.spec.win")
        if spec.judged_until is not None and spec.judged_until < spec.until:
            raise Misplaced("scores are final after the end", "$.spec.judged_until")

    @override
    def counted(self, play: Play[Contest, Run], counted: Counted) -> None:
        """Take in what a member has now. After the close it only tells who has nothing any more, and who has again."""
        before = play.state.parts.get(counted.member)
        if play.is_gone and play.state.listed is None:
            return
        if before is not None and counted.n <= before.n:
            return
        if play.spec.enter.by == "form":
            self._known(play, counted, before)
            return
        if before is None and (play.state.listed is not None or not is_in(play.spec, counted.entries, counted.score)):
            return
        if before is None and len(play.state.parts) >= ENTRANTS_MAX:
            play.state = replace(play.state, turned_away=play.state.turned_away + 1)
            return
        first = len(play.state.parts) if before is None else before.first
        after = Part(first, counted.entries, counted.score, counted.n, known(counted.who))
        self._put(play, counted.member, before, after)

    def _known(self, play: Play[Contest, Run], counted: Counted, before: Part | None) -> None:
        """Take in what is known of a member who entered by form: their entry is what they sent."""
        if before is not None:
            after = Part(before.first, before.entries, counted.score, counted.n, known(counted.who))
            self._put(play, counted.member, before, after)

    def _put(self, play: Play[Contest, Run], member: str, before: Part | None, after: Part) -> None:
        """Have a member's part be this, and tell who is in, out, and in again."""
        play.state = replace(play.state, parts={**play.state.parts, member: after})
        was, is_ = (one is not None and is_in(play.spec, one.entries, one.score) for one in (before, after))
        if was != is_:
            make = ContestDisqualified if was else ContestEntered if before is None else ContestReinstated
            about = play.about(make.__name__, member, after.n, play.command.id) | {"subject": member}
            cause = play.command.id
            data = ContestEntry(contest=play.name, member=member, entry=f"{play.thing}/{member}", cause=cause)
            play.tell(make(**about, data=data), member)
            reward(play)

    @override
    def take(self, play: Play[Contest, Run], take: Take) -> None:
        """Take in an entry by form, or take it back."""
        match take.does:
            case Look():
                play.done(take, telling.stands(play.name, play.spec, play.state, take.member))
                code = telling.code(play.terms.draw_key, play.brand, play.name, play.spec, play.state, take.member)
                if code is not None:
                    play.privately(take, code)
            case Join() | Leave() if play.spec.enter.by == "form":
                self._form(play, take)
            case Join():
                play.refuse(take, "misplaced", telling.how(play.name, play.spec))
            case _:
                play.refuse(take, "misplaced")

    def _form(self, play: Play[Contest, Run], take: Take) -> None:
        before, joins = play.state.parts.get(take.member), isinstance(take.does, Join)
        code = play.ineligible(take)
        if code is None and joins and before is None and len(play.state.parts) >= ENTRANTS_MAX:
            code = "full"
        if code is None and not joins and (before is None or not before.entries):
            code = "not_answered"
        if code is not None:
            play.refuse(take, code)
            return
        first, n = (len(play.state.parts), 0) if before is None else (before.first, before.n)
        self._put(play, take.member, before, Part(first, int(joins), 0, n, known(take.who)))
        play.done(take, words.ENTERED if joins else words.LEFT)

    @override
    def opened(self, play: Play[Contest, Run]) -> None:
        """Announce it."""
        text = telling.opened(play.name, play.spec, play.terms.rewards.zone)
        play.announce(text, "opened", [Key(words.MINE, f"contests {play.name}")])

    @override
    def closed(self, play: Play[Contest, Run]) -> None:
        """Close the list. A draw is committed to; jurors may have time left; anything else is decided now."""
        if play.state.listed is not None or play.is_gone:
            return
        ends = play.spec.until
        if ends is not None and play.at > ends + SETTLE + LATE and not play.state.is_late:
            play.state = replace(play.state, is_late=True)
            play.timer(CLOSE, play.at + CATCH_UP)
            return
        play.state = replace(play.state, listed=eligible(play))
        if play.spec.win == "draw":
            commit(play)
        elif play.spec.win == "jury" and play.spec.judged_until is not None and play.spec.judged_until > play.at:
            play.timer(JUDGED, play.spec.judged_until)
        else:
            decide(play, ranked(play))

    @override
    def due(self, play: Play[Contest, Run], due: Due) -> None:
        """Decide by what jurors gave."""
        if due.what == JUDGED and play.state.order is None:
            decide(play, ranked(play))

    @override
    def order(self, play: Play[Contest, Run], order: Order) -> None:
        """Take in a score, the round that decides, that a prize was handed over, or that a winner is passed over."""
        match order.does:
            case Judged() as judged:
                score(play, order, judged)
            case Drawn() as drawn:
                draw(play, order, drawn)
            case Fulfil() as fulfil:
                handed_over(play, order, fulfil)
            case Passed() as passed:
                pass_over(play, order, passed)
            case _:
                play.ordered(order, "misplaced")

    @override
    def is_final(self, state: Run) -> bool:
        """Say whether the list is closed."""
        return state.listed is not None

    @override
    def open_fields(self, state: Run) -> Mapping[str, Any]:
        """Return from when on the round can be asked for that a draw waits for, in seconds since 1970."""
        if state.commitment is None or state.order is not None:
            return {}
        return {"awaits": begins_s(QUICKNET, state.commitment.round), "round": state.commitment.round}

    @override
    def card(self, name: str, spec: Contest, state: Run, viewer: Viewer) -> Card:
        """Show how one enters, what the member has in it, and who has which place."""
        member = viewer.member or ""
        code = telling.code(viewer.draw_key, viewer.brand, name, spec, state, member)
        told = [telling.stands(name, spec, state, member), *(() if code is None else (code,))]
        if spec.enter.by != "form" or state.listed is not None:
            return Card(told)
        part = state.parts.get(member)
        if part is not None and is_in(spec, part.entries, part.score):
            return Card(told, [Key(words.LEAVE, f"leave {name}")])
        return Card([], [Key(words.ENTER_NOW, f"join {name}", words.YOUR_ENTRY)])

    @override
    def shown(self, spec: Contest, state: Run, viewer: Viewer) -> dict[str, Any]:
        """Return how a contest goes: how many are in, what was committed to, who won."""
        parts = [part for part in state.parts.values() if is_in(spec, part.entries, part.score)]
        is_planned = spec.from_ is not None and viewer.at < spec.from_
        phase = "planned" if is_planned else "open"
        if state.listed is not None:
            phase = "closed" if state.order is None else "decided"
        shown: dict[str, Any] = {"win": spec.win, "phase": phase, "entrants": len(parts), "turned_away": state.turned_away}
        if state.commitment is not None:
            shown["commitment"] = commitments.digest(state.commitment)
            shown["round"] = state.commitment.round
        if state.order is not None:
            now = places(spec, state)
            shown["winners"] = [
                {
                    "member": one,
                    "prize": prize(spec, place).by(viewer.language),
                    "state": "fulfilled" if one in state.fulfilled else "won",
                }
                for place, one in enumerate(now)
            ]
        own = None if viewer.member is None else state.parts.get(viewer.member, Part(0))
        if own is not None:
            shown["own"] = {"entries": min(own.entries, spec.per_member), "score": own.score}
        return shown
