"""Discord, through a bot that is in the guild.

Nothing can be hidden there: `hide` deletes, for what waits for a decision must not be seen meanwhile, and what was deleted
can't come back, so `restore` is refused. A ban has no end, so one with an end is refused: a mute has one.

Source: https://discord.com/developers/docs/reference.
"""

from __future__ import annotations

from collections.abc import Sequence
from urllib.parse import urlencode

import msgspec

from services.delivery.platforms.discord import calls, ids, members, sending
from services.delivery.platforms.discord.calls import call, reasoned
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

DELAY_S_MAX = 21_600
"""The longest pause of slow mode."""

AGENT = "DiscordBot (veche, 1)"
"""Discord's proxies refuse who names no bot. Source: https://discord.com/developers/docs/reference#user-agent."""

MESSAGE, PIN = "/channels/{channel}/messages/{message}", "/channels/{channel}/messages/pins/{message}"
BAN, CHANNEL = "/guilds/{guild}/bans/{user}", "/channels/{channel}"


class Discord:
    """The platform."""

    id = "discord"
    api: str | None = "https://discord.com/api/v10"

    def refusal(self, errand: Errand) -> Impossible | None:
        """Say why it can never be done there."""
        return refused(errand, self._unable)

    def _unable(self, errand: Errand) -> Impossible | None:
        ids.guild(errand)
        match errand.kind:
            case "restore":
                return unsupported("Discord can't bring a deleted message back: ask its author to send it again")
            case "ban" if errand.act.until is not None:
                return unsupported("Discord's bans have no end: ban for good and unban later, or mute (at most 28 days)")
            case "ban" | "unban" | "mute" | "unmute":
                ids.member(errand)
            case "delete" | "hide" | "pin":
                ids.target(errand)
            case "slow_mode":
                ids.channel(errand)
            case "answer":
                ids.press(errand)
            case "message":
                ids.member(errand)
                return sending.refusal(errand)
            case _:
                ids.channel(errand)
                return sending.refusal(errand)
        return None

    def repeat(self, errand: Errand) -> Repeat:
        """Say what happens if it is carried out twice."""
        return Repeat.VISIBLE if errand.kind in SENDS else Repeat.HARMLESS

    def place(self, errand: Errand) -> str:
        """Return the channel, or who is written to, or else the guild."""
        if errand.kind == "answer":
            return f"press/{ids.press(errand).application}"
        if errand.kind == "message":
            return f"user/{ids.member(errand)}"
        is_of_guild = errand.kind in {"mute", "unmute", "ban", "unban"}
        return ids.guild(errand) if is_of_guild else ids.channel(errand)

    def series(self, errand: Errand) -> str:
        """Return the place: what is looked for is known by its time."""
        return self.place(errand)

    def outward(self, one: Call, credential: Credential) -> Outward:
        """Return the request."""
        query = f"?{urlencode(one.query)}" if one.query else ""
        headers = {"Authorization": f"Bot {credential.token}", "User-Agent": AGENT, **one.headers}
        if one.body is None:
            return Outward(one.method, f"{credential.api}{one.path}{query}", headers, None)
        headers["Content-Type"] = "application/json"
        return Outward(one.method, f"{credential.api}{one.path}{query}", headers, msgspec.json.encode(one.body))

    def told(self, one: Call, answer: Answer) -> Sequence[Pressure]:
        """Return what is to rest."""
        return calls.told(one, answer)

    async def carry_out(self, errand: Errand, ask: Ask) -> Done:
        """Do it."""
        match errand.kind:
            case "delete" | "hide":
                done = await self._delete(errand, ask)
            case "mute":
                done = await self._mute(errand, ask)
            case "answer":
                done = await self._shown(errand, ask)
            case "unban":
                done = await self._unban(errand, ask)
            case "slow_mode":
                done = await self._slow_down(errand, ask)
            case _ if errand.kind in SENDS:
                done = await self._send(errand, ask)
            case _:
                done = await self._act(*self._plain(errand), ask)
        return done

    def _plain(self, errand: Errand) -> tuple[Call, str]:
        """Return an act that is one call, and what it is called once it is done."""
        if errand.kind == "unmute":
            return members.timeout(errand, None), "unmuted"
        if errand.kind == "ban":
            return reasoned(errand, call("PUT", BAN, self._user(errand), {})), "banned"
        place = ids.target(errand)
        return reasoned(errand, call("PUT", PIN, {"channel": place.channel, "message": place.id})), "pinned"

    async def find(self, errand: Errand, attempt: Attempt, ask: Ask) -> Done | None:
        """Look for the message."""
        return await sending.found(errand, attempt, ask)

    async def _delete(self, errand: Errand, ask: Ask) -> Done:
        parts = ids.target(errand)
        one = call("DELETE", MESSAGE, {"channel": parts.channel, "message": parts.id})
        said = "deleted" if errand.kind == "delete" else "deleted: Discord hides nothing"
        return await self._undone(reasoned(errand, one), calls.UNKNOWN_MESSAGE, said, "was deleted already", ask)

    async def _unban(self, errand: Errand, ask: Ask) -> Done:
        one = reasoned(errand, call("DELETE", BAN, self._user(errand)))
        return await self._undone(one, calls.UNKNOWN_BAN, "unbanned", "was not banned", ask)

    async def _undone(self, one: Call, unknown: int, answer: str, already: str, ask: Ask) -> Done:
        """Take away what may not be there any more, which Discord tells by a code."""
        reply = await ask(one)
        refused = calls.refusal(one, reply)
        if isinstance(refused, Impossible) and calls.refusal_of(reply).code == unknown:
            return Done(already)
        if refused is not None:
            raise refused
        return Done(answer)

    async def _shown(self, errand: Errand, ask: Ask) -> Done:
        """Answer a press; a token that is too old is not the bot's, although Discord answers 401."""
        one = sending.answer_of(errand)
        answer = await ask(one)
        if answer.status in {calls.UNAUTHORIZED, calls.NOT_FOUND} and calls.refusal_of(answer).code in calls.FORGOTTEN:
            raise Impossible("late", "Discord does not know the press any more: it remembers one for 15 minutes")
        refused = calls.refusal(one, answer)
        if refused is not None:
            raise refused
        return Done("shown")

    async def _mute(self, errand: Errand, ask: Ask) -> Done:
        until = await members.until(errand, ask)
        if isinstance(until, Done):
            return until
        return await self._act(members.timeout(errand, until.at), f"muted{until.said}", ask)

    async def _slow_down(self, errand: Errand, ask: Ask) -> Done:
        delay_s = max(0, errand.act.delay_s or 0)
        body = {"rate_limit_per_user": min(delay_s, DELAY_S_MAX)}
        one = reasoned(errand, call("PATCH", CHANNEL, {"channel": ids.channel(errand)}, body))
        said = f"slowed down to {DELAY_S_MAX} s: Discord knows nothing longer" if delay_s > DELAY_S_MAX else "slowed down"
        return await self._act(one, said if delay_s else "slow mode ended", ask)

    async def _act(self, one: Call, answer: str, ask: Ask) -> Done:
        refused = calls.refusal(one, await ask(one))
        if refused is not None:
            raise refused
        return Done(answer)

    async def _send(self, errand: Errand, ask: Ask) -> Done:
        channel = await sending.channel_of(errand, ask)
        sent = await calls.asked(sending.call_of(errand, channel), ask, sending.Sent)
        return sending.done(errand, channel, sent.id, "sent")

    def _user(self, errand: Errand) -> dict[str, str]:
        return {"guild": ids.guild(errand), "user": ids.member(errand)}
