"""What the judging fold remembers, as documents: lists of numbers, packed where there are many."""

from __future__ import annotations

from array import array
from collections.abc import Mapping, Sequence

from services.moderation.rules.case import Label, Member, Said
from services.moderation.rules.community import Community, Failure, Minute, Pieces, Shared, Turn
from shared.fold.definition import Document


def encoded_member(member: Member) -> Document:
    """Return a member as a document; the last messages as two plain lists, what most have not only where it is there."""
    document: dict[str, object] = {
        "n": member.messages,
        "joined": member.joined_ms,
        "at": [said.at_ms for said in member.recent],
        "digests": [said.digest for said in member.recent],
    }
    if member.labels:
        document["labels"] = [list(label) for label in member.labels]
    if member.settled:
        document["settled"] = list(member.settled)
    return document


def decoded_member(document: Document) -> Member:
    """Return the member of a document; BSON's own integers become plain ones."""
    joined = document["joined"]
    recent = tuple(Said(int(at), digest) for at, digest in zip(document["at"], document["digests"], strict=True))
    labels = tuple(Label(name, int(until), decision) for name, until, decision in document.get("labels", ()))
    settled = tuple(document.get("settled", ()))
    return Member(int(document["n"]), None if joined is None else int(joined), recent, labels, settled)


def encoded_community(community: Community) -> Document:
    """Return a community as a document. Members stand once, by their number, so a raid of thousands stays small."""
    names: dict[str, int] = {}
    told = {name: names.setdefault(name, len(names)) for name in _names(community)}
    document = {
        "minutes": _packed([number for key, minute in community.minutes.items() for number in (key, *minute)]),
        "pieces": _packed(_numbers(community.pieces, told)),
        "fresh": _packed(_numbers(community.fresh, told)),
        "authors": _packed([number for key, author in community.authors.items() for number in (key, told[author])]),
        "turns": _packed([n for turn in community.turns for n in (turn[0], told[turn[1]], told[turn[2]], turn[3])]),
        "names": list(names),
        "braked": community.braked_ms,
        "raided": community.raided_ms,
    }
    return document | ({"failed": [list(failure) for failure in community.failed]} if community.failed else {})


def _names(community: Community) -> Sequence[str]:
    both = (*community.pieces.values(), *community.fresh.values())
    names = [one.author for known in both for one in known]
    return [*names, *community.authors.values(), *(name for turn in community.turns for name in (turn.author, turn.to))]


def decoded_community(document: Document) -> Community:
    """Return the community of a document."""
    names: Sequence[str] = document["names"]
    return Community(
        _minutes(document["minutes"]),
        _pieces(document["pieces"], names),
        _pieces(document["fresh"], names),
        {key: names[author] for key, author in _rows(document["authors"], 2)},
        tuple(Turn(at, names[by], names[to], bool(hot)) for at, by, to, hot in _rows(document["turns"], 4)),
        _number(document["braked"]),
        _number(document["raided"]),
        tuple(Failure(rule, int(version), int(hour)) for rule, version, hour in document.get("failed", ())),
    )


def _numbers(pieces: Pieces, told: Mapping[str, int]) -> Sequence[int]:
    return [n for piece, known in pieces.items() for one in known for n in (piece, one.at_ms, told[one.author])]


def _pieces(raw: bytes, names: Sequence[str]) -> Pieces:
    found: dict[int, tuple[Shared, ...]] = {}
    for piece, at_ms, author in _rows(raw, 3):
        found[piece] = (*found.get(piece, ()), Shared(at_ms, names[author]))
    return found


def _minutes(raw: bytes) -> Mapping[int, Minute]:
    return {key: Minute(messages, acts, joins) for key, messages, acts, joins in _rows(raw, 4)}


def _packed(numbers: Sequence[int]) -> bytes:
    return array("q", numbers).tobytes()


def _rows(raw: bytes, width: int) -> Sequence[tuple[int, ...]]:
    numbers = array("q", raw)
    return [tuple(numbers[place : place + width]) for place in range(0, len(numbers), width)]


def _number(value: int | None) -> int | None:
    return None if value is None else int(value)
