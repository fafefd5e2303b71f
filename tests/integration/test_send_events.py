"""docs/send-events.md is typed as it stands there, into an edge with a socket: everything is taken in."""

from __future__ import annotations

import asyncio
import re
import sys
from pathlib import Path

import pytest
import uvicorn

from services.ingest.examples import EXAMPLES
from shared.directory import Scope
from shared.events import decode
from tests.integration.edge import Edge, edge, told
from tests.integration.test_serve import free_port
from tests.parts import Addresses

PAGE = (Path(__file__).parents[2] / "docs" / "send-events.md").read_text()


async def typed(asked: Edge, port: int, *command: str) -> str:
    key = (await asked.token(Scope.EVENTS_WRITE))["authorization"].removeprefix("Bearer ")
    process = await asyncio.create_subprocess_exec(
        *command,
        env={"VECHE_INGEST_URL": f"http://127.0.0.1:{port}", "KEY": key, "PATH": "/usr/bin:/bin"},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    said, _ = await asyncio.wait_for(process.communicate(), 60)
    assert process.returncode == 0, said.decode()
    return said.decode()


@pytest.mark.timeout(120)
async def test_what_the_page_has_people_type_is_taken_in(parts: Addresses, tmp_path: Path) -> None:
    (shell,) = re.findall(r"```sh\n(.*?)```", PAGE, re.DOTALL)
    (python,) = re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL)
    port = free_port()

    async with edge(parts, tmp_path) as asked:
        server = uvicorn.Server(uvicorn.Config(asked.service.api, port=port, log_config=None))
        serving = asyncio.create_task(server.serve())
        while not server.started:  # noqa: ASYNC110 - uvicorn tells nobody
            await asyncio.sleep(0.05)
        said = [await typed(asked, port, "bash", "-c", shell), await typed(asked, port, sys.executable, "-c", python)]
        server.should_exit = True
        await serving
        kept = told(await asked.kept())

    assert ['"accepted":1' in said[0], "'accepted': 7" in said[1]] == [True, True]
    assert {event.id for event in map(decode, kept) if event} == {example["id"] for example in EXAMPLES.values()}
