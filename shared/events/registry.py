"""All types of the contract, by name."""

from __future__ import annotations

from types import ModuleType

from shared.events import actions, commerce, community, engagement, moderation, reporting
from shared.events.envelope import Envelope


def _types(*modules: ModuleType) -> dict[str, type[Envelope]]:
    return {
        str(struct.__struct_config__.tag): struct
        for module in modules
        for struct in vars(module).values()
        if isinstance(struct, type) and issubclass(struct, Envelope) and struct is not Envelope
    }


HAPPENED = _types(community, commerce)
"""Types of what happened, by name: what ingest publishes."""

TYPES = HAPPENED | _types(moderation, engagement, reporting, actions)
"""Every type of the contract by its name."""
