"""How rows are handed out: page by page, with an ETag, and not again to whoever has them."""

from __future__ import annotations

import base64
import binascii
import hashlib
import re
from collections.abc import Sequence
from typing import Annotated, Any, NamedTuple

import msgspec
from fastapi import Query, Request
from fastapi.responses import Response

from shared.http.problems import Problem

PAGE_MAX = 1_000
"""Rows of one answer; the next ones follow with its cursor."""

Limit = Annotated[int, Query(ge=1, le=PAGE_MAX)]
Cursor = Annotated[str | None, Query(max_length=100)]

PLACE = re.compile(rb"row (\d{1,9})")

NUMBERED = re.compile(rb"place (-?\d{1,15}) ([\x21-\x7e]{1,100})")

ETAG_CHARS = 32

_json = msgspec.json.Encoder(enc_hook=str)


class Page(NamedTuple):
    """A part of the rows."""

    rows: Sequence[Any]
    next: str | None
    """The cursor of the part after it; None where this is the last one."""


def page(rows: Sequence[Any], limit: int, cursor: str | None) -> Page:
    """Return the rows from the cursor on, so many at most. Raises Problem for a cursor that is none of ours."""
    first = 0 if cursor is None else _place(cursor)
    end = first + limit
    return Page(rows[first:end], _cursor(end) if end < len(rows) else None)


def _cursor(place: int) -> str:
    return base64.urlsafe_b64encode(f"row {place}".encode()).decode().rstrip("=")


def _place(cursor: str) -> int:
    try:
        told = PLACE.fullmatch(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
    except (binascii.Error, ValueError):
        told = None
    if told is None:
        raise Problem(422, "the cursor is none that an answer before this one gave: ask without it")
    return int(told[1])


def cursor_of(number: int, id_: str) -> str:
    """Return the cursor of a list that is read from a place on: the number by which it is sorted, then the id."""
    return base64.urlsafe_b64encode(f"place {number} {id_}".encode()).decode().rstrip("=")


def place_of(cursor: str) -> tuple[int, str]:
    """Return the place of such a cursor. Raises Problem for one that is none of ours."""
    try:
        told = NUMBERED.fullmatch(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
    except (binascii.Error, ValueError):
        told = None
    if told is None:
        raise Problem(422, "the cursor is none that an answer before this one gave: ask without it")
    return int(told[1]), told[2].decode()


def answer(request: Request, body: Any) -> Response:  # noqa: ANN401 - anything that JSON can hold
    """Return it as JSON with the digest of itself as its ETag; nothing but 304 to who has it already (RFC 9110, 13.1.2)."""
    raw = _json.encode(body)
    etag = f'"{hashlib.sha256(raw).hexdigest()[:ETAG_CHARS]}"'
    headers = {"ETag": etag, "Cache-Control": "private, no-cache", "X-Content-Type-Options": "nosniff"}
    if etag in [one.strip().removeprefix("W/") for one in request.headers.get("if-none-match", "").split(",")]:
        return Response(status_code=304, headers=headers)
    return Response(raw, media_type="application/json", headers=headers)
