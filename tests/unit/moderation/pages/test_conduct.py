"""The rules of conduct say what the policy does, in a member's words, and nothing of how it is found."""

from __future__ import annotations

from services.moderation.pages.conduct import OTHER_THINGS, Conduct, conduct, reason_of
from tests.unit.moderation.cases import default_policy, policy

BUILT_IN = {"Words that are not welcome here.", "Too many messages in a short time."}
OWN = {
    "id": "buy-sell",
    "description": "for staff alone",
    "when": "words['own'] > 1",
    "then": "hide",
    "reason": {"en": "No trade here.", "ru": "Торговать здесь нельзя."},
}


def about(found: Conduct) -> set[str]:
    return {article.about.en for article in found.articles}


def test_rules_that_are_live_are_told_and_others_are_not() -> None:
    shadow = policy(flood={"status": "shadow"}, words={"status": "off"})

    assert {"Words that are not welcome here.", "Too many messages in a short time."} <= about(
        conduct(default_policy(), None)
    )
    assert about(conduct(shadow, None)).isdisjoint(
        {"Words that are not welcome here.", "Too many messages in a short time."}
    )


def test_an_own_rule_is_told_by_its_reason_and_by_nothing_else() -> None:
    found = conduct(policy(rules=[OWN]), None)

    assert ("No trade here.", "Торговать здесь нельзя.") in [article.about for article in found.articles]
    assert "for staff" not in str(found)
    assert "words['own']" not in str(found)


def test_an_own_rule_is_told_where_it_holds() -> None:
    some = policy(rules=[OWN | {"communities": ["telegram:-1"]}])

    told = ["No trade here." in about(conduct(some, community)) for community in ("telegram:-1", "telegram:-2", None)]
    assert told == [True, False, False]


def test_an_own_rule_in_shadow_or_off_is_not_told() -> None:
    assert "No trade here." not in about(conduct(policy(rules=[OWN | {"status": "shadow"}]), None))
    assert "No trade here." not in about(conduct(policy(rules=[OWN | {"status": "off"}]), None))


def test_two_rules_that_say_the_same_are_told_once() -> None:
    found = conduct(policy(rules=[OWN, OWN | {"id": "buy-sell-2"}]), None)

    assert [article.about.en for article in found.articles].count("No trade here.") == 1


def test_what_strikes_bring_is_told_from_the_mildest_on() -> None:
    thresholds = [{"points": 20, "then": "ban"}, {"points": 10, "then": "mute", "for": "7d"}, {"points": 5, "then": "warn"}]

    found = conduct(policy(strikes={"thresholds": thresholds, "half_life": "14d"}), None)

    assert [(step.points, step.brings.en) for step in found.steps] == [
        (5, "a warning"),
        (10, "you cannot write for 7 days"),
        (20, "you are banned"),
    ]
    assert found.half_life == ("14 days", "14 дней")


def test_where_nothing_is_looked_at_again_no_way_is_told() -> None:
    assert conduct(policy(appeals={"status": "off"}), None).within is None
    assert conduct(default_policy(), None).within == ("30 days", "30 дней")


def test_a_reason_of_the_policy_is_there_in_both_languages_and_a_moderator_s_own_words_as_they_are() -> None:
    own = policy(rules=[OWN], flood={"reason": {"en": "Slow down.", "ru": "Помедленнее."}})

    assert reason_of(own, "No trade here.").ru == "Торговать здесь нельзя."
    assert reason_of(own, "Помедленнее.").en == "Slow down."
    assert reason_of(own, "It looks like spam or fraud.").ru == "Похоже на спам или мошенничество."
    assert reason_of(own, "You know why") == ("You know why", "You know why")


def test_rules_without_a_reason_are_told_as_one_and_what_has_nothing_to_look_for_is_not() -> None:
    silent = [{"id": f"silent-{n}", "when": "links.count > 3", "then": then} for n, then in enumerate(("flag", "remove"))]
    found = conduct(policy(rules=silent), None)

    assert [article.about.en for article in found.articles].count(OTHER_THINGS.about.en) == 1
    assert "Links to this site are not welcome here." not in about(found)
    assert "Links to this site are not welcome here." in about(conduct(policy(domains={"deny": ["evil.example"]}), None))
    assert "Many members joined at once." not in about(found)
