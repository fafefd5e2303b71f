"""Log lines name the trace they belong to: that of the record, or of the request in hand."""

from __future__ import annotations

import json
import logging

import httpx
import pytest
from opentelemetry import trace
from prometheus_client import CollectorRegistry

from shared.directory import Directory
from shared.fold.mongo import new_client
from shared.http.app import create
from shared.telemetry.logs import JsonLines
from shared.telemetry.traces import carried_on

TRACE = f"{0xABC:032x}"
log = logging.getLogger(__name__)


def line(record: logging.LogRecord) -> dict[str, str]:
    return dict(json.loads(JsonLines("test").format(record)))


def test_a_line_about_a_record_names_its_trace(caplog: pytest.LogCaptureFixture) -> None:
    log.error("with", extra={"trace": TRACE})
    log.error("without", extra={"trace": None})

    assert line(caplog.records[0])["trace"] == TRACE
    assert "trace" not in line(caplog.records[1])


@pytest.mark.parametrize("headers", [{}, {"traceparent": f"00-{TRACE}-{1:016x}-00"}])
async def test_lines_and_records_of_a_request_outside_the_sample_have_one_id(headers: dict[str, str]) -> None:
    client = new_client("mongodb://127.0.0.1:1/")
    app = create("test", Directory(client, "none"), trace.get_tracer("test"), CollectorRegistry(), ratio=0)
    found: list[str] = []

    @app.get("/told")
    async def told() -> None:
        record = logging.LogRecord("test", logging.INFO, "", 0, "told", None, None)
        ((_, carried),) = carried_on()
        found.extend((line(record)["trace"], carried.decode().split("-")[1]))

    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://test") as http:
        answer = await http.get("/told", headers=headers)
    await client.close()

    assert answer.is_success
    assert len(set(found)) == 1
    assert not headers or found[0] == TRACE
