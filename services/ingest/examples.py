"""What a brand's own portal tells, as it stands in the OpenAPI document and in docs/send-events.md."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

import msgspec
from fastapi import FastAPI

from shared.events.registry import HAPPENED

Json = dict[str, Any]


def _event(type_: str, id_: str, data: Json, community: str | None = "portal:forum") -> Json:
    base: Json = {
        "specversion": "1.0",
        "type": type_,
        "id": id_,
        "source": "portal",
        "time": "2026-03-02T12:30:00+03:00",
        "recordedtime": "2026-03-02T12:30:00+03:00",
        "brand": "acme",
    }
    return base | ({} if community is None else {"community": community}) | {"data": data}


ACCEPTED = tuple(HAPPENED.values())
"""What may come from outside."""

ANNA: Json = {"id": "portal:42", "name": "Anna"}
IVAN: Json = {"id": "portal:43"}

EXAMPLES: Mapping[str, Json] = MappingProxyType(
    {
        "question": _event(
            "community.content.created",
            "question-17",
            {"kind": "question", "content_id": "portal:forum:17", "text": "How do I descale it?", "actor": ANNA},
        ),
        "answer": _event(
            "community.content.created",
            "answer-18",
            {
                "kind": "answer",
                "content_id": "portal:forum:18",
                "question": "portal:forum:17",
                "parent": "portal:forum:17",
                "text": "With citric acid, once a month.",
                "actor": IVAN,
            },
        ),
        "accepted": _event(
            "community.solution.accepted",
            "accepted-17",
            {"content_id": "portal:forum:18", "question": "portal:forum:17", "content_author": "portal:43", "actor": ANNA},
        ),
        "complaint": _event(
            "community.content.flagged",
            "complaint-5",
            {"content_id": "portal:forum:18", "category": "advertising", "text": "It is an advertisement", "actor": ANNA},
        ),
        "rating": _event(
            "community.reaction.added",
            "rating-9",
            {"content_id": "portal:articles:9", "content_author": "portal:7", "kind": "rating", "value": 5, "actor": ANNA},
            "portal:articles",
        ),
        "purchase": _event(
            "commerce.purchase.made",
            "order-1001",
            {"member": "portal:42", "order": "1001", "amount": 1299000, "currency": "RUB", "goods": ["kettle-k2"]},
            None,
        ),
        "subscription": _event(
            "community.subscription.started",
            "club-42-2026",
            {
                "member": "portal:42",
                "level": "gold",
                "amount": 99000,
                "currency": "RUB",
                "until": "2027-03-02T00:00:00+03:00",
            },
            None,
        ),
        "visits": _event("kpi.observed", "visits-2026-03-02T12", {"name": "visits", "value": 1250}, None),
    }
)
"""By what it is; amounts are in the currency's smallest unit."""


REF = "#/components/schemas/{name}"


def request_body() -> Json:
    """Return what OpenAPI says of the body: one event, or up to 1,000 of them, with every example."""
    event = {"anyOf": [{"$ref": REF.format(name=struct.__name__)} for struct in ACCEPTED]}
    examples: Json = {name: {"value": example} for name, example in EXAMPLES.items()}
    examples["batch"] = {"value": [EXAMPLES["question"], EXAMPLES["answer"]]}
    schema = {"anyOf": [event, {"type": "array", "maxItems": 1000, "items": event}]}
    return {"required": True, "content": {"application/json": {"schema": schema, "examples": examples}}}


def with_contract(api: FastAPI) -> None:
    """Have the OpenAPI document of the service hold the contract's schemas, to which the body refers."""
    plain = api.openapi

    def openapi() -> Json:
        document = plain()
        _, parts = msgspec.json.schema_components(ACCEPTED, ref_template=REF)
        document.setdefault("components", {}).setdefault("schemas", {}).update(parts)
        return document

    api.openapi = openapi  # type: ignore[method-assign] # FastAPI's own way to extend it
