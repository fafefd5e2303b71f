"""What the README has people type is sound: its documents apply, its event is one of the contract."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from services.ingest.connectors.events import ACCEPTED
from shared.documents.reading import read
from shared.events import decode

README = Path(__file__).parents[3] / "README.md"


def test_the_documents_of_the_readme_are_sound() -> None:
    (text,) = re.findall(r"```yaml\n(.*?)```", README.read_text(), re.DOTALL)

    found = read(text, "brand.yaml")

    assert [source.document.kind for source in found] == ["Brand", "Connection"]


def test_the_event_of_the_readme_is_taken() -> None:
    (body,) = re.findall(r"-d '(\{.*?\})'", README.read_text(), re.DOTALL)

    event = decode(body.encode())

    assert event is not None
    assert event.__struct_config__.tag in ACCEPTED


@pytest.mark.parametrize("linked", sorted(set(re.findall(r"\]\((?!https?:)([^)#]+)", README.read_text()))))
def test_what_the_readme_links_to_is_there(linked: str) -> None:
    assert (README.parent / linked).exists()
