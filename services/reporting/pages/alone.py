"""Pages that need nothing but themselves: their templates, and their style inside."""

from __future__ import annotations

from functools import lru_cache
from importlib.resources import files

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup


@lru_cache(maxsize=1)
def templates() -> Environment:
    """Return what finds templates; all that they show is escaped."""
    loader = PackageLoader("services.reporting", "pages")
    return Environment(loader=loader, autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)


@lru_cache(maxsize=4)
def style(*names: str) -> Markup:
    """Return our own style files as one text for a page's head."""
    folder = files("services.reporting.pages")
    return Markup("".join(folder.joinpath(name).read_text(encoding="utf-8") for name in names))  # noqa: S704 - our own files
