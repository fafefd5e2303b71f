"""What is wrong with a request is told so that it can be mended: the field that was meant, who does what."""

from __future__ import annotations

import httpx
import pytest
from fastapi import APIRouter, Depends, FastAPI
from typer.testing import CliRunner

from services.__main__ import app
from services.engagement.api.asked import known_query, read
from services.engagement.api.things import Part, Work
from services.engagement.rules.participation.doings import Buy
from shared.http.problems import Problem, install


@pytest.mark.parametrize(
    ("shape", "body", "said"),
    [
        (
            Part,
            '{"member":"telegram:1","does":{"do":"buy","quantty":3}}',
            "did you mean `quantity`?",
        ),
        (Part, '{"member":"telegram:1","does":{"do":"vote","option":[0]}}', "did you mean `options`?"),
        (Part, '{"member":"telegram:1","does":{"do":"leave","why":"-"}}', "it has no other fields"),
        (Part, '{"member":"telegram:1","does":{"do":"byu"}}', "did you mean `buy`?"),
        (
            Part,
            '{"member":"telegram:1","does":{"do":"fulfil","order":"1"}}',
            "staff do `fulfil`: POST it to …/orders, without",
        ),
        (Part, '{"membr":"telegram:1","does":{"do":"look"}}', "did you mean `member`?"),
        (Part, '{"member":"12345","does":{"do":"look"}}', "platform:account, such as telegram:12345"),
        (Work, '{"does":{"do":"fulfil","order":"1","nte":"RR1"}}', "did you mean `note`?"),
        (Work, '{"does":{"do":"passd"}}', "did you mean `passed`?"),
        (Work, '{"does":{"do":"vote","options":[0]}}', "members do `vote`: POST it to …/parts, with the `member`"),
        (Work, '{"does":{"do":"nothing at all"}}', "known are attended, drawn, fulfil, give_back, judged, passed"),
        (Work, '{"does":', "cannot be read"),
        (Work, '{"does":[]}', "Expected `object`"),
    ],
)
def test_what_was_meant_is_told(shape: type[Part | Work], body: str, said: str) -> None:
    with pytest.raises(Problem) as refused:
        read(body.encode(), shape)

    assert refused.value.status == 422
    assert said in refused.value.detail


def test_what_is_right_is_read() -> None:
    asked = read(b'{"member":"telegram:1","does":{"do":"buy","quantity":3}}', Part)

    assert (asked.member, asked.does) == ("telegram:1", Buy(quantity=3))


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("vote", "options=0"), "members do `vote`: name who does it by --member telegram:12345"),
        (("passd", "member=telegram:1"), "there is no `passd`; did you mean `passed`?"),
        (("fulfil", "order=1", "--member", "telegram:1"), "staff do `fulfil`: leave --member out"),
        (("buy", "quantity=some", "--member", "telegram:1"), "quantity is a number"),
    ],
)
def test_the_command_says_who_does_what(words: tuple[str, ...], said: str) -> None:
    done = CliRunner().invoke(app, ["engagement", "do", "poll/meetup", *words], env={"VECHE_TOKEN": "t", "TERM": "dumb"})

    assert done.exit_code == 1
    assert said in done.output


async def test_a_query_that_would_be_ignored_is_refused() -> None:
    api, routes = FastAPI(), APIRouter(dependencies=[Depends(known_query)])

    @routes.get("/boards")
    async def board(period: str = "all") -> str:
        return period

    api.include_router(routes)
    install(api)
    async with httpx.AsyncClient(transport=httpx.ASGITransport(api), base_url="http://engagement") as client:
        week, wrong = await client.get("/boards?period=week"), await client.get("/boards?perid=week")

    assert (week.status_code, week.json()) == (200, "week")
    assert (wrong.status_code, wrong.json()["detail"]) == (422, "there is no `perid` to ask for; did you mean `period`?")
