"""A member's standing as a document: what is sorted by and shown stands open, the rest is packed. Pure."""

from __future__ import annotations

import msgspec

from services.engagement.rules.achieved import Achieved
from services.engagement.rules.standing.in_contests import InContest
from services.engagement.rules.standing.invites import Invited
from services.engagement.rules.standing.members import Member
from services.engagement.rules.standing.record import Record
from shared.fold.definition import Document

_encoder = msgspec.msgpack.Encoder()


class _Kept(msgspec.Struct, frozen=True, array_like=True):
    """What of a member is packed."""

    record: Record
    achieved: dict[str, Achieved]
    today: int
    review: int
    sanctions: dict[str, float]
    contests: dict[str, InContest] = {}
    invited: Invited | None = None
    friends: tuple[str, ...] = ()
    quiet: bool = False


_kept = msgspec.msgpack.Decoder(_Kept)


def packed(member: Member) -> Document:
    """Return the document of a member."""
    kept = tuple(getattr(member, name) for name in _Kept.__struct_fields__)
    return {"brand": member.brand, "member": member.member, "earned": member.record.earned, "kept": _encoder.encode(kept)}


def unpacked(document: Document) -> Member:
    """Return the member of a document."""
    kept = _kept.decode(document["kept"])
    return Member(document["brand"], document["member"], *(getattr(kept, name) for name in kept.__struct_fields__))
