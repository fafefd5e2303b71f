"""Comments of YouTube channels, by the Data API: what is new every few minutes, what changed in a slower sweep.

A list of threads costs one unit of the 10,000 that a key has each day: a look every two minutes at one channel is 720, and
replies that a thread does not tell another unit, at most 20 a look. The
newest threads come first, by when they were begun: an edit, a like, a reply in an older thread is found by the sweep alone,
once an hour, among the last 300 threads. What is older stays as it was told.
Source: https://developers.google.com/youtube/v3/docs/commentThreads/list.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator, Sequence
from typing import Any

import httpx
import msgspec
from typing_extensions import override

from services.ingest.sources.rounds import Found, rounds
from services.ingest.sources.source import Answer, Busy, Page, Refused, Source, answered, packed, read, token_of, unpacked
from services.ingest.store import Connected, Piece
from shared.errors import Retryable

API = "https://www.googleapis.com/youtube/v3"
EVERY_S = 120.0
SWEEP_EVERY = 30
"""Rounds: once an hour."""
SWEEP_PAGES = 3
NEW_PAGES_MAX = 20
"""2,000 new threads in two minutes; of more, the oldest are found by nobody, and it is said."""
REPLIES_MAX = 20
"""Threads a look whose further replies are asked for, a unit each; a thread itself tells five."""
PAGE_SIZE = 100
QUOTA_S = 3600.0
"""The day's units are gone: they come back at midnight in California, so it is tried once an hour."""

SPENT = frozenset({"quotaExceeded", "rateLimitExceeded", "dailyLimitExceeded", "userRateLimitExceeded"})
"""Reasons that pass by themselves."""


class Seen(msgspec.Struct, frozen=True):
    """The newest thread that was told, and how many rounds ago the last sweep was."""

    newest: str = ""
    rounds: int = 0


class _Id(msgspec.Struct):
    id: str = ""


class _Top(msgspec.Struct, rename="camel"):
    published_at: str = ""


class _Comment(msgspec.Struct):
    snippet: _Top = msgspec.field(default_factory=_Top)


class _Snippet(msgspec.Struct, rename="camel"):
    top_level_comment: _Comment = msgspec.field(default_factory=_Comment)
    total_reply_count: int = 0


class _Replies(msgspec.Struct):
    comments: list[_Id] = []


class _Thread(msgspec.Struct):
    id: str
    snippet: _Snippet
    replies: _Replies = msgspec.field(default_factory=_Replies)


class _List(msgspec.Struct, rename="camel"):
    items: list[msgspec.Raw] = []
    next_page_token: str = ""


class _Reason(msgspec.Struct):
    reason: str = ""


class _Error(msgspec.Struct):
    errors: list[_Reason] = []
    message: str = ""


class _Refusal(msgspec.Struct):
    error: _Error = msgspec.field(default_factory=_Error)


class Youtube(Source):
    """The source; the place is the newest thread of each channel."""

    def __init__(self, http: httpx.AsyncClient, api: str | None = None, *, every_s: float = EVERY_S) -> None:
        self._http, self._api, self._every_s = http, api or API, every_s

    @override
    async def pages(self, connection: Connected, place: str) -> AsyncGenerator[Page]:
        """Yield comment threads that are new, and now and then those that may have changed."""
        key = token_of(connection)

        async def look(community: str, place: str) -> Found:
            return await self.look(key, community.removeprefix("youtube:"), place)

        async for page in rounds(connection, place, look, self._every_s):
            yield page

    async def look(self, key: str, channel: str, place: str) -> Found:
        """Return threads of a channel. The first look takes in none: what was before is history, which is imported."""
        seen = unpacked(place, Seen)
        first = seen is None
        seen = seen or Seen()
        sweeps = seen.rounds + 1 >= SWEEP_EVERY
        threads = await self._threads(key, channel, seen.newest, SWEEP_PAGES if sweeps else 0)
        newest = max((begun(thread) for thread in threads), default="")
        now = Seen(max(seen.newest, newest), 0 if sweeps else seen.rounds + 1)
        wanted = threads if sweeps else [thread for thread in threads if begun(thread) >= seen.newest]
        pieces = [] if first else [Piece(body) for body in reversed(await self._whole(key, wanted))]
        return Found(pieces, packed(now))

    async def _threads(self, key: str, channel: str, newest: str, at_least: int) -> list[msgspec.Raw]:
        """Return threads, newest first, down to the newest that was told, and at least so many pages."""
        found: list[msgspec.Raw] = []
        token = ""
        for number in range(max(at_least, NEW_PAGES_MAX if newest else 1)):
            query = {"allThreadsRelatedToChannelId": channel, "part": "snippet,replies", "order": "time"}
            page = read(await self._asked(key, "commentThreads", query, token), _List, "YouTube")
            found += page.items
            token = page.next_page_token
            known = bool(page.items) and begun(page.items[-1]) <= newest
            if not token or (known and number + 1 >= at_least):
                break
        return found

    async def _whole(self, key: str, threads: Sequence[msgspec.Raw]) -> list[bytes]:
        """Return threads with all of their replies; of the newest, as far as there are units for it."""
        whole: list[bytes] = []
        asked = 0
        for raw in threads:
            thread = _read_thread(raw)
            if thread.snippet.total_reply_count > len(thread.replies.comments) and asked < REPLIES_MAX:
                asked += 1
                replies = read(
                    await self._asked(key, "comments", {"parentId": thread.id, "part": "snippet"}), _List, "YouTube"
                )
                fields = msgspec.json.decode(raw, type=dict[str, msgspec.Raw])
                together = msgspec.Raw(msgspec.json.encode({"comments": replies.items}))
                whole.append(msgspec.json.encode(fields | {"replies": together}))
            else:
                whole.append(bytes(raw))
        return whole

    async def _asked(self, key: str, path: str, query: dict[str, Any], token: str = "") -> Answer:
        asked = query | {"maxResults": PAGE_SIZE, "textFormat": "plainText"} | ({"pageToken": token} if token else {})
        # In a header, for addresses stand in logs.
        request = self._http.build_request("GET", f"{self._api}/{path}", params=asked, headers={"X-Goog-Api-Key": key})
        answer = await answered(self._http, request, "YouTube")
        if answer.status == httpx.codes.OK:
            return answer
        error = read(answer, _Refusal, "YouTube").error
        reasons = {one.reason for one in error.errors}
        said = f"YouTube refused ({answer.status}): {', '.join(sorted(reasons)) or error.message[:200]}"
        if reasons & SPENT:
            raise Busy(said, QUOTA_S)
        raise Refused(f"{said}; the key needs the YouTube Data API v3, and the channel its comments")


def begun(raw: msgspec.Raw) -> str:
    """Return when a thread was begun, as it was sent: RFC 3339 in UTC, which sorts."""
    return _read_thread(raw).snippet.top_level_comment.snippet.published_at


def _read_thread(raw: msgspec.Raw) -> _Thread:
    try:
        return msgspec.json.decode(raw, type=_Thread)
    except (msgspec.DecodeError, UnicodeDecodeError):
        raise Retryable("YouTube listed what is no thread") from None
