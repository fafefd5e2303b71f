"""A link to a report, made on the page that shows it."""

from __future__ import annotations

from fastapi import APIRouter, Request
from fastapi.responses import Response

from services.reporting.api.shares import Sharer, ShareRequest, Sharing
from services.reporting.pages.page_words import PAGE_WORDS
from services.reporting.web.shown import Brand
from shared.http.forms import Form, asked, form
from shared.http.origin import own_origin
from shared.http.pages.page import page


def shares(sharing: Sharing) -> APIRouter:
    """Return the routes."""
    routes = APIRouter(include_in_schema=False)

    @routes.post("/shares")
    async def share(principal: Sharer, request: Request, brand: Brand = None) -> Response:
        sent = await form(request)
        made = await sharing.share(principal, brand, _asked(sent))
        return page(
            request,
            "shared.html.j2",
            words=PAGE_WORDS,
            link=f"{own_origin(request)}{made['path']}",
            expires=made["expires"][:16].replace("T", " "),
        )

    return routes


def _asked(sent: Form) -> ShareRequest:
    """Return what a form asks for; a page of one community names it."""
    request = asked(Form(tuple(pair for pair in sent.fields if pair[0] != "community")), ShareRequest)
    communities = tuple(filter(None, sent.all("community")))
    return ShareRequest(since=request.since, until=request.until, days=request.days, communities=communities or None)
