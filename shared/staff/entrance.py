"""Signing in, and setting a password by an invitation."""

from __future__ import annotations

import logging
from datetime import datetime
from typing import NamedTuple

import msgspec

from shared.clock import Clock
from shared.directory import Principal, standing
from shared.documents.shape import Slug
from shared.errors import Unprocessable
from shared.staff import attempts, passwords
from shared.staff.access import Access, Invited, Password
from shared.staff.attempts import Attempts, Key
from shared.staff.devices import Devices
from shared.staff.passwords import Hasher
from shared.staff.people import Documents, person
from shared.staff.sessions import Session, Sessions

log = logging.getLogger(__name__)


class Wrong(Unprocessable):
    """Brand, name and password do not belong together; nothing says which of them."""


class Uninvited(Unprocessable):
    """The invitation was used or replaced, is too old, or its person is gone or has become another."""


class TooSoon(Unprocessable):
    """There were too many failures; `wait_s` tells when the next try is looked at."""

    def __init__(self, wait_s: float) -> None:
        super().__init__("too many failures; come again in a moment")
        self.wait_s = wait_s


class Claim(NamedTuple):
    """Who somebody says they are."""

    brand: str
    name: str
    password: str


class Entrance(NamedTuple):
    """What lets people in, with its parts."""

    documents: Documents
    access: Access
    sessions: Sessions
    attempts: Attempts
    devices: Devices
    hasher: Hasher
    clock: Clock

    async def prepare(self) -> None:
        """Make the indexes; idempotent."""
        for part in (self.access, self.sessions, self.attempts, self.devices):
            await part.prepare()

    async def sign_in(self, claim: Claim, address: str, device: str | None = None) -> Session:
        """Begin a session. Raises Wrong or TooSoon, alike and after the same time whether there is such a person or not.

        `device` is the cookie of a browser in which somebody has signed in: where it was this person, only what fails there
        counts.
        """
        at = self.clock.now()
        who, where = await self._counted_by(claim, address, device, at)
        wait_s = await self.attempts.begin((who,) if where is None else (where, who), at)
        if wait_s:
            raise TooSoon(wait_s)
        found, stored = await self._known(claim)
        session = await self.sessions.open(found, at)
        await self._check_unchanged(claim, stored, session)
        await self.attempts.succeeded(who, where, at)
        return session

    async def _counted_by(self, claim: Claim, address: str, device: str | None, at: datetime) -> tuple[Key, Key | None]:
        """Return for whom a failure is counted, and for which address, if for any."""
        if device is not None and await self.devices.is_known(device, claim.brand, claim.name, at):
            return attempts.device(device), None
        return attempts.account(claim.brand, claim.name), attempts.address(address)

    async def _known(self, claim: Claim) -> tuple[Principal, Password]:
        """Return who it is, by which password; both documents are read and a hash is made in any case."""
        found = await person(self.documents, claim.brand, claim.name) if is_named(claim) else None
        stored = await self.access.password(claim.brand, claim.name)
        usable = stored if found is not None and stored is not None and stored.standing == standing(found) else None
        fits = await self.hasher.fits(None if usable is None else usable.hash, claim.password)
        if not fits or found is None or usable is None:
            log.warning("sign-in refused: %s", f"{claim.brand}/{claim.name}" if found else "nobody known")
            raise Wrong("the brand, the name or the password is wrong")
        if self.hasher.is_old(usable.hash):
            await self.access.rehash(found, usable.hash, await self.hasher.hashed(claim.password))
        return found, usable

    async def _check_unchanged(self, claim: Claim, stored: Password, session: Session) -> None:
        """Take a session back that began by a password which was replaced while its hash was made.

        Whoever sets a password ends sessions after it is stored: so either they end this one, or it is seen here.
        """
        now = await self.access.password(claim.brand, claim.name)
        if now is None or now.set_at != stored.set_at:
            await self.sessions.end(session.id)
            raise Wrong("the password was changed a moment ago")

    async def invited(self, token: str) -> Invited:
        """Return whom an invitation is for. Raises Uninvited."""
        found = await self.access.invited(token, self.clock.now())
        if found is None:
            raise Uninvited("the invitation was used or replaced, or is too old")
        return found

    async def accept(self, token: str, password: str) -> Session:
        """Set the password of whom an invitation is for, and sign them in.

        Raises Uninvited, or Weak, which leaves the invitation good.
        """
        named = await self.invited(token)
        passwords.check(password, named.brand, named.name)
        hashed = await self.hasher.hashed(password)
        who = await person(self.documents, named.brand, named.name)
        if who is None or not await self.access.use(token, who, self.clock.now()):
            raise Uninvited("the invitation was used or replaced, or is too old")
        await self.access.set_password(who, hashed, self.clock.now())
        return await self.sessions.open(who, self.clock.now())


def is_named(claim: Claim) -> bool:
    """Say whether anybody could be called that."""
    try:
        msgspec.convert((claim.brand, claim.name), tuple[Slug, Slug])
    except msgspec.ValidationError:
        return False
    return True
