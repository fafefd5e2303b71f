from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from services.moderation.cli.backtest import show
from services.moderation.rules.commands import Decide
from shared.events import encode
from shared.topics import DECISIONS, EVENTS
from tests.builders import (
    AT,
    CONTENT,
    MEMBER,
    PLACE,
    content_created,
    content_edited,
    decision_made,
)
from tests.component.moderation.backtest_example import example
from tests.component.moderation.backtest_policies import SHOUT, SPAM, STRICT
from tests.component.moderation.backtests import (
    BEGIN,
    day,
    decided,
    forecast,
    rule,
    span,
    stored,
    task,
    tried,
    version,
)
from tests.unit.moderation.world import World, reversal

PAGE = {" ".join(line.split()) for line in Path("docs/moderation-backtest.md").read_text(encoding="utf-8").splitlines()}
"""The lines of the page, whatever their spaces."""


def removal(content: str = CONTENT, ruling: Any = "remove", **changed: Any) -> Decide:  # noqa: ANN401 - a command's fields
    told = {
        "id": f"command-{content}-{ruling}", "brand": "acme", "community": PLACE, "case": content, "content": content,
        "member": MEMBER, "at": AT + timedelta(minutes=5), "by": "vera", "ruling": ruling,
    }  # fmt: skip
    return Decide(**(told | changed))


@pytest.mark.parametrize("seed", range(3))
async def test_the_live_policy_against_itself_shows_no_difference(seed: int) -> None:
    live = [version(stored(STRICT)), version(stored({}), 2, since=AT + timedelta(minutes=5))]
    world = World(live[:1])
    world.tell(*day(seed))
    await world.fold()
    for decision in [one for one in world.put_out() if one.data.content_id][:5]:
        world.command(reversal(decision, id=f"back-{decision.id}"))
    await world.fold()

    report = await tried(world, live[:1], {"default": stored(STRICT)})

    assert report.events == 60
    assert report.verdicts == ()
    assert all((one.new, one.gone, one.live) == (0, 0, one.candidate) for one in report.rules)
    assert {one.rule for one in report.rules} >= {"shouting", "busy", "flood", "repeats", "tried"}
    assert all(one.live == one.candidate for one in report.days)
    assert report.sanctioned_live == report.sanctioned_candidate
    assert (report.points.clawed_back, report.points.given_back) == (0, 0)


@pytest.mark.parametrize("seed", range(3))
async def test_the_forecast_is_what_a_world_decides_that_runs_the_candidate_from_the_beginning(seed: int) -> None:
    events, live = day(seed), [version(stored({}))]
    world, clean = World(live), World([version(stored(STRICT))])
    for one in (world, clean):
        one.tell(*events)
        await one.fold()

    told = task(world, live, {"default": stored(STRICT)})
    report = await tried(world, live, {"default": stored(STRICT)})

    entries = clean.entries("decision")
    assert await forecast(told, world.broker) == {decided(entry) for entry in entries} != set()
    for found in (found for found in report.rules if not found.shadow):
        assert found.candidate.hits == sum(found.rule in entry["rules"] for entry in entries)
    in_shadow = [found.candidate.hits for found in report.rules if found.shadow]
    assert in_shadow == [len(clean.entries("shadow"))]
    muted = {entry["member"] for entry in clean.entries("sanction") if entry["then"] == "mute"}
    assert report.sanctioned_candidate.muted == len(muted) > 0
    assert report.sanctioned_live.muted == 0


async def test_what_was_decided_is_found_again_and_nothing_else() -> None:
    live = [version(stored(STRICT))]
    world = World(live)
    world.tell(*day(7))
    await world.fold()

    report = await tried(world, live, {"default": stored({})})

    assert report.recorded.same == len(world.entries("decision")) > 10
    assert (report.recorded.differently, report.recorded.not_recorded, report.recorded.not_found) == (0, 0, 0)


async def test_decisions_that_the_live_policies_do_not_make_again_are_told() -> None:
    world = World([version(stored(STRICT))])
    world.tell(content_created(text=SHOUT), content_created(text="glue", content_id="c2"))
    await world.fold()
    other = [version(stored({"words": {"terms": ["glue"]}}))]

    report = await tried(world, other, {"default": stored({})})

    assert (report.recorded.same, report.recorded.not_recorded, report.recorded.not_found) == (0, 1, 1)


async def test_the_same_backtest_twice_tells_the_same() -> None:
    live = [version(stored({}))]
    world = World(live)
    world.tell(*day(1))
    await world.fold()

    first, second = [await tried(world, live, {"default": stored(STRICT)}) for _ in range(2)]

    assert first == second
    assert first.verdicts


async def test_new_and_gone_hits_have_samples_with_spans_and_texts_only_for_those_who_may_read_them() -> None:
    live = [version(stored({"words": {"terms": ["glue"]}}))]
    world = World(live)
    world.tell(content_created(text="new glue here", content_id="c1"), content_created(text=SHOUT, content_id="c2"))
    await world.fold()
    specs = {"default": stored({"words": {"terms": ["sell"]}})}

    without, with_texts = await tried(world, live, specs), await tried(world, live, specs, texts=True)

    words = rule(without, "words")
    assert (words.new, words.gone, words.live.hits, words.candidate.hits) == (1, 1, 1, 1)
    (new,), (gone,) = words.new_samples, words.gone_samples
    assert (new.content, gone.content, gone.spans) == ("c2", "c1", ((4, 8),))
    assert new.text is gone.text is None
    assert rule(with_texts, "words").gone_samples[0].text == "new glue here"


async def test_false_alarms_are_what_people_let_stand_and_precision_and_recall_are_by_what_they_decided() -> None:
    live = [version(stored({}))]
    world = World(live)
    contents = [content_created(text=f"{SHOUT} {n}", content_id=f"c{n}", actor=f"telegram:{n}") for n in range(4)]
    world.tell(*contents, content_created(text="quite vile", content_id="c9", actor="telegram:9"))
    await world.fold()
    world.command(removal("c0"), removal("c1", "allow"), removal("c9", member="telegram:9"))
    await world.fold()

    report = await tried(world, live, {"default": stored(STRICT)})

    shouting = rule(report, "shouting")
    assert (shouting.candidate.hits, shouting.candidate.right, shouting.candidate.wrong) == (4, 1, 1)
    assert (shouting.candidate.precision, shouting.candidate.recall) == (0.5, 0.5)
    assert (shouting.live.hits, shouting.live.precision, shouting.live.recall) == (0, None, 0.0)
    assert (report.decided_by_people, report.broke) == (3, 2)
    assert {sample.content: sample.broke for sample in shouting.new_samples}["c1"] is False


async def test_what_was_taken_back_is_a_false_alarm_and_no_strike() -> None:
    live = [version(stored(STRICT))]
    world = World(live)
    world.tell(content_created(text=SHOUT))
    await world.fold()
    world.command(reversal(world.put_out()[0]))
    await world.fold()

    report = await tried(world, live, {"default": stored(STRICT | {"flood": {"status": "off"}})})

    assert (rule(report, "shouting").candidate.right, rule(report, "shouting").candidate.wrong) == (0, 1)
    assert report.sanctioned_candidate.members == report.sanctioned_live.members == 0


async def test_a_community_s_document_is_tried_there_alone_and_the_brand_s_stays_as_it_is() -> None:
    live = [version(stored({"words": {"terms": ["glue"]}}))]
    world, other = World(live), f"{PLACE}0"
    world.tell(
        content_created(text="glue", content_id="a1"),
        content_created(text=SHOUT, content_id="a2"),
        content_created(text=SHOUT, content_id="b2", community=other),
        content_created(text="glue", content_id="b1", community=other),
    )
    await world.fold()

    report = await tried(world, live, {other: {"rules": STRICT["rules"][:1], "words": {"status": "off"}}})

    assert [sample.community for sample in rule(report, "shouting").new_samples] == [other]
    words = rule(report, "words")
    assert (words.live.hits, words.candidate.hits, words.gone_samples[0].content) == (2, 1, "b1")


async def test_a_brand_s_document_leaves_what_a_community_says_itself() -> None:
    live = [version(stored({})), version({"words": {"status": "off"}}, name=PLACE)]
    world = World(live)
    world.tell(content_created(text="glue"), content_created(text="glue", community=f"{PLACE}0"))
    await world.fold()

    report = await tried(world, live, {"default": stored({"words": {"terms": ["glue"]}})})

    assert [sample.community for sample in rule(report, "words").new_samples] == [f"{PLACE}0"]


async def test_the_time_before_is_remembered_and_not_told_of() -> None:
    live = [version(stored({}))]
    world = World(live)
    world.tell(*(content_created(text=SPAM[:-1] + str(n), content_id=f"c{n}") for n in range(3)))
    await world.fold()
    specs = {"default": stored({"rules": [{"id": "third", "when": "author.messages == 2"}]})}

    whole, late = [await tried(world, live, specs, span=span(ms)) for ms in (0, 2)]

    assert (whole.events, late.events) == (3, 1)
    assert rule(whole, "third").new == rule(late, "third").new == 1
    assert late.recorded.not_found == 0
    assert late.first_record == BEGIN, "the week before is not all there, and that is said"


async def test_a_moderator_s_word_counts_from_when_it_was_read() -> None:
    live = [version(stored({}))]
    world = World(live)
    world.tell(content_created(text="good morning"), content_edited(text=SPAM), content_edited(text=SPAM, edition=3))
    key = f"acme/{PLACE}".encode()
    said = decision_made(verdict="allow", by="vera", findings=(), content_author=MEMBER, time=AT + timedelta(minutes=5))
    allowed = world.broker.append(DECISIONS.name, 0, key, encode(said), ())
    world.broker.logs[DECISIONS.name, 0][0] = allowed._replace(timestamp=allowed.timestamp + 1)

    report = await tried(world, live, {"default": stored({"phrases": {"then": "ban", "for": "1d"}})})

    changed = {(one.was, one.would_be): one.events for one in report.verdicts}
    assert changed == {("remove", "ban"): 1}, "its second edit is only flagged, under both"


async def test_what_was_published_twice_is_judged_once() -> None:
    world, live = World(), [version(stored({}))]
    event = content_created(text=SPAM)
    for seq in (b"1", b"2", b"2", b"1"):
        world.broker.append(EVENTS.name, 0, f"acme/{PLACE}".encode(), encode(event), (("origin", b"normaliser/0@e/" + seq),))

    report = await tried(world, live, {"default": stored({})})

    assert report.events == 2


async def test_the_example_of_the_page_is_what_the_command_prints(capsys: pytest.CaptureFixture[str]) -> None:
    show(await example())

    printed = [" ".join(line.split()) for line in capsys.readouterr().out.splitlines()]
    assert len(printed) > 20
    assert [line for line in printed if line not in PAGE] == []
