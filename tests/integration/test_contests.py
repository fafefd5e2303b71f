"""A contest from its document to a proof that anybody can check, over the real bus, with a round of drand's own."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import httpx
import pytest
from pydantic import SecretStr
from typing_extensions import override

from deploy.native.parts import CORE
from services.engagement import app as engagement
from services.engagement.rules.draws.chains import QUICKNET
from services.engagement.rules.draws.verdicts import verified
from services.engagement.rules.participation.contests import SETTLE
from shared.bus import past
from shared.clock import SetClock
from shared.directory import Scope
from shared.events import Actor, Envelope, decode
from shared.events.actions import ActionAnswer, ActionPublish
from shared.topics import ACTIONS, DECISIONS
from tests.builders import PLACE, command_given, content_created, decision_made, decision_reversed
from tests.integration.services import eventually, publish, running, settings_for, token
from tests.integration.test_standing import WORDS, document
from tests.parts import Addresses, StackFactory
from tests.unit.engagement.draws.rounds import SIGNATURES
from tests.unit.engagement.participation.stage import KEY
from tests.unit.engagement.participation.test_contests import CLOSES, ROUND

HOUR = timedelta(hours=1)
SCOPES = (Scope.MEMBERS_READ, Scope.POINTS_WRITE, Scope.POLICIES_READ, Scope.POLICIES_WRITE)
CONTEST = document(
    "Contest",
    "spring",
    title=WORDS,
    community=PLACE,
    enter={"by": "hashtag", "tag": "spring"},
    until=(CLOSES - SETTLE).isoformat(),
    winners=1,
    alternates=2,
)


POLL = document("Poll", "best", title=WORDS, options=[WORDS] * 2)


class _Drand(BaseHTTPRequestHandler):
    """Answers as drand does, for the one round."""

    def do_GET(self) -> None:
        is_asked = self.path == f"/{QUICKNET.hash}/public/{ROUND}"
        body = f'{{"round":{ROUND},"randomness":"","signature":"{SIGNATURES[ROUND].hex()}"}}'.encode()
        self.send_response(200 if is_asked else 404)
        self.end_headers()
        self.wfile.write(body if is_asked else b"{}")

    @override
    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture
def drand() -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Drand)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


@pytest.mark.timeout(200)
async def test_a_draw_from_the_document_to_the_proof(own_stack: StackFactory, drand: str) -> None:
    stack = own_stack()
    stack.start(*CORE)
    found = stack.settings()
    parts = Addresses(kafka=found["VECHE_KAFKA"], mongo=found["VECHE_MONGO"], redis=found["VECHE_REDIS"])
    clock = SetClock(CLOSES - HOUR)
    own = {"policy_delay_s": 0.0, "policy_refresh_s": 0.0, "draw_key": SecretStr(KEY.decode()), "drand_url": drand}
    service = engagement.create_app(settings_for(parts).model_copy(update=own), clock)
    async with running(service, folds=True) as (points,):
        points.headers.update(await token(service, "acme", *SCOPES))
        assert (await points.put("/v1/documents", json=CONTEST)).status_code == 200
        assert (
            await points.put("/v1/documents", json=document("Poll", "best", title=WORDS, options=[WORDS] * 2))
        ).is_success

        clock.forward(HOUR / 2)
        await enter(parts, clock, 4)
        await shows(points, entrants=4)
        await who_is_removed_is_out_and_comes_back(points, parts, clock)
        await a_vote_in_the_chat_is_answered_there(points, parts, clock)
        await it_is_drawn(points, parts, clock)


async def told(parts: Addresses) -> Sequence[Envelope]:
    found = [decode(record.value or b"") async for record in past.records(parts.kafka, ACTIONS.name)]
    return [act for act in found if act is not None]


async def shows(points: httpx.AsyncClient, **wanted: object) -> None:
    async def look() -> dict[str, object]:
        answer = await points.get("/v1/things/contest/spring")
        return {name: answer.json().get(name) for name in wanted}

    await eventually(look, lambda told: told == wanted)


async def enter(parts: Addresses, clock: SetClock, members: int) -> None:
    """Have members post with the hashtag, twice each: that is one entry."""
    for number in range(members):
        about = {"actor": Actor(id=f"telegram:{number}"), "time": clock.now(), "recordedtime": clock.now()}
        posts = [
            content_created(**about, content_id=f"{PLACE}:{number}{copy}", text="#spring", tags=("spring",))
            for copy in ("1", "2")
        ]
        other = content_created(**about, content_id=f"{PLACE}:{number}3", text="hello")
        await publish(parts.kafka, *posts, other)


async def who_is_removed_is_out_and_comes_back(points: httpx.AsyncClient, parts: Addresses, clock: SetClock) -> None:
    about = {"time": clock.now(), "recordedtime": clock.now()}
    gone = [
        decision_made(**about, content_id=f"{PLACE}:0{copy}", verdict="remove", decision=f"d{copy}") for copy in ("1", "2")
    ]
    await publish(parts.kafka, *gone, topic=DECISIONS.name)
    await shows(points, entrants=3)
    await publish(parts.kafka, decision_reversed(**about, content_id=f"{PLACE}:01", decision="d1"), topic=DECISIONS.name)
    await shows(points, entrants=4)


async def a_vote_in_the_chat_is_answered_there(points: httpx.AsyncClient, parts: Addresses, clock: SetClock) -> None:
    about = {"actor": Actor(id="telegram:0"), "time": clock.now(), "recordedtime": clock.now()}
    pressed = command_given(**about, name="poll", text="best 2", press="p1", content_id=None)
    await publish(parts.kafka, pressed)

    await eventually(lambda: points.get("/v1/things/poll/best"), lambda poll: poll.json()["results"]["answers"] == 1)
    acts = await told(parts)
    (answer,) = [act for act in acts if isinstance(act, ActionAnswer)]
    assert (answer.data.press, answer.data.text) == ("p1", "Your answer is counted. You can change it.")


async def it_is_drawn(points: httpx.AsyncClient, parts: Addresses, clock: SetClock) -> None:
    clock.at = CLOSES
    await shows(points, phase="closed", round=ROUND)
    clock.forward(timedelta(minutes=10))
    await shows(points, phase="decided")

    announced = (await points.get("/v1/things/contest/spring")).json()["commitment"]
    file = (await points.get("/v1/things/contest/spring/proof")).content
    assert verified(file, announced).holds
    (winner,) = (await points.get("/v1/things/contest/spring")).json()["winners"]
    code = (await points.get(f"/v1/things/contest/spring/codes/{winner['member']}")).json()["code"]
    assert len(code) == 64
    texts = [act.data.text or "" for act in await told(parts) if isinstance(act, ActionPublish)]
    assert [announced in text for text in texts] == [False, True, False]
