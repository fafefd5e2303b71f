"""A report as PDF: the page, printed. `python -m services.reporting.pages.pdf` takes HTML and gives PDF.

It is a process of its own, for a long report takes a core for seconds and some hundred megabytes, which the folds of the
service need. Nothing is fetched: the page holds all that it shows.
"""

from __future__ import annotations

import sys

SYSTEM_LIBRARIES = "libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0 fonts-dejavu-core"
"""Of Debian; WeasyPrint sets text with Pango."""

NOT_INSTALLED = 3
"""The status with which it ends where these are missing."""


def main() -> int:
    """Print what comes in, as PDF/UA-1: its headings are bookmarks, its texts tagged for those who hear them."""
    try:
        from weasyprint import HTML  # noqa: PLC0415 - loads libraries of the system
        from weasyprint.urls import URLFetcher  # noqa: PLC0415
    except OSError as error:
        sys.stderr.write(str(error))
        return NOT_INSTALLED
    html = sys.stdin.buffer.read().decode()
    nothing = URLFetcher(allowed_protocols=())
    sys.stdout.buffer.write(HTML(string=html, url_fetcher=nothing).write_pdf(pdf_variant="pdf/ua-1"))
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
