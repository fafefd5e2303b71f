"""Watch queries find names in every form, and refuse what is no term."""

from __future__ import annotations

from pathlib import Path

import pytest

from services.reporting.listening.queries import built
from shared.documents import KINDS, as_stored
from shared.documents.reading import read
from shared.errors import Unprocessable

SAMPLE = Path(__file__).parents[4] / "docs" / "samples" / "listening.yaml"


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("Купил суперклеем банку", ("product/glue",)),
        ("ACME и BoltCorp сравнили", ("brand/acme", "competitor/bolt")),
        ("В болткорпе дешевле", ("competitor/bolt",)),
        ("Клей от акме", ("brand/acme", "product/glue")),
        ("Клеем ПВА для акме", ("brand/acme",)),
        ("Где мой курьер?", ("subject/delivery",)),
        ("ничего", ()),
    ],
)
def test_the_sample_finds_names(text: str, names: tuple[str, ...]) -> None:
    (source,) = read(SAMPLE.read_text(encoding="utf-8"), "listening.yaml")

    assert built(1, as_stored(source.document)).named_in(text) == names
    assert KINDS["Listening"].service == "reporting"


@pytest.mark.parametrize(
    "queries",
    [
        [{"id": "a", "words": ["re:("]}],
        [{"id": "a", "words": ["один"]}, {"id": "a", "words": ["два"]}],
    ],
)
def test_what_is_no_query_is_refused(queries: list[dict[str, object]]) -> None:
    with pytest.raises(Unprocessable):
        built(1, {"queries": queries})
