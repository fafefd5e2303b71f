"""What a moderation policy does with the scores of a brand's own classifiers."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta, field

from shared.documents.discipline import Duration, Then
from shared.documents.rule import Exempt, Reasons, Status
from shared.documents.shape import Slug, Spec
from shared.events.moderation import Severity

CLASSIFIERS_MAX = 20
"""Of one policy: a few models with some labels each."""

MODELS_MAX = 5
"""Models that one policy asks: each costs 110 µs a text, and with ten labels each they fill a map of conditions (50)."""

Share = Annotated[float, Meta(ge=0, le=1)]


class Classifier(Spec, frozen=True, kw_only=True):
    """A model that looks at each text, and what follows where it finds a label likely enough."""

    model: Slug
    """As it was uploaded: `veche moderation model apply FILE --name`."""
    label: Annotated[str, Meta(min_length=1, max_length=64)] | None = None
    """One of the model's labels. Absent: only the conditions of own rules ask for its scores."""
    threshold: Share = 0.9
    """The probability from which `then` follows."""
    then: Then = "flag"
    lasts: Duration | None = field(name="for", default=None)
    """How long a mute or a ban lasts."""
    severity: Severity = "medium"
    exempt: Exempt = ()
    status: Status = "live"
    """In shadow it is noted what would have followed. So it is, too, while the model itself is in shadow."""
    reason: Reasons | None = None
