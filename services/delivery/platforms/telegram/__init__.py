"""Telegram, through a bot that is an administrator of its chats.

Nothing can be hidden there: `hide` deletes, for what waits for a decision must not be seen meanwhile, and what was deleted
can't come back, so `restore` is refused. Bots can't set slow mode. Telegram has no key by which it knows a message that is
sent twice, so what members see is looked for before it is sent again (finding.py).

Source: https://core.telegram.org/bots/api.
"""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from services.delivery.platforms.asking import unclear
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
from services.delivery.platforms.telegram import answers, finding, ids, members, sending
from services.delivery.platforms.telegram.calls import act

GONE = ("message to delete not found", "message_id_invalid")
"""Of a deletion: it was done already."""


class Telegram:
    """The platform."""

    id = "telegram"
    api: str | None = "https://api.telegram.org"

    def refusal(self, errand: Errand) -> Impossible | None:
        """Say why it can never be done there."""
        return refused(errand, self._unable)

    def _unable(self, errand: Errand) -> Impossible | None:
        ids.chat(errand)
        match errand.kind:
            case "restore":
                return unsupported("Telegram can't bring a deleted message back: ask its author to send it again")
            case "slow_mode":
                return unsupported("Telegram lets no bot set slow mode: an administrator sets it in the group's settings")
            case "mute" | "unmute" if ids.member(errand).startswith("-"):
                return unsupported("Telegram can't mute a channel that writes in a group: ban it instead")
            case "ban" if ids.member(errand).startswith("-") and errand.act.until is not None:
                return unsupported("Telegram's ban of a channel has no end: ban it for good, and unban it later")
            case "mute" | "unmute" | "ban" | "unban":
                ids.member(errand)
            case "reply" | "message" | "publish":
                return sending.refusal(errand)
            case _:
                pass
        return None

    def repeat(self, errand: Errand) -> Repeat:
        """Say what happens if it is carried out twice."""
        return Repeat.VISIBLE if errand.kind in SENDS else Repeat.HARMLESS

    def place(self, errand: Errand) -> str:
        """Return the chat."""
        return ids.chat(errand)

    def series(self, errand: Errand) -> str:
        """Return the chat; private chats and small groups of a bot are numbered together."""
        chat = ids.chat(errand)
        return chat if chat.startswith(ids.DENSE) else "private"

    def outward(self, call: Call, credential: Credential) -> Outward:
        """Return the request; Telegram wants the token in its path."""
        url = f"{credential.api}/bot{credential.token}{call.path}"
        return Outward(call.method, url, {"Content-Type": "application/json"}, msgspec.json.encode(call.body or {}))

    def told(self, call: Call, answer: Answer) -> Sequence[Pressure]:
        """Return what is to rest."""
        return answers.told(call, answer)

    async def carry_out(self, errand: Errand, ask: Ask) -> Done:
        """Do it."""
        match errand.kind:
            case "delete" | "hide":
                done = await self._delete(errand, ask)
            case "mute" | "ban":
                done = await self._punish(errand, ask)
            case "unmute":
                done = await self._act(members.restrict(errand, members.Until(None), is_mute=False), "unmuted", ask)
            case "unban":
                done = await self._act(members.unban(errand), "unbanned", ask)
            case "answer":
                done = await self._act(sending.answer_of(errand), "shown", ask)
            case "pin":
                pin = act(
                    "pinChatMessage", ids.chat(errand), message_id=ids.target(errand).number, disable_notification=True
                )
                done = await self._act(pin, "pinned", ask)
            case _:
                done = await self._send(errand, ask)
        return done

    async def find(self, errand: Errand, attempt: Attempt, ask: Ask) -> Done | None:
        """Look for the message."""
        return await finding.found(errand, attempt, ask)

    async def _delete(self, errand: Errand, ask: Ask) -> Done:
        call = act("deleteMessage", ids.chat(errand), message_id=ids.target(errand).number)
        found = answers.parsed(call, await ask(call))
        if found.ok:
            return Done("deleted" if errand.kind == "delete" else "deleted: Telegram hides nothing")
        if any(part in found.description.lower() for part in GONE):
            return Done("was deleted already")
        raise answers.refusal(found)

    async def _punish(self, errand: Errand, ask: Ask) -> Done:
        until = await members.until(errand, ask)
        if isinstance(until, Done):
            return until
        if errand.kind == "ban":
            return await self._act(members.ban(errand, until), f"banned{until.said}", ask)
        return await self._act(members.restrict(errand, until, is_mute=True), f"muted{until.said}", ask)

    async def _act(self, call: Call, answer: str, ask: Ask) -> Done:
        found = answers.parsed(call, await ask(call))
        if not found.ok:
            raise answers.refusal(found)
        return Done(answer)

    async def _send(self, errand: Errand, ask: Ask) -> Done:
        call = sending.call_of(errand)
        found = answers.parsed(call, await ask(call))
        if not found.ok:
            raise answers.unsent(found) if errand.kind == "message" else answers.refusal(found)
        try:
            return sending.done(errand, found.result)
        except (msgspec.DecodeError, ValueError):
            raise unclear(call, "Telegram says it sent the message and does not say which") from None
