"""What each kind of VK's callbacks becomes."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import msgspec

from services.ingest.connectors.payload import Decoded, Payload, Reason, refused
from services.ingest.connectors.urgency import Urgency
from services.ingest.connectors.vk import contents, messages, people, presses
from services.ingest.connectors.vk.actors import Group
from services.ingest.connectors.vk.wire import Callback

Reader = Callable[[Group, msgspec.Raw, str], Decoded]
"""From the community, the callback's object and its kind. Raises msgspec's errors where the object is not of that kind."""

READ: Mapping[str, Reader] = {
    "message_new": presses.new,
    "message_event": presses.pressed,
    "message_reply": messages.message,
    "message_edit": messages.message,
    "message_reaction_event": messages.reacted,
    "wall_post_new": contents.post,
    "wall_repost": contents.repost,
    **dict.fromkeys(contents.COMMENTS, contents.comment),
    "photo_new": contents.photo,
    "video_new": contents.video,
    "like_add": people.liked,
    "like_remove": people.liked,
    "group_join": people.joined,
    "group_leave": people.left,
    "user_block": people.blocked,
    "user_unblock": people.unblocked,
    "poll_vote_new": people.voted,
    **dict.fromkeys(people.DONUTS, people.donated),
}

REFUSED: Mapping[str, Reason] = {
    "message_allow": Reason.PRIVATE_CHAT,
    "message_deny": Reason.PRIVATE_CHAT,
    "message_read": Reason.PRIVATE_CHAT,
    "message_typing_state": Reason.PRIVATE_CHAT,
    **dict.fromkeys(
        (
            "app_payload",
            "audio_new",
            "confirmation",  # the edge answers it; one in an export of what was delivered tells nothing
            "donut_money_withdraw",
            "donut_money_withdraw_error",
            "donut_subscription_price_changed",
            "group_change_photo",
            "group_change_settings",
            "group_officers_edit",
            "lead_forms_new",
            "market_order_edit",
            "market_order_new",
            "messages_edit",  # in the schema's list alone, without an object
            "vkpay_transaction",
            "wall_schedule_post_delete",
            "wall_schedule_post_new",
        ),
        Reason.NOT_A_FACT,
    ),
}
"""Known kinds that become no event."""


URGENCIES: Mapping[str, Urgency] = {
    "like_add": Urgency.LOWEST,
    "like_remove": Urgency.LOWEST,
    "message_read": Urgency.LOWEST,
    "message_typing_state": Urgency.LOWEST,
    "message_reaction_event": Urgency.LOW,
    "poll_vote_new": Urgency.LOW,
    "group_join": Urgency.LOW,
    "group_leave": Urgency.LOW,
    "message_event": Urgency.HIGH,
    "user_block": Urgency.HIGH,
    "user_unblock": Urgency.HIGH,
}
"""Kinds that are not as urgent as what members write; `message_event` is a button of a bot."""


def told(callback: Callback, payload: Payload) -> Decoded:
    """Return what a callback tells. Raises msgspec's errors where its object is not of its kind."""
    kind = callback.type
    read = READ.get(kind)
    if read is None:
        return refused(REFUSED[kind], kind) if kind in REFUSED else refused(Reason.UNKNOWN_KIND, "unknown")
    if callback.group_id is None:
        return refused(Reason.NO_COMMUNITY, kind)
    return read(Group(callback.group_id, payload, callback.event_id), callback.object, kind)
