"""What a form of a page sent."""

from __future__ import annotations

from typing import NamedTuple, TypeVar
from urllib.parse import parse_qsl

import msgspec
from fastapi import Request

from shared.http.body import limited_body
from shared.http.problems import Problem

FORM = "application/x-www-form-urlencoded"
BYTES_MAX = 100_000
"""A few hundred ids that were ticked, or a long reason."""
FIELDS_MAX = 1_000


R = TypeVar("R", bound=msgspec.Struct)


class Form(NamedTuple):
    """Fields in the order of the page."""

    fields: tuple[tuple[str, str], ...] = ()

    def one(self, name: str) -> str:
        """Return the field of that name, the first; empty where there is none."""
        return next((value for key, value in self.fields if key == name), "")

    def all(self, name: str) -> tuple[str, ...]:
        """Return what was given for a name: boxes that were ticked."""
        return tuple(value for key, value in self.fields if key == name)


async def form(request: Request) -> Form:
    """Return the form of a request, read once; an empty one where it holds something else, which is left unread."""
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() != FORM:
        return Form()
    if not hasattr(request.state, "form"):
        request.state.form = _parsed(await limited_body(request.headers, request.receive, BYTES_MAX))
    found: Form = request.state.form
    return found


def _parsed(body: bytes) -> Form:
    try:
        fields = parse_qsl(body.decode(), keep_blank_values=True, errors="strict", max_num_fields=FIELDS_MAX)
    except ValueError as error:
        raise Problem(422, "the form is not as a browser would send it") from error
    return Form(tuple(fields))


def asked(sent: Form, shape: type[R]) -> R:
    """Return the request that a form is; a field that is left empty is absent. Raises Problem 422 where it is none."""
    names = [field.encode_name for field in msgspec.structs.fields(shape)]
    told = {name: sent.one(name).strip() for name in names}
    try:
        return msgspec.convert({name: value for name, value in told.items() if value}, shape, strict=False)
    except msgspec.ValidationError as error:
        raise Problem(422, f"not what is asked for: {error}") from error
