"""The documents of the pages about connecting are taken by the API, as `veche apply` sends them."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest

from shared.directory import Principal, Role, Scope
from shared.documents.reading import Source
from tests import builders
from tests.integration.edge import edge
from tests.parts import Addresses
from tests.unit.documents.test_connect import PAGES, documents


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
async def test_every_document_of_a_page_is_applied(parts: Addresses, tmp_path: Path, page: Path) -> None:
    async with edge(parts, tmp_path, kafka=parts.kafka) as asked:
        owner = Principal("vera", Role.OWNER, None, frozenset(Scope))
        token = await asked.service.directory.grant(owner, builders.RECORDED, "vera")
        headers = {"authorization": f"Bearer {token}"}
        await asked.service.directory.put("Brand", "acme", "acme", {"title": "Acme"})
        answers = [
            await asked.http.put("/v1/documents", content=msgspec.json.encode(source.document), headers=headers)
            for source in documents(page)
        ]

    assert answers
    assert {(answer.status_code, answer.text if answer.is_error else "") for answer in answers} == {(200, "")}
    assert [bool(answer.json()["warnings"]) for answer in answers] == [refers(source) for source in documents(page)]


def refers(source: Source) -> bool:
    """Whether a document names credentials: this process has none of them, and apply must say so."""
    return any(name in source.document.spec for name in ("secrets", "token", "handshake"))
