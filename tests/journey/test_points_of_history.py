"""What an import has to do for its history to earn points, by the commands that people type."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from demo.processes import environment, running, veche
from tests.integration.services import eventually
from tests.parts import StackFactory
from tests.unit.ingest.test_slack_importer import export, said

BRAND = "apiVersion: veche/v1\nkind: Brand\nmetadata: {name: acme}\nspec: {title: Acme}\n"
ANNA = "slack:U1"


@pytest.mark.timeout(240)
async def test_history_earns_where_its_first_import_asks_for_points(own_stack: StackFactory, tmp_path: Path) -> None:
    first, second = (folder(tmp_path / str(number), number) for number in (1, 2))
    stack = own_stack()
    stack.start()
    env = environment(stack.settings(), {})
    veche(env, "topics", "apply")

    with running(env, tmp_path):
        env["VECHE_TOKEN"] = veche(env, "keys", "bootstrap")
        (tmp_path / "brand.yaml").write_text(BRAND)
        veche(env, "apply", "-f", str(tmp_path / "brand.yaml"))
        nobody = veche(env, "engagement", "top", "--brand", "acme")
        imported(env, first)
        imported(env, first, "--backfill-points")  # too late: its event is known
        imported(env, second, "--backfill-points")

        async def history() -> list[dict[str, object]]:
            told = veche(env, "engagement", "history", ANNA, "--brand", "acme", "--output", "json")
            return list(json.loads(told))

        entries = await eventually(history, bool)  # in order: what the first had earned would stand here too

    assert [(entry["content"], entry["applied"]) for entry in entries] == [("slack:acme:C1:1767225602.000100", 5)]
    assert "--backfill-points" in nobody


def folder(parent: Path, number: int) -> Path:
    """Return an export in which Anna says one thing; all are of one community, so in one order."""
    parent.mkdir()
    return export(parent, general_1=[said(number)])


def imported(env: dict[str, str], path: Path, *more: str) -> None:
    told = veche(env, "ingest", "import", str(path), "--brand", "acme", "--from", "slack", *more)
    assert told.startswith("1 events sent")
