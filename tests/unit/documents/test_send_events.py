"""What the page about events of one's own has people type, and what OpenAPI shows them, are events that are taken."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime
from pathlib import Path

import pytest
from fastapi import FastAPI

from services.ingest.examples import EXAMPLES, request_body, with_contract
from services.ingest.rules.strict import accepted
from shared.events import TYPES

NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)
PAGE = (Path(__file__).parents[3] / "docs" / "send-events.md").read_text()


@pytest.mark.parametrize("name", EXAMPLES)
def test_every_example_is_taken(name: str) -> None:
    assert accepted(json.dumps(EXAMPLES[name]).encode(), NOW).id == EXAMPLES[name]["id"]


def test_the_page_has_every_example() -> None:
    assert {example["id"] for example in EXAMPLES.values()} <= set(re.findall(r'"([a-z]+-[\w-]+)"', PAGE))


def test_the_page_s_curl_sends_the_example() -> None:
    (body,) = re.findall(r"-d '(\{.*?\})'\n```", PAGE, re.DOTALL)

    assert json.loads(body) == EXAMPLES["question"]


def test_every_type_of_the_page_is_one_of_the_contract() -> None:
    named = set(re.findall(r"`((?:community|commerce|kpi)\.[a-z_.]+)`", PAGE))

    assert named <= TYPES.keys()


def test_openapi_shows_the_contract_s_schemas_and_the_examples() -> None:
    api = FastAPI()
    with_contract(api)
    content = request_body()["content"]["application/json"]
    wanted = set(re.findall(r'"#/components/schemas/(\w+)"', json.dumps([content, api.openapi()])))

    assert {*EXAMPLES, "batch"} == set(content["examples"])
    assert {"ContentCreated", "Actor"} <= wanted <= api.openapi()["components"]["schemas"].keys()
