"""The list of cases tells how contents begin: hard ones never, and never later than a moderator waits."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator, Sequence
from statistics import median
from typing import Any

import pytest_asyncio
from aiokafka import AIOKafkaProducer

from services.moderation.cases.case import Case
from services.moderation.rules.outcome import DECISION
from shared.bus.partition import partition_for
from shared.events import encode
from shared.topics import EVENTS, PARTITIONS
from tests.builders import content_created
from tests.integration.queue import case, stored
from tests.integration.services import eventually
from tests.integration.staff import Office, office
from tests.parts import Addresses

PLACE = "telegram:-77"
"""Nobody else writes there: the topic is that of all tests."""
LISTED_S_MAX = 0.3


@pytest_asyncio.fixture
async def acme(parts: Addresses) -> AsyncIterator[Office]:
    async with office(parts) as found:
        await found.member()
        yield found


async def written(acme: Office, texts: Sequence[str], **fields: Any) -> list[Case]:  # noqa: ANN401 - fields of a case
    """Have messages written and judged; return a case of each."""
    key, now = f"acme/{PLACE}".encode(), acme.clock.now()
    cases = [case(number, now, community=PLACE, **({"severity": "low"} | fields)) for number in range(len(texts))]
    producer = AIOKafkaProducer(bootstrap_servers=acme.service.settings.kafka)
    await producer.start()
    entries = []
    for one, text in zip(cases, texts, strict=True):
        event = content_created(brand="acme", community=PLACE, content_id=one.content, text=text, channel=None)
        sent = await producer.send_and_wait(EVENTS.name, encode(event), key, partition=partition_for(key, PARTITIONS))
        about = {"brand": "acme", "community": PLACE, "content": one.content, "kind": DECISION}
        entries.append({"_id": f"d{one.id}", "place": sent.offset, "at": now, **about})
    await producer.stop()
    await acme.service.client[acme.service.database]["moderation.entries"].insert_many(entries)
    await stored(acme.service, cases)
    return cases


async def test_the_list_tells_how_a_content_begins_in_one_line(acme: Office) -> None:
    await written(acme, ["Buy\n<b>coins</b> " + "now " * 100])
    browser = await acme.signed_in()

    async def page() -> str:
        return (await browser.get("/cases")).text

    await eventually(page, lambda text: "<q>Buy &lt;b&gt;coins&lt;/b&gt; now now" in text)  # a slow broker is not waited for
    plain = (await browser.get("/v1/cases")).json()["cases"]
    told = (await browser.get("/v1/cases?excerpts=true")).json()["cases"]

    assert told[0]["excerpt"].startswith("Buy <b>coins</b> now")
    assert len(told[0]["excerpt"]) == 120
    assert "excerpt" not in plain[0]


async def test_a_hard_text_is_told_by_no_list_not_even_to_who_was_shown_it(acme: Office) -> None:
    await written(acme, ["a threat"], severity="high")
    browser = await acme.signed_in()

    page = await browser.get("/cases")
    told = (await browser.get("/v1/cases?excerpts=true")).text

    assert "A hard text: open the case to see it." in page.text
    assert "a threat" not in page.text + told


async def test_who_does_not_see_a_community_is_told_nothing_of_it(acme: Office) -> None:
    await written(acme, ["good morning"])
    await acme.member("oleg", communities=["telegram:-9"])

    assert "good morning" not in (await (await acme.signed_in("oleg")).get("/cases")).text


async def test_excerpts_are_there_in_time_even_the_first_time(acme: Office) -> None:
    texts = [f"message {number} " + "x" * 2_000 for number in range(50)]
    await written(acme, texts)
    browser = await acme.signed_in()

    took, pages = [], []
    for _ in range(5):
        began = time.perf_counter()
        pages.append((await browser.get("/cases")).text)
        took.append(time.perf_counter() - began)

    assert pages[-1].count('class="excerpt"') == 50
    assert took[0] < LISTED_S_MAX * 1.5, "the first one reads them"
    assert median(took) < LISTED_S_MAX
