"""What a service says of a document that it does not take is told with the place in the file."""

from __future__ import annotations

import httpx
import pytest

from shared.cli.documents import refusal
from shared.documents.reading import read

TEXT = """apiVersion: veche/v1
kind: ModerationPolicy
metadata: { name: default, brand: acme }
spec:
  rules:
    - id: mine
      when: text.lenght > 1
"""


def told(answer: httpx.Response) -> str:
    (source,) = read(TEXT, "policy.yaml")
    return refusal(source, answer)


def test_a_place_that_the_service_names_is_a_line_of_the_file() -> None:
    errors = [{"at": "$.spec.rules[0].when", "message": "there is no `text.lenght`"}]

    said = told(httpx.Response(422, json={"detail": "no", "errors": errors}))

    assert said == "policy.yaml:7:13: there is no `text.lenght` (at spec.rules[0].when)"


def test_all_that_a_service_names_is_told() -> None:
    errors = [{"at": "$.spec.rules[0].when", "message": "no condition"}, {"at": "$.metadata.brand", "message": "no brand"}]

    said = told(httpx.Response(422, json={"detail": "no", "errors": errors}))

    assert said.split("\n") == [
        "policy.yaml:7:13: no condition (at spec.rules[0].when)",
        "policy.yaml:3:35: no brand (at metadata.brand)",
    ]


@pytest.mark.parametrize(
    "answer",
    [
        httpx.Response(403, json={"detail": "not yours"}),
        httpx.Response(422, json={"detail": "not yours", "errors": [{"at": "query.brand", "message": "none"}]}),
        httpx.Response(422, json={"detail": "not yours", "errors": "odd"}),
        httpx.Response(502, text="not yours"),
        httpx.Response(422, json=["not yours"]),
    ],
)
def test_anything_else_is_told_of_the_whole_document(answer: httpx.Response) -> None:
    said = told(answer)

    assert said.startswith("policy.yaml:1: ModerationPolicy default: ")
    assert "not yours" in said
