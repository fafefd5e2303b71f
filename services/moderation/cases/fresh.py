"""Cases of which nothing was told yet: what the first event or command tells of them."""

from __future__ import annotations

from msgspec.structs import replace

from services.moderation.cases.case import Case, Gone, Kind
from services.moderation.rules import commands
from shared.events.actions import ActionDone, ActionFailed
from shared.events.community import ContentFlagged
from shared.events.moderation import DecisionMade


def case_of(event: DecisionMade) -> str:
    """Return to which case a decision belongs: its content's; what concerns none has a case of its own."""
    return event.data.content_id or event.data.decision


def new_case(event: DecisionMade | ContentFlagged) -> Case:
    """Return the case that an event is the first to tell of."""
    return Case(
        id=case_of(event) if isinstance(event, DecisionMade) else (event.data.content_id or ""),
        brand=event.brand,
        community=event.community or "",
        kind=_kind(event),
        source=event.source,
        content=event.data.content_id,
        member=event.data.content_author,
        imported=event.imported,
    )


def told_case(event: ActionDone | ActionFailed) -> Case:
    """Return the case that a receipt is the first to tell of: its decision is read later."""
    community, content = event.community or "", event.data.content_id
    return Case(id=content or "", brand=event.brand, community=community, content=content, member=event.data.content_author)


def filled(case: Case, event: DecisionMade | ContentFlagged) -> Case:
    """Return a case with what an event tells and a command, which may have come first, did not."""
    if case.source:
        return replace(case, imported=case.imported and event.imported)
    content = case.content or event.data.content_id
    return replace(case, kind=_kind(event), source=event.source, content=content, imported=event.imported)


def _kind(event: DecisionMade | ContentFlagged) -> Kind:
    if event.data.content_id is not None:
        return "content"
    rules = {finding.rule for finding in event.data.findings} if isinstance(event, DecisionMade) else set()
    return "raid" if "raids" in rules else "request"


def begun(state: object, fresh: Case) -> Case:
    """Return the case that there is, or a fresh one, which knows whether its content is gone already."""
    if not isinstance(state, Case):
        return replace(fresh, gone=isinstance(state, Gone))
    if state.source:
        return state
    return replace(state, content=state.content or fresh.content, member=state.member or fresh.member)


def commanded_case(command: commands.Command) -> Case:
    """Return the case that a command is the first to name."""
    case = Case(id=command.case, brand=command.brand, community=command.community)
    if isinstance(command, commands.Decide | commands.Reverse):  # these tell what the API read
        return replace(case, content=command.content, member=command.member)
    return case
