"""An import outlasts an edge that restarts or is busy, says what to do about one that stays away, and what was new."""

from __future__ import annotations

from collections.abc import Iterator

import httpx
import pytest
import typer
from pydantic import SecretStr

from services.ingest.cli.sender import PATIENCE_AWAY_S, PATIENCE_S, Sender, outcome
from shared.cli.client import Api
from shared.settings import Settings

Answers = Iterator[httpx.Response | httpx.HTTPError]


class World:
    """An edge that answers as told, and a clock that goes on by sleeping."""

    def __init__(self, answers: Answers) -> None:
        self.now = 0.0
        self._answers = answers
        api = Api(Settings(token=SecretStr("token")), "ingest")
        api.http.close()
        api.http = httpx.Client(base_url="http://edge", transport=httpx.MockTransport(self._answer))
        self.sender = Sender(api, "acme", clock=lambda: self.now, sleep=self._sleep)

    def _sleep(self, seconds: float) -> None:
        self.now += seconds

    def _answer(self, _: httpx.Request) -> httpx.Response:
        answer = next(self._answers)
        if isinstance(answer, httpx.HTTPError):
            raise answer
        return answer


def away() -> Answers:
    while True:
        yield httpx.ConnectError("refused")


def taken(known: int = 0, waiting: int = 0, repeated: int = 0) -> httpx.Response:
    return httpx.Response(202, json={"accepted": 2, "known": known, "repeated": repeated, "waiting": waiting})


def busy(**headers: str) -> httpx.Response:
    document = {"detail": "the normaliser is more than 15 s behind; imports wait for live events"}
    return httpx.Response(429, json=document, headers=headers)


def test_an_edge_that_restarts_is_waited_for() -> None:
    world = World(iter([httpx.ConnectError(""), httpx.ReadError(""), httpx.Response(503), taken()]))

    world.sender.send([b"{}", b"{}"])

    assert world.sender.sent == 2


def test_an_edge_that_stays_away_ends_the_import_with_a_sentence(capsys: pytest.CaptureFixture[str]) -> None:
    world = World(away())

    with pytest.raises(typer.Exit):
        world.sender.send([b"{}"])

    said = " ".join(capsys.readouterr().err.split())
    assert "has not answered at http://edge" in said
    assert "import again" in said
    assert PATIENCE_AWAY_S < world.now < 2 * PATIENCE_AWAY_S


def test_a_busy_edge_is_left_alone_for_as_long_as_it_asks_and_then_gets_all() -> None:
    world = World(iter([busy(**{"retry-after": "5"}), busy(**{"retry-after": "7"}), taken(), taken()]))

    world.sender.send([b"{}", b"{}"])
    world.sender.send([b"{}", b"{}"])

    assert world.now == 12
    assert list(outcome(world.sender, 0)) == ["4 new", "0 there already", "0 records set aside"]


def test_an_edge_that_stays_busy_ends_the_import_with_its_sentence(capsys: pytest.CaptureFixture[str]) -> None:
    world = World(iter(lambda: busy(**{"retry-after": "50"}), None))

    with pytest.raises(typer.Exit):
        world.sender.send([b"{}"])

    assert "imports wait for live events" in " ".join(capsys.readouterr().err.split())
    assert PATIENCE_S < world.now < 1.2 * PATIENCE_S


def test_what_was_there_already_is_told_apart_from_what_is_new() -> None:
    world = World(iter([taken(known=2, waiting=3), taken(known=1, waiting=5)]))

    world.sender.send([b"{}", b"{}"])
    world.sender.send([b"{}", b"{}"])

    assert list(outcome(world.sender, 0)) == ["1 new", "3 there already", "0 records set aside"]
    assert world.sender.waiting == 3, "what waited when it began"


def test_what_an_export_tells_twice_is_new_once_and_all_numbers_add_up() -> None:
    world = World(iter([taken(repeated=1), taken(known=2)]))

    world.sender.send([b"{}", b"{}"])
    assert list(outcome(world.sender, 0)) == [
        *("1 new", "0 there already", "1 told more than once by the export", "0 records set aside")
    ]

    world.sender.send([b"{}", b"{}"])
    assert (world.sender.new, world.sender.known, world.sender.repeated, world.sender.sent) == (1, 2, 1, 4)


@pytest.mark.parametrize("lost", [httpx.ReadError(""), httpx.Response(503)])
def test_what_may_have_come_through_before_is_not_called_older(
    lost: httpx.Response | httpx.HTTPError,
) -> None:
    world = World(iter([lost, taken(known=2)]))

    world.sender.send([b"{}", b"{}"])

    assert "0 there already" in list(outcome(world.sender, 0))
    assert any(words.startswith("2 sent twice") for words in outcome(world.sender, 0))
