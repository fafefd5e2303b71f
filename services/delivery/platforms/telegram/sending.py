"""What is said, in Telegram's methods.

Source: https://core.telegram.org/bots/api#available-methods (sendMessage, sendPhoto, sendVideo, sendAnimation, sendDocument,
sendMediaGroup, sendPoll) and https://core.telegram.org/bots/api#sending-files: by address, Telegram fetches photos to 5 MB
and other files to 20 MB.
"""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Mapping
from typing import Annotated, Any

import msgspec

from services.delivery.platforms.errands import shortened, spelled, too_long, unsupported
from services.delivery.platforms.platform import Call, Done, Errand, Impossible
from services.delivery.platforms.telegram import ids
from services.delivery.platforms.telegram.calls import press, send
from shared.platforms.buttons import carried

TEXT_CHARS_MAX, CAPTION_CHARS_MAX, QUESTION_CHARS_MAX = 4_096, 1_024, 300
ANSWER_CHARS_MAX, TOAST_CHARS_MAX = 200, 70
"""Of the answer to a press; a longer one than the second stands until it is closed, for a toast is gone in seconds."""

ALBUM_MAX = 10
"""Pictures of one album."""

ENDING = re.compile(r"\.([A-Za-z0-9]{1,5})(?:[?#].*)?$")

KINDS: Mapping[str, str] = {
    **dict.fromkeys(("mp4", "mov", "m4v"), "video"),
    "gif": "animation",
    **dict.fromkeys(("pdf", "zip"), "document"),
}
"""By the ending of an address; all others are taken for photos."""

METHODS = {"photo": "sendPhoto", "video": "sendVideo", "animation": "sendAnimation", "document": "sendDocument"}


class Sent(msgspec.Struct, frozen=True):
    """A message that was made."""

    message_id: Annotated[int, msgspec.Meta(gt=0)]


def kind_of(address: str) -> str:
    """Return as what an address is sent."""
    match = ENDING.search(address)
    return "photo" if match is None else KINDS.get(match[1].lower(), "photo")


def refusal(errand: Errand) -> Impossible | None:
    """Return why Telegram can't say it, where it can't."""
    act = errand.act
    if act.poll is not None:
        return _poll_refusal(errand)
    if not act.media:
        return too_long(act.text or "", TEXT_CHARS_MAX, "Telegram")
    if len(act.media) > ALBUM_MAX:
        return unsupported(f"Telegram shows at most {ALBUM_MAX} media in one message: send them in parts")
    if len(act.media) > 1 and {kind_of(one) for one in act.media} - {"photo", "video"}:
        return unsupported("Telegram mixes nothing but photos and videos in one message: send other files one by one")
    text = spelled_text(errand) if len(act.media) > 1 else act.text or ""
    return too_long(text, CAPTION_CHARS_MAX, "Telegram below media")


def _poll_refusal(errand: Errand) -> Impossible | None:
    if errand.act.media:
        return unsupported("Telegram shows no media in a poll: publish them apart")
    return too_long(errand.act.text or "", QUESTION_CHARS_MAX, "Telegram as a poll's question")


def call_of(errand: Errand) -> Call:
    """Return the one call that members see."""
    chat = ids.chat(errand)
    method, body = _said(errand)
    return send(method, chat, body | _where(errand) | below(errand))


def below(errand: Errand) -> dict[str, Any]:
    """Return the buttons below a message; an album has none."""
    rows = errand.act.buttons
    if rows is None or len(errand.act.media or ()) > 1:
        return {}
    keys = [[{"text": key.text, "callback_data": carried(key.command)} for key in row] for row in rows]
    return {"reply_markup": {"inline_keyboard": keys}}


def spelled_text(errand: Errand) -> str:
    """Return the text of an album, with what its buttons would give."""
    return spelled(dataclasses.replace(errand, act=msgspec.structs.replace(errand.act, media=None)))


def answer_of(errand: Errand) -> Call:
    """Return the call that answers a press. Source: https://core.telegram.org/bots/api#answercallbackquery."""
    text = shortened(errand.act.text or "", ANSWER_CHARS_MAX)
    return press(
        "answerCallbackQuery", callback_query_id=errand.act.press, text=text, show_alert=len(text) > TOAST_CHARS_MAX
    )


def _where(errand: Errand) -> dict[str, Any]:
    if errand.kind == "reply":
        return {"reply_parameters": {"message_id": ids.target(errand).number}}
    topic = ids.topic(errand) if errand.kind == "publish" else None
    return {} if topic is None else {"message_thread_id": topic}


def _said(errand: Errand) -> tuple[str, dict[str, Any]]:
    act = errand.act
    if act.poll is not None:
        options = [{"text": option} for option in act.poll.options]
        return "sendPoll", {"question": act.text, "options": options, "allows_multiple_answers": act.poll.multiple}
    if not act.media:
        return "sendMessage", {"text": act.text}
    caption = {"caption": act.text} if act.text else {}
    if len(act.media) == 1:
        kind = kind_of(act.media[0])
        return METHODS[kind], {kind: act.media[0], **caption}
    caption = {"caption": text} if (text := spelled_text(errand)) else {}
    first, *rest = ({"type": kind_of(one), "media": one} for one in act.media)
    return "sendMediaGroup", {"media": [first | caption, *rest]}


def done(errand: Errand, result: msgspec.Raw) -> Done:
    """Return what came of it. Raises msgspec's errors where the result is no message."""
    found = msgspec.json.decode(result, type=Sent | list[Sent])
    first, *rest = found if isinstance(found, list) else [found]
    chat = ids.chat(errand)
    is_timed = errand.act.poll is not None and errand.act.poll.hours is not None
    answer = "sent; Telegram closes no poll after hours, so it stays open" if is_timed else "sent"
    also = tuple(ids.id_of(chat, one.message_id) for one in rest)
    return Done(answer, ids.id_of(chat, first.message_id), also)
