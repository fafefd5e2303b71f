"""What rules of a policy reward: who, for what, on which condition, how often."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from msgspec.structs import replace

from services.engagement.rules.rewards import built
from shared.events import Actor, Envelope
from tests.builders import (
    AT,
    CONTENT,
    MEMBER,
    PLACE,
    content_created,
    content_deleted,
    content_restored,
    content_shared,
    kpi_observed,
    member_joined,
    poll_retracted,
    poll_voted,
    purchase_made,
    purchase_refunded,
    reaction_added,
    reaction_removed,
    solution_accepted,
    subscription_renewed,
    subscription_started,
)
from tests.unit.engagement.world import World

OTHER, THIRD = "telegram:43", "telegram:44"
liked = reaction_added(actor=OTHER, content_author=MEMBER)
disliked = reaction_added(actor=OTHER, content_author=MEMBER, emoji="👎", value=-1)
accepted = solution_accepted(actor=OTHER, content_author=MEMBER)
shared = content_shared(actor=OTHER, content_author=MEMBER, shares=1)


def world(*rules: dict[str, Any], **spec: Any) -> World:  # noqa: ANN401 - fields of a policy
    return World({"rules": [{"id": f"rule-{n}", "points": 10} | rule for n, rule in enumerate(rules)], **spec})


@pytest.mark.parametrize(
    ("rule", "event", "member"),
    [
        ({"for": "content"}, content_created(), MEMBER),
        ({"for": "reaction"}, liked, MEMBER),
        ({"for": "reaction", "to": "reactor"}, liked, OTHER),
        ({"for": "downvote"}, disliked, MEMBER),
        ({"for": "downvote", "to": "reactor"}, disliked, OTHER),
        ({"for": "solution"}, accepted, MEMBER),
        ({"for": "solution", "to": "asker"}, accepted, OTHER),
        ({"for": "share"}, shared, MEMBER),
        ({"for": "share", "to": "sharer"}, shared, OTHER),
        ({"for": "join"}, member_joined(), MEMBER),
        ({"for": "join", "to": "inviter"}, member_joined(by=OTHER), OTHER),
        ({"for": "vote"}, poll_voted(), MEMBER),
        ({"for": "purchase"}, purchase_made(), MEMBER),
        ({"for": "subscription"}, subscription_started(), MEMBER),
        ({"for": "subscription"}, subscription_renewed(), MEMBER),
        ({"for": "kpi"}, kpi_observed(actor=MEMBER), MEMBER),
    ],
)
def test_each_is_rewarded_who_is_meant(rule: dict[str, Any], event: Envelope, member: str) -> None:
    told = world({"for": "content", "points": 1, "kinds": ["review"]}, rule).tell(content_created(), event)

    assert {key: held.account.balance for key, held in told.accounts.items()} == {f"acme/{member}": 10}


@pytest.mark.parametrize(
    ("rule", "event"),
    [
        ({"for": "reaction"}, disliked),
        ({"for": "downvote"}, liked),
        ({"for": "solution"}, solution_accepted(actor=MEMBER, content_author=MEMBER)),
        ({"for": "share"}, content_shared(actor=MEMBER, content_author=MEMBER)),
        ({"for": "join"}, member_joined(bot=True)),
        ({"for": "join", "to": "inviter"}, member_joined(by=MEMBER)),
        ({"for": "join"}, member_joined(purpose="competitor")),
        ({"for": "join"}, member_joined(imported=True)),
        ({"for": "kpi"}, kpi_observed(actor=Actor(id=MEMBER, role="staff"))),
        ({"for": "join"}, member_joined(actor=Actor(id=MEMBER, role="staff"))),
        ({"for": "purchase"}, purchase_made(actor=Actor(id=MEMBER, role="staff"))),
        ({"for": "vote"}, poll_voted(actor=None)),
        ({"for": "reaction"}, reaction_added(actor=None, content_author=MEMBER)),
        ({"for": "reaction", "anonymous": True}, reaction_added(actor=None, content_author=MEMBER, count=5)),
        ({"for": "content"}, content_created(joint=True)),
    ],
    ids=[
        "a downvote is no reaction",
        "nor the other way round",
        "one's own answer",
        "one's own content",
        "a bot",
        "nobody invites themselves",
        "of others",
        "history",
        "staff",
        "staff who come",
        "staff who buy",
        "nobody knows who",
        "nobody knows whose it is",
        "a total",
        "a wiki",
    ],
)
def test_these_earn_nothing(rule: dict[str, Any], event: Envelope) -> None:
    assert world(rule).tell(event).grants == []


@pytest.mark.parametrize(
    ("rule", "done", "undone", "redone"),
    [
        ({"for": "solution"}, accepted, content_deleted(), content_restored()),
        ({"for": "share", "to": "sharer"}, shared, content_deleted(), content_restored()),
        (
            {"for": "downvote", "points": -2},
            disliked,
            reaction_removed(actor=OTHER, content_author=MEMBER, emoji="👎", value=-1),
            replace(disliked, id="again"),
        ),
        ({"for": "vote"}, poll_voted(), poll_retracted(), poll_voted(options=(1,))),
        ({"for": "purchase"}, purchase_made(), purchase_refunded(), replace(purchase_made(), id="again")),
    ],
    ids=["solution", "share", "downvote", "vote", "purchase"],
)
def test_what_is_undone_is_taken_back_and_given_again(
    rule: dict[str, Any], done: Envelope, undone: Envelope, redone: Envelope
) -> None:
    told = world(rule).tell(content_created(), done)
    first = told.summed()
    assert any(first.values())

    assert not any(told.tell(undone).summed().values())
    assert told.tell(redone).summed() == first


def test_a_second_order_is_another_one() -> None:
    told = world({"for": "purchase"}).tell(purchase_made(), purchase_made(order="order-2"), purchase_refunded())

    assert told.balance(MEMBER) == 10


def test_a_vote_after_a_retraction_that_nobody_saw_the_vote_of_counts() -> None:
    assert world({"for": "vote"}).tell(poll_retracted(), poll_voted()).balance(MEMBER) == 10


def test_each_member_who_shares_counts_once() -> None:
    again = [replace(shared, id="again"), content_shared(actor=THIRD, content_author=MEMBER)]

    assert world({"for": "share"}).tell(content_created(), shared, *again).balance(MEMBER) == 20


@pytest.mark.parametrize(
    ("when", "event", "holds"),
    [
        ('content.kind == "message" && content.length > 5', content_created(), True),
        ("content.words > 100", content_created(), False),
        ('"advice" in content.tags', content_created(tags=("advice", "glue")), True),
        ("content.reply", content_created(parent=f"{PLACE}:1"), True),
        ("content.media > 0 || content.links > 0", content_created(), False),
        (f'community == "{PLACE}" && channel == ""', content_created(), True),
    ],
)
def test_a_condition_is_asked(when: str, event: Envelope, holds: bool) -> None:  # noqa: FBT001 - expected
    assert world({"for": "content", "when": when}).tell(event).balance(MEMBER) == (10 if holds else 0)


@pytest.mark.parametrize(
    ("rule", "event"),
    [
        ({"for": "reaction", "when": 'reaction == "🔥"'}, replace(liked, data=replace(liked.data, emoji="🔥"))),
        ({"for": "reaction", "when": 'content.kind == "message"'}, liked),
        ({"for": "join", "when": 'via == "spring"'}, member_joined(via="spring")),
        (
            {"for": "kpi", "when": 'kpi.name == "visit" && kpi.value >= 1.0'},
            kpi_observed(actor=MEMBER, name="visit", value=1),
        ),
        ({"for": "purchase", "when": 'amount > 100000 && currency == "RUB"'}, purchase_made()),
        ({"for": "subscription", "when": 'level == "gold"'}, subscription_started()),
    ],
)
def test_each_kind_of_doing_has_its_facts(rule: dict[str, Any], event: Envelope) -> None:
    assert world({"for": "content", "points": 1}, rule).tell(content_created(), event).balance(MEMBER) == 11


def test_points_for_each_so_much_of_an_amount_are_rounded_down() -> None:
    told = world({"for": "purchase", "points": 2, "each": 10_000}).tell(purchase_made(amount=129_900))

    assert told.balance(MEMBER) == 24


def test_a_campaign_multiplies_within_its_time_and_the_best_one_counts() -> None:
    spring = {"id": "spring", "from": AT.isoformat(), "until": (AT + timedelta(days=1)).isoformat(), "times": 1.5}
    best, other = spring | {"id": "best", "times": 2.25}, spring | {"id": "other", "rules": ["rule-1"], "times": 9}
    rules: list[dict[str, Any]] = [{"for": "content", "karma": 1}, {"for": "reaction"}]
    later = replace(content_created(content_id=f"{PLACE}:9"), time=AT + timedelta(days=1))

    told = world(*rules, campaigns=[spring, best, other]).tell(content_created(), later)

    assert [grant.data.uncapped for grant in told.grants] == [23, 10]  # 22.5 to the nearest
    assert told.accounts[f"acme/{MEMBER}"].account.karma == 2


def test_what_is_paid_once_is_paid_once_in_all_communities_and_stays_paid() -> None:
    rejoined = replace(member_joined(), id="again", community="telegram:-2", time=AT + timedelta(days=400))

    told = world({"for": "join", "points": 500, "once": True}).tell(member_joined(), rejoined)

    assert told.balance(MEMBER) == 500
    assert [entry["applied"] for entry in told.entries.values()] == [500, 0]


def test_a_cool_down_pays_once_in_each_part_of_the_day() -> None:
    written = [
        replace(content_created(content_id=f"{PLACE}:{n}"), id=f"c{n}", time=AT + timedelta(minutes=4 * n)) for n in range(5)
    ]  # 9:30, 9:34, 9:38, 9:42, 9:46

    told = world({"for": "content", "cooldown": "10m"}).tell(*written)
    assert told.balance(MEMBER) == 20

    told.tell(content_deleted(content_id=f"{PLACE}:0"))
    assert told.balance(MEMBER) == 20, "another of the same ten minutes counts in its place"


def test_caps_of_a_community_and_of_the_brand_hold_over_all_rules() -> None:
    places = ["telegram:-1", "telegram:-2"]
    written = [
        content_created(community=place, content_id=f"{place}:{n}", id=f"{place}{n}") for place in places for n in (1, 2)
    ]
    rules: list[dict[str, Any]] = [{"for": "content"}, {"for": "content", "points": 3, "capped": False}]

    told = world(*rules, caps={"community_per_day": 15, "brand_per_day": 25}).tell(*written)

    assert told.balance(MEMBER) == 25 + 4 * 3


def test_a_rule_has_its_cap_in_each_community() -> None:
    written = [content_created(community=place, content_id=f"{place}:1") for place in ("telegram:-1", "telegram:-2")]

    assert world({"for": "content", "cap_per_day": 6}).tell(*written).balance(MEMBER) == 12


def test_downvotes_make_room_below_the_cap_for_what_was_above_it() -> None:
    rules: list[dict[str, Any]] = [{"for": "content", "points": 15}, {"for": "downvote", "points": -2}]

    assert world(*rules, caps={"community_per_day": 14}).tell(content_created(), disliked).balance(MEMBER) == 13


def test_reactions_of_whom_nobody_knows_count_where_the_rule_says_so() -> None:
    voted = [reaction_added(actor=None, content_author=MEMBER, id=f"v{n}") for n in range(3)]

    assert world({"for": "reaction", "anonymous": True}).tell(content_created(), *voted).balance(MEMBER) == 30


@pytest.mark.parametrize("when", [None, 'content.kind == "message"'])
def test_what_comes_before_its_content_waits_to_know_what_kind_it_is(when: str | None) -> None:
    kinds = {"kinds": ["message"]} if when is None else {"when": when}
    rules: list[dict[str, Any]] = [{"for": "reaction"} | kinds, {"for": "solution"} | kinds, {"for": "downvote"} | kinds]
    late = reaction_added(actor=THIRD, content_author=MEMBER)
    unliked = reaction_removed(actor=OTHER, content_author=MEMBER)

    told = world(*rules).tell(liked, accepted, unliked, content_created(), late)
    assert told.balance(MEMBER) == 20, "accepted, and liked by one who still does"

    other = world(*rules).tell(liked, accepted, content_created(kind="comment"), late)
    assert other.balance(MEMBER) == 0


def test_a_downvote_is_taken_back_by_whoever_does_not_say_which_it_was() -> None:
    removed = reaction_removed(actor=OTHER, content_author=MEMBER, emoji="👎", value=None)

    assert world({"for": "downvote", "points": -2}).tell(content_created(), disliked, removed).balance(MEMBER) == 0


def test_karma_comes_and_goes_with_the_points() -> None:
    told = world({"for": "content", "karma": 3, "cap_per_day": 4}).tell(content_created())
    (entry,) = told.entries.values()
    assert (told.accounts[f"acme/{MEMBER}"].account.karma, entry["karma"]) == (3, 3)

    told.tell(content_deleted())
    assert told.accounts[f"acme/{MEMBER}"].account.karma == 0


def test_a_condition_that_cannot_be_evaluated_is_counted_and_gives_nothing() -> None:
    failures: list[int] = []
    rewards = built(1, {"rules": [{"id": "a", "for": "content", "when": "content.length / 0 > 1"}]}, failures.append)
    told = World()
    told.scorer._policies._fallback = rewards  # noqa: SLF001 - the policy in force

    assert told.tell(content_created()).grants == []
    assert failures == [1]


def test_the_content_of_a_grant_is_named() -> None:
    (grant,) = world({"for": "solution"}).tell(content_created(), accepted).grants

    assert (grant.data.content_id, grant.data.reason) == (CONTENT, "accepted")
