"""Has reports printed as PDF, in a process of their own."""

from __future__ import annotations

import asyncio
import logging
import sys

from services.reporting.pages.pdf import NOT_INSTALLED, SYSTEM_LIBRARIES
from shared.http.problems import Problem

log = logging.getLogger(__name__)

PRINTS_MAX = 1
"""Printed at once: each takes a core, and some hundred megabytes."""

PRINT_S = 120.0
"""After so long a report is given up: a year of a hundred communities takes a tenth of it."""


_printing = asyncio.Semaphore(PRINTS_MAX)


async def as_pdf(html: str) -> bytes:
    """Return the page as PDF. Raises Problem where it could not be printed."""
    async with _printing:
        return await _printed(html)


async def _printed(html: str) -> bytes:
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "services.reporting.pages.pdf",
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    try:
        async with asyncio.timeout(PRINT_S):
            made, told = await process.communicate(html.encode())
    except TimeoutError as error:
        raise Problem(503, f"the report was not printed within {PRINT_S:.0f} s: ask for fewer days") from error
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
    if process.returncode == NOT_INSTALLED:
        raise Problem(501, f"PDF needs libraries of the system: apt-get install {SYSTEM_LIBRARIES}")
    if process.returncode:
        log.error("a report could not be printed: %s", told.decode(errors="replace")[-2_000:])
        raise Problem(500, "the report could not be printed; the service's log says why")
    return made
