from __future__ import annotations

import hashlib
import hmac
import json
from typing import Any
from urllib.parse import urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.ingest.connectors import CONNECTORS
from services.ingest.connectors.delivery import OK
from services.ingest.connectors.payload import Decoded, Payload
from shared.events import decode, encode
from tests.unit.ingest.doors import Door
from tests.unit.ingest.hostile import survives
from tests.unit.ingest.vk_callbacks import RECORDED

SLACK = CONNECTORS["slack"]


def form(**fields: str) -> bytes:
    called = {
        "team_id": "T1",
        "user_id": "U1",
        "channel_id": "C1",
        "trigger_id": "1.2.abc",
        "command": "/report",
        "text": "спам & ещё раз",
    }
    return urlencode(called | fields).encode()


def told(body: bytes) -> Decoded:
    return SLACK.decode(Payload(body=body, brand="acme", connection="hook", recordedtime=RECORDED))


@pytest.mark.parametrize(
    ("command", "kind"),
    [
        ("/report", "community.content.flagged"),
        ("/апелляция", "community.appeal.made"),
        ("/rank", "community.question.asked"),
    ],
)
def test_a_command_called_is_what_it_asks_for(command: str, kind: str) -> None:
    (event,) = told(form(command=command)).events

    data: Any = event.data  # type: ignore[attr-defined] # data of all of them
    assert event.__struct_config__.tag == kind
    assert (event.community, data.actor.id, data.text) == ("slack:T1", "slack:U1", "спам & ещё раз")
    assert decode(encode(event)) == event
    assert told(form(command=command)).events[0].id == event.id
    assert told(form(command=command, trigger_id="another")).events[0].id != event.id


@pytest.mark.parametrize("fields", [{"command": "/dance"}, {"team_id": ""}, {"user_id": "U" * 300}])
def test_a_command_that_asks_for_nothing_is_refused(fields: dict[str, str]) -> None:
    assert told(form(**fields)).refused


def test_the_workspace_is_found_in_a_form() -> None:
    assert SLACK.place(form(), {}) == "slack:T1"
    assert SLACK.place(form(team_id=""), {}) is None
    assert SLACK.answer(b"{}") == OK


@given(st.binary(max_size=200))
def test_any_form_is_told_or_refused(junk: bytes) -> None:
    survives(lambda: told(b"command=/rank&team_id=T1&user_id=U1&" + junk), {"command", "event_callback"})


async def test_a_member_reads_that_it_was_passed_on_in_both_languages() -> None:
    door = Door("slack", "s3cret")
    stamp = str(int(RECORDED.timestamp()))
    signed = hmac.new(b"s3cret", f"v0:{stamp}:".encode() + form(), hashlib.sha256).hexdigest()

    answer = await door.post(form(), x_slack_signature=f"v0={signed}", x_slack_request_timestamp=stamp)

    assert answer.status_code == 200
    assert json.loads(answer.text)["response_type"] == "ephemeral"
    assert "Thank you" in json.loads(answer.text)["text"]
    assert "Спасибо" in json.loads(answer.text)["text"]
    assert [record.key for record in door.kept] == [b"acme/slack:T1"]


def test_what_lets_anybody_speak_for_slack_or_answer_a_member_is_not_kept() -> None:
    sent = form(token="t0ken", response_url="https://hooks.slack.example/1", user_name="anna")

    kept = SLACK.keep(sent)

    assert not any(word in kept for word in (b"t0ken", b"hooks.slack", b"anna"))
    assert told(kept) == told(sent)
    assert SLACK.keep(b'{"token":"t0ken","type":"event_callback"}') == b'{"type":"event_callback"}'
