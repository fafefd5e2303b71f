"""Where a trace is opened: Zipkin's page, or Grafana's over Tempo."""

from __future__ import annotations

import json
from urllib.parse import parse_qs, urlsplit

import pytest

from shared.telemetry.trace_pages import page_of, search_of

TRACE = "0af7651916cd43dd8448eb211c80319c"
GRAFANA = "http://127.0.0.1:3000/explore"


def asked(address: str) -> str:
    (panes,) = parse_qs(urlsplit(address).query)["panes"]
    (query,) = json.loads(panes)["trace"]["queries"]
    return str(query["query"])


@pytest.mark.parametrize("ui", ["http://127.0.0.1:9411/zipkin/", "http://127.0.0.1:9411/zipkin"])
def test_zipkin_has_a_page_for_each_trace(ui: str) -> None:
    assert page_of(ui, TRACE) == f"http://127.0.0.1:9411/zipkin/traces/{TRACE}"


def test_grafana_is_asked_for_the_trace_by_its_id() -> None:
    page = page_of(GRAFANA, TRACE)

    assert page.startswith(f"{GRAFANA}?schemaVersion=1&panes=")
    assert asked(page) == TRACE


def test_grafana_searches_for_an_event_and_for_a_trace_where_the_id_may_be_of_either() -> None:
    assert asked(search_of(GRAFANA, "telegram:-1:5")) == '{ span.veche.event_id = "telegram:-1:5" }'
    assert asked(search_of(GRAFANA, TRACE)) == f'{{ span.veche.event_id = "{TRACE}" || trace:id = "{TRACE}" }}'


def test_an_id_is_no_part_of_a_query() -> None:
    assert asked(search_of(GRAFANA, 'x" } || { true')) == '{ span.veche.event_id = "x\\" } || { true" }'
