"""`veche reporting serve`, and `veche report`: a report of a brand, from the API, into a file."""

from __future__ import annotations

import asyncio
import sys
from datetime import date, datetime
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import httpx
import typer

from services.reporting.figures.figure import Language
from shared.settings import Settings
from shared.telemetry.logs import configure

REPORT_S = 120.0
"""A report of five years of many communities; ordinary ones take two seconds."""

FAILED = 1

app = typer.Typer(no_args_is_help=True, help="Figures and reports.")


class Format(StrEnum):
    """What a report is written as."""

    HTML = "html"
    CSV = "csv"


@app.callback()
def reporting() -> None:
    """Run the reporting service."""


@app.command()
def serve() -> None:
    """Run the service until it is told to stop."""
    settings = Settings()
    configure("reporting", settings.log_level)
    sys.exit(asyncio.run(_serve(settings)))


async def _serve(settings: Settings) -> int:
    from services.reporting.app import create_app  # noqa: PLC0415 - a report is asked for without loading charts
    from shared.runtime import serve as run  # noqa: PLC0415 - nor the loop

    return await run(create_app(settings))


def report(
    *,
    brand: Annotated[str, typer.Option(help="Whose communities.")],
    since: Annotated[datetime, typer.Option(formats=["%Y-%m-%d"], help="The first day, in the brand's time zone.")],
    until: Annotated[datetime, typer.Option(formats=["%Y-%m-%d"], help="The day after the last one.")],
    out: Annotated[Path, typer.Option(help="The file to write.", dir_okay=False)],
    format_: Annotated[Format, typer.Option("--format", help="A page or a table.")] = Format.HTML,
    lang: Annotated[Language, typer.Option(help="The language of the page.")] = Language.EN,
    community: Annotated[list[str] | None, typer.Option(help="Only these communities.")] = None,
) -> None:
    """Write a report of a brand's communities: one page that needs no network, or a table."""
    asked = _asked(brand, since.date(), until.date()) | {"format": format_.value, "lang": lang.value}
    if community:
        asked["community"] = community
    try:
        content = fetch(Settings(), asked)
        out.write_bytes(content)
    except FailedError as failure:
        typer.echo(str(failure), err=True)
        raise typer.Exit(FAILED) from None
    except OSError as error:
        typer.echo(f"cannot write {out}: {error.strerror}", err=True)
        raise typer.Exit(FAILED) from None
    typer.echo(f"{out}: {len(content):,} bytes")


def _asked(brand: str, since: date, until: date) -> dict[str, Any]:
    return {"brand": brand, "since": since.isoformat(), "until": until.isoformat()}


class FailedError(Exception):
    """There is no report; the text tells a person why."""


def fetch(settings: Settings, asked: dict[str, Any], transport: httpx.BaseTransport | None = None) -> bytes:
    """Return the report from the API. Raises FailedError with a sentence."""
    if settings.token is None:
        raise FailedError("no token: put yours into VECHE_TOKEN; whoever runs Veche for you gives it out")
    url = settings.reporting_url
    headers = {"Authorization": f"Bearer {settings.token.get_secret_value()}"}
    try:
        with httpx.Client(base_url=url, headers=headers, timeout=REPORT_S, transport=transport) as client:
            answer = client.get("/v1/reports", params=asked)
    except httpx.TimeoutException:
        raise FailedError(f"the reporting service at {url} did not answer in {REPORT_S:.0f} s") from None
    except httpx.HTTPError as error:
        raise FailedError(
            f"the reporting service is not reachable at {url} ({type(error).__name__}): is `veche reporting serve` "
            "running, and is VECHE_REPORTING_URL its address?"
        ) from None
    if answer.is_success:
        return answer.content
    raise FailedError(_wrong(answer))


def _wrong(answer: httpx.Response) -> str:
    try:
        problem = answer.json()
        detail = str(problem["detail"])
        errors = "; ".join(f"{error['at']}: {error['message']}" for error in problem.get("errors", ()))
    except (ValueError, KeyError, TypeError):
        return f"the reporting service answered {answer.status_code}, and not as it should"
    return f"{detail}: {errors}" if errors else detail
