"""The shape of every document, as kubectl's users know it."""

from __future__ import annotations

from typing import Annotated, Any

import msgspec
from msgspec import Meta

Slug = Annotated[
    str,
    Meta(
        pattern=r"^[a-z0-9]([a-z0-9._-]{0,61}[a-z0-9])?\Z",
        description="a name is up to 63 lower-case letters and digits, with dots, dashes and underscores between them",
    ),
]
"""A name that fits into a URL, a key and a label: lower case letters, digits, inner dots, dashes and underscores."""


class Spec(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """The part of a document that its kind defines. Unknown fields are refused: they are mistakes."""


class Metadata(Spec, frozen=True, kw_only=True):
    """Which document it is."""

    name: Slug
    brand: Slug | None = None
    """Absent where the token or the command line names the brand."""
    community: str | None = None
    """For policies: the one community that this is for, on top of the brand's or in its place."""


class Document(Spec, frozen=True, kw_only=True):
    """A document as it is sent."""

    apiVersion: str  # noqa: N815 - kubectl's spelling
    kind: str
    metadata: Metadata
    spec: dict[str, Any]


def plain(spec: msgspec.Struct) -> dict[str, Any]:
    """Return a spec as JSON would hold it, without what is as built in."""
    found: dict[str, Any] = msgspec.json.decode(msgspec.json.encode(spec))
    return found


def whole(spec: msgspec.Struct) -> dict[str, Any]:
    """Return a spec as JSON would hold it, with all that is as built in filled in.

    So a version of a policy goes on meaning the same when a built-in default becomes another one.
    """
    return {field.encode_name: _whole(getattr(spec, field.name)) for field in msgspec.structs.fields(spec)}


def _whole(value: object) -> object:
    match value:
        case msgspec.Struct():
            return whole(value)
        case list() | tuple():
            return [_whole(one) for one in value]
        case _:
            return msgspec.to_builtins(value)
