"""Nobody holds up an event: hostile texts, terms and conditions are bounded or refused."""

from __future__ import annotations

import time

import pytest

from services.moderation.rules.case import Policy
from services.moderation.rules.community import Community
from services.moderation.rules.judging import judge
from shared.errors import Misplaced, Unprocessable
from tests.builders import content_created
from tests.served import quickest_ms
from tests.unit.moderation.cases import KNOWN, policy

EVENT_MS_MAX = 20
"""No event takes longer."""

TEXTS = {
    "combining marks": "a" + "\u0301" * 1_000_000,
    "marks on each letter": "".join(letter + "\u0489\u0321\u0338" * 10 for letter in "casino" * 5_000),
    "spaced letters": "c a s i n o " * 8_000,
    "zero width": "\u200b".join("casino" * 3_000),
    "mixed alphabets": "саsіnо" * 8_000,
    "digits in words": "c4s1n0" * 8_000,
    "one long word": "а" * 100_000,
    "links": "https://" + ".".join("abcdefgh") + " https://xn--80ak6aa92e.com/ " * 3_000,
    "dots": "." * 100_000,
    "bare hosts": "a.com " * 16_000,
    "labels without an end": "a.q." * 25_000,
    "emoji": "👨‍👩‍👧‍👦" * 12_000,
    "mentions": "@someone " * 11_000,
    "capitals": "SHOUT " * 16_000,
    "ligatures": "\ufdfa" * 100_000,
    "right to left": "\u202e\u202d" * 50_000,
    "no words": " " * 100_000,
}


def everything_on() -> Policy:
    """A policy that asks for all there is, with terms that make other engines backtrack for ever."""
    on = {"status": "live"}
    rules = [
        {
            "id": f"r{n}",
            "when": f"links.hosts.exists(host, host.startsWith('{n}')) || text.capitals > 0.{n}1 || signs.score > {n}",
        }
        for n in range(40)
    ]
    return policy(
        words={"terms": ["re:(a+)+$", "re:(c.*)*o", "re:([a-z]+)*casino", *[f"слово{n}*" for n in range(2_000)]]},
        phrases={"terms": [f"one{n} ~ two{n} ~ three" for n in range(300)]},
        conflicts=on,
        mentions=on,
        capitals=on,
        emoji=on,
        language=on,
        rules=[
            *rules,
            {"id": "german", "when": 'text.language == "de"'},
            {"id": "copied", "when": "community.copies > 2"},
        ],
    )


@pytest.fixture(scope="module", name="strict")
def strict_policy() -> Policy:
    return everything_on()


@pytest.mark.parametrize("name", TEXTS)
def test_no_text_takes_longer_than_any_other_event_may(name: str, strict: Policy) -> None:
    event = content_created(text=TEXTS[name][:100_000], links=["https://a.example/"] * 50)

    took_ms = quickest_ms(lambda: judge(event, KNOWN, strict, Community()))

    assert took_ms < EVENT_MS_MAX


@pytest.mark.parametrize(
    "when",
    [
        "links.hosts.all(a, links.hosts.all(b, links.hosts.all(c, a != b || b != c)))",
        "(" * 200 + "true" + ")" * 200,
        " || ".join(["text.length > 1"] * 500),
        'text.channel.matches("(a+)+$")',
        "links.hosts.map(a, a + a).size() > 0",
    ],
    ids=["loops in loops", "depth", "length", "patterns", "growing"],
)
def test_a_condition_that_could_hold_up_an_event_is_refused(when: str) -> None:
    with pytest.raises((Misplaced, Unprocessable, ValueError)) as told:
        policy(rules=[{"id": "hostile", "when": when}])

    assert "(" * 50 not in str(told.value), "what is refused is not quoted in full"


def test_more_loops_than_a_policy_may_have_are_refused() -> None:
    rules = [{"id": f"r{n}", "when": "links.hosts.exists(a, a != '') && " * 4 + "true"} for n in range(50)]

    with pytest.raises(Misplaced):
        policy(rules=rules)


def test_a_term_that_would_make_an_automaton_of_gigabytes_is_refused_or_bounded() -> None:
    began = time.perf_counter()
    try:
        strict = policy(words={"terms": ["re:" + "(?:a?){50}" * 9, "re:[а-я]{1000}"]})
    except (Misplaced, Unprocessable):
        return
    event = content_created(text="a" * 8_000)

    assert quickest_ms(lambda: judge(event, KNOWN, strict)) < EVENT_MS_MAX
    assert time.perf_counter() - began < 10
