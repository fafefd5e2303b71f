"""What shapes of our documents cannot tell: one channel a route, time zones that there are, types that there are."""

from __future__ import annotations

from collections.abc import Iterator
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from shared.documents.outward import Notify, Quiet, Route, Subscription
from shared.errors import Misplaced
from shared.events.registry import TYPES
from shared.meant import meant
from shared.outgoing.addresses import is_own, judged, literal

CHANNELS = ("chat", "email", "webhook")

PLAIN = (
    "plain http is refused: anybody on the way reads it; use https, or VECHE_PRIVATE_WEBHOOKS=true in a network of your own"
)

OWN = "; VECHE_PRIVATE_WEBHOOKS=true allows the own network"


def check_notify(spec: Notify, *, private: bool, has_mail: bool = True) -> None:
    """Raise Misplaced with all that is wrong. `private` allows plain http; `has_mail`: whether mail is set up."""
    _raise(_of_notify(spec, private=private, has_mail=has_mail))


def check_subscription(spec: Subscription, *, private: bool) -> None:
    """Raise Misplaced with all that is wrong."""
    _raise(_of_subscription(spec, private=private))


def _raise(found: Iterator[Misplaced]) -> None:
    all_ = list(found)
    if all_:
        raise Misplaced(str(all_[0]), all_[0].at, all_[1:])


def _of_notify(spec: Notify, *, private: bool, has_mail: bool) -> Iterator[Misplaced]:
    seen = set[str]()
    for place, route in enumerate(spec.routes):
        at = f"$.spec.routes[{place}]"
        if route.id in seen:
            yield Misplaced(
                f"another route is called {route.id}; what was sent by which one is told by its name", f"{at}.id"
            )
        seen.add(route.id)
        yield from _of_channel(route, at, private=private, has_mail=has_mail)
        if route.quiet is not None:
            yield from _of_quiet(route.quiet, f"{at}.quiet")


def _of_channel(route: Route, at: str, *, private: bool, has_mail: bool) -> Iterator[Misplaced]:
    named = [name for name in CHANNELS if getattr(route, name) is not None]
    if len(named) != 1:
        told = f"it has {' and '.join(named)}" if named else "it has none"
        yield Misplaced(f"a route goes by one of {', '.join(CHANNELS)}; {told}", f"{at}.{named[1]}" if named else at)
    if route.email is not None and not has_mail:
        yield Misplaced("mail is not set up: the operator names a mail server by VECHE_SMTP", f"{at}.email")
    if route.webhook is not None:
        yield from _of_url(route.webhook.url, f"{at}.webhook.url", private=private)


def _of_quiet(quiet: Quiet, at: str) -> Iterator[Misplaced]:
    if minutes(quiet.from_) == minutes(quiet.to):
        yield Misplaced("quiet hours end at another time than they begin; leave `quiet` out for none", f"{at}.to")
    if quiet.timezone is not None and not is_zone(quiet.timezone):
        yield Misplaced(f"{quiet.timezone} is no time zone; use IANA names, for example Europe/Moscow", f"{at}.timezone")


def minutes(clock: str | int) -> int:
    """Return a time of day in minutes from midnight."""
    if isinstance(clock, int):
        return clock
    hours, _, rest = clock.partition(":")
    return int(hours) * 60 + int(rest)


def _of_subscription(spec: Subscription, *, private: bool) -> Iterator[Misplaced]:
    yield from _of_url(spec.url, "$.spec.url", private=private)
    if len(set(spec.topics)) != len(spec.topics):
        yield Misplaced("a topic is named twice", "$.spec.topics")
    for place, type_ in enumerate(spec.types or ()):
        if type_ not in TYPES:
            yield Misplaced(f"unknown type `{type_}`{meant(type_, TYPES)}", f"$.spec.types[{place}]")


def _of_url(url: str, at: str, *, private: bool) -> Iterator[Misplaced]:
    """Judge what can be before anybody asks: the scheme, and a host that is written as an address. Names are looked up."""
    if url.startswith("http:") and not private:
        yield Misplaced(PLAIN, at)
    address = literal(url)
    trouble = None if address is None else judged([address], private=private)
    if trouble is not None:
        yield Misplaced(f"{trouble}{'' if private or not is_own(str(address)) else OWN}", at)


def is_zone(name: str) -> bool:
    """Say whether there is a time zone of that name."""
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return False
    return True
