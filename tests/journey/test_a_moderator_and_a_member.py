"""A reported message: a moderator takes it away, its author asks for another look, another moderator gives it back."""

from __future__ import annotations

import re

import pytest
from playwright.async_api import Page, expect

from services.moderation.cases.case import Dispute, Held, Remark
from shared.clock import SystemClock
from shared.events import decode
from shared.events.actions import ActionMessage
from shared.events.moderation import DecisionMade, DecisionReversed
from shared.topics import ACTIONS, DECISIONS
from tests.builders import content_created, content_flagged
from tests.integration.edge import records_of
from tests.integration.queue import address, case, claim, stored
from tests.integration.services import eventually, publish
from tests.journey.browser import Desk, desk
from tests.journey.looks import flaws
from tests.parts import StackFactory

AUTHOR, TEXT = "telegram:666", "🎰 Online casino, come <b>all</b>"
WORDS = "It is the name of our film club."


@pytest.mark.timeout(180)
async def test_a_message_is_taken_away_and_given_back_in_two_browsers_and_a_third(own_stack: StackFactory) -> None:
    async with desk(own_stack) as found:
        await reported(found)
        vera, oleg = await found.moderator("vera"), await found.moderator("oleg", "ru-RU")

        await opened_by_keys(vera)
        await looked_at(vera)
        await claimed_by_one_alone(vera, oleg)
        await removed(vera)
        link = await eventually(lambda: told_link(found), bool)
        await asked(await found.visitor("ru-RU"), str(link))
        await allowed(oleg)
        await given_back(found, str(link))
        await every_page(found, oleg)

        assert found.complaints == []


async def reported(found: Desk) -> None:
    """Have a message written that rules only flag, and reported by somebody."""
    now = SystemClock().now()
    told = {"time": now, "recordedtime": now}
    await publish(
        found.kafka,
        content_created(actor="telegram:1", content_id="chat:1", text="Good morning", **told),
        content_created(actor=AUTHOR, content_id="chat:2", text=TEXT, **told),
        content_flagged(actor="telegram:5", content_id="chat:2", content_author=AUTHOR, category="spam", **told),
    )

    async def is_there() -> bool:
        answer = await found.office.service.client[found.office.service.database]["cases.states"].find_one(
            {"t": "case", "status": "open", "complaints": {"$exists": True}}
        )
        return answer is not None and "decisions" in answer

    await eventually(is_there, bool)


async def opened_by_keys(page: Page) -> None:
    await page.reload()
    assert await flaws(page) == {}
    await page.keyboard.press("?")
    await expect(page.locator("#keys")).to_be_focused()
    await expect(page.locator("#keys h2")).to_have_text("Keys")
    await page.keyboard.press("j")
    await page.keyboard.press("Enter")
    await page.wait_for_url(re.compile(r"/cases/[0-9a-f]+"))


async def looked_at(page: Page) -> None:
    """See the conversation, blurred at first, with what the rule matched marked in the author's own characters."""
    await expect(page.locator(".talk")).to_have_class("talk blurred")
    await page.keyboard.press("v")
    await expect(page.locator(".talk")).to_have_class("talk")
    await expect(page.locator(".judged mark")).to_have_text("Online casino")
    await expect(page.locator(".judged .text")).to_have_text(TEXT)
    await expect(page.locator(".talk")).to_contain_text("Good morning")
    assert await flaws(page) == {}


async def claimed_by_one_alone(vera: Page, oleg: Page) -> None:
    """Have two look at one case: the second is told who works on it, and loses nothing of what was written."""
    await oleg.goto(vera.url)
    await vera.locator("#n-text").fill("call me")
    await vera.keyboard.press("c")  # typed, and no command
    await expect(vera.locator("#n-text")).to_have_value("call mec")
    await vera.locator("h1").click()
    await vera.keyboard.press("c")
    await expect(vera.locator(".note[role=status]")).to_contain_text("You work on it until")
    await expect(vera.locator(".talk")).to_have_class("talk")  # what was shown once stays shown
    await oleg.locator("#d-reason").fill("Всё в порядке")
    await oleg.locator("h1").click()
    await oleg.keyboard.press("a")
    alert = oleg.locator(".alert")
    await expect(alert).to_contain_text("дело изменилось")
    await expect(alert).to_contain_text("vera: взято в работу")
    await expect(alert).to_contain_text("Вы хотели: Всё в порядке, Разрешить")
    await expect(oleg.locator(".note[role=status]")).to_contain_text("vera работает над ним до")
    await alert.locator("button").click()
    await expect(oleg.locator(".alert")).to_contain_text("над ним работает vera")
    assert await flaws(oleg) == {}


async def removed(page: Page) -> None:
    """Decide by a key; it is asked once."""
    await page.locator("h1").click()
    await page.keyboard.press("r")
    await expect(page.locator("#sure")).to_be_visible()
    await page.keyboard.press("Escape")
    await expect(page.locator("#sure")).to_be_hidden()
    await page.keyboard.press("r")
    assert await flaws(page) == {}
    await page.locator("#sure-yes").click()
    await expect(page.locator(".alert")).to_have_count(0)
    await expect(page.locator("main .soft").first).to_contain_text("Closed")
    await page.keyboard.press("j")
    await page.wait_for_url("**/cases")  # there is no other case, so it is the list


async def told_link(found: Desk) -> str | None:
    """Return the link that the author was sent."""
    events = [decode(record.value or b"") for record in await records_of(found.kafka, ACTIONS.name)]
    texts = [event.data.text or "" for event in events if isinstance(event, ActionMessage)]
    links = [match[0] for text in texts if (match := re.search(r"http://\S+/appeals/\S+", text))]
    return links[0] if links else None


async def asked(page: Page, link: str) -> None:
    """Read what was decided, in Russian, and ask for another look."""
    wrong = await page.request.get(link[:-1] + ("0" if link[-1] != "0" else "1"))
    assert wrong.status == 404
    await page.goto(link)
    await expect(page.locator("main")).to_contain_text("Ваше сообщение удалено. Похоже на спам или мошенничество.")
    assert await flaws(page) == {}
    await page.locator("#text").fill(WORDS)
    await page.locator("form .primary").click()
    await expect(page.locator(".note")).to_contain_text("Вы попросили о пересмотре")
    await expect(page.locator(".note time")).to_have_attribute("title", re.compile("UTC$"))
    await expect(page.locator("form .primary")).to_have_count(0)
    await page.locator("main a").last.click()
    await expect(page.locator("h1")).to_contain_text("Правила поведения")
    await expect(page.locator("main")).to_contain_text("вы не сможете писать 7 дней")
    assert await flaws(page) == {}
    await page.goto(f"{page.url}?lang=en")
    await expect(page.locator("main")).to_contain_text("It looks like spam or fraud.")


async def allowed(page: Page) -> None:
    """Find what was appealed against, read why, which is hidden at first, and take the decision back."""
    await page.goto("/cases?why=appeal")
    await page.keyboard.press("j")
    await page.keyboard.press("Enter")
    await page.wait_for_url(re.compile(r"/cases/[0-9a-f]+"))
    await expect(page.locator("main")).not_to_contain_text(WORDS)
    await page.keyboard.press("v")
    await expect(page.locator("main")).to_contain_text(WORDS)
    await page.keyboard.press("a")
    await expect(page.locator("main .soft").first).to_contain_text("Закрыто")


async def given_back(found: Desk, link: str) -> None:
    async def reversals() -> list[DecisionReversed]:
        events = [decode(record.value or b"") for record in await records_of(found.kafka, DECISIONS.name)]
        assert any(isinstance(event, DecisionMade) and event.data.by == "vera" for event in events)
        return [event for event in events if isinstance(event, DecisionReversed) and event.data.by == "oleg"]

    (reversal, *_) = await eventually(reversals, bool)
    assert (reversal.data.verdict, reversal.data.appeal) == ("remove", True)
    member = await found.visitor()
    await member.goto(link)
    await expect(member.locator("main")).to_contain_text("The decision was taken back")


async def every_page(found: Desk, page: Page) -> None:
    """Look at what the story did not come by: all severities, a dispute, several cases at once, a shift that is full."""
    now = SystemClock().now()
    held = Held(id="x", verdict="mute", at_ms=0, cause="e", by="anna")
    said = Remark(by="vera", at_ms=0, text="Она начала", of="u1")
    dispute = Dispute(members=("u1", "u2"), about="Ссора", statements=(said,))
    cases = [
        *(case(number, now, member="u1", why=("phrases", "own-rule"), decisions=(held,)) for number in range(4)),
        case(5, now, kind="dispute", dispute=dispute, content=None, severity="critical", claim=claim("vera", now)),
    ]
    await stored(found.office.service, cases)

    await page.goto("/cases?status=open")
    assert await flaws(page) == {}
    for box in await page.locator(".pick input").all():
        await box.check()
    await page.locator("fieldset button").click()
    await expect(page.locator("h1")).to_have_text("Принять решение по этим делам?")
    assert await flaws(page) == {}
    await page.goto(address(cases[4]))
    assert await flaws(page) == {}
    await page.goto(address(cases[0]))
    await page.locator("details").first.click()
    assert await flaws(page) == {}
    await page.goto("/cases/next")
    await page.wait_for_url(re.compile(r"/cases/[0-9a-f]+"))
    await page.goto("/cases/nothing")
    await expect(page.locator("[role=alert]")).to_be_visible()
