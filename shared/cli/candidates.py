"""The file of a candidate: what `veche apply` takes, of one kind and one brand, a document a place."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from shared.documents.reading import Source, read
from shared.errors import Unprocessable
from shared.policy import DEFAULT


def documents(file: Path, brand: str | None, kind: str, tried: str) -> tuple[str, Mapping[str, Source]]:
    """Return the brand, and its documents by community. `tried` says what is done with them, for refusals: `backtested`.

    Raises Unprocessable where the file cannot be read, or its documents are not of one brand and of that kind.
    """
    try:
        sources = read(file.read_text(encoding="utf-8"), str(file))
    except OSError as error:
        raise Unprocessable(f"{file}: {error.strerror}") from error
    brands = {source.document.metadata.brand or brand for source in sources}
    if others := {source.document.kind for source in sources} - {kind}:
        raise Unprocessable(f"{file}: only {kind} can be {tried}, not {', '.join(sorted(others))}")
    named = next(iter(brands)) if len(brands) == 1 else None
    if named is None:
        raise Unprocessable(f"{file}: all documents must be of one brand; name it in them or by --brand")
    by_name = {source.document.metadata.community or DEFAULT: source for source in sources}
    if len(by_name) < len(sources):
        raise Unprocessable(f"{file}: two documents are for the same place")
    return named, by_name
