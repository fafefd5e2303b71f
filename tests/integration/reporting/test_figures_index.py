"""The index of figures, where another release made one that knew other kinds."""

from __future__ import annotations

import secrets

from services.reporting.store import INDEX, INDEX_NAME, INDEXED, FiguresStore
from shared.fold.mongo import new_client
from tests.parts import Addresses


async def test_the_index_of_another_release_is_replaced(parts: Addresses) -> None:
    client, name = new_client(parts.mongo), f"t{secrets.token_hex(4)}"
    try:
        states = client.get_database(name)["figures.states"]
        await states.create_index(INDEX, partialFilterExpression={"kind": {"$in": ["hour"]}})
        await states.create_index([("brand", 1)])
        for _ in range(2):
            await FiguresStore(client, name, "figures", "points", "listening").prepare()
        found = await states.index_information()
    finally:
        await client.drop_database(name)
        await client.close()

    assert found.keys() == {"_id_", "brand_1", INDEX_NAME}
    assert found[INDEX_NAME]["partialFilterExpression"] == INDEXED
