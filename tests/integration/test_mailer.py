"""Mail over a loopback server: never in the clear, unless the operator says so."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from services.delivery.sending.mail import Mail, Mailer, server_of
from services.delivery.sending.unsent import Unsent
from tests.integration.receivers import postman

AT = datetime(2026, 3, 2, 12, tzinfo=UTC)


async def test_mail_does_not_go_out_in_the_clear_unless_the_operator_says_so() -> None:
    async with postman() as mail:
        server = server_of(f"smtp://127.0.0.1:{mail.port}", None, "veche@acme.example")
        with pytest.raises(Unsent, match="offers no TLS"):
            await Mailer(server).send(Mail("one", ["a@acme.example"], "title", "text", AT))

    assert mail.mails == []
