"""The file of a candidate: what `veche apply` takes, and would not refuse."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any

from services.moderation.handlers.judge import KIND
from services.moderation.rules.inheriting import check_merged, merged
from services.moderation.rules.policies import built
from services.moderation.store.lists import read_lists
from shared.candidate import CandidateShelf
from shared.documents import as_stored
from shared.documents.reading import Invalid, Source
from shared.errors import Misplaced
from shared.http.documents import Inheritance, check_together

Specs = Mapping[str, Mapping[str, Any]]
"""As they would be stored, by community, or `default` for the brand's."""


def checked(source: Source) -> Mapping[str, Any]:
    """Return the spec as it would be stored. Raises Unprocessable where the service would refuse it."""
    spec = as_stored(source.document)
    try:
        built(read_lists(), 0, spec)
    except Misplaced as error:
        raise Invalid("\n".join(str(source.wrong(one.at, str(one))) for one in error.all)) from error
    return spec


async def check_pairs(shelf: CandidateShelf, specs: Specs) -> None:
    """Raise Unprocessable where policies of the brand and of communities do not go together, the live ones among them."""
    ordered = sorted(await shelf.all(KIND), key=lambda version: version.version)
    inheritance = Inheritance(merged, partial(check_merged, read_lists()))
    for name, spec in specs.items():
        check_together(inheritance, name, spec, {version.name: version for version in ordered})
