"""Discourse, through an API key of a moderator of the forum.

`hide` deletes: a forum keeps what its staff deletes, members do not see it, and `restore` brings it back. Its own hidden
state is one that it puts posts in by itself, when enough members flag them, and its API documents no way into it. `mute`
silences, `ban` suspends. A topic is pinned and slowed down, not a post and not a category.

Source: https://docs.discourse.org; what it leaves out (recover, unsilence, unsuspend, slow_mode, chat) stands in
`config/routes.rb` of https://github.com/discourse/discourse.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

import msgspec

from services.delivery.platforms.discourse import calls, finding, ids, sending
from services.delivery.platforms.discourse.calls import asked, call
from services.delivery.platforms.errands import SENDS, refused, unsupported
from services.delivery.platforms.platform import (
    Answer,
    Ask,
    Attempt,
    Call,
    Credential,
    Done,
    Errand,
    Impossible,
    Outward,
    Pressure,
    Repeat,
)

FOR_GOOD = "3000-01-01T00:00:00+00:00"
"""A forum wants an end of everything."""

SYSTEM = "system"
"""As whom a key of all users acts where the connection names nobody."""

REASON_CHARS_MAX = 300
"""What fits into a forum's log."""

BY_NUMBER, POST = "/posts/by_number/{topic}/{number}.json", "/posts/{post}.json"
RECOVER, CHAT = "/posts/{post}/recover.json", "/chat/api/channels/{channel}/messages/{message}"
STATUS, SLOW_MODE = "/t/{topic}/status.json", "/t/{topic}/slow_mode.json"


class _Post(msgspec.Struct, frozen=True):
    id: int
    deleted_at: datetime | None = None


class Discourse:
    """The platform."""

    id = "discourse"
    api: str | None = None

    def refusal(self, errand: Errand) -> Impossible | None:
        """Say why it can never be done there."""
        return refused(errand, self._unable)

    def _unable(self, errand: Errand) -> Impossible | None:
        match errand.kind:
            case "delete" | "hide" | "restore":
                ids.target(errand)
            case "mute" | "unmute" | "ban" | "unban":
                ids.member(errand)
            case "pin":
                if ids.post(errand).number != ids.FIRST:
                    return unsupported("Discourse pins topics alone: pin the topic's first post")
            case "answer":
                return unsupported("a forum has no buttons that could be pressed: answer in words (reply, message)")
            case "slow_mode":
                if errand.act.content_id is None:
                    return unsupported(
                        "Discourse slows topics down, not categories: name a post of the topic as the content"
                    )
                ids.post(errand)
            case _:
                return sending.refusal_of(errand)
        return None

    def repeat(self, errand: Errand) -> Repeat:
        """Say what happens if it is carried out twice."""
        return Repeat.VISIBLE if errand.kind in SENDS else Repeat.HARMLESS

    def place(self, errand: Errand) -> str:
        """Return the forum: its key has one limit for all of it."""
        return errand.place

    def series(self, errand: Errand) -> str:
        """Return the place: what is looked for is known by more than its number."""
        return self.place(errand)

    def outward(self, one: Call, credential: Credential) -> Outward:
        """Return the request."""
        query = f"?{urlencode(one.query)}" if one.query else ""
        headers = {"Api-Key": credential.token, "Api-Username": credential.account or SYSTEM, "Accept": "application/json"}
        if one.body is None:
            return Outward(one.method, f"{credential.api}{one.path}{query}", headers, None)
        headers["Content-Type"] = "application/json"
        return Outward(one.method, f"{credential.api}{one.path}{query}", headers, msgspec.json.encode(one.body))

    def told(self, one: Call, answer: Answer) -> Sequence[Pressure]:
        """Return what is to rest."""
        return calls.told(answer) if one.buckets else ()

    async def carry_out(self, errand: Errand, ask: Ask) -> Done:
        """Do it."""
        match errand.kind:
            case "delete" | "hide" | "restore":
                return await self._remove(errand, ask)
            case "mute" | "unmute" | "ban" | "unban":
                return await self._punish(errand, ask)
            case "pin":
                until = errand.act.until.isoformat() if errand.act.until is not None else FOR_GOOD
                body = {"status": "pinned", "enabled": "true", "until": until}
                return await self._act(call("PUT", STATUS, {"topic": ids.post(errand).topic}, body), "pinned", ask)
            case "slow_mode":
                delay_s = max(0, errand.act.delay_s or 0)
                slow = call("PUT", SLOW_MODE, {"topic": ids.post(errand).topic}, {"seconds": delay_s})
                return await self._act(slow, "slowed down" if delay_s else "slow mode ended", ask)
            case _:
                return await sending.sent(errand, ask)

    async def find(self, errand: Errand, attempt: Attempt, ask: Ask) -> Done | None:
        """Look for the post."""
        return await finding.found(errand, attempt, ask)

    async def _remove(self, errand: Errand, ask: Ask) -> Done:
        """Delete or restore: a post has a number of its own for that, which its place is asked for first."""
        target, is_back = ids.target(errand), errand.kind == "restore"
        said = "restored" if is_back else "deleted: restore brings it back" if errand.kind == "hide" else "deleted"
        try:
            one = _in_chat(target, is_back=is_back) if isinstance(target, ids.Message) else None
            one = one or await self._of_post(target, ask, is_back=is_back)
            return Done("was so already") if one is None else await self._act(one, said, ask)
        except Impossible as error:
            if error.code == "gone" and not is_back:
                return Done("was deleted already")
            raise

    async def _of_post(self, target: ids.Post | ids.Message, ask: Ask, *, is_back: bool) -> Call | None:
        assert isinstance(target, ids.Post)
        parts = {"topic": target.topic, "number": f"{target.number}"}
        post = await asked(call("GET", BY_NUMBER, parts), ask, _Post)
        if (post.deleted_at is None) == is_back:
            return None
        one = {"post": f"{post.id}"}
        return call("PUT", RECOVER, one, {}) if is_back else call("DELETE", POST, one)

    async def _punish(self, errand: Errand, ask: Ask) -> Done:
        verb, field, said = _PUNISHMENTS[errand.kind]
        body: dict[str, Any] = {}
        if field is not None:
            until = errand.act.until.isoformat() if errand.act.until is not None else FOR_GOOD
            reason = (errand.act.reason or f"Veche, act {errand.id}")[:REASON_CHARS_MAX]
            body = {field: until, "reason": reason, "post_action": "none"}
        one = call("PUT", f"/admin/users/{{user}}/{verb}.json", {"user": ids.member(errand)}, body)
        answer = await ask(one)
        if answer.status == calls.CONFLICT:
            return Done(f"was {said} already")
        await calls.check(one, answer, ask)
        return Done(said)

    async def _act(self, one: Call, answer: str, ask: Ask) -> Done:
        await calls.check(one, await ask(one), ask)
        return Done(answer)


_PUNISHMENTS: dict[str, tuple[str, str | None, str]] = {
    "mute": ("silence", "silenced_till", "muted"),
    "unmute": ("unsilence", None, "unmuted"),
    "ban": ("suspend", "suspend_until", "banned"),
    "unban": ("unsuspend", None, "unbanned"),
}
"""The forum's word, the name of the end there, and what it is called once it is done."""


def _in_chat(target: ids.Message, *, is_back: bool) -> Call:
    parts = {"channel": target.channel, "message": target.id}
    return call("PUT", f"{CHAT}/restore", parts, {}) if is_back else call("DELETE", CHAT, parts)
