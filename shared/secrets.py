"""Credentials by reference: documents name an environment variable or a file; only the service that uses it reads it.

A reference is bound to its brand, for a brand's own people write it: a variable begins with the brand's name
(`ACME_BOT_TOKEN`), a file lies in the brand's own folder of the secrets directory.
"""

from __future__ import annotations

import os
import re
import stat
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from shared.documents.directory import SecretRef
from shared.errors import Retryable, Unprocessable

FILE_BYTES_MAX = 4_096
"""A credential is a line; what is larger is some other file."""

OURS = ("VECHE_", "OTEL_")
"""Variables of the services themselves: no brand's, whatever it is called."""


def prefix_of(brand: str) -> str:
    """Return what the variables of a brand begin with: `ACME_EU_` for `acme-eu`."""
    return re.sub(r"[^A-Z0-9]", "_", brand.upper()) + "_"


@dataclass(frozen=True, slots=True)
class Credentials:
    """What references may name, and what they hold."""

    folder: Path | None
    """The secrets directory, a folder a brand in it; None where there is none."""
    readers: tuple[str, ...] = ("ingest", "delivery")
    """The services that read them, as a person who sets one is told."""

    @property
    def _services(self) -> str:
        return f"{' and '.join(self.readers)} service{'s' if len(self.readers) > 1 else ''}"

    def check(self, ref: SecretRef, brand: str, brands: Collection[str]) -> None:
        """Raise Unprocessable, with a sentence for a person, where the reference is not the brand's; `brands` are all."""
        if (ref.env is None) == (ref.file is None):
            raise Unprocessable("a credential is named by either env or file")
        if ref.env is not None:
            _check_variable(ref.env, brand, brands)
        else:
            self._path(ref.file or "", brand)

    def resolve(self, ref: SecretRef, brand: str, brands: Collection[str]) -> str:
        """Return the credential. Raises Unprocessable as `check` does, and Retryable where there is none.

        Errors name the reference, never the value.
        """
        self.check(ref, brand, brands)
        if ref.env is not None:
            value = os.environ.get(ref.env, "")  # noqa: TID251 - a reference to the environment, made by a person
            name = f"environment variable {ref.env}"
        else:
            path = _followed(self._path(ref.file or "", brand))
            value = _read(path, self._services)
            name = f"file {path}"
        if not value:
            raise Retryable(f"the {name} holds no credential; {self._remedy(ref)}")
        return value

    def _remedy(self, ref: SecretRef) -> str:
        if ref.env is None:
            return "write it there"
        is_one = len(self.readers) == 1
        return f"set it where the {self._services} run{'s' * is_one}, and restart {'it' if is_one else 'them'}"

    def _path(self, name: str, brand: str) -> tuple[Path, PurePosixPath]:
        """Return the brand's folder and the way of the file in it. Raises Unprocessable where it leads elsewhere."""
        way = PurePosixPath(name)
        if way.is_absolute() or not way.parts or ".." in way.parts or "\0" in name:
            raise Unprocessable(f"name a file by its path inside the folder {brand} of the secrets directory, without ..")
        if self.folder is None:
            raise Unprocessable("there is no secrets directory; start the ingest service with VECHE_SECRETS, or name an env")
        return self.folder / brand, way


def _check_variable(name: str, brand: str, brands: Collection[str]) -> None:
    prefix = prefix_of(brand)
    if not name.startswith(prefix) or name.startswith(OURS):
        raise Unprocessable(f"the environment variables of {brand} begin with {prefix}; {name} does not, or is Veche's own")
    for other in brands:
        theirs = prefix_of(other)
        if other != brand and len(theirs) >= len(prefix) and name.startswith(theirs):
            raise Unprocessable(f"variables that begin with {theirs} are those of the brand {other}; choose another name")


def _followed(found: tuple[Path, PurePosixPath]) -> Path:
    """Return the file with links followed. Raises Unprocessable where they lead out of the brand's folder."""
    folder, way = found
    own = Path(os.path.realpath(folder.parent), folder.name)
    real = Path(os.path.realpath(folder / way))
    if not real.is_relative_to(own):
        raise Unprocessable(f"the file {way} is a link out of the folder {folder.name} of the secrets directory")
    return real


def _read(path: Path, readers: str) -> str:
    """Return the text of a small regular file. Raises Retryable, which says what to do."""
    try:
        content = _bytes(path)
    except (OSError, ValueError) as error:
        why = error.strerror if isinstance(error, OSError) else "not a path"
        raise Retryable(f"cannot read the file {path} ({why}); let the {readers} read it") from None
    if content is None:
        raise Retryable(f"{path} is not a regular file; write the credential into one")
    if len(content) > FILE_BYTES_MAX:
        raise Retryable(f"the file {path} is above {FILE_BYTES_MAX} bytes; write nothing but the credential into it")
    try:
        return content.decode("utf-8").strip()
    except UnicodeDecodeError:
        raise Retryable(f"the file {path} is not UTF-8 text; write nothing but the credential into it") from None


def _bytes(path: Path) -> bytes | None:
    """Return the bytes up to one above the limit, or None of what is no regular file; a pipe is not waited for."""
    descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_NOFOLLOW | os.O_CLOEXEC)
    try:
        return os.read(descriptor, FILE_BYTES_MAX + 1) if stat.S_ISREG(os.fstat(descriptor).st_mode) else None
    finally:
        os.close(descriptor)
