"""What is asked for on Discord, VK, Slack and Discourse while processes are killed, and what members are to see of it."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from shared.events import Envelope
from simulated import discord, discourse, slack, vk
from simulated.world import World
from tests.builders import action_delete, action_reply

FORUM = "discourse:forum.example"
ROOMS = 4
"""Channels, for platforms limit each."""


@dataclass
class Side:
    """A platform that is played, the connection to it, and what is asked for there."""

    platform: str
    world: World
    token: str
    community: str
    spec: dict[str, Any] = field(default_factory=dict)
    acts: list[Envelope] = field(default_factory=list)
    said: Counter[str] = field(default_factory=Counter)
    gone: Counter[str] = field(default_factory=Counter)

    @property
    def variable(self) -> str:
        """The environment variable of its token."""
        return f"ACME_{self.platform.upper()}_TOKEN"

    @property
    def connection(self) -> dict[str, Any]:
        """The connection's document."""
        communities = [{"id": self.community}]
        told = {"platform": self.platform, "acts": "live", "token": {"env": self.variable}, "communities": communities}
        return told | self.spec

    def delete(self, content: str, target: str) -> None:
        """Have a content deleted, which the platform calls `target`."""
        self.acts.append(self._asked(action_delete, content_id=content))
        self.gone[target] += 1

    def reply(self, content: str) -> None:
        """Have a content answered."""
        text = f"{self.platform} answer number {len(self.acts)}"
        self.acts.append(self._asked(action_reply, content_id=content, text=text))
        self.said[text] += 1

    def _asked(self, build: Any, **about: object) -> Envelope:  # noqa: ANN401 - a builder
        number = f"{self.platform}-{len(self.acts)}"
        about |= {"brand": "acme", "community": self.community, "source": f"{self.platform}/acme-{self.platform}"}
        act: Envelope = build(cause=number, **about)
        return act

    def seen(self) -> tuple[Counter[str], Counter[str]]:
        """Return what members saw said, and what is gone."""
        effects = self.world.ground.effects
        return Counter(one.text for one in effects.of("message")), Counter(one.target for one in effects.of("delete"))


def sides(share: float) -> list[Side]:
    """Return all of them; `share` of the most that platforms allow in two minutes is asked for."""
    return [_discord(share), _vk(share), _slack(share), _discourse(share)]


def _discord(share: float) -> Side:
    world = discord.Discord()
    side = Side("discord", world, discord.TOKEN, "discord:1", {"mode": "gateway"})
    for number in range(round(200 * share)):
        room = f"{2 + number % ROOMS}"
        message = world.write("1", room, "question")
        content = f"discord:1:{room}:{message}"
        if number % 4:
            side.delete(content, f"{room}:{message}")
        else:
            side.reply(content)
    return side


def _vk(share: float) -> Side:
    world = vk.Vk()
    side = Side("vk", world, vk.TOKEN, "vk:1", {"account": "1"})
    post = world.put("post", "-1")
    for number in range(round(120 * share)):
        comment = world.put("comment", "-1", "question", post=post)
        if number % 2:
            side.delete(f"vk:1:comment-1_{comment}", f"comment-1_{comment}")
        else:
            side.reply(f"vk:1:comment-1_{comment}")
    return side


def _slack(share: float) -> Side:
    world = slack.Slack()
    side = Side("slack", world, slack.TOKEN, "slack:T1")
    for number in range(round(80 * share)):
        room = f"C{number % ROOMS}"
        side.reply(f"slack:T1:{room}:{world.write(room, 'question')}")
    return side


def _discourse(share: float) -> Side:
    world = discourse.Discourse()
    side = Side("discourse", world, discourse.TOKEN, FORUM, {"account": "veche"})
    for number in range(round(24 * share)):
        topic = world.open(f"Topic {number}", "question")
        if number % 2:
            post = world.write(topic, "spam")
            side.delete(f"{FORUM}:{topic}/{post}", f"{topic}/{post}")
        else:
            side.reply(f"{FORUM}:{topic}/1")
    return side
