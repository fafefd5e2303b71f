"""How commands speak to a service's API: with the person's token, and in plain words where it fails."""

from __future__ import annotations

import time
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any, NoReturn

import httpx
import typer
from rich.console import Console
from rich.text import Text

from shared.clock import SystemClock
from shared.settings import Settings

TIMEOUT_S = 60.0
STARTS_S = 5.0
"""A service that was started a moment ago listens by then."""
PAUSE_S, PAUSE_S_MAX = 1.0, 60.0
"""How long to wait where a busy answer does not say, and at most: a proxy's clock may be wrong by hours."""


def fail(message: str) -> NoReturn:
    """End the command with a sentence for a person."""
    Console(stderr=True, soft_wrap=True).print(Text(message, style="red"), highlight=False)
    raise typer.Exit(1)


class Api:
    """One service's API."""

    def __init__(self, settings: Settings, service: str) -> None:
        self._service = service
        self._url = str(getattr(settings, f"{service}_url"))
        token = settings.token
        if token is None or not token.get_secret_value().strip():
            fail(
                "no token: set VECHE_TOKEN to a personal token or a service key (`veche keys bootstrap` makes the first one)"
            )
        self.http = httpx.Client(
            base_url=self._url, headers={"authorization": f"Bearer {token.get_secret_value()}"}, timeout=TIMEOUT_S
        )

    def call(self, method: str, path: str, about: str = "", **options: Any) -> Any:  # noqa: ANN401 - JSON
        """Return the answer's JSON; ends the command, in plain words, where there is none."""
        response = self.send(method, path, about, **options)
        return response.json() if response.content else None

    def send(self, method: str, path: str, about: str = "", **options: Any) -> httpx.Response:  # noqa: ANN401 - httpx's options
        """Return a successful answer; ends the command otherwise, with what it was `about` before the reason."""
        response = self.answer(method, path, **options)
        if response.is_success:
            return response
        fail(about + problem_of(response, self._service))

    def answer(self, method: str, path: str, **options: Any) -> httpx.Response:  # noqa: ANN401 - httpx's options
        """Return an answer, whatever it says; ends the command where there is none."""
        try:
            return self._patiently(method, path, **options)
        except httpx.HTTPError as error:
            kind = type(error).__name__
            fail(f"{self._service} does not answer at {self._url} ({kind}); is `veche {self._service} serve` running?")

    def _patiently(self, method: str, path: str, **options: Any) -> httpx.Response:  # noqa: ANN401 - httpx's options
        """Ask, for some seconds again where nobody listens: the service may be starting."""
        until = time.monotonic() + STARTS_S
        while True:
            try:
                answer: httpx.Response = self.http.request(method, path, **options)
            except httpx.ConnectError:
                if time.monotonic() > until:
                    raise
                time.sleep(STARTS_S / 10)
            else:
                return answer


def pause_s(response: httpx.Response) -> float:
    """Return how long a busy service asks to be left alone: `Retry-After`, in seconds or as an HTTP date (RFC 9110)."""
    said = response.headers.get("retry-after", "")
    if said.isdecimal():
        return min(float(said), PAUSE_S_MAX)
    until, now = _instant(said), _instant(response.headers.get("date", "")) or SystemClock().now()
    return PAUSE_S if until is None else min(max((until - now).total_seconds(), 0.0), PAUSE_S_MAX)


def _instant(date: str) -> datetime | None:
    try:
        found = parsedate_to_datetime(date)
    except (ValueError, OverflowError):
        return None
    return found.replace(tzinfo=found.tzinfo or UTC)


def problem_of(response: httpx.Response, service: str) -> str:
    """Return what a problem document says."""
    try:
        body = response.json()
        lines = [str(body["detail"]), *(f"  at {e.get('at')}: {e.get('message')}" for e in body.get("errors", ()))]
    except (ValueError, KeyError, TypeError, AttributeError):
        lines = [response.text[:300]]
    return f"{service} answered {response.status_code}: " + "\n".join(lines)
