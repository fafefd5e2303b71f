"""`veche trace ID`: where to open the way of an event, or a trace."""

from __future__ import annotations

from typing import Annotated
from urllib.parse import quote

import httpx
import typer

from shared.cli.client import fail
from shared.settings import Settings
from shared.telemetry.trace_pages import TRACE_ID, is_zipkin, page_of, search_of

LOOKBACK_MS = 7 * 24 * 3600 * 1000
WHY_NONE = (
    "there is no such id, it is older than 7 days, the store was restarted since (Zipkin forgets), or its request was "
    "not in the sample. VECHE_TRACE_RATIO is the share of requests that are (0.05 unless set); "
    "the services read it when they start"
)

app = typer.Typer()


@app.command()
def trace(
    id_: Annotated[str, typer.Argument(metavar="ID", help="Of an event, decision or ledger entry, or of a trace.")],
) -> None:
    """Print where to open the trace of an event, or a trace by its own id (32 hexadecimal digits)."""
    settings = Settings()
    if settings.trace_ui is None:
        fail("no trace store: start one with `veche stack up --with traces`, or set VECHE_TRACE_UI")
    page = in_zipkin(settings.trace_ui, id_) if is_zipkin(settings.trace_ui) else search_of(settings.trace_ui, id_)
    typer.echo(page or fail(f"no trace holds {id_}: {WHY_NONE}"))


def in_zipkin(ui: str, id_: str) -> str | None:
    """Return the page of the trace of that id, else of the one that holds the event; None where there is neither.

    Ends the command where the store does not answer.
    """
    api = f"{ui.rstrip('/')}/api/v2"
    try:
        if TRACE_ID.match(id_) and httpx.get(f"{api}/trace/{id_}", timeout=10).is_success:
            return page_of(ui, id_)
        query = quote(f"veche.event_id={id_}")
        traces = httpx.get(f"{api}/traces?annotationQuery={query}&lookback={LOOKBACK_MS}&limit=1", timeout=10).json()
    except (httpx.HTTPError, ValueError) as error:
        fail(
            f"the trace store does not answer at {ui.rstrip('/')} ({type(error).__name__}); "
            "`veche stack status` shows how it is"
        )
    return page_of(ui, traces[0][0]["traceId"]) if traces else None
