"""Listings of subreddits: new posts and comments, and for moderators the log of what was removed and who was banned.

A listing holds the last 1,000 things, newest first. Reddit's `before` gives nothing for ever once the thing it names was
deleted, so listings are read from the newest on, down to what was told before. An application may ask 100 times a minute,
averaged over ten; Reddit says in each answer how many are left.
Source: https://www.reddit.com/dev/api and https://support.reddithelp.com (Reddit Data API wiki).
"""

from __future__ import annotations

import base64
from collections.abc import AsyncGenerator, Mapping, Sequence
from typing import NamedTuple

import httpx
import msgspec
from typing_extensions import override

from services.ingest.sources.rounds import Found, rounds
from services.ingest.sources.source import Answer, Page, Refused, Source, answered, packed, read, token_of, unpacked
from services.ingest.store import Connected, Piece
from shared.errors import Retryable

API = "https://oauth.reddit.com"
LOGIN = "https://www.reddit.com/api/v1/access_token"
AGENT = "server:veche:1 (community management)"
"""Reddit refuses clients without a name of their own."""

EVERY_S = 30.0
PAGES_MAX = 10
"""All that a listing holds."""
PAGE_SIZE = 100
KEPT_MAX = 300
"""Things of a listing that are remembered: three pages."""
LEFT_MIN = 10.0
"""Requests that are left for others of the same application; below it one waits for the next window."""

LISTINGS: Mapping[str, str] = {"new": "new", "comments": "comments", "log": "about/log"}
"""Names of places, and paths. The log is for moderators: who is none does without."""

FORBIDDEN, NOT_FOUND, UNAUTHORIZED = 403, 404, 401


class _Token(msgspec.Struct):
    access_token: str = ""
    error: str = ""


class _Created(msgspec.Struct):
    created_utc: float = 0.0
    id: str = ""


class _Child(msgspec.Struct):
    data: _Created


class _Data(msgspec.Struct):
    children: list[msgspec.Raw] = []
    after: str | None = None


class _Listing(msgspec.Struct):
    data: _Data


class Seen(msgspec.Struct, frozen=True):
    """The newest things of a listing that were there: what is not among them, and not older than all of them, is new.

    By their times alone a post would be lost that was approved an hour after it was written.
    """

    things: tuple[tuple[float, str], ...] = ()
    """Second and id."""


class Heard(NamedTuple):
    """New things of one listing, oldest first, and where to go on."""

    bodies: Sequence[bytes]
    seen: Seen
    pause_s: float


class Reddit(Source):
    """The source; the place is the newest thing of each listing of each subreddit."""

    def __init__(self, http: httpx.AsyncClient, api: str | None = None, *, every_s: float = EVERY_S) -> None:
        self._http, self._api, self._every_s = http, api or API, every_s
        self._login = LOGIN if api is None else f"{api}/api/v1/access_token"
        self._tokens: dict[str, str] = {}

    @override
    async def pages(self, connection: Connected, place: str) -> AsyncGenerator[Page]:
        """Yield things that are new; the token of a connection is `<client id>:<client secret>` of a script application."""
        application = token_of(connection)

        async def look(community: str, place: str) -> Found:
            return await self.look(application, community.removeprefix("reddit:"), place)

        async for page in rounds(connection, place, look, self._every_s):
            yield page

    async def look(self, application: str, subreddit: str, place: str) -> Found:
        """Return what is new in a subreddit, posts first. The first look takes in none: what was before is history."""
        seen = unpacked(place, dict[str, Seen]) or {}
        bodies: list[bytes] = []
        pause_s = 0.0
        for name, path in LISTINGS.items():
            heard = await self._heard(application, f"{self._api}/r/{subreddit}/{path}", seen.get(name))
            if heard is None:
                continue
            bodies += heard.bodies if name in seen else ()
            seen[name] = heard.seen
            pause_s = max(pause_s, heard.pause_s)
        return Found([Piece(body) for body in bodies], packed(seen), pause_s)

    async def _heard(self, application: str, url: str, seen: Seen | None) -> Heard | None:
        """Return a listing's new things; None where the application may not see it."""
        new: list[tuple[_Created, bytes]] = []
        there: list[_Created] = []
        after, pause_s = "", 0.0
        for _ in range(PAGES_MAX if seen is not None else 1):
            answer = await self._asked(application, url, after)
            if answer.status in {FORBIDDEN, NOT_FOUND} and url.endswith(LISTINGS["log"]):
                return None
            found = read(_checked(answer), _Listing, "Reddit").data
            things = [(_created(raw), bytes(raw)) for raw in found.children]
            there += [thing for thing, _ in things]
            fresh = [(thing, raw) for thing, raw in things if is_new(thing, seen)]
            new += fresh
            pause_s = max(pause_s, _pause_s(answer.headers))
            after = found.after or ""
            if not after or len(fresh) < len(things):
                break
        return Heard([raw for _, raw in reversed(new)], newest(there, seen), pause_s)

    async def _asked(self, application: str, url: str, after: str) -> Answer:
        query: dict[str, str | int] = {"limit": PAGE_SIZE, "raw_json": 1} | ({"after": after} if after else {})
        for _ in range(2):
            token = self._tokens.get(application) or await self._logged_in(application)
            headers = {"Authorization": f"Bearer {token}", "User-Agent": AGENT}
            answer = await answered(
                self._http, self._http.build_request("GET", url, params=query, headers=headers), "Reddit"
            )
            if answer.status != UNAUTHORIZED:
                return answer
            self._tokens.pop(application, None)  # it is good for an hour
        raise Refused("Reddit refused its own token: is the application still there (reddit.com/prefs/apps)?")

    async def _logged_in(self, application: str) -> str:
        headers = {"Authorization": "Basic " + base64.b64encode(application.encode()).decode(), "User-Agent": AGENT}
        form = {"grant_type": "client_credentials"}
        answer = await answered(
            self._http, self._http.build_request("POST", self._login, data=form, headers=headers), "Reddit"
        )
        if answer.status in {UNAUTHORIZED, FORBIDDEN}:
            raise Refused("Reddit refused the application: the token is `<client id>:<secret>` of reddit.com/prefs/apps")
        found = read(answer, _Token, "Reddit")
        if not found.access_token:
            raise Refused(f"Reddit gave no token: {found.error[:100]}")
        self._tokens[application] = found.access_token
        return found.access_token


def is_new(thing: _Created, seen: Seen | None) -> bool:
    """Return whether a thing was not there before, and is not one that a deletion let in at the listing's end."""
    if seen is None or not seen.things:
        return True
    known = {id_ for _, id_ in seen.things}
    return thing.id not in known and thing.created_utc >= min(second for second, _ in seen.things)


def newest(things: Sequence[_Created], seen: Seen | None) -> Seen:
    """Return where to go on after these things."""
    there = {(thing.created_utc, thing.id) for thing in things} | set(seen.things if seen is not None else ())
    return Seen(tuple(sorted(there, reverse=True)[:KEPT_MAX]))


def _checked(answer: Answer) -> Answer:
    if answer.status in {FORBIDDEN, NOT_FOUND}:
        raise Refused(f"Reddit answered with status {answer.status}: the subreddit is private, banned or misspelt")
    if answer.status != httpx.codes.OK:
        raise Retryable(f"Reddit answered with status {answer.status}")
    return answer


def _created(raw: msgspec.Raw) -> _Created:
    try:
        return msgspec.json.decode(raw, type=_Child).data
    except (msgspec.DecodeError, UnicodeDecodeError):
        raise Retryable("Reddit listed what is no thing") from None


def _pause_s(headers: httpx.Headers) -> float:
    """Return how long to wait so that the application keeps some of its requests."""
    try:
        left, reset_s = float(headers.get("x-ratelimit-remaining", "")), float(headers.get("x-ratelimit-reset", ""))
    except ValueError:
        return 0.0
    return min(max(reset_s, 0.0), 600.0) if left < LEFT_MIN else 0.0
