"""The draw of a contest: committed to when the list is closed, decided by a round of drand (docs/draws.md). Pure."""

from __future__ import annotations

from datetime import UTC, datetime

from msgspec.structs import replace

from services.engagement.rules.draws import commitments, entrants, proofs
from services.engagement.rules.draws.chains import QUICKNET, begins_s
from services.engagement.rules.draws.proofs import Proof
from services.engagement.rules.draws.secrets import secrets_of
from services.engagement.rules.participation import contest_words as words
from services.engagement.rules.participation.commands import Order
from services.engagement.rules.participation.contest_places import decide
from services.engagement.rules.participation.contest_run import Run, members_of
from services.engagement.rules.participation.doings import Drawn
from services.engagement.rules.participation.play import Play, filled, said
from shared.documents.contests import Contest
from shared.errors import Unprocessable
from shared.events.engagement import Closing, ContestClosed


def commit(play: Play[Contest, Run]) -> None:
    """Publish what decides the draw but the round, which is not there yet."""
    secrets = secrets_of(play.terms.draw_key, play.brand, play.name)
    listed = entrants.listed(play.name, secrets.salt, members_of(play.state))
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


def draw(play: Play[Contest, Run], order: Order, drawn: Drawn) -> None:
    """Draw by the round that was committed to, and no other."""
    commitment, state = play.state.commitment, play.state
    if commitment is None or state.order is not None or drawn.round != commitment.round:
        play.ordered(order, "no_draw")
        return
    try:
        proof = proof_of(replace(state, signature=drawn.signature), play.terms.draw_key)
    except Unprocessable:
        play.ordered(order, "no_signature")
        return
    assert proof is not None, "commitment and signature are there"
    play.state = replace(state, signature=drawn.signature)
    secrets = secrets_of(play.terms.draw_key, play.brand, play.name)
    members = {
        entrants.pseudonym(play.name, member, entrants.code_of(secrets.salt, member)): member for member in members_of(state)
    }
    play.ordered(order)
    decide(play, [members[one] for one in (*proof.winners, *proof.alternates)], proof)


def proof_of(state: Run, draw_key: bytes) -> Proof | None:
    """Return the proof of a draw; None where it is not drawn (yet). Raises Unprocessable where the signature is none."""
    commitment = state.commitment
    if commitment is None or state.signature is None:
        return None
    secrets = secrets_of(draw_key, commitment.brand, commitment.contest)
    listed = entrants.listed(commitment.contest, secrets.salt, members_of(state))
    return proofs.proven(commitment, listed, secrets.seed, bytes.fromhex(state.signature))
