"""Hard texts are shown to who asks for them, each counts, and a shift holds so many: over pages, tabs and hours."""

from __future__ import annotations

import asyncio
from datetime import timedelta

from aiokafka import AIOKafkaProducer
from msgspec.structs import replace

from services.moderation.cases.case import Appeal, Case, milliseconds
from services.moderation.handlers.judge import KIND
from services.moderation.store.exposures import Exposures
from shared.bus.partition import partition_for
from shared.documents.discipline import Review
from shared.events import encode
from shared.shelf import MongoShelf
from shared.topics import EVENTS, PARTITIONS
from tests.builders import content_created
from tests.integration.queue import address, case, stored
from tests.integration.staff import Office

PLACE = "telegram:-1"
TEXTS = {"m6": "good morning", "m1": "a threat", "m11": "good night"}
BUDGET = Review(exposure=5, shift="8h")


async def written(kafka: str) -> int:
    """Have a conversation written; return where its last message stands."""
    key, place = f"acme/{PLACE}".encode(), 0
    producer = AIOKafkaProducer(bootstrap_servers=kafka)
    await producer.start()
    for content, text in TEXTS.items():
        event = content_created(brand="acme", community=PLACE, content_id=content, text=text, channel=None)
        sent = await producer.send_and_wait(EVENTS.name, encode(event), key, partition=partition_for(key, PARTITIONS))
        place = sent.offset
    await producer.stop()
    return place


async def with_budget(acme: Office, exposure: int) -> None:
    shelf = MongoShelf(acme.service.client, acme.service.database, acme.service.clock, 0)
    await shelf.store(KIND, "acme", "default", {"review": {"exposure": exposure}}, "owner")


def seen(text: str) -> set[str]:
    return {content for content, words in TEXTS.items() if words in text}


async def conversation(acme: Office, *severe: int) -> dict[int, Case]:
    """Store a case for each of the messages; those named are severe."""
    place = await written(acme.service.settings.kafka)
    severities = {number: "critical" if number in severe else "low" for number in (6, 1, 11)}
    now = acme.clock.now()
    cases = {number: case(number, now, severity=what, place=place) for number, what in severities.items()}
    await stored(acme.service, list(cases.values()))
    return cases


async def test_what_stands_around_a_severe_case_is_shown_to_who_asks_and_again_in_the_same_shift(acme: Office) -> None:
    one = (await conversation(acme, 1))[1]
    browser = await acme.signed_in()

    first = await browser.get(address(one))
    asked = await browser.get(f"{address(one)}?reveal=1")
    again = await browser.get(address(one))
    acme.forward(hours=8)
    after = await (await acme.signed_in()).get(address(one))

    assert ("talk blurred" in first.text, seen(first.text)) == (True, set())
    assert ("talk blurred" in asked.text, seen(asked.text)) == (False, set(TEXTS))
    assert seen(again.text) == set(TEXTS), "what was shown once stays shown"
    assert seen(after.text) == set(), "another shift"


async def test_what_a_member_says_in_an_appeal_against_a_severe_decision_is_shown_to_who_asks(acme: Office) -> None:
    at_ms = milliseconds(acme.clock.now())
    appeal = Appeal(decision="d1", at_ms=at_ms, deadline_ms=at_ms, text="He deserved the threat")
    one = replace(case(1, acme.clock.now(), severity="critical"), appeal=appeal)
    await stored(acme.service, [one])
    browser = await acme.signed_in()

    first = await browser.get(address(one))
    asked = await browser.get(f"{address(one)}?reveal=1")
    again = await browser.get(address(one))

    assert "Show the texts" in first.text
    assert ["deserved" in page.text for page in (first, asked, again)] == [False, True, True]


async def test_a_severe_text_beside_another_case_is_hidden_too(acme: Office) -> None:
    one = (await conversation(acme, 1))[6]

    text = (await (await acme.signed_in()).get(address(one))).text

    assert seen(text) == {"m6", "m11"}
    assert "Show the texts" in text


async def test_each_text_counts_once_and_the_last_ones_are_shown_to_somebody_else(acme: Office) -> None:
    cases = await conversation(acme, 1, 6)
    await with_budget(acme, 2)
    browser = await acme.signed_in()

    def revealed(number: int, language: str = "en") -> str:
        return f"{address(cases[number])}?reveal=1&lang={language}"

    lighter = await browser.get(revealed(11))
    refused = await browser.get(revealed(1))
    still = await browser.get(address(cases[1]))
    program = await browser.get(f"/v1{address(cases[1])}")
    russian = await browser.get(revealed(1, "ru"))

    assert "Enough for this shift" in refused.text
    assert "На эту смену достаточно" in russian.text
    assert (still.status_code, program.status_code) == (200, 429)
    assert seen(still.text) == {"m1", "m6"}, "what was counted once is shown, and no other"
    assert (lighter.status_code, seen(lighter.text)) == (200, set(TEXTS)), "two of them are severe"


async def test_looks_at_once_take_no_more_than_there_is(acme: Office) -> None:
    exposures, now = Exposures(acme.service.client, acme.service.database), acme.clock.now()

    took = await asyncio.gather(*(exposures.take("acme", "vera", [f"e{n}"], BUDGET, now) for n in range(20)))
    other = await exposures.take("acme", "oleg", ["e1"], BUDGET, now)

    assert (sum(took), other) == (5, True)
    assert len(await exposures.shown("acme", "vera", now)) == 5


async def test_the_first_case_of_a_shift_is_shown_however_small_the_budget(acme: Office) -> None:
    exposures, now = Exposures(acme.service.client, acme.service.database), acme.clock.now()
    whole = [f"e{n}" for n in range(9)]

    took = [await exposures.take("acme", "vera", texts, BUDGET, now) for texts in (whole, ["e10"], whole)]

    assert took == [True, False, True]


async def test_one_text_in_two_tabs_counts_once(acme: Office) -> None:
    exposures, now = Exposures(acme.service.client, acme.service.database), acme.clock.now()

    took = await asyncio.gather(*(exposures.take("acme", "vera", ["e1", "e2"], BUDGET, now) for _ in range(20)))
    rest = await exposures.take("acme", "vera", ["e1", "e3", "e4", "e5"], BUDGET, now)

    assert (all(took), rest) == (True, True)
    assert not await exposures.take("acme", "vera", ["e6"], BUDGET, now)


async def test_a_shift_begins_with_the_first_look_whatever_the_hour(acme: Office) -> None:
    exposures, now = Exposures(acme.service.client, acme.service.database), acme.clock.now()
    whole = [f"e{n}" for n in range(5)]
    assert await exposures.take("acme", "vera", whole, BUDGET, now)

    by_the_hour = [await exposures.take("acme", "vera", ["e9"], BUDGET, now + timedelta(hours=hour)) for hour in range(9)]

    assert by_the_hour == [False] * 8 + [True]
