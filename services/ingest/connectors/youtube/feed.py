"""An Atom feed as YouTube's hub pushes it: XML in, entries out. Document types and entities are refused."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import TypeVar
from xml.etree.ElementTree import Element, ParseError

import msgspec
from defusedxml import ElementTree
from defusedxml.common import DefusedXmlException

from services.ingest.connectors.delivery import Unreadable
from services.ingest.connectors.youtube.wire import Tombstone, Video

ATOM = "{http://www.w3.org/2005/Atom}"
YT = "{http://www.youtube.com/xml/schemas/2015}"
AT = "{http://purl.org/atompub/tombstones/1.0}"
"""Namespaces; the last is that of RFC 6721, deleted entries."""

TOPIC = re.compile(r"https?://www\.youtube\.com/(?:xml/)?feeds/videos\.xml\?channel_id=([A-Za-z0-9_-]{1,64})")
CHANNEL = re.compile(r"https?://www\.youtube\.com/channel/([A-Za-z0-9_-]{1,64})")
"""Addresses of a channel's feed and of the channel."""

ID = re.compile(r"[A-Za-z0-9_-]{1,64}")

T = TypeVar("T")

VIDEO = "yt:video:"
"""Stands before a video's id in the reference of a tombstone."""


def read(body: bytes) -> Element:
    """Return the feed. Raises Unreadable where it is none, or is no plain XML."""
    try:
        root: Element = ElementTree.fromstring(body, forbid_dtd=True)
    except (ParseError, DefusedXmlException, ValueError, LookupError) as error:  # the last two: its encoding
        raise Unreadable(f"the body is not XML that is read: {type(error).__name__}") from error
    if root.tag != f"{ATOM}feed":
        raise Unreadable("the body is not an Atom feed")
    return root


def channel_of_topic(topic: str) -> str | None:
    """Return the channel whose feed has that address."""
    return _match(TOPIC, topic)


def channels(root: Element) -> set[str]:
    """Return the channels that the feed names: those of its entries, else its own."""
    told = {_text(entry, f"{YT}channelId") for entry in root.findall(f"{ATOM}entry")}
    told |= {_owner(gone) for gone in root.findall(f"{AT}deleted-entry")}
    return {id_ for id_ in told if id_ is not None and ID.fullmatch(id_)} or {id_ for id_ in (_self(root),) if id_}


def videos(root: Element) -> tuple[Video, ...]:
    """Return the entries. Raises msgspec's errors where one is not of YouTube's shape."""
    return _all(
        (
            {
                "id": _text(entry, f"{YT}videoId"),
                "channel": _text(entry, f"{YT}channelId") or _self(root),
                "published": _text(entry, f"{ATOM}published"),
                "updated": _text(entry, f"{ATOM}updated") or _text(entry, f"{ATOM}published"),
                "title": _text(entry, f"{ATOM}title"),
                "author": _text(entry, f"{ATOM}author/{ATOM}name"),
            }
            for entry in root.findall(f"{ATOM}entry")
        ),
        Video,
    )


def tombstones(root: Element) -> tuple[Tombstone, ...]:
    """Return the deleted entries. Raises msgspec's errors where one is not of YouTube's shape."""
    return _all(
        (
            {"id": gone.get("ref", "").removeprefix(VIDEO), "when": gone.get("when"), "channel": _owner(gone) or _self(root)}
            for gone in root.findall(f"{AT}deleted-entry")
        ),
        Tombstone,
    )


def _all(found: Iterable[dict[str, str | None]], kind: type[T]) -> tuple[T, ...]:
    return tuple(msgspec.convert(one, kind) for one in found)


def _self(root: Element) -> str | None:
    links = (link.get("href", "") for link in root.findall(f"{ATOM}link") if link.get("rel") == "self")
    return next(filter(None, map(channel_of_topic, links)), None)


def _owner(gone: Element) -> str | None:
    return _match(CHANNEL, _text(gone, f"{AT}by/{ATOM}uri") or _text(gone, f"{AT}by/{AT}uri") or "")


def _text(entry: Element, path: str) -> str | None:
    return (entry.findtext(path) or "").strip() or None


def _match(pattern: re.Pattern[str], address: str) -> str | None:
    found = pattern.fullmatch(address)
    return None if found is None else found[1]
