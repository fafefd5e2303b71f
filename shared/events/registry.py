"""All types of the contract, by name."""

from __future__ import annotations

from shared.events import actions, community, engagement, moderation, reporting
from shared.events.envelope import Envelope

MODULES = (community, moderation, engagement, reporting, actions)

TYPES: dict[str, type[Envelope]] = {
    str(struct.__struct_config__.tag): struct
    for module in MODULES
    for struct in vars(module).values()
    if isinstance(struct, type) and issubclass(struct, Envelope) and struct is not Envelope
}
"""Every type of the contract by its name."""
