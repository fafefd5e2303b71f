from __future__ import annotations

from datetime import timedelta

import bson
from msgspec.structs import replace

from services.moderation.handlers.memory import decoded_community, encoded_community
from services.moderation.rules.community import FAILURES_MAX, Community, untold
from shared.bus.record import Record
from shared.events import Actor, Envelope
from shared.events.actions import ActionDelete, ActionRestore
from shared.events.moderation import DecisionMade, DecisionReversed, RuleFailed
from shared.policy import Version
from shared.topics import MODERATION_COMMANDS
from tests.builders import AT, CONTENT, MEMBER, PLACE, RECORDED, content_created, content_edited, member_joined
from tests.unit.moderation.world import TRACE, World, reversal

EVER = RECORDED - timedelta(days=1)
HOUR = AT.replace(minute=0)
SPAM = "Online casino, 200 free spins for everyone https://spin.example/x"


async def test_spam_is_decided_on_and_deleted() -> None:
    world = World()
    world.tell(member_joined(), content_created(text="good morning"), content_created(text=SPAM))

    await world.fold()

    (decision,), (act,) = world.put_out(), world.acts()
    assert isinstance(decision, DecisionMade)
    assert decision.data.verdict == "remove"
    assert isinstance(act, ActionDelete)
    assert act.data.cause == decision.id
    assert act.data.content_id == CONTENT
    assert act.data.reason


async def test_spam_in_a_community_of_others_is_nobody_s_to_judge() -> None:
    world = World()
    world.tell(replace(content_created(text=SPAM), purpose="competitor"))

    await world.fold()

    assert world.put_out() == world.entries() == []


async def test_an_entry_names_cause_rule_version_and_trace_and_holds_no_text() -> None:
    world = World()
    event = content_created(text=SPAM)
    world.tell(event)

    await world.fold()

    (entry,) = world.entries()
    assert entry["cause"] == event.id
    assert entry["rules"] == ["phrases", "newcomer-links"]
    assert entry["version"] == 0
    assert entry["trace"] == TRACE
    assert entry["member"] == MEMBER
    assert "spins" not in str(entry)
    assert b"spins" not in b"".join([*world.database.states.values(), *(r.value or b"" for r in all_out(world))])


def all_out(world: World) -> list[Record]:
    return [record for (topic, _), log in world.broker.logs.items() if "events" not in topic for record in log]


async def test_history_is_judged_but_nothing_is_done_about_it() -> None:
    world = World()
    world.tell(content_created(text=SPAM, imported=True))

    await world.fold()

    (decision,) = world.put_out()
    assert decision.imported
    assert world.acts() == []
    assert len(world.entries()) == 1


async def test_staff_bots_and_admins_are_not_judged() -> None:
    world = World()
    for actor in (
        Actor(id="telegram:1", role="staff"),
        Actor(id="telegram:2", bot=True),
        Actor(id="telegram:3", role="admin"),
    ):
        world.tell(content_created(text=SPAM, actor=actor))

    await world.fold()

    assert world.put_out() == []
    assert world.database.states == {}


async def test_an_edit_is_judged_again() -> None:
    world = World()
    world.tell(content_created(text="good morning"), content_edited(text=SPAM))

    await world.fold()

    assert [decision.data.verdict for decision in world.put_out()] == ["remove"]


async def test_a_decision_is_taken_back_once_however_often_that_is_asked_for() -> None:
    world = World()
    world.tell(content_created(text=SPAM))
    await world.fold()
    (decision,) = world.put_out()

    world.command(reversal(decision))
    world.command(reversal(decision))
    world.command(reversal(decision, id="command-2"))
    await world.fold()

    _, back = world.put_out()
    assert isinstance(back, DecisionReversed)
    assert (back.data.by, back.data.reason, back.data.decision) == ("vera", "a joke", decision.id)
    assert [type(act) for act in world.acts()] == [ActionDelete, ActionRestore]
    assert {entry["kind"] for entry in world.entries()} == {"decision", "reversal"}


async def test_a_broken_command_is_a_dead_letter() -> None:
    world = World()
    world.broker.append(MODERATION_COMMANDS.name, 0, b"acme/x", b'{"type": "moderation.command.reverse"}')

    await world.fold()

    (letter,) = world.broker.logs["cases.dlq", 0]
    assert b"not a command of moderation" in dict(letter.headers)["reason"]


async def test_a_record_is_judged_under_the_policy_in_force_when_it_was_taken_in() -> None:
    off = {"phrases": {"status": "off"}, "newcomer_links": {"status": "off"}}
    version = Version("ModerationPolicy", "acme", "default", 3, RECORDED, off)
    world = World([version])
    before = RECORDED - timedelta(seconds=1)
    world.tell(content_created(text=SPAM), content_created(text=SPAM, recordedtime=before))

    await world.fold()

    (decision,) = world.put_out()
    assert decision.recordedtime == before


async def test_folding_the_topics_anew_gives_the_same() -> None:
    first, second = World(), World()
    for world in (first, second):
        world.tell(*(content_created(text=text) for text in (SPAM, "hello", SPAM + "!", "fuck")))
        await world.fold()

    assert first.database.entries == second.database.entries
    assert first.database.states == second.database.states


def with_rules(*rules: dict[str, object]) -> World:
    spec = {"rules": [{"id": f"own-{number}"} | rule for number, rule in enumerate(rules)]}
    return World([Version("ModerationPolicy", "acme", "default", 1, RECORDED - timedelta(days=1), spec)])


async def test_a_rule_of_the_brand_s_own_decides_acts_and_tells_its_reason() -> None:
    reason = {"en": "No prices here.", "ru": "Здесь без цен."}
    world = with_rules({"when": "text.words == 2", "then": "remove", "reason": reason}, {"when": "text.length > 3"})
    world.tell(content_created(text="тысяча рублей"))

    await world.fold()

    (decision,), (act,) = world.put_out(), world.acts()
    assert [(one.rule, one.version, one.verdict) for one in decision.data.findings] == [
        ("own-0", 1, "remove"),
        ("own-1", 1, "flag"),
    ]
    assert (decision.data.verdict, act.data.reason) == ("remove", "Здесь без цен.")
    (entry,) = world.entries()
    assert entry["reason"] == reason


async def test_who_is_only_looked_at_is_told_nothing() -> None:
    world = with_rules({"when": "true", "then": "flag"})
    world.tell(content_created(text="anything"))

    await world.fold()

    (entry,) = world.entries()
    assert "reason" not in entry
    assert world.acts() == []


async def test_a_rule_without_words_of_its_own_has_a_reason_all_the_same() -> None:
    world = with_rules({"when": "true", "then": "hide"})
    world.tell(content_created(text="anything"))

    await world.fold()

    (act,) = world.acts()
    assert "rules of this community" in act.data.reason


async def test_what_a_rule_in_shadow_would_have_done_is_entered_and_nobody_hears_of_it() -> None:
    world = with_rules({"when": "text.words == 2", "then": "remove", "status": "shadow"})
    event = content_created(text="two words")
    world.tell(event)

    await world.fold()

    assert world.put_out() == world.acts() == []
    (entry,) = world.entries()
    assert (entry["kind"], entry["rules"], entry["verdict"], entry["cause"]) == ("shadow", ["own-0"], "remove", event.id)
    assert "two words" not in str(entry)


async def test_a_rule_that_fails_is_told_and_counted_and_the_decision_says_so() -> None:
    world = with_rules({"when": 'words["nope"] > 1', "then": "remove"}, {"when": "true"})
    world.tell(content_created(text="one"), content_created(text="two", content_id=f"{CONTENT}-2"))

    await world.fold()

    out = world.put_out()
    decisions = [event for event in out if isinstance(event, DecisionMade)]
    failed = [event for event in out if isinstance(event, RuleFailed)]
    assert [decision.data.skipped for decision in decisions] == [("own-0",), ("own-0",)]
    assert [(one.data.rule, one.data.version) for one in failed] == [("own-0", 1)]
    assert len({event.id for event in out}) == 3
    assert world.failed == 2
    assert all("one" not in one.data.reason for one in failed)


def failing(world: World) -> list[tuple[str | None, str, int]]:
    failed = [event for event in world.put_out() if isinstance(event, RuleFailed)]
    return [(event.community, event.data.rule, event.data.version) for event in failed]


async def test_a_rule_that_fails_is_told_once_an_hour_a_community_and_a_version_and_always_counted() -> None:
    broken = {"rules": [{"id": f"own-{n}", "when": 'words["nope"] > 1'} for n in range(2)]}
    later = RECORDED + timedelta(hours=2)
    world = World([Version("ModerationPolicy", "acme", "default", n, at, broken) for n, at in ((1, EVER), (2, later))])
    within: list[Envelope] = [
        content_created(content_id=f"{CONTENT}{n}", time=HOUR + timedelta(minutes=n)) for n in range(0, 60, 20)
    ]
    elsewhere = content_created(community="telegram:other", time=HOUR)
    next_hour, last_minute = content_created(time=HOUR + timedelta(hours=1)), content_edited(time=HOUR)
    changed = content_created(content_id="telegram:9", time=HOUR, recordedtime=later)

    told = {}
    steps: dict[str, list[Envelope]] = {"within": within, "elsewhere": [elsewhere]}
    steps |= {"next": [next_hour, last_minute], "new": [changed]}
    for name, events in steps.items():
        before = len(failing(world))
        world.tell(*events)
        await world.fold()
        told[name] = failing(world)[before:]

    assert told == {
        "within": [(PLACE, "own-0", 1), (PLACE, "own-1", 1)],
        "elsewhere": [("telegram:other", "own-0", 1), ("telegram:other", "own-1", 1)],
        "next": [(PLACE, "own-0", 1), (PLACE, "own-1", 1)],
        "new": [(PLACE, "own-0", 2), (PLACE, "own-1", 2)],
    }
    assert world.failed == 2 * 7


async def test_history_of_many_hours_does_not_tell_of_each() -> None:
    world = with_rules({"when": 'words["nope"] > 1'})

    world.tell(*[content_created(imported=True, time=HOUR - timedelta(hours=n), content_id=f"{n}") for n in range(9)])
    await world.fold()

    assert (len(failing(world)), world.failed) == (1, 9)


def test_what_was_told_of_failures_is_bounded_and_kept() -> None:
    community, count = Community(), FAILURES_MAX // 2
    for hour in range(3):
        community, _ = untold(community, [f"own-{n}" for n in range(count)], 1, hour * 3_600_000)

    assert len(community.failed) == FAILURES_MAX
    assert untold(community, ["own-0"], 1, 2 * 3_600_000) == (community, ())
    assert decoded_community(bson.decode(bson.encode(encoded_community(community)))) == community
