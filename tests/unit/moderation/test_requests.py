"""What is asked of cases can be read, and too long a text is refused."""

from __future__ import annotations

import msgspec
import pytest

from services.moderation.api.appeals import AppealRequest
from services.moderation.api.cases import WORK
from services.moderation.api.requests import BulkRequest, DisputeRequest, NoteRequest

SHAPES = (*(shape for shape, _ in WORK.values()), BulkRequest, DisputeRequest, AppealRequest)


@pytest.mark.parametrize("shape", SHAPES, ids=lambda shape: shape.__name__)
def test_a_request_can_be_read(shape: type[msgspec.Struct]) -> None:
    msgspec.json.Decoder(shape)  # a type that contradicts itself raises here, and else when the first request comes


@pytest.mark.parametrize("length", [0, 5_001])
def test_a_note_has_some_words_and_not_too_many(length: int) -> None:
    with pytest.raises(msgspec.ValidationError):
        msgspec.convert({"text": "x" * length}, NoteRequest)
