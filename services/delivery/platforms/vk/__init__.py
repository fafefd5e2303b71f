"""VK, through a token of the community (messages) or of one of its administrators (walls, black lists).

VK's documentation lets a user's token alone delete and restore on walls, publish posts, pin them and ban; a community's
token writes messages and comments. Whoever needs both makes two connections. `hide` deletes, for VK keeps what was deleted
on its pages and `restore` brings it back; messages of chats alone are gone for good. What is said has a key by which VK
knows it again, so it may be sent twice.

Source: https://dev.vk.com/method.
"""

from __future__ import annotations

from collections.abc import Sequence
from urllib.parse import urlencode

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
    Unknowable,
)
from services.delivery.platforms.vk import calls, ids, members, sending
from services.delivery.platforms.vk.calls import call

VERSION = "5.199"
"""Of the API: its answers have the shape that they have in this one."""


class Vk:
    """The platform."""

    id = "vk"
    api: str | None = "https://api.vk.com"

    def refusal(self, errand: Errand) -> Impossible | None:
        """Say why it can never be done there."""
        return refused(errand, self._unable)

    def _unable(self, errand: Errand) -> Impossible | None:
        ids.group(errand)
        match errand.kind:
            case "delete" | "hide" | "restore":
                return _unremovable(errand)
            case "ban" | "unban":
                ids.member(errand)
            case "mute" | "unmute":
                ids.member(errand)
                if ids.chat(errand) is None:
                    return unsupported("VK mutes nobody outside of chats: ban the member with an end instead")
            case "pin":
                if ids.target(errand).type not in {"post", "message"}:
                    return unsupported("VK pins posts and messages alone")
            case "answer":
                ids.press(errand)
            case "slow_mode":
                return unsupported("VK has no slow mode: close the comments by hand, or mute who floods a chat")
            case _:
                return sending.refusal(errand)
        return None

    def repeat(self, errand: Errand) -> Repeat:
        """Say what happens if it is carried out twice."""
        return Repeat.KEYED if errand.kind in SENDS else Repeat.HARMLESS

    def place(self, errand: Errand) -> str:
        """Return the chat, or who is written to, or else the community's pages."""
        if errand.kind == "answer":
            return f"{ids.press(errand).peer}"
        if errand.kind == "message":
            return f"{ids.member(errand)}"
        return f"{ids.chat(errand) or ids.group(errand)}"

    def series(self, errand: Errand) -> str:
        """Return the place: what is looked for is known by more than its number."""
        return self.place(errand)

    def outward(self, one: Call, credential: Credential) -> Outward:
        """Return the request: a form, with the token in it."""
        form = {**(one.body or {}), "access_token": credential.token, "v": VERSION}
        headers = {"Content-Type": "application/x-www-form-urlencoded"}
        return Outward(one.method, f"{credential.api}{one.path}", headers, urlencode(form).encode())

    def told(self, one: Call, answer: Answer) -> Sequence[Pressure]:
        """Return what is to rest."""
        return calls.told(one, answer)

    async def carry_out(self, errand: Errand, ask: Ask) -> Done:
        """Do it."""
        match errand.kind:
            case "delete" | "hide":
                done = await self._delete(errand, ask)
            case "restore":
                done = await self._act(_removal(errand, is_back=True), "restored", ask)
            case "ban" | "mute":
                done = await self._punish(errand, ask)
            case "answer":
                done = await self._shown(errand, ask)
            case "unban":
                done = await self._undo(members.unban(errand), "unbanned", "was not banned", ask)
            case _ if errand.kind in SENDS:
                done = await sending.sent(errand, ask)
            case _:
                done = await self._act(*self._plain(errand), ask)
        return done

    async def find(self, errand: Errand, attempt: Attempt, ask: Ask) -> Done | None:
        """Refuse: VK knows by its key what is sent again."""
        del errand, attempt, ask
        raise Unknowable("VK knows again what is sent twice: send it again")

    def _plain(self, errand: Errand) -> tuple[Call, str]:
        """Return an act that is one call, and what it is called once it is done."""
        if errand.kind == "unmute":
            return members.restrict(errand, ids.chat(errand) or 0, members.Until(), is_mute=False), "unmuted"
        target = ids.target(errand)
        if target.type == "post":
            return call("wall.pin", {"owner_id": target.owner, "post_id": target.number}), "pinned"
        return call("messages.pin", {"peer_id": target.owner, "conversation_message_id": target.number}), "pinned"

    async def _delete(self, errand: Errand, ask: Ask) -> Done:
        is_hidden = errand.kind == "hide"
        said = "deleted: VK hides nothing, and restore brings it back" if is_hidden else "deleted"
        return await self._undo(_removal(errand, is_back=False), said, "was deleted already", ask)

    async def _punish(self, errand: Errand, ask: Ask) -> Done:
        until = await members.until(errand, ask)
        if isinstance(until, Done):
            return until
        if errand.kind == "ban":
            return await self._act(members.ban(errand, until), f"banned{until.said}", ask)
        mute = members.restrict(errand, ids.chat(errand) or 0, until, is_mute=True)
        return await self._act(mute, f"muted{until.said}", ask)

    async def _act(self, one: Call, answer: str, ask: Ask) -> Done:
        await calls.asked(one, ask, object)
        return Done(answer)

    async def _shown(self, errand: Errand, ask: Ask) -> Done:
        """Answer a press. VK's refusal of one that it has forgotten has no code of its own."""
        try:
            return await self._act(sending.answer_of(errand), "shown", ask)
        except Impossible as error:
            if error.code == "forbidden":
                raise
            raise Impossible("late", f"{error}; VK forgets a press after a minute, and one that was answered") from None

    async def _undo(self, one: Call, answer: str, already: str, ask: Ask) -> Done:
        """Take away what may not be there any more, which VK tells by a code."""
        found = calls.parsed(one, await ask(one))
        if found.error is None:
            return Done(answer)
        if found.error.error_code == calls.NOT_FOUND:
            return Done(already)
        raise calls.meaning(one, found.error)


def _unremovable(errand: Errand) -> Impossible | None:
    type_ = ids.target(errand).type
    if type_ == "message":
        is_back = errand.kind == "restore"
        return unsupported("VK can't bring a deleted message of a chat back: ask its author for it") if is_back else None
    if type_ == "topic_comment":
        return unsupported("VK's ids do not tell in which discussion such a comment stands: delete or restore it by hand")
    return None if type_ in ids.METHODS else unsupported(f"VK's API deletes and restores no {type_}")


def _removal(errand: Errand, *, is_back: bool) -> Call:
    """Return the call that deletes or restores."""
    target = ids.target(errand)
    if target.type == "message":
        fields = {"peer_id": target.owner, "cmids": target.number, "delete_for_all": 1, "group_id": ids.group(errand)}
        return call("messages.delete", fields)
    methods = ids.METHODS[target.type]
    method = methods.restore if is_back else methods.delete
    return call(method, {"owner_id": target.owner, methods.number: target.number})
