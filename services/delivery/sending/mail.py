"""Mail, through the operator's own server: smtplib in threads of its own, for a mail takes seconds and there are few."""

from __future__ import annotations

import asyncio
import logging
import smtplib
import ssl
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from email.message import EmailMessage
from email.utils import format_datetime
from typing import NamedTuple
from urllib.parse import unquote, urlsplit

from pydantic import SecretStr

from services.delivery.sending.unsent import Unsent

log = logging.getLogger(__name__)

WAIT_S = 20.0
"""For each answer of the server."""

WHOLE_S = 60.0
"""For one mail, with connecting, TLS and signing in; what is still going on then is not waited for."""

AT_ONCE_MAX = 4
"""Mails at once: servers take few connections of one client, and threads are few, too."""

PORTS = {"smtp": 587, "smtps": 465, "smtp+plain": 25}
TITLE_CHARS_MAX = 200


class Server(NamedTuple):
    """The mail server, and who we are to it."""

    scheme: str
    host: str
    port: int
    user: str | None
    password: SecretStr | None
    sender: str


class Mail(NamedTuple):
    """One mail."""

    id: str
    to: Sequence[str]
    title: str
    text: str
    at: datetime


def server_of(url: str, password: SecretStr | None, sender: str) -> Server:
    """Return the server of a setting."""
    parts = urlsplit(url)
    user = None if parts.username is None else unquote(parts.username)
    return Server(parts.scheme, parts.hostname or "", parts.port or PORTS[parts.scheme], user, password, sender)


class Mailer:
    """Sends mails through one server."""

    def __init__(self, server: Server) -> None:
        self._server = server
        self._threads = ThreadPoolExecutor(AT_ONCE_MAX, thread_name_prefix="mail")

    async def send(self, mail: Mail) -> None:
        """Return when the server has taken the mail for all. Raises Unsent, without an address in its text."""
        sending = asyncio.get_running_loop().run_in_executor(self._threads, _send, self._server, mail)
        try:
            async with asyncio.timeout(WHOLE_S):
                await sending
        except TimeoutError:
            raise Unsent("the mail server did not take it in time") from None
        except smtplib.SMTPNotSupportedError:
            raise Unsent("the mail server offers no TLS, or no way to sign in; smtp+plain:// does without TLS") from None
        except ssl.SSLCertVerificationError:
            raise Unsent("the mail server's certificate is not that of its name, or of nobody who is trusted") from None
        except smtplib.SMTPResponseException as error:
            raise Unsent(f"the mail server answered {error.smtp_code}") from None
        except smtplib.SMTPRecipientsRefused as error:
            codes = sorted({code for code, _ in error.recipients.values()})
            raise Unsent(f"the mail server refuses whom it is for: {', '.join(map(str, codes))}") from None
        except (smtplib.SMTPException, OSError, ValueError) as error:
            raise Unsent(f"the mail server is away: {type(error).__name__}") from None

    async def close(self) -> None:
        """Wait for nothing more."""
        self._threads.shutdown(wait=False, cancel_futures=True)


def written(mail: Mail, sender: str) -> EmailMessage:
    """Return a mail as it goes out. Its Message-ID is the notice's own, so a second copy is known by it."""
    found = EmailMessage()
    found["From"], found["To"] = sender, ", ".join(mail.to)
    found["Subject"] = _header(mail.title)
    found["Date"] = format_datetime(mail.at)
    found["Message-ID"] = f"<{mail.id}@{sender.rpartition('@')[2]}>"
    found["Auto-Submitted"] = "auto-generated"  # so that no absence notice comes back (RFC 3834)
    found.set_content(mail.text)
    return found


def _header(title: str) -> str:
    """Return a title as one line that stands as it is: in Python 3.11 an encoded word in it could hold further headers."""
    line = "".join(one if one.isprintable() else " " for one in title).replace("=?", "= ?")
    return " ".join(line.split())[:TITLE_CHARS_MAX]


def _send(server: Server, mail: Mail) -> None:
    with _line(server) as line:
        if server.scheme == "smtp":
            line.starttls(context=ssl.create_default_context())  # raises where the server has none
        if server.user is not None:
            if server.password is None:
                raise Unsent("VECHE_SMTP names a user; set VECHE_SMTP_PASSWORD, too")
            line.login(server.user, server.password.get_secret_value())
        refused = line.send_message(written(mail, server.sender), to_addrs=list(mail.to))
    if refused:  # the others have it: to send it again would be a second copy for them
        log.warning("the mail server refuses %d of %d whom a notice is for", len(refused), len(mail.to))


def _line(server: Server) -> smtplib.SMTP:
    if server.scheme == "smtps":
        return smtplib.SMTP_SSL(server.host, server.port, timeout=WAIT_S, context=ssl.create_default_context())
    return smtplib.SMTP(server.host, server.port, timeout=WAIT_S)
