"""`veche reporting incidents` and its kin: what is asked of the service, and what a person reads."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import httpx
import pytest
from msgspec.structs import replace
from typer.testing import CliRunner

from services.__main__ import app
from services.reporting.backtest.report import Report, compare, rows
from services.reporting.pages.shown_incident import brief, shown
from services.reporting.rules.incidents import QUIET_S
from shared.cli.moments import EARLIEST
from tests.unit.reporting.test_post_mortem import CRISIS, HOUR_MS

ID = CRISIS.id


@pytest.fixture(name="asked")
def asked_service(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> list[tuple[str, str, Any, Any]]:
    """What is asked of the service, which answers as it would."""
    asked: list[tuple[str, str, Any, Any]] = []

    def send(_: object, method: str, path: str, __: str = "", **options: Any) -> httpx.Response:  # noqa: ANN401 - as the client's
        asked.append((method, path, options.get("json"), options.get("headers")))
        body = {"incidents": [brief(CRISIS)], "next": "more"} if path == "/v1/incidents" else shown(CRISIS)
        request = httpx.Request(method, f"http://reporting{path}")
        return httpx.Response(202 if path.endswith("/notes") else 200, json=body, request=request)

    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("VECHE_TOKEN", "veche_some")
    monkeypatch.setattr("shared.cli.client.Api.send", send)
    return asked


def said(*words: str) -> str:
    done = CliRunner().invoke(app, ["reporting", *words])
    assert done.exit_code == 0, done.output
    return done.output


def test_incidents_are_listed_and_shown(asked: list[Any]) -> None:
    table, one = said("incidents", "list", "--brand", "acme"), said("incidents", "show", ID)

    assert "--cursor more shows the next page" in table
    assert "volume" in table
    assert "statement holding (public): We know." in one
    assert "step look (moderator): Look at it. - done by boris" in one
    assert "about: telegram:-1:7" in one
    assert [path for _, path, *_ in asked] == ["/v1/incidents", f"/v1/incidents/{ID}"]


@pytest.mark.parametrize(
    ("words", "what", "body"),
    [
        (["acknowledge", ID, "--version", "3"], "acknowledgement", {"version": 3}),
        (["assign", ID, "--to", "boris"], "assignment", {"to": "boris"}),
        (["note", ID, "A release."], "notes", {"text": "A release."}),
        (["finish", ID, "look", "--text", "Done."], "steps", {"step": "look", "text": "Done."}),
        (["approve", ID, "holding"], "approval", {"statement": "holding"}),
        (["close", ID, "--reason", "Mended."], "closing", {"reason": "Mended."}),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_each_order_is_sent_with_a_key_of_ones_own(asked: list[Any], words: list[str], what: str, body: Any) -> None:  # noqa: ANN401
    told = said("incidents", *words, "--once", "k1")

    assert asked == [("POST", f"/v1/incidents/{ID}/{what}", body, {"idempotency-key": "k1"})]
    assert ("look again" in told) == (what == "notes"), "202 says that it is not done yet"


def test_a_post_mortem_is_written_to_a_file(asked: list[Any], tmp_path: Path) -> None:
    assert "page.html" in said("post-mortem", ID, "-o", "page.html", "--lang", "ru")

    assert (tmp_path / "page.html").read_bytes()
    assert asked[0][1] == f"/v1/incidents/{ID}/post-mortem"


def test_a_backtest_needs_a_brand_and_a_time_before_now() -> None:
    nobody = CliRunner().invoke(app, ["reporting", "backtest-alerts"])
    later = CliRunner().invoke(app, ["reporting", "backtest-alerts", "--brand", "acme", "--since", "2999-01-01"])

    assert (nobody.exit_code, later.exit_code) == (1, 1)
    assert "--brand" in nobody.output
    assert "--since" in later.output


def test_incidents_of_two_playbooks_are_one_where_their_times_touch() -> None:
    soon = replace(CRISIS, id="soon", opened_ms=CRISIS.opened_ms + HOUR_MS)
    late = replace(CRISIS, id="late", opened_ms=round((CRISIS.last + QUIET_S) * 1_000) + HOUR_MS)
    there = replace(CRISIS, id="there", community="telegram:-2")

    found = [(one.by, one.crisis.id) for one in compare({"a": CRISIS}, {"s": soon, "l": late, "t": there})]

    assert found == [("both", ID), ("candidate", "late"), ("candidate", "there")]
    assert [one.by for one in compare({"a": CRISIS}, None)] == ["live"]


def test_a_row_names_what_an_incident_was_about() -> None:
    report = Report("acme", EARLIEST, EARLIEST, None, 0, 0, (), tuple(compare({"a": CRISIS}, None)))

    (row,) = rows(report)

    assert row[1:7] == ("live", "high", "volume", "12", "1.2", "9.6")
    assert row[-2:] == ("telegram:-1", "telegram:-1:7")
