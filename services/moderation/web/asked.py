"""What a form asks for, as the request of the API that says the same."""

from __future__ import annotations

from typing import TypeVar

import msgspec

from shared.http.forms import Form
from shared.http.problems import Problem

R = TypeVar("R", bound=msgspec.Struct)


def asked(sent: Form, shape: type[R]) -> R:
    """Return the request that a form is; a field that is left empty is absent. Raises Problem 422 where it is none."""
    names = [field.encode_name for field in msgspec.structs.fields(shape)]
    told = {name: sent.one(name).strip() for name in names}
    try:
        return msgspec.convert({name: value for name, value in told.items() if value}, shape, strict=False)
    except msgspec.ValidationError as error:
        raise Problem(422, f"not what is asked for: {error}") from error


def with_duration(sent: Form) -> Form:
    """Return the form of a decision with the duration that stands beside its verdict: `mute_for`, `ban_for`."""
    lasts = sent.one(f"{sent.one('ruling')}_for")
    return Form((*sent.fields, ("for", lasts))) if lasts else sent
