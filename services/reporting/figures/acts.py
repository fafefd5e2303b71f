"""What was carried out on the platforms, and what was not although it was to be, by the receipts."""

from __future__ import annotations

from services.reporting.figures.figure import OF_RECEIPTS, TIMES, Counts, Figure, counted
from shared.events.actions import ActionDone, ActionFailed
from shared.said import Said

NAMES = ("acts_done", "acts_failed")

NEEDLESS = frozenset({"reversed", "replaced", "gone", "dry_run", "unconnected"})
"""Why nothing was done although nothing is wrong: it was not needed any more, or the brand has nothing carried out there."""


def counts(event: ActionDone | ActionFailed) -> Counts:
    """Return what a receipt counts for: an act that was carried out, or one that was to be and was not."""
    if event.imported:
        return ()
    if isinstance(event, ActionDone):
        return (("acts_done", 1),)
    is_needless = event.data.code in NEEDLESS or event.data.unreachable  # whom no message reaches nobody can mend
    return () if is_needless else (("acts_failed", 1),)


DONE = Figure(
    id="acts_done",
    name=Said("Acts on platforms", "Действия на платформах"),
    definition=Said(
        "What was carried out on the platform by decision: removals, mutes, bans and their end, messages and posts, by the "
        "time at which the platform did it.",
        "Сделанное на платформе по решениям: удаления, запреты писать, блокировки и их снятие, сообщения и публикации, по "
        "времени исполнения.",
    ),
    unit=TIMES,
    compute=counted("acts_done"),
    topics=OF_RECEIPTS,
)

FAILED = Figure(
    id="acts_failed",
    name=Said("Acts that failed", "Не удалось на платформах"),
    definition=Said(
        "Acts that the platform refused, that came too late, or of which nobody knows whether they were done. What was "
        "taken back before, only shown (dry run) or meant for a member who takes no messages does not count.",
        "Действия, в которых платформа отказала, которые опоздали или о которых неизвестно, сделаны ли они. Отменённое "
        "до исполнения, только показанное (пробный режим) и письма тем, кто не принимает сообщений, не считаются.",
    ),
    unit=TIMES,
    compute=counted("acts_failed"),
    topics=OF_RECEIPTS,
)
