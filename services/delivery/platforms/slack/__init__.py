"""Slack, through an app's bot token, or a user token of a workspace administrator.

A bot deletes its own messages alone: deleting what members wrote takes an administrator's user token, and Slack says so in
the receipt. Nothing can be hidden: `hide` deletes, for what waits for a decision must not be seen meanwhile, and what was
deleted can't come back, so `restore` is refused. `ban` puts a member out of the channel; there are no bans, so there is
nothing to lift, and no mutes and no slow mode.

Source: https://api.slack.com/methods.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from urllib.parse import urlencode

import msgspec

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
    Kind,
    Outward,
    Pressure,
    Repeat,
)
from services.delivery.platforms.slack import calls, ids, sending
from services.delivery.platforms.slack.calls import post

UNKNOWN: Mapping[Kind, str] = {
    "restore": "Slack can't bring a deleted message back: ask its author to send it again",
    "mute": "Slack mutes nobody: put the member out of the channel (ban), or ask an administrator",
    "unmute": "Slack mutes nobody, so there is nothing to end",
    "unban": "Slack has no bans to lift: invite the member to the channel again",
    "answer": "nobody presses a button of ours in Slack: answer in words (reply, message)",
    "slow_mode": "Slack has no slow mode: an administrator can let few people post in the channel",
}
"""What Slack has not, and what can be done instead."""


class Slack:
    """The platform."""

    id = "slack"
    api: str | None = "https://slack.com/api"

    def refusal(self, errand: Errand) -> Impossible | None:
        """Say why it can never be done there."""
        return refused(errand, self._unable)

    def _unable(self, errand: Errand) -> Impossible | None:
        ids.workspace(errand)
        if errand.kind in UNKNOWN:
            return unsupported(UNKNOWN[errand.kind])
        match errand.kind:
            case "delete" | "hide" | "pin":
                ids.target(errand)
            case "ban":
                ids.member(errand)
                ids.channel(errand)
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
        """Return the channel, or who is written to."""
        return ids.member(errand) if errand.kind == "message" else ids.channel(errand)

    def series(self, errand: Errand) -> str:
        """Return the place: what is looked for is known by more than its number."""
        return self.place(errand)

    def outward(self, one: Call, credential: Credential) -> Outward:
        """Return the request."""
        query = f"?{urlencode(one.query)}" if one.query else ""
        headers = {"Authorization": f"Bearer {credential.token}"}
        if one.body is None:
            return Outward(one.method, f"{credential.api}{one.path}{query}", headers, None)
        headers["Content-Type"] = "application/json; charset=utf-8"
        return Outward(one.method, f"{credential.api}{one.path}{query}", headers, msgspec.json.encode(one.body))

    def told(self, one: Call, answer: Answer) -> Sequence[Pressure]:
        """Return what is to rest."""
        return calls.told(one, answer)

    async def carry_out(self, errand: Errand, ask: Ask) -> Done:
        """Do it."""
        match errand.kind:
            case "delete" | "hide":
                place = ids.target(errand)
                said = "deleted" if errand.kind == "delete" else "deleted: Slack hides nothing"
                one = post("chat.delete", {"channel": place.channel, "ts": place.ts})
                return await self._act(one, said, {"message_not_found": "was deleted already"}, ask)
            case "ban":
                one = post("conversations.kick", {"channel": ids.channel(errand), "user": ids.member(errand)})
                said = "put out of the channel: Slack has no bans, and a public channel lets anybody come back"
                return await self._act(one, said, {"not_in_channel": "was not in the channel"}, ask)
            case "pin":
                place = ids.target(errand)
                one = post("pins.add", {"channel": place.channel, "timestamp": place.ts})
                return await self._act(one, "pinned", {"already_pinned": "was pinned already"}, ask)
            case _:
                return await sending.sent(errand, ask)

    async def find(self, errand: Errand, attempt: Attempt, ask: Ask) -> Done | None:
        """Look for the message."""
        return await sending.found(errand, attempt, ask)

    async def _act(self, one: Call, answer: str, already: dict[str, str], ask: Ask) -> Done:
        """Do what may be done already, which Slack tells as an error."""
        found = calls.parsed(one, await ask(one))
        if found.ok:
            return Done(answer)
        if found.error in already:
            return Done(already[found.error])
        raise calls.meaning(one, found)
