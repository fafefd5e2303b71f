"""The fold of acts by itself: what is asked for in, receipts out."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.delivery.handlers.acts import Acts
from services.delivery.rules.commands import Finished, Forget, LineChanged
from services.delivery.rules.states import State
from services.delivery.rules.works import WORKS_MAX
from shared.errors import Unprocessable
from shared.events import Envelope, decode, encode
from shared.fold.definition import Output, Step
from shared.topics import ACTIONS, DECISIONS, DELIVERY_COMMANDS, RECEIPTS
from tests.builders import (
    action_ban,
    action_delete,
    action_done,
    action_message,
    content_created,
    decision_reversed,
)
from tests.fakes import FakeRecord

PLACE = {"brand": "acme", "community": "telegram:-1"}
NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)
CONTENT = "telegram:-1:5"
KEY = f"acme/telegram:-1/content/{CONTENT}"


class Beside:
    """The brand has two more communities."""

    async def refresh(self) -> None:
        pass

    def beside(self, brand: str, community: str) -> Sequence[str]:
        return [f"{brand}-two", f"{community}-three"]


class Folding:
    """The fold with its states in a dict."""

    def __init__(self) -> None:
        self.skipped = list[str]()
        self.fold = Acts(Beside(), self.skipped.append)
        self.states = dict[str, State]()
        self.steps = list[Step[State]]()

    def tell(self, topic: str, told: Envelope | Finished | LineChanged | Forget) -> list[Output]:
        value = encode(told) if isinstance(told, Envelope) else msgspec.json.encode(told)
        record = FakeRecord(topic, 0, 0, int(NOW.timestamp() * 1000), b"acme/telegram:-1", value, ())
        outputs = list[Output]()
        for item in self.fold.read(record):
            step = self.fold.evolve(self.states.get(item.key), item.event)
            self.steps.append(step)
            self.states.pop(item.key, None)
            if step.state is not None:
                self.states[item.key] = self.fold.decode(self.fold.encode(step.state))
            outputs += step.outputs
        return outputs

    def open(self, key: str = KEY) -> list[str]:
        state: Any = self.states.get(key)
        return [] if state is None else [work.id for work in state.works]


def over(action: str, target: str = f"content/{CONTENT}", **how: object) -> Finished:
    return Finished(action, "acme", "telegram:-1", target, NOW, 1, "acme-telegram", **how)  # type: ignore[arg-type]


def delete(**about: object) -> Envelope:
    return action_delete(**PLACE, content_id=CONTENT, **about)


def event_of(outputs: Sequence[Output], topic: str = RECEIPTS.name) -> Any:  # noqa: ANN401 - one of many events
    (output,) = outputs
    assert output.topic == topic
    assert isinstance(output.event, Envelope)
    return decode(encode(output.event))


def test_an_act_is_open_until_it_is_told_to_be_over_and_has_one_receipt() -> None:
    folding, act = Folding(), delete(cause="decision-1")

    folding.tell(ACTIONS.name, act)
    assert folding.open() == [act.id]
    receipt = event_of(folding.tell(DELIVERY_COMMANDS.name, over(act.id, answer="deleted")))

    assert (receipt.data.action, receipt.data.kind, receipt.data.cause) == (act.id, "delete", "decision-1")
    assert (receipt.data.content_id, receipt.data.answer, receipt.data.code) == (CONTENT, "deleted", None)
    assert receipt.data.connection == "acme-telegram"
    assert folding.states == {}
    assert folding.tell(DELIVERY_COMMANDS.name, over(act.id, answer="deleted")) == []


def test_an_act_that_was_not_carried_out_says_why() -> None:
    folding, act = Folding(), delete()
    folding.tell(ACTIONS.name, act)

    receipt = event_of(folding.tell(DELIVERY_COMMANDS.name, over(act.id, code="forbidden", reason="the bot may not")))

    assert receipt.__struct_config__.tag == "community.action.failed"
    assert (receipt.data.code, receipt.data.reason) == ("forbidden", "the bot may not")
    (entry,) = folding.steps[-1].entries
    assert (entry["_id"], entry["code"], entry["connection"]) == (act.id, "forbidden", "acme-telegram")


def test_a_member_who_takes_no_messages_is_told_by_a_field_for_the_codes_of_receipts_stay() -> None:
    folding, act = Folding(), action_message(**PLACE, member="telegram:7", text="hello")
    folding.tell(ACTIONS.name, act)

    receipt = event_of(
        folding.tell(DELIVERY_COMMANDS.name, over(act.id, "talk/telegram:7", code="unreachable", reason="it may not write"))
    )

    assert (receipt.data.code, receipt.data.unreachable, receipt.data.reason) == ("refused", True, "it may not write")
    (entry,) = folding.steps[-1].entries
    assert entry["code"] == "unreachable"


def test_texts_are_not_kept_once_an_act_is_over() -> None:
    folding, act = Folding(), action_message(**PLACE, member="telegram:7", text="a private word")
    folding.tell(ACTIONS.name, act)

    folding.tell(DELIVERY_COMMANDS.name, over(act.id, "talk/telegram:7", answer="sent"))

    assert "private word" not in str(folding.steps[-1].entries)
    assert folding.states == {}


def test_acts_of_one_target_are_open_in_the_order_in_which_they_came() -> None:
    folding, acts = Folding(), [delete(cause=f"decision-{n}") for n in range(5)]

    for act in acts:
        folding.tell(ACTIONS.name, act)

    assert folding.open() == [act.id for act in acts]


def test_history_causes_no_act() -> None:
    folding = Folding()

    assert folding.tell(ACTIONS.name, delete(imported=True)) == []

    assert folding.states == {}
    assert folding.skipped == ["imported"]


@pytest.mark.parametrize("event", [content_created(**PLACE), action_done(**PLACE)])
def test_what_is_no_act_is_not_read(event: Envelope) -> None:
    folding = Folding()

    assert folding.tell(ACTIONS.name, event) == []
    assert folding.states == {}


def test_a_reversal_is_known_to_the_content_and_to_whom_is_written_and_is_forgotten_a_day_later() -> None:
    folding = Folding()
    reversal = decision_reversed(**PLACE, content_id=CONTENT, content_author="telegram:7", decision="decision-1")

    folding.tell(DECISIONS.name, reversal)

    found: dict[str, Any] = folding.states
    talk = "acme/telegram:-1/talk/telegram:7"
    assert {key: state.reversed for key, state in found.items()} == {KEY: ("decision-1",), talk: ("decision-1",)}
    timers = [timer for step in folding.steps for timer in step.timers]
    assert len({timer.id for timer in timers}) == len(timers) == 2
    for timer in timers:
        forget = msgspec.json.decode(timer.command, type=Forget)
        folding.tell(DELIVERY_COMMANDS.name, forget)
        assert folding.steps[-1].done_timers == (timer.id,)
    assert folding.states == {}


def test_an_act_that_holds_everywhere_is_asked_for_in_the_other_communities_once() -> None:
    folding, ban = Folding(), action_ban(**PLACE, member="telegram:7", everywhere=True)

    outputs = folding.tell(ACTIONS.name, ban)

    spread: list[Any] = [output.event for output in outputs]
    assert [output.key for output in outputs] == ["acme/acme-two", "acme/telegram:-1-three"]
    assert [event.data.everywhere for event in spread] == [None, None]
    assert len({event.id for event in spread} | {ban.id}) == 3
    assert {event.data.cause for event in spread} == {ban.data.cause}


def test_a_target_that_is_flooded_keeps_what_it_has() -> None:
    folding = Folding()
    for number in range(WORKS_MAX):
        folding.tell(ACTIONS.name, delete(cause=f"decision-{number}"))

    with pytest.raises(Unprocessable, match="open acts"):
        folding.tell(ACTIONS.name, delete(cause="one more"))

    assert len(folding.open()) == WORKS_MAX


def test_a_lost_connection_is_told_once_and_its_return_once() -> None:
    folding = Folding()
    changes = [LineChanged("acme", "bot", "telegram", NOW, lost, "token") for lost in (False, True, True, False, False)]

    told = [folding.tell(DELIVERY_COMMANDS.name, change) for change in changes]

    assert [len(outputs) for outputs in told] == [0, 1, 0, 1, 0]
    assert event_of(told[1]).data.reason == "token"
    assert event_of(told[3]).__struct_config__.tag == "delivery.connection.restored"
    assert folding.states == {}


def test_a_command_that_is_none_is_refused_without_quoting_it() -> None:
    record = FakeRecord(DELIVERY_COMMANDS.name, 0, 0, 0, b"k", b'{"type":"finished","action":"secret"}', ())

    with pytest.raises(Unprocessable) as caught:
        Folding().fold.read(record)

    assert "secret" not in str(caught.value)


@given(steps=st.lists(st.tuples(st.sampled_from(["ask", "end", "end again"]), st.integers(0, 5)), max_size=60))
def test_every_act_has_one_receipt_however_often_its_end_is_told(steps: list[tuple[str, int]]) -> None:
    folding, asked, receipts = Folding(), dict[int, Envelope](), list[str]()

    for what, number in steps:
        if what == "ask" and number not in asked:
            asked[number] = delete(cause=f"decision-{number}")
            folding.tell(ACTIONS.name, asked[number])
        elif what != "ask" and number in asked:
            told = folding.tell(DELIVERY_COMMANDS.name, over(asked[number].id))
            receipts += [event_of([output]).data.action for output in told]

    assert len(receipts) == len(set(receipts))
    assert set(folding.open()) == {act.id for act in asked.values()} - set(receipts)
