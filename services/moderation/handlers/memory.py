"""What the judging fold remembers, as documents: lists of numbers, packed where there are many."""

from __future__ import annotations

from array import array
from collections.abc import Mapping, Sequence

from services.moderation.rules.case import Label, Member
from services.moderation.rules.community import Community, Failure, Minute, Sketch, Texts, Turn
from services.moderation.rules.copies import texts_of
from shared.fold.definition import Document


def encoded_member(member: Member) -> Document:
    """Return a member as a document; the last messages as two plain lists, what most have not only where it is there."""
    document: dict[str, object] = {
        "n": member.messages,
        "joined": member.joined_ms,
        "at": list(member.at_ms),
        "digests": list(member.digests),
    }
    if member.labels:
        document["labels"] = [list(label) for label in member.labels]
    if member.settled:
        document["settled"] = list(member.settled)
    if member.asked_ms is not None:
        document["asked"] = member.asked_ms
    return document


def decoded_member(document: Document) -> Member:
    """Return the member of a document; BSON's own integers become plain ones."""
    joined = document["joined"]
    at_ms, digests = tuple(map(int, document["at"])), tuple(document["digests"])
    labels = tuple(Label(name, int(until), decision) for name, until, decision in document.get("labels", ()))
    settled = tuple(document.get("settled", ()))
    asked = _number(document.get("asked"))
    return Member(int(document["n"]), _number(joined), at_ms, digests, labels, settled, asked)


def encoded_community(community: Community) -> Document:
    """Return a community as a document. Members stand once, by their number, so a raid of thousands stays small."""
    names: dict[str, int] = {}
    told = {name: names.setdefault(name, len(names)) for name in _names(community)}
    document = {
        "minutes": _packed([number for key, minute in community.minutes.items() for number in (key, *minute)]),
        "texts": _told(community.texts, told),
        "fresh": _told(community.fresh, told),
        "authors": _packed([number for key, author in community.authors.items() for number in (key, told[author])]),
        "turns": _packed([n for turn in community.turns for n in (turn[0], told[turn[1]], told[turn[2]], turn[3])]),
        "names": list(names),
        "braked": community.braked_ms,
        "raided": community.raided_ms,
    }
    return document | ({"failed": [list(failure) for failure in community.failed]} if community.failed else {})


def _names(community: Community) -> Sequence[str]:
    both = (*community.texts.authors.values(), *community.fresh.authors.values())
    names = [name for authors in both for name in authors]
    return [*names, *community.authors.values(), *(name for turn in community.turns for name in (turn.author, turn.to))]


def _told(texts: Texts, told: Mapping[str, int]) -> Mapping[str, bytes]:
    known = enumerate(texts.authors.values())
    return {
        "sketches": _packed([piece for sketch in texts.authors for piece in (len(sketch), *sketch)]),
        "writers": _packed([n for text, by in known for author, at_ms in by.items() for n in (text, told[author], at_ms)]),
    }


def decoded_community(document: Document) -> Community:
    """Return the community of a document."""
    names: Sequence[str] = document["names"]
    return Community(
        _minutes(document["minutes"]),
        _texts(document["texts"], names),
        _texts(document["fresh"], names),
        {key: names[author] for key, author in _rows(document["authors"], 2)},
        tuple(Turn(at, names[by], names[to], bool(hot)) for at, by, to, hot in _rows(document["turns"], 4)),
        _number(document["braked"]),
        _number(document["raided"]),
        tuple(Failure(rule, int(version), int(hour)) for rule, version, hour in document.get("failed", ())),
    )


def _texts(document: Mapping[str, bytes], names: Sequence[str]) -> Texts:
    sketches = _sketches(document["sketches"])
    found: dict[Sketch, dict[str, int]] = {sketch: {} for sketch in sketches}
    for text, author, at_ms in _rows(document["writers"], 3):
        found[sketches[text]][names[author]] = at_ms
    return texts_of(found)


def _sketches(raw: bytes) -> Sequence[Sketch]:
    numbers, found, place = array("q", raw), list[Sketch](), 0
    while place < len(numbers):
        length = numbers[place]
        found.append(tuple(numbers[place + 1 : place + 1 + length]))
        place += 1 + length
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
