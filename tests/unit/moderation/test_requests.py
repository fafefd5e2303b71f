"""What is asked of cases can be read, and too long a text is refused."""

from __future__ import annotations

import msgspec
import pytest

from services.moderation.api.appeals import AppealRequest
from services.moderation.api.cases import WORK
from services.moderation.api.requests import BulkRequest, DecisionRequest, DisputeRequest, Named, NoteRequest, Seen
from shared.http.body import request_of
from shared.http.problems import Problem

SHAPES = (*(shape for shape, _ in WORK.values()), BulkRequest, DisputeRequest, AppealRequest)


@pytest.mark.parametrize("shape", SHAPES, ids=lambda shape: shape.__name__)
def test_a_request_can_be_read(shape: type[msgspec.Struct]) -> None:
    msgspec.json.Decoder(shape)  # a type that contradicts itself raises here, and else when the first request comes


@pytest.mark.parametrize("length", [0, 5_001])
def test_a_note_has_some_words_and_not_too_many(length: int) -> None:
    with pytest.raises(msgspec.ValidationError):
        msgspec.convert({"text": "x" * length}, NoteRequest)


@pytest.mark.parametrize("version", [-1, 2**63, 10**400])
def test_a_version_is_one_that_the_stores_can_hold(version: int) -> None:
    for shape, more in ((Seen, {}), (Named, {"key": "k1"})):
        with pytest.raises(msgspec.ValidationError):
            msgspec.json.decode(msgspec.json.encode({"version": "V"} | more).replace(b'"V"', b"%d" % version), type=shape)


def test_what_is_none_of_the_rulings_is_told_with_those_that_are() -> None:
    with pytest.raises(Problem) as told:
        request_of(b'{"ruling": "delete"}', DecisionRequest)

    assert "known are allow, ban, hide, keep, mute, remove, warn" in told.value.detail
