"""A quiz and an activity over the real bus: pressed in the chat, answered there, reminded of by the real scheduler."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta
from itertools import count
from typing import Any, NamedTuple, TypeVar

import httpx
import pytest
from pydantic import SecretStr

from deploy.native.parts import CORE
from services.engagement import app as engagement
from services.engagement.rules.participation.quizzes import SETTLE
from shared.bus import past
from shared.clock import SetClock
from shared.directory import Scope
from shared.events import Actor, Envelope, decode
from shared.events.actions import ActionAnswer, ActionMessage, ActionPublish
from shared.runtime import Service
from shared.topics import ACTIONS
from tests.builders import AT, PLACE, command_given
from tests.integration.services import eventually, publish, running, settings_for, token
from tests.integration.test_standing import WORDS, document
from tests.parts import Addresses, StackFactory
from tests.unit.engagement.participation.stage import KEY

HOUR, SECOND = timedelta(hours=1), timedelta(seconds=1)
STARTS = AT + 5 * HOUR
SCOPES = (Scope.MEMBERS_READ, Scope.POINTS_WRITE, Scope.POLICIES_READ, Scope.POLICIES_WRITE)
WHY = {"en": "Equinox.", "ru": "Равноденствие."}
QUESTION = {
    "ask": WORDS,
    "options": [WORDS, WORDS],
    "right": [2],
    "seconds": 20,
    "points": 10,
    "bonus": 10,
    "explanation": WHY,
}
DOCUMENTS = (
    document(
        "RewardsPolicy",
        "default",
        rules=[
            {"id": "quizzes", "for": "quiz", "each": 1, "points": 1},
            {"id": "activities", "for": "activity", "points": 50},
        ],
    ),
    document("Quiz", "spring", title=WORDS, community=PLACE, questions=[QUESTION, QUESTION], until=(AT + HOUR).isoformat()),
    document(
        "Contest",
        "clever",
        title=WORDS,
        enter={"by": "quiz", "quiz": "spring", "score": 20},
        until=(AT + 2 * HOUR).isoformat(),
    ),
    document(
        "Activity",
        "meetup",
        title=WORDS,
        community=PLACE,
        starts=STARTS.isoformat(),
        ends=(STARTS + HOUR).isoformat(),
        capacity=1,
        link="https://acme.example/live",
        reminders=["1h"],
    ),
)
ANNA, OLEG = "telegram:1", "telegram:2"
A = TypeVar("A", bound=Envelope)


class Chat(NamedTuple):
    """Where members press buttons and write to the bot, and what it does."""

    points: httpx.AsyncClient
    parts: Addresses
    clock: SetClock
    numbers: count[int]

    async def acts(self) -> Sequence[Any]:
        """Return all that was asked of platforms so far."""
        return [decode(record.value or b"") async for record in past.records(self.parts.kafka, ACTIONS.name)]

    async def presses(self, member: str, command: str, kind: type[A]) -> A:
        """Have a member press a button; return how they are answered."""
        return await self._given(member, command, kind, press=f"p{next(self.numbers)}")

    async def writes(self, member: str, command: str) -> ActionMessage:
        """Have a member write a command into the chat; return how they are answered, apart from the others there."""
        return await self._given(member, command, ActionMessage, message=f"{PLACE}:{next(self.numbers)}")

    async def _given(self, member: str, command: str, kind: type[A], **how: str) -> A:
        name, _, text = command.partition(" ")
        now = self.clock.now()
        about = {"actor": Actor(id=member), "time": now, "recordedtime": now, "message": None}
        before = len(await self.acts())
        await publish(self.parts.kafka, command_given(name=name, text=text, **(about | how)))
        acts = await eventually(self.acts, lambda acts: any(_to(act, member) for act in acts[before:]))
        (answer,) = [act for act in acts[before:] if _to(act, member)]
        assert isinstance(answer, kind)
        return answer

    async def told(self, member: str, begins: str) -> Any:  # noqa: ANN401
        """Return what a member is written without having asked."""

        def found(acts: Sequence[Any]) -> list[Any]:
            there = [act for act in acts if isinstance(act, ActionMessage) and act.data.member == member]
            return [act for act in there if (act.data.text or "").startswith(begins)]

        (one,) = found(await eventually(self.acts, lambda acts: bool(found(acts))))
        return one

    async def shows(self, thing: str, **wanted: object) -> None:
        """Wait until a thing shows this."""

        async def look() -> Mapping[str, object]:
            answer = await self.points.get(f"/v1/things/{thing}")
            return {name: answer.json().get(name) for name in wanted}

        await eventually(look, lambda told: told == wanted)

    async def has(self, member: str, points: int) -> None:
        """Wait until a member has so many points."""
        await eventually(lambda: self.points.get(f"/v1/members/{member}"), lambda told: told.json().get("balance") == points)


def _to(act: Any, member: str) -> bool:  # noqa: ANN401
    return isinstance(act, ActionAnswer | ActionMessage) and act.data.member == member


def commands(act: Any) -> list[str]:  # noqa: ANN401
    return [button.command for row in act.data.buttons or () for button in row]


@pytest.mark.timeout(200)
async def test_a_quiz_and_an_activity_from_their_documents_to_the_points(own_stack: StackFactory) -> None:
    stack = own_stack()
    stack.start(*CORE)
    found = stack.settings()
    parts = Addresses(kafka=found["VECHE_KAFKA"], mongo=found["VECHE_MONGO"], redis=found["VECHE_REDIS"])
    clock = SetClock(AT)
    own = {"policy_delay_s": 0.0, "policy_refresh_s": 0.0, "draw_key": SecretStr(KEY.decode())}
    service = engagement.create_app(settings_for(parts).model_copy(update=own), clock)
    async with running(service, folds=True) as (points,):
        points.headers.update(await token(service, "acme", *SCOPES))
        for one in DOCUMENTS:
            answer = await points.put("/v1/documents", json=one)
            assert answer.status_code == 200, answer.text
        chat = Chat(points, parts, clock, count())
        await chat.shows("activity/meetup", phase="planned")
        clock.forward(SECOND)

        await it_is_played_in_the_chat(chat)
        await who_does_not_finish_is_counted_at_the_end(chat)
        await places_go_to_who_waits(chat, service)
        await who_is_registered_is_reminded_and_checks_in(chat)


async def it_is_played_in_the_chat(chat: Chat) -> None:
    announced = [act for act in await chat.acts() if isinstance(act, ActionPublish)]
    assert sorted(command for act in announced for command in commands(act)) == ["join meetup", "quiz spring begin"]
    asked = await chat.presses(ANNA, "quiz spring begin", ActionMessage)
    assert commands(asked) == ["quiz spring 1 1", "quiz spring 1 2"]
    chat.clock.forward(10 * SECOND)
    told = await chat.presses(ANNA, commands(asked)[1], ActionMessage)
    assert (told.data.text, commands(told)) == ("Right: +15.\nEquinox.", ["quiz spring begin"])
    again = await chat.presses(ANNA, commands(asked)[0], ActionAnswer)
    assert again.data.text == "You have answered already."
    asked = await chat.presses(ANNA, commands(told)[0], ActionMessage)
    last = await chat.presses(ANNA, commands(asked)[1], ActionAnswer)

    assert last.data.text == "Right: +20.\nEquinox.\nThat was all. You have 35 points."
    await chat.has(ANNA, 35)
    await chat.shows("contest/clever", entrants=1)
    await chat.shows("quiz/spring", leaders=[{"member": ANNA, "score": 35, "ms": 10_000}])


async def who_does_not_finish_is_counted_at_the_end(chat: Chat) -> None:
    asked = await chat.presses(OLEG, "quiz spring begin", ActionMessage)
    await chat.presses(OLEG, commands(asked)[1], ActionMessage)
    own = (await chat.points.get("/v1/things/quiz/spring", params={"member": OLEG})).json()["own"]
    assert own == {"attempt": 1, "playing": True}
    chat.clock.at = AT + HOUR + SETTLE
    await chat.shows("quiz/spring", phase="closed", finished=2)

    await chat.has(OLEG, 20)
    await chat.has(ANNA, 35)
    await chat.shows("contest/clever", entrants=2)


async def places_go_to_who_waits(chat: Chat, service: Service) -> None:
    assert "https://acme.example/live" in ((await chat.presses(ANNA, "join meetup", ActionMessage)).data.text or "")
    waits = await chat.presses(OLEG, "join meetup", ActionMessage)
    assert "You wait; before you: 0." in (waits.data.text or "")
    assert "acme.example" not in (waits.data.text or "")
    chat.clock.forward(SECOND)
    left = await chat.presses(ANNA, "leave meetup", ActionAnswer)
    assert left.data.text == "You are not registered any more."
    promoted = await chat.told(OLEG, "Spring: a place is free")
    assert promoted.data.text.endswith("https://acme.example/live")

    reader = await token(service, "acme", Scope.MEMBERS_READ, name="reader")
    refused = await chat.points.get("/v1/things/activity/meetup/code", headers=reader)
    documents = await chat.points.get("/v1/documents", params={"kind": "Quiz"}, headers=reader)
    assert (refused.status_code, documents.status_code) == (403, 403)


async def who_is_registered_is_reminded_and_checks_in(chat: Chat) -> None:
    chat.clock.at = STARTS - HOUR
    reminded = await chat.told(OLEG, "Spring begins at 2026-03-02 14:30 UTC.")
    assert reminded.data.deadline == STARTS + HOUR
    code = (await chat.points.get("/v1/things/activity/meetup/code")).json()["code"]
    wrong = await chat.writes(OLEG, "checkin meetup 222222")
    assert wrong.data.text == "This is not the code."
    chat.clock.forward(SECOND)
    there = await chat.writes(OLEG, f"checkin meetup {code}")
    assert there.data.text == "You were there: it counts."

    await chat.has(OLEG, 70)
    await chat.shows("activity/meetup", registered=1, attended=1)
    texts = [act.data.text or "" for act in await chat.acts() if isinstance(act, ActionMessage)]
    assert sum(text.startswith("Spring begins") for text in texts) == 1
