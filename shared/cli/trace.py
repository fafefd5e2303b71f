"""`veche trace EVENT-ID`: where to open the way of an event."""

from __future__ import annotations

import json
from typing import Annotated
from urllib.parse import quote

import httpx
import typer

from shared.cli.client import fail
from shared.settings import Settings

LOOKBACK_MS = 7 * 24 * 3600 * 1000
WHY_NONE = (
    "there is no such id, it is older than 7 days, the store was restarted since (Zipkin forgets), or its request was "
    "not in the sample. VECHE_TRACE_RATIO is the share of requests that are (0.05 unless set); "
    "the services read it when they start"
)

app = typer.Typer()


@app.command()
def trace(event: Annotated[str, typer.Argument(help="Id of an event, decision or ledger entry.")]) -> None:
    """Print where to open the trace of an event."""
    settings = Settings()
    if settings.trace_ui is None:
        fail("no trace store: start one with `veche stack up --with traces`, or set VECHE_TRACE_UI")
    page = zipkin(settings.trace_ui, event) if "/zipkin" in settings.trace_ui else grafana(settings.trace_ui, event)
    typer.echo(page or fail(f"no trace holds {event}: {WHY_NONE}"))


def zipkin(ui: str, event: str) -> str | None:
    """Return the page of the trace that holds the event, or None; ends the command where the store does not answer."""
    ui = ui.rstrip("/")
    query = quote(f"veche.event_id={event}")
    try:
        answer = httpx.get(f"{ui}/api/v2/traces?annotationQuery={query}&lookback={LOOKBACK_MS}&limit=1", timeout=10)
        traces = answer.json()
    except (httpx.HTTPError, ValueError) as error:
        fail(f"the trace store does not answer at {ui} ({type(error).__name__}); `veche stack status` shows how it is")
    return f"{ui}/traces/{traces[0][0]['traceId']}" if traces else None


def grafana(ui: str, event: str) -> str:
    """Return Grafana's page that searches Tempo for the event."""
    query = {"refId": "A", "queryType": "traceql", "query": f'{{ span.veche.event_id = "{event}" }}'}
    panes = {"trace": {"datasource": "tempo", "queries": [query | {"datasource": {"type": "tempo", "uid": "tempo"}}]}}
    return f"{ui.rstrip('/')}?schemaVersion=1&panes={quote(json.dumps(panes))}"
