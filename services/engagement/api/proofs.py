"""Proofs of draws, for whoever runs the contest to publish: the file holds no member's name or id."""

from __future__ import annotations

from typing import Annotated, NamedTuple

from fastapi import APIRouter, Depends, Path
from fastapi.responses import JSONResponse, Response

from services.engagement.rules.draws.entrants import code_of
from services.engagement.rules.draws.proofs import Proof, encoded
from services.engagement.rules.draws.secrets import secrets_of
from services.engagement.rules.participation.contest_draws import proof_of
from services.engagement.rules.participation.contest_run import Run, members_of
from services.engagement.store.things import Things
from shared.directory import Principal, Scope
from shared.documents.contests import Contest
from shared.http.auth import brand_of, needs
from shared.http.problems import Problem

Reader = Annotated[Principal, Depends(needs(Scope.MEMBERS_READ))]
Named = Annotated[str, Path(pattern=r"^[a-z0-9._-]{1,63}\z")]


def proofs(things: Things, draw_key: bytes) -> APIRouter:
    """Return the routes."""
    routes = APIRouter()

    @routes.get("/v1/things/contest/{name}/proof")
    async def proof(name: Named, principal: Reader, brand: str | None = None) -> Response:
        named = brand_of(principal, brand, Scope.MEMBERS_READ)
        contest = await _contest(things, named, name)
        found = proven(name, contest, draw_key)
        headers = {"content-disposition": f'attachment; filename="{name}-proof.json"'}
        return Response(encoded(found), media_type="application/json", headers=headers)

    @routes.get("/v1/things/contest/{name}/codes/{member}")
    async def code(name: Named, member: str, principal: Reader, brand: str | None = None) -> JSONResponse:
        """Tell a member's code, by which they find themselves in the list. Only they are to be told it."""
        named = brand_of(principal, brand, Scope.MEMBERS_READ)
        run: Run = (await _contest(things, named, name)).state
        if run.commitment is None or member not in members_of(run):
            raise Problem(404, f"{member} is not in the closed list of {name}")
        return JSONResponse({"member": member, "code": code_of(secrets_of(draw_key, named, name).salt, member).hex()})

    return routes


class Found(NamedTuple):
    """A contest, and how it goes."""

    spec: Contest
    state: Run


def proven(name: str, contest: Found, draw_key: bytes) -> Proof:
    """Return the proof of a contest's draw. Raises Problem 404 where there is none, with why."""
    if contest.spec.win != "draw":
        raise Problem(404, f"contest {name} is won by {contest.spec.win}: nobody is drawn, so there is no proof")
    found = proof_of(contest.state, draw_key)
    if found is None:
        raise Problem(404, f"contest {name} is not drawn yet")
    return found


async def _contest(things: Things, brand: str, name: str) -> Found:
    found = await things.one(brand, f"contest/{name}", gone=True)
    if found is None or not isinstance(found.spec, Contest):
        raise Problem(404, f"there is no contest {name}")
    return Found(found.spec, found.state)
