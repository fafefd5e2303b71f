"""The rows of a Stack Exchange dump: one XML file a table, one element a row, streamed.

Source of the columns: https://meta.stackexchange.com/questions/2677. Times are UTC without saying so.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, TypeVar
from xml.etree.ElementTree import ParseError

import msgspec
from defusedxml import ElementTree
from defusedxml.common import DefusedXmlException
from msgspec import Meta, Struct, field

from services.ingest.importers.importer import Broken
from shared.events.codec import reason

BODY_CHARS_MAX = 1_000_000
"""HTML of a post; the site allows 30,000 characters of source."""

YEARS = range(2008, 2200)
"""From the network's first year on; what lies outside is a mistake, and would not fit the calendar in the end."""

ROW = b"<row "

Id = Annotated[int, Meta(ge=-(2**53), le=2**53)]
Name = Annotated[str, Meta(max_length=255)]


class Row(Struct, frozen=True, gc=False, rename="pascal"):
    """A row of any table."""

    id: Id
    created: datetime = field(name="CreationDate")

    @property
    def at(self) -> datetime:
        """Return when it was made, in UTC."""
        return self.created.replace(tzinfo=UTC)


class Post(Row, frozen=True, rename="pascal"):
    """A question, an answer, or something else that is no content."""

    post_type_id: Id
    parent_id: Id | None = None
    owner_user_id: Id | None = None
    body: Annotated[str, Meta(max_length=BODY_CHARS_MAX)] = ""
    title: Annotated[str, Meta(max_length=1000)] | None = None
    tags: Annotated[str, Meta(max_length=1000)] = ""
    edited: datetime | None = field(name="LastEditDate", default=None)
    owned_by_all: datetime | None = field(name="CommunityOwnedDate", default=None)
    """Since when it is a community wiki."""


class Comment(Row, frozen=True, rename="pascal"):
    """A comment on a post."""

    post_id: Id
    text: Annotated[str, Meta(max_length=10_000)] = ""
    user_id: Id | None = None


class Vote(Row, frozen=True, rename="pascal"):
    """A vote, without its voter, but of a bounty, and with the day alone."""

    post_id: Id
    vote_type_id: Id
    user_id: Id | None = None
    """Of bounties alone: who offers it."""
    bounty_amount: Id | None = None


class User(Row, frozen=True, rename="pascal"):
    """An account on the site."""

    display_name: Name | None = None


AnyRow = TypeVar("AnyRow", bound=Row)


def rows(file: Path, row: type[AnyRow]) -> Iterator[AnyRow | Broken]:
    """Yield every row of the file in its order; where the XML breaks off, what came before it and the break."""
    at = 0
    try:
        for attributes in _attributes(file):
            yield _row(attributes, row, file.name, at)
            at += 1
    except (ParseError, DefusedXmlException, OSError) as error:
        yield Broken(file.name, at, f"the file breaks off: {type(error).__name__}")


def _row(attributes: dict[str, str], row: type[AnyRow], file: str, at: int) -> AnyRow | Broken:
    try:
        made = msgspec.convert(attributes, row, strict=False)
    except msgspec.ValidationError as error:
        return Broken(file, at, reason(error), json.dumps(attributes, ensure_ascii=False))
    if made.created.year not in YEARS:
        why = "CreationDate lies in no year of the network"
        return Broken(file, at, why, json.dumps(attributes, ensure_ascii=False))
    return made


def _attributes(file: Path) -> Iterator[dict[str, str]]:
    with file.open("rb") as source:
        root = None
        for happening, element in ElementTree.iterparse(source, events=("start", "end")):
            if root is None:
                root = element
            elif happening == "end" and element.tag == "row":
                yield dict(element.attrib)
                root.clear()  # else the whole table stays in memory
