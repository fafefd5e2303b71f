"""Through which connection an act goes, and through which it never does."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from typing import Any

import pytest
from prometheus_client import CollectorRegistry

from services.delivery.carrying.figures import Figures
from services.delivery.carrying.gate import Closed
from services.delivery.carrying.lines import Lines
from services.delivery.platforms import PLATFORMS
from services.delivery.platforms.platform import Call, Kind, Outward
from services.delivery.store import connections
from services.delivery.store.connections import Connections, Unreached
from shared.errors import Retryable
from shared.secrets import Credentials

TELEGRAM = "telegram:-1"
FORUM, OTHER_FORUM = "discourse:forum.acme.example", "discourse:fans.acme.example"


class Directory:
    """Holds documents; may be away."""

    def __init__(self) -> None:
        self.connections: dict[str, Mapping[str, Any]] = {}
        self.is_away = False

    def declare(self, name: str, platform: str = "telegram", brand: str = "acme", **spec: Any) -> None:  # noqa: ANN401
        told = {"platform": platform, "acts": "live", "token": {"env": f"{brand.upper()}_{platform.upper()}"}, **spec}
        self.connections[name] = {"name": name, "brand": brand, "spec": told}

    async def all(self, kind: str) -> Sequence[Mapping[str, Any]]:
        if self.is_away:
            raise Retryable("MongoDB is away")
        return [{"name": "acme"}, {"name": "other"}] if kind == "Brand" else list(self.connections.values())


@pytest.fixture
def directory(monkeypatch: pytest.MonkeyPatch) -> Directory:
    for name in ("ACME_TELEGRAM", "ACME_DISCOURSE", "OTHER_TELEGRAM"):
        monkeypatch.setenv(name, f"{name.lower()}-token")
    monkeypatch.setattr(connections, "REFRESH_S", 0.0)
    return Directory()


async def read(directory: Directory) -> Connections:
    told: Any = directory
    made = Connections(told, Credentials(None))
    await made.refresh()
    return made


async def name(
    directory: Directory, community: str = TELEGRAM, source: str = "rules/spam", kind: Kind = "ban", brand: str = "acme"
) -> str:
    return (await read(directory)).through(brand, community, source, kind).name


async def test_an_act_goes_through_what_told_of_its_cause_else_through_what_lists_the_community(
    directory: Directory,
) -> None:
    directory.declare("a-any")
    directory.declare("b-lists", communities=[{"id": TELEGRAM}])

    assert await name(directory) == "b-lists"
    assert await name(directory, source="telegram/a-any") == "a-any"
    assert await name(directory, community="telegram:-2") == "a-any"


async def test_only_what_carries_such_an_act_out_is_used(directory: Directory) -> None:
    directory.declare("removes", carries=["delete", "ban"])
    directory.declare("writes", carries=["reply", "message"])

    found = [await name(directory, kind=kind, source="telegram/removes") for kind in ("delete", "message")]

    assert found == ["removes", "writes"]
    with pytest.raises(Unreached, match="carries"):
        await name(directory, kind="pin")


async def test_no_brand_s_act_goes_through_another_s_connection(directory: Directory) -> None:
    directory.declare("other-bot", brand="other")

    with pytest.raises(Unreached, match="no connection to telegram"):
        await name(directory, source="telegram/other-bot")


@pytest.mark.parametrize("purpose", ["partner", "competitor", "watched"])
async def test_a_community_that_is_not_the_brand_s_own_is_never_acted_upon(directory: Directory, purpose: str) -> None:
    directory.declare("bot")
    directory.declare("watches", communities=[{"id": TELEGRAM, "purpose": purpose}])
    directory.declare("all-of-them", purpose=purpose, communities=[{"id": "telegram:-7"}])

    for community in (TELEGRAM, "telegram:-7"):
        with pytest.raises(Unreached, match="own"):
            await name(directory, community=community, source="telegram/bot")


async def test_a_connection_for_others_is_used_only_where_it_lists_a_community_as_owned(directory: Directory) -> None:
    directory.declare("mixed", purpose="partner", communities=[{"id": TELEGRAM, "purpose": "owned"}])

    assert await name(directory) == "mixed"
    with pytest.raises(Unreached, match="lists this community"):
        await name(directory, community="telegram:-2")


async def test_a_forum_s_key_goes_to_forums_that_are_listed_and_to_no_other(directory: Directory) -> None:
    directory.declare("forum", platform="discourse", communities=[{"id": FORUM}])

    assert await name(directory, community=FORUM) == "forum"
    with pytest.raises(Unreached, match="lists this community"):
        await name(directory, community="discourse:evil.example", source="discourse/forum")


@pytest.mark.parametrize(
    ("spec", "why"),
    [
        ({"acts": "off"}, "set acts"),
        ({"token": None}, "name no token"),
    ],
)
async def test_what_is_off_or_names_no_token_is_not_used_and_it_says_what_to_do(
    directory: Directory, spec: Mapping[str, Any], why: str
) -> None:
    directory.declare("bot", **spec)

    with pytest.raises(Unreached, match=why):
        await name(directory)


async def test_nothing_is_said_of_acts_and_it_is_a_dry_run(directory: Directory) -> None:
    directory.declare("bot")
    spec = dict(directory.connections["bot"]["spec"])
    del spec["acts"]
    directory.connections["bot"] = {**directory.connections["bot"], "spec": spec}

    found = (await read(directory)).all()["bot"]

    assert found.spec.acts == "dry_run"


async def test_a_credential_that_is_missing_is_a_problem_until_it_is_there_and_is_shown_nowhere(
    directory: Directory, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("ACME_TELEGRAM")
    directory.declare("bot")
    made = await read(directory)
    without = made.all()["bot"]
    assert without.token is None
    assert "ACME_TELEGRAM" in str(without.problem)

    monkeypatch.setenv("ACME_TELEGRAM", "abracadabra")
    await made.refresh()

    found = made.all()["bot"]
    assert (found.token, found.problem) == ("abracadabra", None)
    assert "abracadabra" not in repr(found)


async def test_another_brand_s_credential_is_not_read(directory: Directory) -> None:
    directory.declare("bot", token={"env": "OTHER_TELEGRAM"})

    found = (await read(directory)).all()["bot"]

    assert found.token is None
    assert "other_telegram-token" not in str(found.problem)


async def test_a_directory_that_is_away_leaves_what_was_read_and_a_document_that_does_not_fit_the_others(
    directory: Directory,
) -> None:
    directory.declare("bot")
    directory.declare("broken", mode="telepathy")
    made = await read(directory)
    directory.is_away = True

    await made.refresh()

    assert set(made.all()) == {"bot"}
    with pytest.raises(Retryable):
        await read(directory)


async def test_everywhere_is_in_the_brand_s_own_communities_on_the_platform(directory: Directory) -> None:
    listed = [{"id": TELEGRAM}, {"id": "telegram:-2"}, {"id": "telegram:-3", "purpose": "partner"}]
    directory.declare("bot", communities=listed)
    directory.declare("second", communities=[{"id": "telegram:-2"}, {"id": "telegram:-4"}])
    directory.declare("others", purpose="watched", communities=[{"id": "telegram:-5"}])
    directory.declare("forum", platform="discourse", communities=[{"id": FORUM}])
    directory.declare("foreign", brand="other", communities=[{"id": "telegram:-6"}])

    assert (await read(directory)).beside("acme", TELEGRAM) == ["telegram:-2", "telegram:-4"]


def lines_of(found: Connections) -> Lines:
    shelf: Any = Free()
    return Lines(found, PLATFORMS, {}, shelf, Figures(CollectorRegistry(), list(PLATFORMS)))


class Free:
    """Has no buckets."""

    def of(self, connection: str) -> Free:
        del connection
        return self

    async def take(self, buckets: object) -> None:
        del buckets
        await asyncio.sleep(60.0)


async def told(*_: object) -> None:
    """Nobody is told."""


async def test_each_forum_of_one_connection_is_asked_at_its_own_address(directory: Directory) -> None:
    directory.declare("forums", platform="discourse", communities=[{"id": FORUM}, {"id": OTHER_FORUM}])
    lines = lines_of(await read(directory))
    look = Call("GET", "/posts/1.json", "/posts/{post}.json")

    def address(community: str) -> str:
        line = lines.through("acme", community, "rules/spam", "delete", told)
        out: Outward = line.platform.outward(look, line._credential)  # noqa: SLF001 - where it goes
        return out.url

    try:
        found = [address(community) for community in (FORUM, OTHER_FORUM, FORUM)]
        assert found == [f"https://{one.partition(':')[2]}/posts/1.json" for one in (FORUM, OTHER_FORUM, FORUM)]
        assert len(lines.of("forums")) == 2
    finally:
        await lines.close()


async def test_acts_that_wait_are_sent_away_when_the_document_of_their_connection_changes_or_goes(
    directory: Directory,
) -> None:
    directory.declare("bot")
    lines = lines_of(await read(directory))

    async def waiting() -> asyncio.Task[None]:
        line = lines.through("acme", TELEGRAM, "rules/spam", "ban", told)
        task = asyncio.create_task(line.gate.enter("moderation", TELEGRAM, ()))
        await asyncio.sleep(0)
        return task

    changed = await waiting()
    directory.declare("bot", acts="dry_run")
    await lines.refresh()
    with pytest.raises(Closed):
        await changed

    gone = await waiting()
    directory.connections.clear()
    await lines.refresh()
    with pytest.raises(Closed):
        await gone
    assert lines.of("bot") == []
