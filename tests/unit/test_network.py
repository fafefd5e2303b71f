import asyncio
import socket

import pytest
from pytest_socket import SocketBlockedError

from tests.network import TESTS, rule_for


def test_unit_and_component_tests_have_no_network() -> None:
    assert rule_for(TESTS / "unit" / "a" / "test_b.py").name == "disable_socket"
    assert rule_for(TESTS / "component" / "test_b.py").name == "disable_socket"


def test_other_tests_reach_this_machine_only() -> None:
    rule = rule_for(TESTS / "journey" / "test_b.py")

    assert (rule.name, rule.args[0]) == ("allow_hosts", ["127.0.0.1", "::1", "localhost"])


@pytest.mark.filterwarnings("ignore:A test tried to use socket")
def test_a_unit_test_that_opens_a_socket_fails() -> None:
    with pytest.raises(SocketBlockedError):
        socket.socket()


async def test_the_event_loop_works_all_the_same() -> None:
    await asyncio.sleep(0)
