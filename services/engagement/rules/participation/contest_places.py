"""Deciding a contest: the order for good, what places are worth, whom staff pass over. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from msgspec.structs import replace

from services.engagement.rules.achieved import Achieved
from services.engagement.rules.draws.proofs import Proof
from services.engagement.rules.participation import contest_words as words
from services.engagement.rules.participation.commands import Order
from services.engagement.rules.participation.contest_run import Run, places, prize
from services.engagement.rules.participation.doings import Fulfil, Judged, Passed
from services.engagement.rules.participation.play import Play, filled, said
from shared.documents.contests import Contest
from shared.events.engagement import ContestDrawn, Draw


def decide(play: Play[Contest, Run], ranked: Sequence[str], proof: Proof | None = None) -> None:
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
    reward(play)


def reward(play: Play[Contest, Run]) -> None:
    """Give those who have a place what the rewards policy has, and write to them; take it from those who have none."""
    if play.state.order is None:
        return
    now = places(play.spec, play.state)
    rewards = dict(play.state.rewards)
    for member in sorted({*now, *rewards}):
        before = rewards.get(member, Achieved())
        if before.is_held == (member in now):
            continue
        rewards[member] = play.rewarded(member, "contest", before)
        if member in now and play.spec.community is not None:
            text = filled(words.WON, title=said(play.spec.title), prize=prize(play.spec, now.index(member)))
            play.message(member, play.spec.community, text, f"won {rewards[member].flips}")
    play.state = replace(play.state, rewards=rewards)


def pass_over(play: Play[Contest, Run], order: Order, passed: Passed) -> None:
    """Pass a winner over: the next has the place."""
    code = None
    if play.state.order is None:
        code = "undecided"
    elif passed.member not in places(play.spec, play.state):
        code = "no_winner"
    elif passed.member in play.state.fulfilled:
        code = "fulfilled"
    if code is None:
        play.state = replace(play.state, passed={**play.state.passed, passed.member: passed.note})
        reward(play)
    play.ordered(order, code)


def score(play: Play[Contest, Run], order: Order, judged: Judged) -> None:
    """Take in a juror's score."""
    code = None
    if play.spec.win != "jury" or play.state.order is not None:
        code = "over" if play.spec.win == "jury" else "misplaced"
    elif judged.member not in play.state.parts:
        code = "no_entrant"
    if code is None:
        given = {**play.state.scores.get(judged.member, {}), order.by: judged.score}
        play.state = replace(play.state, scores={**play.state.scores, judged.member: given})
    play.ordered(order, code)


def handed_over(play: Play[Contest, Run], order: Order, fulfil: Fulfil) -> None:
    """Note that a winner has their prize."""
    code = None if fulfil.order in places(play.spec, play.state) else "no_winner"
    if play.state.order is None:
        code = "undecided"
    if code is None:
        play.state = replace(play.state, fulfilled={**play.state.fulfilled, fulfil.order: fulfil.note or ""})
    play.ordered(order, code)
