"""Contests: who is in, who wins, who has their place when they may not; draws that can be checked (docs/draws.md). Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
from msgspec.structs import replace
from typing_extensions import override

from services.engagement.rules.draws import commitments, entrants, proofs
from services.engagement.rules.draws.chains import QUICKNET, begins_s
from services.engagement.rules.draws.commitments import Commitment
from services.engagement.rules.draws.proofs import Proof
from services.engagement.rules.draws.secrets import secrets_of
from services.engagement.rules.participation import contest_words as words
from services.engagement.rules.participation.commands import Counted, Due, Order, Take, Who
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
from services.engagement.rules.participation.eligibility import why_not
from services.engagement.rules.participation.mechanism import Card, Mechanism, Viewer
from services.engagement.rules.participation.play import Play, Rewarded, filled, said
from services.engagement.rules.participation.replies import Key
from shared.documents.contests import Contest
from shared.errors import Misplaced, Unprocessable
from shared.events.engagement import (
    Closing,
    ContestClosed,
    ContestDisqualified,
    ContestDrawn,
    ContestEntered,
    ContestEntry,
    ContestReinstated,
    Draw,
)
from shared.said import Said

ENTRANTS_MAX = 40_000
"""Of one contest: its state is written whole with each batch that changes it, some 40 bytes an entrant."""

SETTLE = timedelta(seconds=30)
"""So long after the end the list is closed: what was entered before it is on its way."""

JUDGED, ROUND = "judged", "round"
"""The timers of contests."""


class Part(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """What a member has in a contest."""

    first: int
    """Who came so many-th: equal scores stand in this order."""
    entries: int = 0
    score: int = 0
    n: int = 0
    """Of what was told last."""
    who: tuple[int, int, int, int] = (0, 0, 0, 0)
    """Level, since, whether sanctioned, whether VIP."""


class Run(msgspec.Struct, frozen=True):
    """How a contest goes."""

    parts: Mapping[str, Part] = {}
    turned_away: int = 0
    """Who came when so many were in that nobody more can be."""
    scores: Mapping[str, Mapping[str, int]] = {}
    """By entrant and juror."""
    listed: Mapping[str, int] | None = None
    """Who was in when it closed, and with which weight; None: it is not closed."""
    commitment: Commitment | None = None
    signature: str | None = None
    order: tuple[str, ...] | None = None
    """Winners and alternates in their order; None: it is not decided."""
    passed: Mapping[str, str] = {}
    """Whom staff passed over, and why."""
    fulfilled: Mapping[str, str] = {}
    """Who has their prize, and what was noted."""
    rewards: Mapping[str, Rewarded] = {}
    """What winners were given by the rewards policy."""


class Contests(Mechanism[Contest, Run]):
    """`kind: Contest`."""

    kind, document, spec, state = "contest", "Contest", Contest, Run
    settle = SETTLE
    verbs = frozenset({"join", "leave"})

    @override
    def meant(self, spec: Contest, verb: str, words: str) -> ByMember | None:
        """`join NAME TEXT` enters by form, `join NAME` asks how it stands elsewhere."""
        if verb == "leave":
            return Leave()
        return Join(text=words[:TEXT_CHARS_MAX] or None) if spec.enter.by == "form" else Look()

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
        if enter.by == "points" and spec.win not in {"points", "draw"}:
            raise Misplaced("who enters by points wins by them, or by chance", "$.spec.win")
        if spec.judged_until is not None and spec.judged_until < spec.until:
            raise Misplaced("scores are final after the end", "$.spec.judged_until")

    @override
    def counted(self, play: Play[Contest, Run], counted: Counted) -> None:
        """Take in what a member has now. After the close it only tells who has nothing any more, and who has again."""
        before = play.state.parts.get(counted.member)
        if before is not None and counted.n <= before.n:
            return
        if before is None and (play.state.listed is not None or not _is_in(play.spec, counted.entries, counted.score)):
            return
        if before is None and len(play.state.parts) >= ENTRANTS_MAX:
            play.state = replace(play.state, turned_away=play.state.turned_away + 1)
            return
        who = (counted.who.level, counted.who.since, int(counted.who.sanctioned), int(counted.who.vip))
        first = len(play.state.parts) if before is None else before.first
        after = Part(first, counted.entries, counted.score, counted.n, who)
        self._put(play, counted.member, before, after)

    def _put(self, play: Play[Contest, Run], member: str, before: Part | None, after: Part) -> None:
        """Have a member's part be this, and tell who is in, out, and in again."""
        play.state = replace(play.state, parts={**play.state.parts, member: after})
        was, is_ = (one is not None and _is_in(play.spec, one.entries, one.score) for one in (before, after))
        if was != is_:
            make = ContestDisqualified if was else ContestEntered if before is None else ContestReinstated
            about = play.about(make.__name__, member, after.n, play.command.id) | {"subject": member}
            cause = play.command.id
            data = ContestEntry(contest=play.name, member=member, entry=f"{play.thing}/{member}", cause=cause)
            play.tell(make(**about, data=data), member)
            self._reward(play)

    @override
    def take(self, play: Play[Contest, Run], take: Take) -> None:
        """Take in an entry by form, or take it back."""
        match take.does:
            case Look():
                play.done(take, self._told(play, take.member))
            case Join() | Leave() if play.spec.enter.by == "form":
                self._form(play, take)
            case Join():
                play.refuse(take, "misplaced", filled(words.ENTER[play.spec.enter.by], tag=play.spec.enter.tag or ""))
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
        who = (take.who.level, take.who.since, int(take.who.sanctioned), int(take.who.vip))
        first, n = (len(play.state.parts), 0) if before is None else (before.first, before.n)
        self._put(play, take.member, before, Part(first, int(joins), 0, n + 1, who))
        play.done(take, words.ENTERED if joins else words.LEFT)

    def _told(self, play: Play[Contest, Run], member: str) -> Said:
        part = play.state.parts.get(member)
        if part is None or not _is_in(play.spec, part.entries, part.score):
            return filled(words.ENTER[play.spec.enter.by], tag=play.spec.enter.tag or "")
        return filled(words.PART, entries=min(part.entries, play.spec.per_member), score=part.score)

    @override
    def opened(self, play: Play[Contest, Run]) -> None:
        """Announce it."""
        how = filled(words.ENTER[play.spec.enter.by], tag=play.spec.enter.tag or "")
        play.announce(filled(words.OPENED, title=said(play.spec.title), how=how), "opened")

    @override
    def closed(self, play: Play[Contest, Run]) -> None:
        """Close the list. A draw is committed to; jurors may have time left; anything else is decided now."""
        if play.state.listed is not None:
            return
        play.state = replace(play.state, listed=self._eligible(play))
        if play.spec.win == "draw":
            self._commit(play)
        elif play.spec.win == "jury" and play.spec.judged_until is not None and play.spec.judged_until > play.at:
            play.timer(JUDGED, play.spec.judged_until)
        else:
            self._decide(play, self._ranked(play))

    def _eligible(self, play: Play[Contest, Run]) -> dict[str, int]:
        """Return who is in and may be, with the weight of each."""
        spec, standing = play.spec, play.terms.standing
        return {
            member: max(1, min(part.entries, spec.per_member))
            for member, part in play.state.parts.items()
            if _is_in(spec, part.entries, part.score) and why_not(spec.eligible, _who(part), play.at, standing) is None
        }

    def _ranked(self, play: Play[Contest, Run]) -> list[str]:
        """Return those of the list by their scores, the highest first; equal ones by who came first."""
        parts, scores = play.state.parts, play.state.scores
        jury = play.spec.win == "jury"

        def score(member: str) -> float:
            given = scores.get(member, {}).values()
            return (sum(given) / len(given) if given else 0) if jury else parts[member].score

        listed = play.state.listed or {}
        return sorted(listed, key=lambda member: (-score(member), parts[member].first))

    def _commit(self, play: Play[Contest, Run]) -> None:
        """Publish what decides the draw but the round, which is not there yet."""
        secrets = secrets_of(play.terms.draw_key, play.brand, play.name)
        listed = entrants.listed(play.name, secrets.salt, play.state.listed or {})
        spec, closed_s = play.spec, int(play.at.timestamp())
        made = commitments.committed(
            play.brand,
            play.name,
            closed_s,
            listed,
            secrets.seed,
            winners=spec.winners,
            alternates=spec.alternates,
            lead_s=spec.lead_s,
        )
        play.state = replace(play.state, commitment=made)
        digest, begins = commitments.digest(made), datetime.fromtimestamp(begins_s(QUICKNET, made.round), UTC)
        data = Closing(
            contest=play.name,
            entrants=made.entrants,
            entrants_hash=made.entrants_hash,
            seed_hash=made.seed_hash,
            chain=made.chain,
            round=made.round,
            closed=datetime.fromtimestamp(closed_s, UTC),
            commitment=digest,
            winners=made.winners,
            alternates=made.alternates,
        )
        play.tell(ContestClosed(**play.about("closed"), data=data))
        about = {"title": said(spec.title), "n": made.entrants, "hash": digest, "round": made.round}
        play.announce(filled(words.CLOSED, at=f"{begins:%Y-%m-%d %H:%M:%S} UTC", **about), "closed")

    @override
    def due(self, play: Play[Contest, Run], due: Due) -> None:
        """Decide by what jurors gave."""
        if due.what == JUDGED and play.state.order is None:
            self._decide(play, self._ranked(play))

    @override
    def order(self, play: Play[Contest, Run], order: Order) -> None:
        """Take in a score, the round that decides, that a prize was handed over, or that a winner is passed over."""
        match order.does:
            case Judged() as judged:
                self._judged(play, order, judged)
            case Drawn() as drawn:
                self._drawn(play, order, drawn)
            case Fulfil() as fulfil:
                code = None if fulfil.order in places(play.spec, play.state) else "no_winner"
                if code is None:
                    play.state = replace(play.state, fulfilled={**play.state.fulfilled, fulfil.order: fulfil.note or ""})
                play.ordered(order, code)
            case Passed() as passed:
                self._passed(play, order, passed)
            case _:
                play.ordered(order, "misplaced")

    def _judged(self, play: Play[Contest, Run], order: Order, judged: Judged) -> None:
        code = None
        if play.spec.win != "jury" or play.state.order is not None:
            code = "over" if play.spec.win == "jury" else "misplaced"
        elif judged.member not in play.state.parts:
            code = "no_entrant"
        if code is None:
            given = {**play.state.scores.get(judged.member, {}), order.by: judged.score}
            play.state = replace(play.state, scores={**play.state.scores, judged.member: given})
        play.ordered(order, code)

    def _drawn(self, play: Play[Contest, Run], order: Order, drawn: Drawn) -> None:
        commitment, state = play.state.commitment, play.state
        if commitment is None or state.order is not None or drawn.round != commitment.round:
            play.ordered(order, "no_draw")
            return
        try:
            proof = self.proof(replace(state, signature=drawn.signature), play.terms.draw_key)
        except Unprocessable:
            play.ordered(order, "no_signature")
            return
        assert proof is not None, "commitment and signature are there"
        play.state = replace(state, signature=drawn.signature)
        secrets = secrets_of(play.terms.draw_key, play.brand, play.name)
        members = {
            entrants.pseudonym(play.name, member, entrants.code_of(secrets.salt, member)): member
            for member in state.listed or {}
        }
        play.ordered(order)
        self._decide(play, [members[one] for one in (*proof.winners, *proof.alternates)], proof)

    @staticmethod
    def proof(state: Run, draw_key: bytes) -> Proof | None:
        """Return the proof of a draw; None where it is not drawn (yet). Raises Unprocessable where the signature is none."""
        commitment = state.commitment
        if commitment is None or state.signature is None:
            return None
        secrets = secrets_of(draw_key, commitment.brand, commitment.contest)
        listed = entrants.listed(commitment.contest, secrets.salt, state.listed or {})
        return proofs.proven(commitment, listed, secrets.seed, bytes.fromhex(state.signature))

    def _decide(self, play: Play[Contest, Run], ranked: Sequence[str], proof: Proof | None = None) -> None:
        """Fix the order for good, and tell it."""
        spec = play.spec
        order = tuple(ranked[: spec.winners + spec.alternates])
        play.state = replace(play.state, order=order)
        drawn: dict[str, Any] = {"entrants_hash": ""}
        if proof is not None:
            drawn = {"commitment": proof.commitment_hash, "round": proof.commitment.round, "signature": proof.signature}
            drawn |= {"entrants_hash": proof.commitment.entrants_hash, "seed": proof.seed}
        data = Draw(
            contest=play.name,
            entrants=len(play.state.listed or {}),
            winners=order[: spec.winners],
            alternates=order[spec.winners :] or None,
            **drawn,
        )
        play.tell(ContestDrawn(**play.about("drawn"), data=data))
        about = {"title": said(spec.title), "n": len(play.state.listed or {}), "winners": min(len(order), spec.winners)}
        play.announce(filled(words.DRAWN if proof is not None else words.DECIDED, **about), "drawn")
        self._reward(play)

    def _passed(self, play: Play[Contest, Run], order: Order, passed: Passed) -> None:
        code = None
        if passed.member not in places(play.spec, play.state):
            code = "no_winner"
        elif passed.member in play.state.fulfilled:
            code = "fulfilled"
        if code is None:
            play.state = replace(play.state, passed={**play.state.passed, passed.member: passed.note})
            self._reward(play)
        play.ordered(order, code)

    def _reward(self, play: Play[Contest, Run]) -> None:
        """Give those who have a place what the rewards policy has, and write to them; take it from those who have none."""
        if play.state.order is None:
            return
        now = places(play.spec, play.state)
        rewards = dict(play.state.rewards)
        for member in sorted({*now, *rewards}):
            before = rewards.get(member, Rewarded())
            if before.is_given == (member in now):
                continue
            rewards[member] = play.rewarded(member, "contest", before)
            if member in now and play.spec.community is not None:
                text = filled(words.WON, title=said(play.spec.title), prize=prize(play.spec, now.index(member)))
                play.message(member, play.spec.community, text, f"won {rewards[member].flips}")
        play.state = replace(play.state, rewards=rewards)

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
        part, now = state.parts.get(viewer.member or ""), places(spec, state)
        is_in = part is not None and _is_in(spec, part.entries, part.score)
        if state.order is not None:
            if viewer.member in now:
                return Card([filled(words.WON, title=said(spec.title), prize=prize(spec, now.index(viewer.member)))])
            return Card([words.NOT_WON if is_in else words.OVER])
        if state.listed is not None:
            return Card([words.CLOSING])
        told = filled(words.PART, entries=min(part.entries, spec.per_member), score=part.score) if part and is_in else None
        how = filled(words.ENTER[spec.enter.by], tag=spec.enter.tag or "")
        if spec.enter.by != "form":
            return Card([told or how])
        key = Key(words.LEAVE, f"leave {name}") if is_in else Key(words.ENTER_NOW, f"join {name}", words.YOUR_ENTRY)
        return Card([told or how], [key])

    @override
    def shown(self, spec: Contest, state: Run, viewer: Viewer) -> dict[str, Any]:
        """Return how a contest goes: how many are in, what was committed to, who won."""
        parts = [part for part in state.parts.values() if _is_in(spec, part.entries, part.score)]
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
        own = None if viewer.member is None else state.parts.get(viewer.member)
        if own is not None:
            shown["own"] = {"entries": min(own.entries, spec.per_member), "score": own.score}
        return shown


def _is_in(spec: Contest, entries: int, score: int) -> bool:
    return score > 0 if spec.enter.by == "points" else entries > 0


def _who(part: Part) -> Who:
    level, since, sanctioned, vip = part.who
    return Who(level=level, since=since, sanctioned=bool(sanctioned), vip=bool(vip))


def places(spec: Contest, state: Run) -> list[str]:
    """Return who has a place, the first first: those of the order whose entries still count and whom nobody passed over.

    Who has their prize keeps the place.
    """
    order = state.order or ()
    there = [one for one in order if one in state.fulfilled or (one not in state.passed and _still_in(spec, state, one))]
    return there[: spec.winners]


def _still_in(spec: Contest, state: Run, member: str) -> bool:
    part = state.parts[member]
    return _is_in(spec, part.entries, part.score)


def prize(spec: Contest, place: int) -> Said:
    """Return what a place gets (counted from 0)."""
    return said(spec.prizes[min(place, len(spec.prizes) - 1)]) if spec.prizes else words.NO_PRIZE
