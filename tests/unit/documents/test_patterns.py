"""`$` also matches before a newline at the end, so a name that ends in one would pass."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import msgspec
import pytest

from services.ingest.connectors.slack.wire import Stamp
from shared.documents.detectors import Domain
from shared.documents.directory import Account, SecretRef
from shared.documents.shape import Slug


@pytest.mark.parametrize(
    ("type_", "fits"),
    [(Slug, "acme"), (Account, "telegram:42"), (Domain, "a.example"), (Stamp, "1767225600.000100")],
    ids=["slug", "account", "domain", "stamp"],
)
def test_a_newline_at_the_end_is_no_part_of_a_name(type_: Any, fits: str) -> None:  # noqa: ANN401 - any type
    assert msgspec.convert(fits, type_) == fits
    with pytest.raises(msgspec.ValidationError):
        msgspec.convert(f"{fits}\n", type_)


def test_a_newline_at_the_end_is_no_part_of_a_variable() -> None:
    assert msgspec.convert({"env": "ACME_TOKEN"}, SecretRef)
    with pytest.raises(msgspec.ValidationError):
        msgspec.convert({"env": "ACME_TOKEN\n"}, SecretRef)


def test_no_pattern_ends_where_a_newline_may_follow() -> None:
    ending = re.compile(r'pattern=r?"[^"]*\$"')
    sources = [*Path("services").rglob("*.py"), *Path("shared").rglob("*.py")]

    assert sources
    assert [str(path) for path in sources if ending.search(path.read_text(encoding="utf-8"))] == []
