"""The body of a request, in the shape that is wanted; where it is not, what was meant is told."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, TypeVar

import msgspec
from fastapi import Request
from fastapi.dependencies.models import Dependant

from services.engagement.rules.participation.doings import BY_MEMBER, BY_STAFF
from shared.http.body import limited_body
from shared.http.problems import Problem
from shared.meant import UNKNOWN, hint, meant

Asked = TypeVar("Asked")

DOES = "$.does"
"""Where requests say what is done to a thing."""


async def known_query(request: Request) -> None:
    """Hold a query to ask for what the route knows: anything else would be ignored in silence. Raises Problem 422."""
    known = set(_asks(request.scope["route"].dependant))
    for name in request.query_params:
        if name not in known:
            raise Problem(422, f"there is no `{name}` to ask for{meant(name, known)}")


def _asks(dependant: Dependant) -> Iterator[str]:
    """Yield what a route, and what it depends on, ask of the query."""
    yield from (one.alias for one in dependant.query_params)
    for one in dependant.dependencies:
        yield from _asks(one)


async def asked_of(request: Request, shape: type[Asked], bytes_max: int) -> Asked:
    """Return what a request asks for. Raises Problem 422 where it is not in that shape, 413 where it is longer."""
    return read(await limited_body(dict(request.headers), request.receive, bytes_max), shape)


def read(body: bytes, shape: type[Asked]) -> Asked:
    """Return a body in a shape. Raises Problem 422 with what is wrong, and what was meant."""
    try:
        return msgspec.json.decode(body, type=shape)
    except msgspec.ValidationError as error:
        raise Problem(422, f"cannot be read: {error}{_meant(str(error), body, shape)}") from error
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise Problem(422, f"cannot be read: {error}") from error


def _meant(error: str, body: bytes, shape: type[Any]) -> str:
    message, _, place = error.partition(" - at ")
    path = place.strip("`") or "$"
    if not path.startswith(DOES):
        return hint(message, shape, path.removeprefix("$"))
    ours, theirs = (BY_MEMBER, BY_STAFF) if "member" in shape.__struct_fields__ else (BY_STAFF, BY_MEMBER)
    does = msgspec.json.decode(body)["does"]
    tag = does.get("do") if isinstance(does, dict) else None
    if path == f"{DOES}.do" and isinstance(tag, str):
        return elsewhere(tag) if tag in theirs else meant(tag, ours)
    if not isinstance(tag, str) or tag not in ours:
        return ""
    if UNKNOWN.search(message) and not ours[tag].__struct_fields__:
        return "; it has no other fields"
    return hint(message, ours[tag], path.removeprefix(DOES))


def elsewhere(tag: str) -> str:
    """Return where that is asked for which is asked for in the wrong place."""
    if tag in BY_MEMBER:
        return f"; members do `{tag}`: POST it to …/parts, with the `member` who does it"
    return f"; staff do `{tag}`: POST it to …/orders, without a `member`"
