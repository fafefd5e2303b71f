"""The real client against real sockets: what the system makes of a host, and whose certificate is looked at."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

import httpx
import pytest

from services.delivery.sending.webhook import webhook_client
from shared.errors import Retryable
from shared.outgoing.transport import Forbidden, Guarded, OwnNetwork, direct, guarded_client
from tests.integration.certificates import certified
from tests.integration.receivers import receiver

SCHEMES = frozenset({"https"})
ANSWER = b"HTTP/1.1 204 No Content\r\ncontent-length: 0\r\n\r\n"


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "2130706433", "0x7f.1", "[::1]", "[::ffff:127.0.0.1]"])
async def test_the_own_machine_is_not_asked_by_any_of_its_names(host: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTPS_PROXY", "http://127.0.0.1:9")

    async with guarded_client(timeout_s=1, schemes=SCHEMES) as http:
        with pytest.raises(OwnNetwork):
            await http.get(f"https://{host}/")


async def test_what_a_receiver_wants_kept_is_not_told_to_whoever_shares_its_host() -> None:
    async with receiver() as hooks, webhook_client(private=True) as http:
        hooks.answers["/one"] = lambda _, __: (204, {"set-cookie": "token=of-acme; path=/"})

        await http.post(hooks.url("/one"))
        await http.post(hooks.url("/two"))

    (other,) = hooks.to("/two")
    assert "cookie" not in other.headers
    assert list(http.cookies.jar) == []


@pytest.mark.parametrize(
    "host", ["169.254.169.254", "[fe80::1]", "[::ffff:169.254.169.254]", "[fd00:ec2::254]", "168.63.129.16"]
)
async def test_a_clouds_own_service_is_asked_nothing_even_where_the_own_network_is_allowed(host: str) -> None:
    async with webhook_client(private=True) as http:
        with pytest.raises(Forbidden, match="a cloud's own service"):
            await http.post(f"http://{host}/latest")


async def test_a_host_that_nobody_can_know_is_asked_again_later() -> None:
    async with guarded_client(timeout_s=1, schemes=SCHEMES) as http:
        with pytest.raises(Retryable, match="not known"):
            await http.get("https://nobody.invalid./")


async def test_the_certificate_must_be_that_of_the_name_though_the_address_is_what_is_connected_to(tmp_path: Path) -> None:
    async with tls_server(tmp_path, "hooks.example") as (port, trusted):
        http = httpx.AsyncClient(
            transport=Guarded(
                direct(trusted),
                private=True,
                schemes=SCHEMES,
                resolve=here,
            )
        )

        right = await http.get(f"https://hooks.example:{port}/")
        with pytest.raises(httpx.ConnectError, match="Hostname mismatch"):
            await http.get(f"https://other.example:{port}/")

    assert right.status_code == 204


async def here(_: str) -> Sequence[str]:
    return ["127.0.0.1"]


@asynccontextmanager
async def tls_server(folder: Path, name: str) -> AsyncIterator[tuple[int, ssl.SSLContext]]:
    """Serve with a certificate of that name; yield the port and what trusts it."""
    context, certificate = certified(folder, name)

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(ANSWER)
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(answer, "127.0.0.1", 0, ssl=context)
    async with server:
        yield int(server.sockets[0].getsockname()[1]), ssl.create_default_context(cafile=str(certificate))
