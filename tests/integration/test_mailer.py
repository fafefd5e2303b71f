"""Mail over a loopback server: by TLS to who it is meant for, and never in the clear, unless the operator says so."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest
from pydantic import SecretStr

from services.delivery.sending.mail import Mail, Mailer, server_of
from services.delivery.sending.unsent import Unsent
from tests.integration.certificates import certified
from tests.integration.receivers import postman

AT = datetime(2026, 3, 2, 12, tzinfo=UTC)
MAIL = Mail("one", ["a@acme.example"], "title", "text", AT)


def mailer(url: str, password: str | None = None) -> Mailer:
    return Mailer(server_of(url, None if password is None else SecretStr(password), "veche@acme.example"))


async def test_mail_does_not_go_out_in_the_clear_unless_the_operator_says_so() -> None:
    async with postman() as mail:
        with pytest.raises(Unsent, match="offers no TLS"):
            await mailer(f"smtp://127.0.0.1:{mail.port}").send(MAIL)

    assert mail.mails == []


@pytest.mark.parametrize("scheme", ["smtp", "smtps"])
async def test_mail_goes_by_tls_and_the_password_with_it(
    scheme: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    context, certificate = certified(tmp_path, "localhost")
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    async with postman(context if scheme == "smtps" else None) as mail:
        mail.starttls, mail.password = (context if scheme == "smtp" else None), "of-acme"

        await mailer(f"{scheme}://veche@localhost:{mail.port}", "of-acme").send(MAIL)

    assert [to for to, _ in mail.mails] == [["a@acme.example"]]
    assert {word for is_private, word in mail.commands if not is_private} <= {"EHLO", "STAR"}
    assert (True, "AUTH") in mail.commands


async def test_a_server_with_the_certificate_of_another_is_told_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    context, certificate = certified(tmp_path, "another.example")
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    async with postman() as mail:
        mail.starttls, mail.password = context, "of-acme"

        with pytest.raises(Unsent, match="certificate is not that of its name"):
            await mailer(f"smtp://veche@localhost:{mail.port}", "of-acme").send(MAIL)

    assert not {"AUTH", "MAIL", "DATA"} & {word for _, word in mail.commands}


@pytest.mark.parametrize(("password", "said"), [("wrong-of-acme", "answered 535"), (None, "set VECHE_SMTP_PASSWORD")])
async def test_who_cannot_sign_in_sends_nothing_and_the_password_is_not_repeated(password: str | None, said: str) -> None:
    async with postman() as mail:
        mail.password = "of-acme"

        with pytest.raises(Unsent, match=said) as refused:
            await mailer(f"smtp+plain://veche@127.0.0.1:{mail.port}", password).send(MAIL)

    assert "of-acme" not in str(refused.value)
    assert mail.mails == []
