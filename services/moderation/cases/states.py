"""What the fold of cases keeps: by which keys, and as which documents. Of a case what lists go by stands at the top."""

from __future__ import annotations

from typing import Any

import msgspec
from msgspec.structs import replace

from services.moderation.cases.audit import Chain
from services.moderation.cases.case import Case, Gone, Last, Lasting, Reporter
from services.moderation.rules.community import Community, Minute
from shared.events import event_id
from shared.fold.definition import Document

State = Case | Gone | Reporter | Last | Chain | Community


def encoded_state(state: State) -> Document:
    """Return a state as a document that names its kind."""
    if isinstance(state, Chain):
        return {"t": "chain", "n": state.n, "hash": state.hash}
    if isinstance(state, Community):
        minutes = [number for key, one in state.minutes.items() for number in (key, one.messages, one.acts)]
        return {"t": "pace", "minutes": minutes, "braked": state.braked_ms}
    told: dict[str, Any] = msgspec.to_builtins(state)
    if isinstance(state, Case):
        told |= {"t": "case", "status": state.status, "due_ms": state.due_ms, "version": state.version}
        told |= {"key": url_key(state.brand, state.community, state.id), "severity": state.severity, "kind": state.kind}
        return told | {"claimed": state.claim.by if state.claim else None, "escalated": state.escalated}
    return told | {"t": type(state).__name__.lower()}


def decoded_state(document: Document) -> State:
    """Return a state of this fold from its document."""
    kind = document["t"]
    if kind == "chain":
        return Chain(int(document["n"]), document["hash"])
    if kind == "pace":
        return _pace(document)
    if kind == "case":
        return msgspec.convert(document, Case)
    if kind == "last":
        return _last(document)
    return msgspec.convert(document, Gone) if kind == "gone" else msgspec.convert(document, Reporter)


def _last(document: Document) -> Last:
    """Return the last decisions about a member; of an earlier release, the one that it remembered."""
    found = msgspec.convert(document, Last)
    if not document.get("decision"):
        return found
    return replace(found, decisions=(Lasting(case=document["case"], decision=document["decision"], at_ms=0),))


def _pace(document: Document) -> Community:
    """Return how busy a community is: for complaints, nothing else of it is remembered here."""
    told = [int(number) for number in document["minutes"]]
    minutes = {key: Minute(messages, acts) for key, messages, acts in zip(told[::3], told[1::3], told[2::3], strict=True)}
    return Community(minutes, braked_ms=None if document["braked"] is None else int(document["braked"]))


def pace_key(brand: str, community: str | None) -> str:
    """Return the key of how busy a community is."""
    return f"{brand}/{community}/pace"


def member_key(brand: str, community: str | None, kind: str, id_: str) -> str:
    """Return the key of something of a member: a reporter's record, the last decision about them."""
    return f"{brand}/{community}/{kind}/{id_}"


def audit_key(brand: str, community: str | None) -> str:
    """Return the key of how far the audit of a community has come."""
    return f"{brand}/{community}/audit"


def case_key(brand: str, community: str | None, case: str) -> str:
    """Return the key of a case."""
    return member_key(brand, community, "case", case)


def url_key(brand: str, community: str | None, case: str) -> str:
    """Return by what a case is named in addresses: ids of contents hold what addresses do not."""
    return event_id("moderation.case", brand, community or "", case)
