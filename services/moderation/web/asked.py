"""Fields of forms that stand beside what they belong to."""

from __future__ import annotations

from shared.http.forms import Form


def with_duration(sent: Form) -> Form:
    """Return the form of a decision with the duration that stands beside its verdict: `mute_for`, `ban_for`."""
    lasts = sent.one(f"{sent.one('ruling')}_for")
    return Form((*sent.fields, ("for", lasts))) if lasts else sent
