"""The file of a candidate: what `veche apply` takes, and would not refuse."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from pathlib import Path
from typing import Any

from services.moderation.backtest.candidate import CandidateShelf
from services.moderation.handlers.judge import KIND
from services.moderation.rules.inheriting import check_merged, merged
from services.moderation.rules.policies import built
from services.moderation.store.lists import read_lists
from shared.documents import as_stored
from shared.documents.reading import Invalid, Source, read
from shared.errors import Misplaced, Unprocessable
from shared.http.documents import Inheritance, check_together
from shared.policy import DEFAULT

Specs = Mapping[str, Mapping[str, Any]]
"""As they would be stored, by community, or `default` for the brand's."""


def documents(file: Path, brand: str | None) -> tuple[str, Mapping[str, Source]]:
    """Return the brand, and its documents by community. Raises Unprocessable where they are not of one brand."""
    try:
        sources = read(file.read_text(encoding="utf-8"), str(file))
    except OSError as error:
        raise Unprocessable(f"{file}: {error.strerror}") from error
    brands = {source.document.metadata.brand or brand for source in sources}
    if others := {source.document.kind for source in sources} - {KIND}:
        raise Unprocessable(f"{file}: only {KIND} can be backtested, not {', '.join(sorted(others))}")
    named = next(iter(brands)) if len(brands) == 1 else None
    if named is None:
        raise Unprocessable(f"{file}: all documents must be of one brand; name it in them or by --brand")
    by_name = {source.document.metadata.community or DEFAULT: source for source in sources}
    if len(by_name) < len(sources):
        raise Unprocessable(f"{file}: two documents are for the same place")
    return named, by_name


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
