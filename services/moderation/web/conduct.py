"""The rules of conduct, for everybody: made of the policy that is in force now."""

from __future__ import annotations

from fastapi import APIRouter, Request
from fastapi.responses import Response

from services.moderation.api.desk import Desk
from services.moderation.pages.conduct import conduct
from services.moderation.pages.conduct_words import CONDUCT
from services.moderation.pages.names import SEVERITIES
from shared.http.auth import check_brand
from shared.http.pages.page import language_here, page
from shared.http.problems import Problem

FIVE_MINUTES = "public, max-age=300"
"""Nothing of anybody stands there; who changes a policy sees it soon."""


def rules_of_conduct(desk: Desk) -> APIRouter:
    """Return the routes of the rules of conduct."""
    routes = APIRouter(include_in_schema=False)

    @routes.get("/rules/{brand}")
    async def of_brand(brand: str, request: Request) -> Response:
        return await _page(request, desk, brand, None)

    @routes.get("/rules/{brand}/{community:path}")
    async def of_community(brand: str, community: str, request: Request) -> Response:
        return await _page(request, desk, brand, community)

    return routes


async def _page(request: Request, desk: Desk, brand: str, community: str | None) -> Response:
    try:
        await check_brand(request, brand)
    except Problem as error:  # what it says is for whoever runs the service
        raise Problem(404, CONDUCT["nowhere"].by(language_here(request))) from error
    policy = desk.policies.at(brand, community, desk.clock.now())
    made = conduct(policy, community)
    answer = page(
        request,
        "conduct.html.j2",
        words=CONDUCT,
        brand=brand,
        community=community,
        conduct=made,
        severities=SEVERITIES,
    )
    answer.headers["Cache-Control"], answer.headers["Vary"] = FIVE_MINUTES, "Accept-Language, Cookie"
    return answer
