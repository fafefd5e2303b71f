"""`veche moderation decisions, lift, queue`: what has no content is listed too, and what is not done is not told as done."""

from __future__ import annotations

from typing import Any

import httpx
import pytest
from typer.testing import CliRunner, Result

from services.__main__ import app
from shared.cli.client import Api

RAID = {
    "id": "d1", "time": "2026-03-02T09:30:00+00:00", "verdict": "flag", "rules": ["raid"], "imported": False,
    "community": "telegram:-1", "findings": [], "cause": "e1",
}  # fmt: skip
CASE = {"status": "closed", "version": 3}


@pytest.fixture
def answers(monkeypatch: pytest.MonkeyPatch) -> list[httpx.Response]:
    """Return the answer that every request is given: the last of these."""
    given: list[httpx.Response] = []

    def answer(self: Api, method: str, path: str, **options: Any) -> httpx.Response:  # noqa: ANN401 - httpx's options
        del self, method, path, options
        return given[-1]

    monkeypatch.setattr(Api, "answer", answer)
    return given


def veche(*words: str) -> Result:
    return CliRunner().invoke(
        app, ["moderation", *words], env={"COLUMNS": "200", "TERM": "dumb", "VECHE_TOKEN": "veche_pat_test"}
    )


def test_a_raid_is_listed_and_explained(answers: list[httpx.Response]) -> None:
    answers.append(httpx.Response(200, json=[RAID]))
    listed = veche("decisions")
    answers.append(httpx.Response(200, json=RAID))
    explained = veche("explain", "d1")

    assert (listed.exit_code, explained.exit_code) == (0, 0), (listed.output, explained.output)
    assert "no content, nobody known in telegram:-1" in explained.output


@pytest.mark.parametrize(("status", "said"), [(200, "lifted"), (202, "asked for; look again in a moment")])
def test_a_sanction_is_lifted_when_the_answer_says_so(answers: list[httpx.Response], status: int, said: str) -> None:
    answers.append(httpx.Response(status, json={}))

    assert veche("lift", "telegram:1", "--sanction", "s1", "--reason", "enough").output.strip() == said


@pytest.mark.parametrize(("status", "said"), [(200, "closed, version 3"), (202, "asked for; look again in a moment")])
def test_a_case_is_worked_on_when_the_answer_says_so(answers: list[httpx.Response], status: int, said: str) -> None:
    answers.append(httpx.Response(status, json=CASE))

    assert veche("queue", "claim", "k1").output.strip() == said


def test_several_cases_have_no_one_version() -> None:
    done = veche("queue", "decide", "k1", "k2", "--ruling", "allow", "--version", "3")

    assert done.exit_code == 1
    assert "--version goes with one case" in done.output


def test_whoever_decides_of_history_in_the_terminal_is_told_that_nothing_is_done(answers: list[httpx.Response]) -> None:
    answers.append(httpx.Response(200, json=CASE | {"remark": "only noted"}))
    alone = veche("queue", "decide", "k1", "--ruling", "remove").output
    answers.append(httpx.Response(200, json={"cases": [{"key": key, "done": True, "remark": "only noted"} for key in "ab"]}))
    together = veche("queue", "decide", "a", "b", "--ruling", "remove").output

    assert alone.splitlines() == ["closed, version 3", "only noted"]
    assert together.splitlines() == ["a: only noted", "b: only noted", "2 of 2 ended"]


@pytest.mark.parametrize(("status", "said"), [(201, "opened"), (202, "asked for; look again in a moment:")])
def test_a_dispute_is_opened_when_the_answer_says_so_and_between_whom(
    answers: list[httpx.Response], status: int, said: str
) -> None:
    answers.append(httpx.Response(status, json={"key": "k1", "dispute": {"members": ["u1", "u2"], "about": "A quarrel"}}))

    done = veche("queue", "dispute", "--community", "c", "--member", "u1", "--member", "u2", "--about", "A quarrel")

    assert done.output.strip() == f"{said} a dispute between u1 and u2: k1"


def test_a_case_that_waits_for_a_second_look_says_so_and_whose_a_claimed_one_is(answers: list[httpx.Response]) -> None:
    answers.append(httpx.Response(200, json={"status": "open", "version": 4, "blind": True}))
    decided = veche("queue", "decide", "k1", "--ruling", "hide").output
    answers.append(
        httpx.Response(
            200, json={"status": "open", "version": 2, "mine": True, "claim": {"until": "2026-03-02T10:15:00+00:00"}}
        )
    )
    claimed = veche("queue", "claim", "k1").output

    assert decided.strip() == "open, version 4; it waits for somebody else's second look"
    assert claimed.strip() == "open, version 2; yours until 2026-03-02 10:15 UTC"


def test_who_reverses_what_was_taken_back_before_is_told_that_nothing_was_done(answers: list[httpx.Response]) -> None:
    reversal = {"by": "vera", "time": "2026-03-02T10:00:00+00:00"}
    answers.append(httpx.Response(200, json=RAID | {"reversal": reversal, "already": True}))

    assert "nothing was done now: by vera" in veche("reverse", "d1", "--reason", "wrong").output


@pytest.mark.parametrize(
    ("command", "said"),
    [
        (["decide", "k1", "--ruling", "delete"], "'allow', 'keep', 'hide', 'remove', 'warn', 'mute', 'ban'"),
        (["decide", "k1", "--ruling", "hide", "--severity", "awful"], "'low', 'medium', 'high', 'critical'"),
        (["settle", "k1", "peace", "--outcome", "won"], "'settled', 'first', 'second', 'both'"),
        (["list", "--status", "done"], "'open', 'closed', 'all'"),
    ],
)
def test_what_is_none_of_the_words_is_refused_with_those_that_are(command: list[str], said: str) -> None:
    done = CliRunner().invoke(app, ["moderation", "queue", *command], env={"COLUMNS": "300", "TERM": "dumb"})

    assert done.exit_code == 2
    assert said in done.output


def test_the_list_of_cases_tells_how_contents_begin_and_that_a_text_is_hard(answers: list[httpx.Response]) -> None:
    told = {"opened": "2026-03-02T09:30:00+00:00", "severity": "low", "community": "c", "key": "k", "content": "m1"}
    cases = [told | {"excerpt": "Buy coins \x1b[31m"}, told | {"severe": True}]
    answers.append(httpx.Response(200, json={"cases": cases, "total": 2}))

    done = CliRunner().invoke(app, ["moderation", "queue", "list"], env={"VECHE_TOKEN": "t"})

    assert "Buy coins" in done.output
    assert "\x1b[31m" not in done.output
    assert "(hard: look at the case)" in done.output
    assert "opened (UTC)" in done.output


def test_the_list_of_decisions_names_who_decided(answers: list[httpx.Response]) -> None:
    answers.append(httpx.Response(200, json=[RAID, RAID | {"by": "vera"}]))

    lines = CliRunner().invoke(app, ["moderation", "decisions"], env={"VECHE_TOKEN": "t"}).output.split("\n")

    assert [line.split()[2] for line in lines[1:3]] == ["rules", "vera"]
