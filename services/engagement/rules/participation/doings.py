"""What members, and staff, do to what can be taken part in. The mechanism of its kind says what comes of it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, get_args

import msgspec
from msgspec import Meta

from shared.events.envelope import Int, Name

TEXT_CHARS_MAX = 2_000
"""Of what a member writes: an answer, a form's field."""

Text = Annotated[str, Meta(min_length=1, max_length=TEXT_CHARS_MAX)]
Choice = Annotated[int, Meta(ge=0, le=99)]
"""A number of an option or a question, from 0."""

Choices = Annotated[tuple[Choice, ...], Meta(max_length=20)]


class Doing(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, forbid_unknown_fields=True, tag_field="do"):
    """What is done. `do` says which. Unknown fields are refused: what they say would be lost."""


class Look(Doing, frozen=True, kw_only=True, tag="look"):
    """The member asks how it stands."""


class Vote(Doing, frozen=True, kw_only=True, tag="vote"):
    """Of a poll or survey: the member's answer, in the place of the one before."""

    options: Choices = ()
    text: Text | None = None


class Unvote(Doing, frozen=True, kw_only=True, tag="unvote"):
    """The answer is taken back."""


class Begin(Doing, frozen=True, kw_only=True, tag="begin"):
    """Of a quiz: the member begins, or asks for the next question. Its time runs from now."""


class Answer(Doing, frozen=True, kw_only=True, tag="answer"):
    """Of a quiz: the answer to a question; the first counts."""

    question: Choice
    options: Choices


class Join(Doing, frozen=True, kw_only=True, tag="join"):
    """Of an activity: the member wants to come. Of a contest: this is their entry, where it takes forms."""

    text: Text | None = None


class Leave(Doing, frozen=True, kw_only=True, tag="leave"):
    """The member does not take part after all."""


class CheckIn(Doing, frozen=True, kw_only=True, tag="check_in"):
    """Of an activity: the member is there; the code is told there."""

    code: Name | None = None


class Buy(Doing, frozen=True, kw_only=True, tag="buy"):
    """Of goods: an order."""

    quantity: Annotated[int, Meta(ge=1, le=1_000)] = 1


class Donate(Doing, frozen=True, kw_only=True, tag="donate"):
    """Of a common goal: points for it."""

    amount: Annotated[int, Meta(ge=1, le=10**12)]


class Cancel(Doing, frozen=True, kw_only=True, tag="cancel"):
    """Of goods: the member does not want an order any more."""

    order: Name


class StaffDoing(Doing, frozen=True, kw_only=True):
    """What staff, or a service's key, do."""


class Fulfil(StaffDoing, frozen=True, kw_only=True, tag="fulfil"):
    """Of an order or a prize: it was sent, or handed over."""

    order: Name
    note: Text | None = None


class GiveBack(StaffDoing, frozen=True, kw_only=True, tag="give_back"):
    """Of an order: it is cancelled, the points come back and the goods into the stock."""

    order: Name
    note: Text


class Attended(StaffDoing, frozen=True, kw_only=True, tag="attended"):
    """Of an activity: a member was there."""

    member: Name


class Judged(StaffDoing, frozen=True, kw_only=True, tag="judged"):
    """Of a contest: a judge's score for a member's entries, in the place of the one before."""

    member: Name
    score: Annotated[int, Meta(ge=0, le=100)]


class Drawn(StaffDoing, frozen=True, kw_only=True, tag="drawn"):
    """Of a contest: the signature of the round that decides, in hexadecimal digits."""

    round: Int
    signature: Annotated[str, Meta(pattern=r"^[0-9a-f]{96}\Z")]


class Passed(StaffDoing, frozen=True, kw_only=True, tag="passed"):
    """Of a contest's prize: the winner cannot be found, or may not win; the next alternate has it."""

    member: Name
    note: Text


def plain(doing: Doing) -> dict[str, Any]:
    """Return a doing as JSON, and the store, have it."""
    found: dict[str, Any] = msgspec.json.decode(msgspec.json.encode(doing))
    return found


def is_sound(doing: Doing) -> bool:
    """Say whether a doing keeps the limits of its shape: what does not would be read by nobody."""
    try:
        _member_decoder.decode(msgspec.json.encode(doing))
    except msgspec.ValidationError:
        return False
    return True


ByMember = Look | Vote | Unvote | Begin | Answer | Join | Leave | CheckIn | Buy | Donate | Cancel
ByStaff = Fulfil | GiveBack | Attended | Judged | Drawn | Passed


def _by_tag(union: object) -> Mapping[str, type[Doing]]:
    return {str(one.__struct_config__.tag): one for one in get_args(union)}


BY_MEMBER, BY_STAFF = _by_tag(ByMember), _by_tag(ByStaff)
"""By what `do` says."""

_member_decoder: msgspec.json.Decoder[ByMember] = msgspec.json.Decoder(ByMember)
