"""Templates, and files that pages load: each has its content's hash in its name, so browsers keep it for ever."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from importlib.resources import files
from types import MappingProxyType
from typing import NamedTuple

from jinja2 import ChoiceLoader, Environment, PackageLoader, StrictUndefined

SHARED = "shared.http"
KINDS = MappingProxyType(
    {".css": "text/css; charset=utf-8", ".js": "text/javascript; charset=utf-8", ".svg": "image/svg+xml"}
)
"""Files of a `pages` folder that are served, by how their names end."""
HASH_LENGTH = 12
"""Characters of the hash: enough to tell versions of one file apart."""


class Asset(NamedTuple):
    """A file that pages load."""

    body: bytes
    kind: str


class Look(NamedTuple):
    """What pages are made of."""

    templates: Environment
    addresses: Mapping[str, str]
    """Where files are served, by their names in the `pages` folder."""
    assets: Mapping[str, Asset]
    """Files by the names under which they are served."""


def look_of(package: str | None = None) -> Look:
    """Return the frame's templates and files with those of a service's `pages` folder, which come first."""
    packages = [SHARED] if package is None else [package, SHARED]
    loader = ChoiceLoader([PackageLoader(name, "pages") for name in packages])
    templates = Environment(loader=loader, autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
    found = {name: (package, asset) for package in reversed(packages) for name, asset in _files(package)}
    names = {name: f"{_folder(package)}{_hashed(name, asset.body)}" for name, (package, asset) in found.items()}
    addresses = {name: f"/pages/{told}" for name, told in names.items()}
    return Look(templates, addresses, {names[name]: asset for name, (_, asset) in found.items()})


def _folder(package: str) -> str:
    """Return under what a package's own files are served: behind one address a proxy must tell services apart by it."""
    return "" if package == SHARED else f"{package.rpartition('.')[2]}/"


def _files(package: str) -> Iterator[tuple[str, Asset]]:
    for found in files(package).joinpath("pages").iterdir():
        _, dot, ending = found.name.rpartition(".")
        if dot + ending in KINDS:
            yield found.name, Asset(found.read_bytes(), KINDS[dot + ending])


def _hashed(name: str, body: bytes) -> str:
    stem, _, ending = name.rpartition(".")
    return f"{stem}.{hashlib.sha256(body).hexdigest()[:HASH_LENGTH]}.{ending}"
