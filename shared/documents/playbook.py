"""What is a crisis for a brand, and what is done in one: who is told, steps, statements, a slower pace."""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import Meta

from shared.documents.directory import Account
from shared.documents.discipline import Duration
from shared.documents.shape import Slug, Spec
from shared.events.moderation import Severity

Signal = Literal["volume", "negativity", "complaints", "removals", "departures"]

PLAYS_MAX, STEPS_MAX, STATEMENTS_MAX, ROUTES_MAX, CHANNELS_MAX = 20, 30, 10, 20, 20

PEOPLE_LEAST = 5
"""What the rules themselves ask for: fewer people are no crisis, however unusual."""

STATEMENT_CHARS_MAX = 1_900
"""Of all its languages together: Discord takes 2,000 characters, the least of all platforms."""

StatementText = Annotated[str, Meta(min_length=1, max_length=STATEMENT_CHARS_MAX)]

StepText = Annotated[str, Meta(min_length=1, max_length=500)]
Channel = Annotated[str, Meta(min_length=1, max_length=200)]
Signals = Annotated[tuple[Signal, ...], Meta(min_length=1)]


class Watched(Spec, frozen=True, kw_only=True):
    """When something unusual of one signal is an incident."""

    status: Literal["on", "off"] = "on"
    people: Annotated[int, Meta(ge=PEOPLE_LEAST, le=100_000)] = PEOPLE_LEAST
    """So many at least."""
    severity: Severity = "low"
    """At least so many times the usual: any, 4, 8, 16 times."""


class Signs(Spec, frozen=True, kw_only=True):
    """What is watched: people who write, who write in anger, who complain, whose contents are removed, who leave."""

    volume: Watched = Watched()
    negativity: Watched = Watched()
    complaints: Watched = Watched()
    removals: Watched = Watched()
    departures: Watched = Watched()


class StepTexts(Spec, frozen=True, kw_only=True):
    """What is to be done, in both languages."""

    en: StepText
    ru: StepText


class Step(Spec, frozen=True, kw_only=True):
    """Something that a person does."""

    id: Slug
    role: Literal["owner", "community_manager", "moderator"] = "community_manager"
    """Whose it is; who may more may do it, too."""
    text: StepTexts


class StatementTexts(Spec, frozen=True, kw_only=True):
    """What is published, in both languages."""

    en: StatementText
    ru: StatementText


class StaffChat(Spec, frozen=True, kw_only=True):
    """A chat of the staff."""

    community: Account
    channel: Channel | None = None


class Statement(Spec, frozen=True, kw_only=True):
    """What is said, once a person has approved it: in public where it happens, or to the staff."""

    id: Slug
    audience: Literal["public", "internal"] = "public"
    approval: Literal["owner", "community_manager"] = "community_manager"
    """Who may approve it; an owner always may."""
    to: StaffChat | None = None
    """`internal`: where it is written."""
    channel: Channel | None = None
    """`public`: the room, where communities have some."""
    text: StatementTexts


class SlowMode(Spec, frozen=True, kw_only=True, rename={"lasts": "for"}):
    """A pause between two messages of one member, asked of the platforms that have it."""

    pause_s: Annotated[int, Meta(ge=1, le=21_600)] = 30
    lasts: Duration = "2h"
    """It ends by itself after so long, or with the incident."""
    channels: Annotated[tuple[Channel, ...], Meta(max_length=CHANNELS_MAX)] = ()
    """The rooms; none: the community."""


class HoldPosts(Spec, frozen=True, kw_only=True, rename={"lasts": "for"}):
    """What is planned to be published where the incident is waits: what contests, quizzes, polls and activities announce."""

    lasts: Duration = "12h"
    """It goes on by itself after so long, or with the incident's end: what is not too late then is published."""


class When(Spec, frozen=True, kw_only=True):
    """In which incidents."""

    signals: Signals | None = None
    """Any of these; absent: all."""
    severity: Severity = "low"
    """From it on."""


class Play(Spec, frozen=True, kw_only=True):
    """What is done in some incidents; once in each."""

    id: Slug
    when: When = When()
    routes: Annotated[tuple[Slug, ...], Meta(max_length=ROUTES_MAX)] = ()
    """Routes of `Notify` that tell of it whatever they tell of otherwise."""
    steps: Annotated[tuple[Step, ...], Meta(max_length=STEPS_MAX)] = ()
    statements: Annotated[tuple[Statement, ...], Meta(max_length=STATEMENTS_MAX)] = ()
    slow_mode: SlowMode | None = None
    hold_posts: HoldPosts | None = None


class Playbook(Spec, frozen=True, kw_only=True):
    """A brand's; a community's names the sections that are others there."""

    languages: Annotated[tuple[Literal["en", "ru"], ...], Meta(min_length=1, max_length=2)] = ("en",)
    """In which statements are published, in this order."""
    others: bool = False
    """Whether communities that are not the brand's own open incidents; nothing is ever done in those."""
    signals: Signs = Signs()
    plays: Annotated[tuple[Play, ...], Meta(max_length=PLAYS_MAX)] = ()
