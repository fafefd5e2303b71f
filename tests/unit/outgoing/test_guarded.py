"""Addresses that somebody else chose: which are asked, which never are, and where the connection goes."""

from __future__ import annotations

import ipaddress
import socket
from collections.abc import Sequence

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.errors import Retryable
from shared.outgoing.addresses import Resolve, is_public
from shared.outgoing.transport import ADDRESSES_MAX, Forbidden, Guarded, OwnNetwork

PUBLIC = "93.184.216.34"
SCHEMES = frozenset({"https"})


class Sent:
    """Requests as they went out; connections to some addresses fail."""

    def __init__(self, answer: httpx.Response | None = None, *, dead: Sequence[str] = ()) -> None:
        self.requests: list[httpx.Request] = []
        self._answer, self._dead = answer or httpx.Response(204), dead

    def __call__(self, request: httpx.Request) -> httpx.Response:
        self.requests.append(request)
        if request.url.host in self._dead:
            raise httpx.ConnectError("refused")
        return self._answer


def means(*answers: Sequence[str]) -> Resolve:
    """Return a resolver that tells something else each time."""
    left = list(answers)

    async def resolve(_: str) -> Sequence[str]:
        return left.pop(0) if len(left) > 1 else left[0]

    return resolve


def client(sent: Sent, resolve: Resolve, *, private: bool = False) -> httpx.AsyncClient:
    transport = Guarded(httpx.MockTransport(sent), private=private, schemes=SCHEMES, resolve=resolve)
    return httpx.AsyncClient(transport=transport)


async def test_the_connection_goes_to_the_address_that_was_judged_and_the_name_goes_with_it() -> None:
    sent = Sent()

    await client(sent, means([PUBLIC])).post("https://hooks.example:8443/in?a=1", content=b"hi", headers={"x": "y"})

    (request,) = sent.requests
    assert str(request.url) == f"https://{PUBLIC}:8443/in?a=1"
    assert (request.headers["host"], request.extensions["sni_hostname"]) == ("hooks.example:8443", "hooks.example")
    assert (request.content, request.headers["x"]) == (b"hi", "y")


async def test_a_name_that_means_something_else_at_the_second_call_is_judged_anew() -> None:
    sent = Sent()
    http = client(sent, means([PUBLIC], ["127.0.0.1"]))

    await http.get("https://hooks.example/")
    with pytest.raises(OwnNetwork):
        await http.get("https://hooks.example/")

    assert [request.url.host for request in sent.requests] == [PUBLIC]


@pytest.mark.parametrize("host", ["bücher.example", "straße.example", "пример.example"])
async def test_a_name_beyond_ascii_is_one_name_to_the_resolver_to_tls_and_to_the_receiver(host: str) -> None:
    sent, asked = Sent(), list[str]()

    async def resolve(name: str) -> Sequence[str]:
        asked.append(name)
        return [PUBLIC]

    await client(sent, resolve).get(f"https://{host}/")

    (request,) = sent.requests
    assert asked == [request.headers["host"]] == [request.extensions["sni_hostname"]]
    assert asked[0].startswith("xn--")


async def test_one_address_of_the_own_network_among_others_is_enough_to_refuse() -> None:
    sent = Sent()

    with pytest.raises(OwnNetwork):
        await client(sent, means([PUBLIC, "10.0.0.1"])).get("https://hooks.example/")

    assert sent.requests == []


async def test_a_redirection_is_an_answer_and_where_it_leads_is_judged_like_any_other() -> None:
    sent = Sent(httpx.Response(302, headers={"location": "https://127.0.0.1/inside"}))
    http = client(sent, as_written)

    answer = await http.get(f"https://{PUBLIC}/")
    with pytest.raises(OwnNetwork):
        await http.get(answer.headers["location"])

    assert len(sent.requests) == 1


async def test_a_client_that_follows_by_itself_does_not_get_by_either() -> None:
    sent = Sent(httpx.Response(302, headers={"location": "https://127.0.0.1/inside"}))

    with pytest.raises(OwnNetwork):
        await client(sent, as_written).get(f"https://{PUBLIC}/", follow_redirects=True)

    assert len(sent.requests) == 1


async def as_written(host: str) -> Sequence[str]:
    return [host]


@pytest.mark.parametrize(
    "host",
    ["127.0.0.1", "2130706433", "0x7f000001", "127.1", "[::1]", "[::ffff:127.0.0.1]", "[::ffff:7f00:1]", "0"],
)
async def test_a_loopback_address_is_refused_however_it_is_written(host: str) -> None:
    with pytest.raises(OwnNetwork):
        await client(Sent(), numeric).get(f"https://{host}/")


async def numeric(host: str) -> Sequence[str]:
    """Return what the system makes of a host that is a number: no network is asked."""
    return [host if ":" in host else socket.inet_ntoa(socket.inet_aton(host))]


@pytest.mark.parametrize(
    "address",
    [
        "10.1.2.3",
        "172.16.0.1",
        "192.168.1.1",
        "169.254.169.254",
        "100.64.0.1",
        "100.100.100.200",
        "168.63.129.16",
        "192.0.0.192",
        "0.0.0.0",  # noqa: S104 - refused
        "224.0.0.1",
        "255.255.255.255",
        "::",
        "fe80::1%eth0",
        "fd00:ec2::254",
        "ff02::1",
        "::ffff:93.184.216.34",
        "64:ff9b::a9fe:a9fe",
    ],
)
def test_what_is_no_address_of_the_internet_is_known(address: str) -> None:
    assert not is_public(address)


@given(st.ip_addresses(v=4))
def test_an_address_of_the_older_kind_is_public_only_where_python_says_so_and_never_in_a_newer_one(
    address: ipaddress.IPv4Address,
) -> None:
    assert is_public(str(address)) <= (address.is_global and not address.is_multicast and not address.is_private)
    assert not is_public(f"::ffff:{address}")
    assert not is_public(f"64:ff9b::{address}")


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("http://hooks.example/", "use https"),
        ("ftp://hooks.example/", "use https"),
        ("https:///nothing", "use https"),
        ("https://user:secret-of-acme@hooks.example/", "leave them out"),
        ("https://user@hooks.example/", "leave them out"),
    ],
)
async def test_other_schemes_and_names_within_an_address_are_refused_and_not_repeated(url: str, said: str) -> None:
    with pytest.raises(Forbidden, match=said) as refused:
        await client(Sent(), means([PUBLIC])).get(url)

    assert "secret-of-acme" not in str(refused.value)
    assert "hooks.example" not in str(refused.value)


async def test_the_next_address_is_tried_where_one_does_not_answer_but_not_all_of_a_thousand() -> None:
    dead = [f"93.184.216.{n}" for n in range(34, 134)]
    one, all_ = Sent(dead=dead[:1]), Sent(dead=dead)

    await client(one, means(dead[:2])).get("https://hooks.example/")
    with pytest.raises(httpx.ConnectError):
        await client(all_, means(dead)).get("https://hooks.example/")

    assert [request.url.host for request in one.requests] == dead[:2]
    assert len(all_.requests) == ADDRESSES_MAX


async def test_an_own_network_is_asked_where_the_operator_allows_it() -> None:
    sent = Sent()

    await client(sent, as_written, private=True).get("https://10.0.0.1/")

    assert len(sent.requests) == 1


async def test_a_resolver_that_tells_no_address_is_asked_again_later() -> None:
    with pytest.raises(Retryable, match="not known"):
        await client(Sent(), means(["nonsense"])).get("https://hooks.example/")
    with pytest.raises(httpx.ConnectError, match="no address"):
        await client(Sent(), means([])).get("https://hooks.example/")
