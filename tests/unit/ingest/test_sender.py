"""An import outlasts an edge that restarts, and says what to do about one that stays away."""

from __future__ import annotations

from collections.abc import Iterator

import httpx
import pytest
import typer
from pydantic import SecretStr

from services.ingest.cli import PATIENCE_AWAY_S, Sender
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


def test_an_edge_that_restarts_is_waited_for() -> None:
    world = World(iter([httpx.ConnectError(""), httpx.ReadError(""), httpx.Response(503), httpx.Response(202)]))

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
