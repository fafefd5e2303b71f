"""Where a person opens a trace: the pages of Zipkin, or of Grafana over Tempo, at the address in `VECHE_TRACE_UI`."""

from __future__ import annotations

import json
import re
from urllib.parse import quote

TRACE_ID = re.compile(r"[0-9a-f]{32}\Z")
"""Of a trace; ids of what follows from an event are written alike."""


def is_zipkin(ui: str) -> bool:
    """Say whether Zipkin's pages are at that address, and not Grafana's."""
    return "/zipkin" in ui


def page_of(ui: str, trace: str) -> str:
    """Return the page of a trace, by its id."""
    return f"{ui.rstrip('/')}/traces/{quote(trace, safe='')}" if is_zipkin(ui) else _explored(ui, trace)


def search_of(ui: str, id_: str) -> str:
    """Return Grafana's page that searches Tempo for an event; for a trace, too, where the id may be one."""
    wanted = [f"span.veche.event_id = {json.dumps(id_)}"]
    if TRACE_ID.match(id_):
        wanted.append(f'trace:id = "{id_}"')
    return _explored(ui, f"{{ {' || '.join(wanted)} }}")


def _explored(ui: str, query: str) -> str:
    """Return Grafana's page of a query; one that is nothing but the id of a trace shows that trace."""
    asked = {"refId": "A", "queryType": "traceql", "query": query, "datasource": {"type": "tempo", "uid": "tempo"}}
    panes = {"trace": {"datasource": "tempo", "queries": [asked]}}
    return f"{ui.rstrip('/')}?schemaVersion=1&panes={quote(json.dumps(panes))}"
