"""What is said on VK: messages, comments and posts, each with a key that is made of the errand's id.

VK returns the first one to who sends a `random_id` or a `guid` again. It looks for a `random_id` among all messages that the
community ever sent, so one has 63 bits: of 31 two would be the same within some 50,000 messages, and the second lost.

Source: https://dev.vk.com/method/messages.send, https://dev.vk.com/method/wall.createComment,
https://dev.vk.com/method/wall.post, https://dev.vk.com/method/polls.create.
"""

from __future__ import annotations

import dataclasses
import json
from typing import Any

import msgspec

from services.delivery.platforms.errands import digest, linked, number, shortened, spelled, too_long, unsupported
from services.delivery.platforms.platform import Ask, Away, Call, Done, Errand, Impossible
from services.delivery.platforms.vk import ids
from services.delivery.platforms.vk.calls import Refusal, asked, call, meaning
from shared.events.actions import Button
from shared.platforms.buttons import VK_FIELD, carried

MESSAGE_CHARS_MAX, COMMENT_CHARS_MAX, POST_CHARS_MAX = 9_000, 16_384, 15_895
"""The first is documented; the others are what VK's own pages take."""

LABEL_CHARS_MAX, ANSWER_CHARS_MAX = 40, 90
"""Of a button, and of what is shown to whoever pressed it."""

KEY_BITS, GUID_CHARS = 63, 32
HOUR_S = 3_600


class _Failure(msgspec.Struct, frozen=True):
    code: int = 0
    description: str = ""


class _Sent(msgspec.Struct, frozen=True):
    conversation_message_id: int = 0
    error: _Failure | None = None


class _Comment(msgspec.Struct, frozen=True):
    post_id: int


class _Comments(msgspec.Struct, frozen=True):
    items: list[_Comment] = []


class _MadeComment(msgspec.Struct, frozen=True):
    comment_id: int


class _MadePost(msgspec.Struct, frozen=True):
    post_id: int


class _Poll(msgspec.Struct, frozen=True):
    id: int
    owner_id: int


def refusal(errand: Errand) -> Impossible | None:
    """Return why VK can't say it, where it can't."""
    if errand.kind == "message":
        ids.member(errand)
        return too_long(linked(errand), MESSAGE_CHARS_MAX, "VK")
    if ids.chat(errand) is not None:
        return _poll_refusal(errand) or too_long(linked(errand), MESSAGE_CHARS_MAX, "VK")
    if errand.kind == "publish":
        return _post_refusal(errand)
    if ids.target(errand).type not in {"post", "comment"}:
        return unsupported("VK's ids do not tell below what such a comment stands: answer it by hand")
    return too_long(spelled(errand), COMMENT_CHARS_MAX, "VK")


def _poll_refusal(errand: Errand) -> Impossible | None:
    return unsupported("VK takes no poll in a chat: publish it on the wall") if errand.act.poll is not None else None


def _post_refusal(errand: Errand) -> Impossible | None:
    if len(errand.act.media or ()) > 1:
        return unsupported("VK attaches one address to a post: publish the media in parts")
    return too_long(words(errand), POST_CHARS_MAX, "VK")


def words(errand: Errand) -> str:
    """Return the text of a post, which takes no buttons: what they would give is named. Its media are attached."""
    return spelled(dataclasses.replace(errand, act=msgspec.structs.replace(errand.act, media=None)))


def keyboard(errand: Errand) -> str | None:
    """Return the buttons of a message, as VK takes them; pressed, they call back.

    Source: https://dev.vk.com/api/bots/development/keyboard: five in a row, six rows, ten in all.
    """
    rows = errand.act.buttons
    if rows is None:
        return None
    keys = [[_key(button) for button in row] for row in rows]
    return json.dumps({"inline": True, "buttons": keys}, ensure_ascii=False)


def _key(button: Button) -> dict[str, Any]:
    payload = json.dumps({VK_FIELD: carried(button.command)}, ensure_ascii=False)
    action = {"type": "callback", "label": shortened(button.text, LABEL_CHARS_MAX), "payload": payload}
    return {"action": action, "color": "secondary"}


def answer_of(errand: Errand) -> Call:
    """Return the call that answers a press. Source: https://dev.vk.com/method/messages.sendMessageEventAnswer."""
    press = ids.press(errand)
    shown = {"type": "show_snackbar", "text": shortened(errand.act.text or "", ANSWER_CHARS_MAX)}
    fields = {"event_id": press.id, "user_id": press.user, "peer_id": press.peer}
    return call("messages.sendMessageEventAnswer", {**fields, "event_data": json.dumps(shown, ensure_ascii=False)})


async def sent(errand: Errand, ask: Ask) -> Done:
    """Say it."""
    if errand.kind == "message":
        return await _message(errand, ids.member(errand), ask)
    chat = ids.chat(errand)
    if chat is not None:
        return await _message(errand, chat, ask)
    return await (_comment(errand, ask) if errand.kind == "reply" else _post(errand, ask))


async def _message(errand: Errand, peer: int, ask: Ask) -> Done:
    """Send to one peer, by the form that tells the message's number in its chat."""
    one = _message_call(errand, peer)
    found = await asked(one, ask, list[_Sent])
    if not found or found[0].error is not None:
        failure = found[0].error if found and found[0].error is not None else _Failure()
        raise meaning(one, Refusal(failure.code, failure.description))
    return Done("sent", ids.id_of(errand, "message", peer, found[0].conversation_message_id))


def _message_call(errand: Errand, peer: int) -> Call:
    fields: dict[str, Any] = {
        "peer_ids": peer,
        "random_id": number(errand, KEY_BITS),
        "message": linked(errand),
        "group_id": ids.group(errand),
    }
    keys = keyboard(errand)
    if keys is not None:
        fields["keyboard"] = keys
    if errand.kind == "reply":
        answered = ids.target(errand).number
        fields["forward"] = json.dumps({"peer_id": peer, "conversation_message_ids": [answered], "is_reply": 1})
    return call("messages.send", fields, is_visible=True)


async def _comment(errand: Errand, ask: Ask) -> Done:
    """Answer a post or a comment; of a comment it has to be asked first below which post it stands."""
    target, group = ids.target(errand), ids.group(errand)
    fields: dict[str, Any] = {"owner_id": target.owner, "from_group": group, "message": spelled(errand)}
    if target.type == "post":
        fields["post_id"] = target.number
    else:
        found = await asked(call("wall.getComment", {"owner_id": target.owner, "comment_id": target.number}), ask, _Comments)
        if not found.items:
            raise Impossible("gone", "VK does not know the comment any more")
        fields |= {"post_id": found.items[0].post_id, "reply_to_comment": target.number}
    fields["guid"] = digest(errand, GUID_CHARS)
    made = await asked(call("wall.createComment", fields, is_visible=True), ask, _MadeComment)
    return Done("sent", ids.id_of(errand, "comment", target.owner, made.comment_id))


async def _post(errand: Errand, ask: Ask) -> Done:
    owner = -ids.group(errand)
    attached = [await _poll(errand, owner, ask)] if errand.act.poll is not None else []
    fields = {
        "owner_id": owner,
        "from_group": 1,
        "message": "" if attached else words(errand),
        "attachments": ",".join((*attached, *(errand.act.media or ()))),
        "guid": digest(errand, GUID_CHARS),
    }
    made = await asked(call("wall.post", fields, is_visible=True), ask, _MadePost)
    return Done("sent", ids.id_of(errand, "post", owner, made.post_id))


async def _poll(errand: Errand, owner: int, ask: Ask) -> str:
    """Make a poll, which nobody sees until it is attached to something."""
    poll = errand.act.poll
    assert poll is not None
    fields: dict[str, Any] = {
        "question": errand.act.text,
        "add_answers": json.dumps(poll.options, ensure_ascii=False),
        "is_multiple": int(poll.multiple),
        "owner_id": owner,
    }
    if poll.hours is not None:
        fields["end_date"] = await now(ask) + poll.hours * HOUR_S
    made = await asked(call("polls.create", fields), ask, _Poll)
    return f"poll{made.owner_id}_{made.id}"


async def now(ask: Ask) -> int:
    """Return what second it is at VK: no platform's file knows a clock. Source: dev.vk.com/method/utils.getServerTime."""
    second = await asked(call("utils.getServerTime", {}), ask, int)
    if second <= 0:
        raise Away("VK did not say what time it is")
    return second
