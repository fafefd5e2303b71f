from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Any

from services.engagement.simulating import showing
from shared.bus.record import Record
from shared.events import Envelope
from tests.builders import (
    PLACE,
    RECORDED,
    content_created,
    content_deleted,
    decision_made,
    kpi_observed,
    member_joined,
    participation_counted,
    points_granted,
    reaction_added,
)
from tests.fakes import FakeRecord
from tests.unit.engagement.simulations import BEGIN, ledger, rule, simulation, span, told, tried, version
from tests.unit.engagement.world import World

ELSEWHERE = f"{PLACE}0"


def greeting(number: int, author: str = "telegram:1", **changed: Any) -> Envelope:  # noqa: ANN401 - an event's fields
    about = {"content_id": f"{PLACE}:{number}", "actor": author, "text": "good morning", "id": f"c{number}"}
    return content_created(**(about | changed))


def liked(number: int, by: str, author: str = "telegram:1") -> Envelope:
    return reaction_added(content_id=f"{PLACE}:{number}", content_author=author, actor=by, id=f"l{number}{by}")


CONTENT: dict[str, Any] = {"rules": [{"id": "content", "for": "content", "points": 5}]}
DEARER: dict[str, Any] = {"rules": [{"id": "content", "for": "content", "points": 8}]}


def test_what_was_written_before_is_not_counted_and_taken_back_as_the_live_policy_gave_it() -> None:
    events = [greeting(1), greeting(2), content_deleted(content_id=f"{PLACE}:1", content_author="telegram:1"), greeting(3)]

    report, _ = tried(events, CONTENT, DEARER, span(2))

    content = rule(report, "content")
    assert (content.live.issued, content.live.clawed_back, content.live.net) == (5, 5, 0)
    assert (content.candidate.issued, content.candidate.clawed_back, content.candidate.net) == (8, 5, 3)
    assert (report.warmed, report.events) == (2, 2)
    assert (report.owed.live.points, report.owed.candidate.points) == (10, 13)


def test_a_reaction_to_what_was_written_before_earns_by_the_candidate() -> None:
    liked_more = {"rules": [{"id": "like", "for": "reaction", "points": 2, "kinds": ["message"]}]}

    report, _ = tried([greeting(1), liked(1, "telegram:2")], CONTENT, liked_more, span(1))

    assert (rule(report, "like").live.net, rule(report, "like").candidate.net) == (0, 2)


def test_versions_count_as_they_were_in_force() -> None:
    changed = [version(CONTENT), version(DEARER, 2, since=RECORDED + timedelta(seconds=1))]
    later = greeting(2, recordedtime=RECORDED + timedelta(seconds=2))

    report = asyncio.run(simulation(told([greeting(1), later]), changed, {"default": DEARER}).run())

    assert (report.total.live.net, report.total.candidate.net) == (13, 16)


def test_a_community_s_document_is_tried_there_alone_and_a_brand_s_leaves_what_communities_say() -> None:
    records = told([greeting(1), greeting(2, community=ELSEWHERE)])

    there = asyncio.run(simulation(records, [version(CONTENT)], {ELSEWHERE: DEARER}).run())
    live = [version(CONTENT), version(CONTENT, name=ELSEWHERE)]
    brand = asyncio.run(simulation(records, live, {"default": DEARER}).run())

    assert there.total.candidate.net == brand.total.candidate.net == 13
    assert there.documents == (ELSEWHERE,)


def test_history_earns_only_where_its_import_asked_for_it() -> None:
    events = [greeting(1, imported=True), greeting(2, imported=True, backfillpoints=True)]

    report, _ = tried(events, CONTENT, DEARER)

    assert (report.total.live.net, report.total.candidate.net) == (5, 8)


def test_other_brands_and_what_is_later_are_not_read() -> None:
    events = [greeting(1), greeting(2, brand="other"), greeting(3)]

    report, _ = tried(events, CONTENT, DEARER, span(until_s=2))

    assert (report.events, report.total.candidate.net) == (1, 8)


def test_winners_and_losers_are_told_with_the_biggest_first_and_no_more_than_asked_for() -> None:
    likes = [liked(1, f"telegram:{who}") for who in (2, 3, 4)]
    events = [greeting(1), *likes, greeting(2, "telegram:5"), greeting(3, "telegram:5"), greeting(4, "telegram:6")]
    candidate = {
        "rules": [{"id": "like", "for": "reaction", "points": 3}, {"id": "liking", "for": "reaction", "to": "reactor"}]
    }

    report, _ = tried(events, CONTENT, candidate, shown=1)

    assert [(one.member, one.live, one.candidate) for one in report.winners] == [("telegram:1", 5, 9)]
    assert [(one.member, one.difference) for one in report.losers] == [("telegram:5", -10)]
    assert (report.gain, report.lose) == (1, 2)


def test_who_changes_place_among_the_best_is_told() -> None:
    events = [kpi_observed(actor=f"telegram:{who:02}", name="visit", value=who, id=f"k{who}") for who in range(1, 13)]
    up: dict[str, Any] = {"rules": [{"id": "visit", "for": "kpi", "points": 1, "each": 1}]}
    few = {"rules": [{"id": "visit", "for": "kpi", "points": 1, "each": 1, "when": "kpi.value < 12.0"}]}

    report, _ = tried(events, up, few)

    ten, hundred = report.best
    assert (ten.enters, ten.leaves, ten.moved) == (("telegram:02",), ("telegram:12",), 9)
    assert (hundred.size, hundred.enters, hundred.leaves, hundred.moved) == (100, (), ("telegram:12",), 11)


def test_a_cap_of_the_brand_is_used_up_in_the_order_of_time_over_all_communities() -> None:
    capped = {"rules": CONTENT["rules"], "caps": {"brand_per_day": 5}}
    places = [f"{PLACE}{number}" for number in range(8)]
    events = [greeting(number, community=place) for number, place in enumerate(places)]

    report, _ = tried(events, capped, capped, span(1))

    assert (report.total.live.net, report.owed.live.points) == (0, 5), "the first one, which is not counted, used it up"


def test_what_the_ledger_posted_is_told_beside_what_the_live_policies_come_to() -> None:
    events = [greeting(number, recordedtime=BEGIN) for number in (1, 2)]
    before = ledger(World(DEARER).tell(greeting(3, recordedtime=BEGIN - timedelta(seconds=1))))
    live = version(CONTENT, since=BEGIN - timedelta(days=1))
    by_hand = points_granted(rule="@adjusted", applied=50, recordedtime=BEGIN)
    records = told([*events, *ledger(World(CONTENT).tell(*events)), *before, by_hand])

    report = asyncio.run(simulation(records, [live], {"default": DEARER}).run())

    assert (report.posted, report.total.live.net) == (10, 10)


def test_a_record_that_is_none_is_counted_and_stops_nothing() -> None:
    first, last = told([greeting(1), greeting(2)])
    broken: Record = FakeRecord(first.topic, first.partition, 5, first.timestamp + 1, first.key, b"{", ())

    report = asyncio.run(simulation([first, broken, last], [version(CONTENT)], {"default": DEARER}).run())

    assert (report.unreadable, report.events, report.total.candidate.net) == (1, 3, 16)


def test_conditions_that_cannot_be_evaluated_are_counted_for_each_side_within_the_time() -> None:
    wrong = {"rules": [{"id": "content", "for": "content", "points": 5, "when": "content.words / content.links > 2"}]}

    report, _ = tried([greeting(1), greeting(2), greeting(3)], wrong, CONTENT, span(1))

    assert (report.failed.live, report.failed.candidate) == (2, 0)


def test_karma_is_told_beside_points() -> None:
    standing = {"rules": [{"id": "content", "for": "content", "karma": 3}]}
    events = [greeting(1), member_joined(id="j"), decision_made(content_id=f"{PLACE}:1", decision="d", verdict="remove")]

    report, _ = tried(events[:2], CONTENT, standing)
    taken, _ = tried(events, CONTENT, standing)

    assert (report.karma.live.net, report.karma.candidate.net, report.karma.candidate.members) == (0, 3, 1)
    assert (taken.karma.candidate.net, taken.total.live.clawed_back) == (0, 5)


def test_where_there_is_nothing_that_is_told() -> None:
    report, _ = tried([], CONTENT, DEARER)

    assert (report.first_event, report.events, report.spread.live.gini, report.rules) == (None, 0, None, ())


def test_what_is_not_read_again_is_named_and_not_compared() -> None:
    live = {"rules": [*CONTENT["rules"], {"id": "won", "for": "contest", "points": 70}]}
    candidate = {"rules": [*CONTENT["rules"], {"id": "prize", "for": "contest", "points": 7}]}
    events = [greeting(1, recordedtime=BEGIN)]
    won = points_granted(member="telegram:1", rule="won", applied=70, uncapped=70, recordedtime=BEGIN)
    place = participation_counted(member="telegram:1", thing="contest/spring", score=None, recordedtime=BEGIN)
    records = told([*events, *ledger(World(live).tell(*events)), place, won])

    report = asyncio.run(simulation(records, [version(live, since=BEGIN - timedelta(days=1))], {"default": candidate}).run())

    assert report.left_out == ("prize", "won")
    assert (report.posted, report.total.live.net) == (5, 5)
    told_of = list(showing.summary(report))
    assert not any("the ledger posted" in line for line in told_of)
    assert any("what contests give, by prize, won" in line for line in told_of)


def test_parts_that_counted_are_rewarded_again() -> None:
    live = {"rules": [{"id": "played", "for": "quiz", "each": 1, "points": 1}]}
    candidate = {
        "rules": [{"id": "played", "for": "quiz", "each": 1, "points": 3}, {"id": "came", "for": "activity", "points": 7}]
    }
    parts = [
        participation_counted(member=f"telegram:{n}", thing=thing, score=score, id=f"p{n}", time=BEGIN, recordedtime=BEGIN)
        for n, (thing, score) in enumerate((("quiz/spring", 5), ("quiz/spring", 20), ("activity/meetup", None)))
    ]

    report = asyncio.run(
        simulation(told(parts), [version(live, since=BEGIN - timedelta(days=1))], {"default": candidate}, span(1)).run()
    )

    assert (rule(report, "played").live.net, rule(report, "played").candidate.net) == (20, 60)
    assert (rule(report, "came").live.net, rule(report, "came").candidate.net) == (0, 7)
    assert (report.warmed, report.events, report.owed.live.points, report.owed.candidate.points) == (1, 2, 25, 72)
    assert report.left_out == ()
