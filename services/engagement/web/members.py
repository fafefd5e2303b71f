"""A member's own page: where they stand, what they can take part in, their history. The bot's link is the way in.

There is no sign-in: the link holds a code that nobody else has. What is done here is what a command to the bot does.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any, NamedTuple

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse, Response

from services.engagement.api.things import Part, Parts
from services.engagement.pages import me
from services.engagement.pages.words import WORDS
from services.engagement.rules.chat import Links, Meant, meant
from services.engagement.rules.commands import Say
from services.engagement.rules.histories import thing_of
from services.engagement.rules.participation.commands import ReplyTo
from services.engagement.rules.participation.mechanism import Viewer
from services.engagement.rules.participation.play import said
from services.engagement.rules.participation.words import REFUSED
from services.engagement.rules.standing.standings import Rules
from services.engagement.store.accounts import Accounts
from services.engagement.store.members import Members
from services.engagement.store.things import Kept
from shared.documents.things import Thing
from shared.http.forms import form
from shared.http.origin import check_origin
from shared.http.pages.page import elsewhere, language_here, page
from shared.policy import AllInForce, InForce
from shared.said import Language
from shared.times import clock

PATHS = frozenset({"/me", "/me/{brand}/{member}/{code}"})
"""Routes without a scope: whoever has the code is the member."""

HISTORY = 50
"""Entries that a page shows."""

ORDERS = 20
"""Orders of the shop that a page looks at: of these it shows those that are done with."""

SHOWN_AFTER = timedelta(days=14)
"""Things that are over are shown for so long: who won is told."""

COMMAND_CHARS_MAX = 2_100

ONCE = re.compile(r"[0-9a-f]{32}")
"""What a form is sent once by."""

NOBODY = ReplyTo(community="", source="page")
"""Who acts on the page is answered there."""


class House(NamedTuple):
    """What pages are made from."""

    links: Links
    accounts: Accounts
    members: Members
    policies: InForce[Rules]
    parts: Parts
    things: Mapping[str, AllInForce[Thing]]
    """What members can take part in, by kind."""
    draw_key: bytes = b""


def members_pages(house: House) -> APIRouter:
    """Return the routes."""
    routes = APIRouter(include_in_schema=False)

    @routes.get("/me")
    async def ask(request: Request) -> Response:
        return page(request, "ask.html.j2", words=WORDS, alert=None)

    @routes.get("/me/{brand}/{member}/{code}")
    async def look(request: Request, brand: str, member: str, code: str) -> Response:
        if not house.links.is_code(brand, member, code):
            return _no_page(request)
        return await _page(house, request, brand, member)

    @routes.post("/me/{brand}/{member}/{code}")
    async def act(request: Request, brand: str, member: str, code: str) -> Response:
        if not house.links.is_code(brand, member, code):
            return _no_page(request)
        check_origin(request)
        sent = await form(request)
        if sent.one("settings"):
            await house.parts.prefers(brand, member, quiet=sent.one("write") != "yes")
            return elsewhere(request, f"{request.url.path}?outcome=pending")
        command = f"{sent.one('command')} {sent.one('text').strip()}".strip()[:COMMAND_CHARS_MAX]
        outcome = await _done(house, brand, member, command, sent.one("key"))
        return elsewhere(request, f"{request.url.path}?outcome={outcome}")

    return routes


def _no_page(request: Request) -> Response:
    """Return the page for whose code is not the member's: nobody learns who is one."""
    return page(request, "ask.html.j2", status=404, words=WORDS, alert=WORDS["no_page"].by(language_here(request)))


async def _done(house: House, brand: str, member: str, command: str, key: str) -> str:
    """Do what a command says; return the code of what came of it."""
    now = house.parts.clock.now()
    name, _, text = command.partition(" ")
    for book in house.things.values():
        await book.refresh()
    there = {kind: book.all_at(brand, now) for kind, book in house.things.items()}
    say = Say(id=key or secrets.token_hex(16), brand=brand, member=member, at=now, name=name, text=text, reply=NOBODY)
    found = meant(say, there)
    if not isinstance(found, Meant):
        return "misplaced"
    once = key if ONCE.fullmatch(key) else secrets.token_hex(16)
    answer: JSONResponse = await house.parts.taken(brand, found.thing, Part(member, found.does), f"page-{once}")
    return house.parts.outcome(answer)


async def _page(house: House, request: Request, brand: str, member: str) -> Response:
    now, language = house.parts.clock.now(), language_here(request)
    await house.policies.refresh()
    rules, record = house.policies.at(brand, None, now), await house.members.one(brand, member)
    purse = await house.accounts.purse(brand, member, now)
    notice, alert = _told(request.query_params.get("outcome"), language)
    things = await house.parts.things.all(brand, ends_after=now - SHOWN_AFTER)
    entries = await house.accounts.history(brand, member, HISTORY)
    placed = await house.parts.things.orders(brand, member, ORDERS)
    titles = await house.parts.things.titles(
        brand, {*filter(None, map(thing_of, entries)), *(order["thing"] for order in placed)}
    )
    return page(
        request,
        "me.html.j2",
        words=WORDS,
        brand=brand,
        me=me.standing(rules, record, me.Purse(*purse), now, language),
        things=_cards(things, Viewer(now, language, member, brand, house.draw_key)),
        sanctions=list(me.sanctions(record, now)),
        history=list(me.history(entries, titles, language)),
        orders=list(me.orders(placed, titles, language)),
        quiet=record.quiet,
        notice=notice,
        alert=alert,
        clock=clock,
    )


def _told(outcome: str | None, language: Language) -> tuple[str | None, str | None]:
    """Return what came of what was done: a notice, or why it was not."""
    if outcome in {"done", "pending"}:
        return WORDS[f"outcome_{outcome}"].by(language), None
    why = REFUSED.get(outcome or "")
    return None, None if why is None else why.by(language)


def _cards(things: Sequence[Kept], viewer: Viewer) -> list[dict[str, Any]]:
    found = []
    for thing in things:
        spec = thing.spec
        if spec.from_ is not None and spec.from_ > viewer.at:
            continue
        card = thing.mechanism.card(thing.name.partition("/")[2], spec, thing.state, viewer)
        found.append(
            {
                "title": said(spec.title).by(viewer.language),
                "about": None if spec.about is None else said(spec.about).by(viewer.language),
                "until": None if spec.until is None else spec.until.isoformat(),
                "lines": [line for text in card.lines for line in text.by(viewer.language).splitlines()],
                "buttons": [
                    {
                        "text": key.text.by(viewer.language),
                        "command": key.command,
                        "asks": None if key.asks is None else key.asks.by(viewer.language),
                        "once": secrets.token_hex(16),
                    }
                    for key in card.keys
                ],
            }
        )
    return found
