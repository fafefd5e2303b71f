"""All pages of moderation."""

from __future__ import annotations

from fastapi import APIRouter

from services.moderation.api.desk import Desk
from services.moderation.web.appeals import appeals
from services.moderation.web.bulk import bulk
from services.moderation.web.case import case
from services.moderation.web.conduct import rules_of_conduct
from services.moderation.web.queue import queue

PATHS = frozenset({"/appeals/{decision}/{code}", "/rules/{brand}", "/rules/{brand}/{community:path}"})
"""Routes without a scope: members come by a link that only they have; rules of conduct are for everybody."""


def pages(desk: Desk, secret: bytes) -> APIRouter:
    """Return the routes of all pages. `secret` signs the links of appeals; where it is empty there are none."""
    routes = APIRouter()
    routes.include_router(queue(desk))
    routes.include_router(bulk(desk))
    routes.include_router(case(desk))
    routes.include_router(appeals(desk, secret))
    routes.include_router(rules_of_conduct(desk))
    return routes
