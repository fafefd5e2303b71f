"""By which way a notice goes: that of its route as it is declared now, so what was mended works for what waits."""

from __future__ import annotations

import httpx

from services.delivery.sending.mail import Mail, Mailer
from services.delivery.sending.unsent import Unsent
from services.delivery.sending.webhook import deliver, hook_of
from services.delivery.store.outgoing import Taken
from services.delivery.store.zones import BrandZones
from shared.clock import Clock
from shared.documents.outward import Notify, Route
from shared.errors import VecheError
from shared.policy import InForce
from shared.secrets import Credentials


class Channels:
    """Sends a notice by the channel of its route."""

    def __init__(
        self,
        policies: InForce[Notify],
        brands: BrandZones,
        credentials: Credentials,
        http: httpx.AsyncClient,
        mailer: Mailer | None,
        clock: Clock,
    ) -> None:
        self._policies, self._brands, self._credentials = policies, brands, credentials
        self._http, self._mailer, self._clock = http, mailer, clock

    async def send(self, taken: Taken) -> None:
        """Return when the other end has it. Raises Unsent where it has not, or nobody knows."""
        route = await self._route(taken)
        if route.email is not None:
            if self._mailer is None:
                raise Unsent("mail is not set up: the operator names a mail server by VECHE_SMTP")
            await self._mailer.send(Mail(taken.id, route.email.to, taken.title, taken.text, taken.at))
        elif route.webhook is not None:
            hook, brands = route.webhook, self._brands.brands
            keys = hook_of(hook.url, hook.secrets, self._credentials, taken.brand, brands)
            await deliver(self._http, keys, taken.id, taken.payload, self._clock.now())
        else:
            raise Unsent(f"the route {taken.route} goes to a chat by now")

    async def _route(self, taken: Taken) -> Route:
        try:
            await self._policies.refresh()
            await self._brands.refresh()
            notify = self._policies.at(taken.brand, taken.community, self._clock.now())
        except VecheError as error:
            raise Unsent(str(error)) from None
        found = next((route for route in notify.routes if route.id == taken.route), None)
        if found is None:
            raise Unsent(f"the route {taken.route} is not declared any more")
        return found
